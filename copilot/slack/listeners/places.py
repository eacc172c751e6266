"""The channel of an incident to be: the one it is declared in, or a new one."""

import logging
from dataclasses import dataclass

from copilot.errors import BadInputError, CopilotError, PermanentError
from copilot.ports import ChannelInfo
from copilot.slack.client import slack_error_code, translated
from copilot.slack.escaping import clip
from copilot.slack.listeners.asking import Asked
from copilot.slack.reader import to_channel_info
from copilot.slack.services import SlackServices

_NAME_ATTEMPTS = 5
_UNUSABLE_NAMES = frozenset(
    {
        "invalid_name",
        "invalid_name_maxlength",
        "invalid_name_punctuation",
        "invalid_name_required",
        "invalid_name_specials",
    }
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    info: ChannelInfo
    is_readable: bool
    is_new: bool = False


def adopt_channel(slack: SlackServices, asked: Asked) -> Place:
    """The channel the command was typed in; joins it where Slack lets anybody in.

    Raises BadInputError for one that nobody can write in.
    """
    client = slack.client_of(asked.team_id)
    try:
        with translated(client, "look up this channel"):
            channel = client.conversations_info(channel=asked.channel_id)["channel"]
    except PermanentError as error:
        # A private channel that we are not in does not exist for us.
        if slack_error_code(error) not in {"channel_not_found", "not_in_channel"}:
            raise
        is_private = asked.channel_name == "privategroup"
        name = asked.channel_id if is_private else asked.channel_name or asked.channel_id
        return Place(ChannelInfo(asked.channel_id, name, is_private), is_readable=False)
    info = to_channel_info(channel)
    if info.is_archived:
        raise BadInputError(
            f"#{info.name} is archived, so nothing was declared. Unarchive it, or declare the "
            "incident in a channel of its own: `/incident declare --new-channel NAME title`."
        )
    is_member = channel.get("is_member", True)
    return Place(info, is_readable=bool(is_member) or _join(slack, asked, info.channel_id))


def make_channel(slack: SlackServices, asked: Asked, wished: str) -> Place:
    """Under the wished name, or with a number behind it where that is taken.

    Who makes a channel is its first member: us. Others are brought in by a job.
    """
    client = slack.client_of(asked.team_id)
    for attempt in range(1, _NAME_ATTEMPTS + 1):
        name = wished if attempt == 1 else f"{wished[:76]}-{attempt}"
        try:
            with translated(client, "create a channel"):
                answer = client.conversations_create(name=name, is_private=False)
        except PermanentError as error:
            code = slack_error_code(error)
            if code in _UNUSABLE_NAMES:
                raise BadInputError(
                    f"Slack takes no channel named “{clip(wished, 80)}”, so nothing was declared. "
                    "Use letters, digits and hyphens."
                ) from None
            if code != "name_taken":
                raise
        else:
            info = to_channel_info(answer["channel"])
            return Place(info, is_readable=True, is_new=True)
    raise BadInputError(
        f"Channels named {wished} to {wished}-{_NAME_ATTEMPTS} exist already, so nothing was "
        "declared. Choose another: `/incident declare --new-channel NAME title`."
    )


def _join(slack: SlackServices, asked: Asked, channel_id: str) -> bool:
    try:
        client = slack.client_of(asked.team_id)
        with translated(client, "join the channel"):
            client.conversations_join(channel=channel_id)
    except CopilotError as error:
        _log.info("could not join an incident channel: %s", error)
        return False
    return True

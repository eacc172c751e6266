"""`/incident declare`: adopts the channel it is typed in, or makes one."""

import logging
from dataclasses import dataclass, replace
from datetime import datetime

from copilot.errors import CopilotError, PermanentError
from copilot.incidents.lifecycle import Declared
from copilot.incidents.lifecycle import declare as declare_in
from copilot.ports import ChannelInfo
from copilot.slack.answers import Answer, note, severity_choices, severity_name
from copilot.slack.client import slack_error_code, translated
from copilot.slack.command_words import Declaration, read_declaration, to_channel_name
from copilot.slack.escaping import clean, clip, safe
from copilot.slack.identity import Identity
from copilot.slack.listeners.asking import Asked
from copilot.slack.reader import to_channel_info
from copilot.slack.services import SlackServices
from copilot.timeline.mrkdwn import to_plain
from copilot.workspaces.directory import names_of, upsert_channel, upsert_workspace

_NAME_ATTEMPTS = 5
_MAX_TITLE = 200

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Place:
    """The channel of the incident to be."""

    info: ChannelInfo
    is_readable: bool
    is_new: bool = False


def declare(slack: SlackServices, asked: Asked) -> Answer:
    wanted = read_declaration(asked.rest)
    if wanted.new_channel == "":
        return note(
            "That is no channel name, so nothing was declared. Use letters, digits and hyphens: "
            "`/incident declare --new-channel inc-checkout checkout errors sev2`."
        )
    identity = slack.identities.ask(asked.team_id)
    now = slack.clock.now()
    if wanted.new_channel is not None or asked.is_in_direct_message:
        place = _make_channel(slack, asked, wanted, now)
    else:
        place = _adopt_channel(slack, asked)
    declared = _record(slack, asked, identity, place, wanted, now)
    return note(_told(declared, place, wanted))


def _record(
    slack: SlackServices,
    asked: Asked,
    identity: Identity,
    place: _Place,
    wanted: Declaration,
    now: datetime,
) -> Declared:
    with slack.db.transaction() as session:
        upsert_workspace(session, replace(identity.workspace, team_id=asked.team_id), now)
        upsert_channel(session, asked.team_id, place.info)
        typed = to_plain(wanted.title, names_of(session, asked.team_id))
        return declare_in(
            session,
            team_id=asked.team_id,
            channel_id=place.info.channel_id,
            title=clip(clean(typed), _MAX_TITLE) or f"Incident in #{place.info.name}",
            severity=wanted.severity,
            by=asked.user_id,
            now=now,
        )


def _told(declared: Declared, place: _Place, wanted: Declaration) -> str:
    incident = declared.incident
    name = f"*{safe(incident.title, 200)}* · {severity_name(incident.severity)}"
    if not declared.is_new:
        return (
            f"{name} is open in this channel already, so nothing was changed. "
            "`/incident status` shows how it stands."
        )
    lines = [f"{name} is declared."]
    if place.is_new:
        lines.append(f"It is played out in <#{place.info.channel_id}>.")
    if place.is_readable:
        where = "there" if place.is_new else "here"
        lines.append(f"What is said {where} from now on is recorded, and the last two hours too.")
    else:
        lines.append(
            "I can't read this channel yet. Type `/invite` and my name here; then I catch up on "
            "the last two hours by myself."
        )
    if wanted.severity is None:
        lines.append(f"How bad is it? `/incident severity` with {severity_choices()}.")
    return "\n".join(lines)


def _adopt_channel(slack: SlackServices, asked: Asked) -> _Place:
    """The channel the command was typed in; joins it where Slack lets anybody in."""
    try:
        client = slack.client_of(asked.team_id)
        with translated(client, "look up this channel"):
            channel = client.conversations_info(channel=asked.channel_id)["channel"]
    except PermanentError as error:
        # A private channel that we are not in does not exist for us.
        if slack_error_code(error) not in {"channel_not_found", "not_in_channel"}:
            raise
        is_private = asked.channel_name == "privategroup"
        name = asked.channel_id if is_private else asked.channel_name or asked.channel_id
        return _Place(ChannelInfo(asked.channel_id, name, is_private), is_readable=False)
    info = to_channel_info(channel)
    is_member = channel.get("is_member", True)
    return _Place(info, is_readable=bool(is_member) or _join(slack, asked, info.channel_id))


def _join(slack: SlackServices, asked: Asked, channel_id: str) -> bool:
    try:
        client = slack.client_of(asked.team_id)
        with translated(client, "join the channel"):
            client.conversations_join(channel=channel_id)
    except CopilotError as error:
        _log.info("could not join an incident channel: %s", error)
        return False
    return True


def _make_channel(slack: SlackServices, asked: Asked, wanted: Declaration, now: datetime) -> _Place:
    """A channel with the asker in it. Who makes a channel is its first member: us."""
    wished = wanted.new_channel or to_channel_name(f"inc-{now:%Y-%m-%d}-{wanted.title}")
    info = _create(slack, asked, wished)
    try:
        client = slack.client_of(asked.team_id)
        with translated(client, "invite you"):
            client.conversations_invite(channel=info.channel_id, users=asked.user_id)
    except CopilotError as error:
        # The channel is public and named in the answer; its maker can walk in.
        _log.warning("a new incident channel is without its declarer: %s", error)
    return _Place(info, is_readable=True, is_new=True)


def _create(slack: SlackServices, asked: Asked, wished: str) -> ChannelInfo:
    """Under the wished name, or with a number behind it where that is taken."""
    for attempt in range(1, _NAME_ATTEMPTS + 1):
        name = wished if attempt == 1 else f"{wished[:76]}-{attempt}"
        try:
            client = slack.client_of(asked.team_id)
            with translated(client, "create a channel"):
                answer = client.conversations_create(name=name, is_private=False)
        except PermanentError as error:
            if slack_error_code(error) != "name_taken":
                raise
        else:
            return to_channel_info(answer["channel"])
    raise PermanentError(
        f"Channels named {wished} to {wished}-{_NAME_ATTEMPTS} exist already, so nothing was "
        "declared. Choose another: `/incident declare --new-channel NAME title`."
    )

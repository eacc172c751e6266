"""Whether somebody is in an incident's channel; where we do not know, Slack is asked once."""

from copilot.errors import BadInputError
from copilot.slack.client import translated
from copilot.slack.services import SlackServices
from copilot.workspaces.membership import add_member, is_in, may_read

_MEMBERS = 1000
"""The most that Slack tells in one answer; a listener has time for no second one."""


def require_member(slack: SlackServices, team_id: str, channel_id: str, user_id: str) -> None:
    """Raises BadInputError for somebody outside; Slack's errors where it does not tell.

    Being able to look into a public channel is not enough: what is decided there is the business
    of those who are in it.
    """
    with slack.db.reading() as session:
        if is_in(session, team_id, channel_id, user_id):
            return
    if user_id:
        members, are_all = _asked_of_slack(slack, team_id, channel_id)
        if user_id in members:
            with slack.db.transaction() as session:
                add_member(session, team_id, channel_id, user_id)
            return
        if not are_all:
            with slack.db.reading() as session:
                if may_read(session, team_id, channel_id, user_id):
                    return
    raise BadInputError("This is for people in the incident's channel; join it first.")


def _asked_of_slack(slack: SlackServices, team_id: str, channel_id: str) -> tuple[list[str], bool]:
    """Who is in the channel, and whether these are all."""
    client = slack.client_of(team_id)
    with translated(client, "see who is in the channel"):
        answer = client.conversations_members(channel=channel_id, limit=_MEMBERS)
    metadata = answer.get("response_metadata") or {}
    members = [str(user_id) for user_id in answer.get("members") or ()]
    return members, not metadata.get("next_cursor")

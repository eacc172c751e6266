"""Whether somebody may see an incident's channel; where we do not know, Slack is asked once."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.errors import BadInputError
from copilot.slack.client import translated
from copilot.slack.services import SlackServices
from copilot.workspaces.membership import add_member, may_read
from copilot.workspaces.models import Channel, Member

_MEMBERS = 1000
"""The most that Slack tells in one answer; a listener has time for no second one."""


def require_reader(slack: SlackServices, team_id: str, channel_id: str, user_id: str) -> None:
    """Raises BadInputError for somebody outside; Slack's errors where it does not tell."""
    with slack.db.reading() as session:
        if may_read(session, team_id, channel_id, user_id):
            return
        ask = user_id != "" and not _is_known(session, team_id, channel_id, user_id)
    if ask and user_id in _asked_of_slack(slack, team_id, channel_id):
        with slack.db.transaction() as session:
            add_member(session, team_id, channel_id, user_id)
        return
    raise BadInputError("This is for people in the incident's channel; join it first.")


def _is_known(session: Session, team_id: str, channel_id: str, user_id: str) -> bool:
    """Whether a no is one: both the person and who is in the channel were told by Slack."""
    told_at = session.scalar(
        select(Channel.members_known_at).where(
            Channel.team_id == team_id, Channel.channel_id == channel_id
        )
    )
    person = session.scalar(
        select(Member.id).where(Member.team_id == team_id, Member.user_id == user_id)
    )
    return told_at is not None and person is not None


def _asked_of_slack(slack: SlackServices, team_id: str, channel_id: str) -> list[str]:
    client = slack.client_of(team_id)
    with translated(client, "see who is in the channel"):
        answer = client.conversations_members(channel=channel_id, limit=_MEMBERS)
    return [str(user_id) for user_id in answer.get("members") or ()]

"""Who may read a channel, as Slack has it: nobody sees here what they could not see there."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from copilot.workspaces.models import Channel, ChannelMember, Member

_CHUNK = 500


def may_read(session: Session, team_id: str, channel_id: str, user_id: str) -> bool:
    """Public channels: every member of the workspace but guests and people of other organisations.

    Those, and everybody where the channel is private or not known, only if known to be in it.
    """
    member = session.scalar(
        select(Member).where(Member.team_id == team_id, Member.user_id == user_id)
    )
    if member is not None and member.is_deactivated:
        return False
    if member is not None and not member.is_guest and _is_public(session, team_id, channel_id):
        return True
    found = select(ChannelMember.id).where(*_of(team_id, channel_id), _is_user(user_id))
    return session.scalar(found) is not None


def set_members(
    session: Session, team_id: str, channel_id: str, user_ids: Collection[str], now: datetime
) -> None:
    """Everybody who is in the channel now, read from Slack as a whole."""
    known = set(session.scalars(select(ChannelMember.user_id).where(*_of(team_id, channel_id))))
    gone = sorted(known - set(user_ids))
    for start in range(0, len(gone), _CHUNK):
        chunk = gone[start : start + _CHUNK]
        session.execute(
            delete(ChannelMember).where(*_of(team_id, channel_id), ChannelMember.user_id.in_(chunk))
        )
    for user_id in sorted(set(user_ids) - known):
        add_member(session, team_id, channel_id, user_id)
    session.execute(
        update(Channel)
        .where(Channel.team_id == team_id, Channel.channel_id == channel_id)
        .values(members_known_at=now)
    )


def add_member(session: Session, team_id: str, channel_id: str, user_id: str) -> None:
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    insert = dialect.insert(ChannelMember).values(
        team_id=team_id, channel_id=channel_id, user_id=user_id[:32]
    )
    session.execute(insert.on_conflict_do_nothing())


def remove_member(session: Session, team_id: str, channel_id: str, user_id: str) -> None:
    session.execute(delete(ChannelMember).where(*_of(team_id, channel_id), _is_user(user_id)))


def _is_public(session: Session, team_id: str, channel_id: str) -> bool:
    query = select(Channel.is_private).where(
        Channel.team_id == team_id, Channel.channel_id == channel_id
    )
    return session.scalar(query) is False


def _of(team_id: str, channel_id: str) -> list[ColumnElement[bool]]:
    return [ChannelMember.team_id == team_id, ChannelMember.channel_id == channel_id]


def _is_user(user_id: str) -> ColumnElement[bool]:
    return ChannelMember.user_id == user_id

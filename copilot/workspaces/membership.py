"""Who may read a channel, as Slack has it: nobody sees here what they could not see there."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Table, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from copilot.workspaces.models import Channel, ChannelMember, Member

_CHUNK = 500


def may_read(session: Session, team_id: str, channel_id: str, user_id: str) -> bool:
    return bool(readable_channels(session, team_id, user_id, only=channel_id))


def is_in(session: Session, team_id: str, channel_id: str, user_id: str) -> bool:
    """Whether the person is known to be a member; a public channel may be read without."""
    found = select(ChannelMember.id).where(*_of(team_id, channel_id), _is_user(user_id))
    return session.scalar(found) is not None


def readable_channels(
    session: Session, team_id: str, user_id: str, only: str | None = None
) -> frozenset[str]:
    """Public channels: every member of the workspace but guests and people of other organisations.

    Those, and everybody where the channel is private or not known, only if known to be in it.
    """
    member = session.scalar(
        select(Member).where(Member.team_id == team_id, Member.user_id == user_id)
    )
    if member is not None and member.is_deactivated:
        return frozenset()
    is_in = select(ChannelMember.channel_id).where(
        ChannelMember.team_id == team_id, _is_user(user_id)
    )
    public = select(Channel.channel_id).where(
        Channel.team_id == team_id, Channel.is_private.is_(False)
    )
    if only is not None:
        is_in = is_in.where(ChannelMember.channel_id == only)
        public = public.where(Channel.channel_id == only)
    readable = set(session.scalars(is_in))
    if member is not None and not member.is_guest:
        readable.update(session.scalars(public))
    return frozenset(readable)


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
    _add_members(session, team_id, channel_id, sorted(set(user_ids) - known))
    session.execute(
        update(Channel)
        .where(Channel.team_id == team_id, Channel.channel_id == channel_id)
        .values(members_known_at=now)
    )


def add_member(session: Session, team_id: str, channel_id: str, user_id: str) -> None:
    _add_members(session, team_id, channel_id, [user_id])


def remove_member(session: Session, team_id: str, channel_id: str, user_id: str) -> None:
    session.execute(delete(ChannelMember).where(*_of(team_id, channel_id), _is_user(user_id)))


def _add_members(session: Session, team_id: str, channel_id: str, user_ids: Sequence[str]) -> None:
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    place = {"team_id": team_id, "channel_id": channel_id}
    rows = [{**place, "user_id": user_id[:32]} for user_id in user_ids]
    if rows:
        table: Table = ChannelMember.__table__  # type: ignore[assignment]
        session.connection().execute(dialect.insert(table).on_conflict_do_nothing(), rows)


def _of(team_id: str, channel_id: str) -> list[ColumnElement[bool]]:
    return [ChannelMember.team_id == team_id, ChannelMember.channel_id == channel_id]


def _is_user(user_id: str) -> ColumnElement[bool]:
    return ChannelMember.user_id == user_id

"""Who and where: workspaces, channels and members, by the names people know them by."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from copilot.db import Base
from copilot.errors import NotFoundError
from copilot.ports import ChannelInfo, MemberInfo, Person, WorkspaceInfo
from copilot.workspaces.models import Channel, Member, Workspace

_LONGEST_URL = 200
_ZONES = 1_000
"""More than there are, so that a large workspace looks each up once."""


def upsert_workspace(session: Session, info: WorkspaceInfo, now: datetime) -> Workspace:
    """Learn of a workspace, or what has changed about it."""
    values = {
        "team_id": info.team_id,
        "name": _name(info.name) or info.team_id,
        "url": info.url if info.url.endswith("/") else f"{info.url}/",
        "bot_user_id": info.bot_user_id or None,
        "created_at": now,
    }
    _upsert(session, Workspace, ["team_id"], [values], kept=("created_at",))
    return workspace_of(session, info.team_id)


def upsert_channel(session: Session, team_id: str, info: ChannelInfo) -> None:
    values = {
        "team_id": team_id,
        "channel_id": info.channel_id,
        "name": _name(info.name).lstrip("#") or info.channel_id,
        "is_private": info.is_private,
        "is_archived": info.is_archived,
        "is_shared": info.is_shared,
    }
    _upsert(session, Channel, ["team_id", "channel_id"], [values])


def rename_channel(session: Session, team_id: str, channel_id: str, name: str) -> None:
    """A rename says nothing of whether it is private, so no more than the name is changed."""
    cleaned = _name(name).lstrip("#")
    if cleaned:
        change_channel(session, team_id, channel_id, name=cleaned)


def change_channel(session: Session, team_id: str, channel_id: str, **changes: str | bool) -> None:
    """Change columns of a channel that is known here; others are asked for when needed."""
    session.execute(
        update(Channel)
        .where(Channel.team_id == team_id, Channel.channel_id == channel_id)
        .values(**changes)
    )


def rename_workspace(session: Session, team_id: str, name: str) -> None:
    if cleaned := _name(name):
        session.execute(update(Workspace).where(Workspace.team_id == team_id).values(name=cleaned))


def move_workspace(session: Session, team_id: str, url: str) -> None:
    """It has another address, on which permalinks are built from now on."""
    address = url if url.endswith("/") else f"{url}/"
    if len(address) <= _LONGEST_URL and address.isprintable() and " " not in address:
        session.execute(update(Workspace).where(Workspace.team_id == team_id).values(url=address))


def upsert_members(session: Session, team_id: str, infos: Iterable[MemberInfo]) -> None:
    """Learn of members; those not named here stay as they are: they may still be cited."""
    members = {
        info.user_id: {
            "team_id": team_id,
            "user_id": info.user_id,
            "name": _name(info.name) or _name(info.real_name) or info.user_id,
            "real_name": _name(info.real_name),
            "is_bot": info.is_bot,
            "is_admin": info.is_admin,
            "is_guest": info.is_guest,
            "is_deactivated": info.is_deactivated,
            "time_zone": _zone(info.time_zone),
        }
        for info in infos
    }
    if members:
        _upsert(session, Member, ["team_id", "user_id"], list(members.values()))


def workspace_of(session: Session, team_id: str) -> Workspace:
    """Raises NotFoundError."""
    query = select(Workspace).where(Workspace.team_id == team_id)
    workspace = session.scalar(query, execution_options={"populate_existing": True})
    if workspace is None:
        raise NotFoundError(f"The Slack workspace {team_id} is not known here yet.")
    return workspace


def names_of(session: Session, team_id: str) -> dict[str, str]:
    """Display names by user id, bots included."""
    query = select(Member.user_id, Member.name).where(Member.team_id == team_id)
    return dict(list(session.execute(query)))


def channel_name(session: Session, team_id: str, channel_id: str) -> str:
    """The channel's name without `#`, or its id until the name is known."""
    name = session.scalar(
        select(Channel.name).where(Channel.team_id == team_id, Channel.channel_id == channel_id)
    )
    return name or channel_id


def people_of(session: Session, team_id: str) -> tuple[Person, ...]:
    """Everybody who may be named as an owner: members that are no bots."""
    query = (
        select(Member)
        .where(Member.team_id == team_id, Member.is_bot.is_(False))
        .order_by(Member.user_id)
    )
    return tuple(
        Person(member.user_id, member.name, member.real_name) for member in session.scalars(query)
    )


def _name(value: str) -> str:
    """One line that every database can store."""
    printable = "".join(c if c.isprintable() else " " for c in value)
    return " ".join(printable.split())[:200]


@lru_cache(_ZONES)
def _zone(name: str) -> str:
    """Empty for what is no time zone that this machine knows."""
    try:
        return ZoneInfo(name).key if name else ""
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ""


def _upsert(
    session: Session,
    model: type[Base],
    key: Sequence[str],
    values: Sequence[Mapping[str, Any]],
    kept: tuple[str, ...] = (),
) -> None:
    """Insert the rows, or bring those with the same key up to date except for columns `kept`."""
    connection = session.connection()
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    insert = dialect.insert(model.__table__)
    changes = {name: insert.excluded[name] for name in values[0] if name not in {*kept, *key}}
    statement = insert.on_conflict_do_update(index_elements=key, set_=changes)
    connection.execute(statement, values)

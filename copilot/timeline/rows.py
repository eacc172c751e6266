"""Statements on `timeline_event` that more than one module sends, written once per dialect."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from copilot.timeline.models import Revision, TimelineEvent

EVENT = cast(Table, TimelineEvent.__table__)
REVISION = cast(Table, Revision.__table__)

NaturalKey = tuple[str, str, str]
_KEY = (EVENT.c.team_id, EVENT.c.channel_id, EVENT.c.natural_key)


def _insert_unless_known(dialect: Any) -> ReturningInsert[Any]:
    insert = dialect.insert(EVENT).on_conflict_do_nothing(index_elements=_KEY)
    returning: ReturningInsert[Any] = insert.returning(EVENT.c.id, *_KEY)
    return returning


_INSERT_UNLESS_KNOWN = {
    "postgresql": _insert_unless_known(postgresql),
    "sqlite": _insert_unless_known(sqlite),
}


def event_values(
    *,
    team_id: str,
    channel_id: str,
    kind: str,
    natural_key: str,
    occurred_at: datetime,
    recorded_at: datetime,
    message_ts: str | None = None,
    thread_ts: str | None = None,
    target_ts: str | None = None,
    author_id: str | None = None,
    author_name: str | None = None,
    text: str = "",
    details: Mapping[str, Any] | None = None,
    edited_ts: str | None = None,
    deleted_at: datetime | None = None,
) -> dict[str, Any]:
    """Every column of a new event, so that one prepared statement fits all."""
    return {
        "team_id": team_id,
        "channel_id": channel_id,
        "natural_key": natural_key,
        "kind": kind,
        "message_ts": message_ts,
        "thread_ts": thread_ts,
        "target_ts": target_ts,
        "author_id": author_id,
        "author_name": author_name,
        "text": text,
        "details": details or {},
        "edited_ts": edited_ts,
        "deleted_at": deleted_at,
        "occurred_at": occurred_at,
        "recorded_at": recorded_at,
    }


def insert_new_events(
    session: Session, values: Sequence[Mapping[str, Any]]
) -> dict[NaturalKey, int]:
    """Insert the events that are not there yet and return the ids of those.

    A concurrent insert of the same event is waited for; whoever is second gets no id.
    """
    connection = session.connection()
    statement = _INSERT_UNLESS_KNOWN[connection.dialect.name]
    # One row is sent as one row: a list of one takes SQLAlchemy's slower batching path.
    parameters: Any = values[0] if len(values) == 1 else values
    found = connection.execute(statement, parameters)
    return {(team_id, channel_id, key): row_id for row_id, team_id, channel_id, key in found}


def event_id_of(session: Session, team_id: str, channel_id: str, natural_key: str) -> int:
    key = (team_id, channel_id, natural_key)
    conditions = [column == value for column, value in zip(_KEY, key, strict=True)]
    found: int = session.execute(select(EVENT.c.id).where(*conditions)).scalar_one()
    return found

"""Statements on `timeline_event` that more than one module sends, written once per dialect."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Insert, Table, bindparam, select
from sqlalchemy.orm import Session

from copilot.db import connection_of
from copilot.timeline.driver_statements import DriverStatement
from copilot.timeline.models import Revision, TimelineEvent

EVENT = cast(Table, TimelineEvent.__table__)
REVISION = cast(Table, Revision.__table__)

# Whether it was considered is found out later.
_TOLD = [column.name for column in EVENT.c if column.name not in ("id", "considered_at")]
_NO_DETAILS: Mapping[str, Any] = {}  # one for all, so that many rows encode it once
_KEY = (EVENT.c.team_id, EVENT.c.channel_id, EVENT.c.natural_key)


def insert_unless_known(dialect: Any) -> Insert:
    """The insert of an event of which `event_values` gives the columns."""
    values = {name: bindparam(name, type_=EVENT.c[name].type) for name in _TOLD}
    insert: Insert = dialect.insert(EVENT).values(values)
    return insert.on_conflict_do_nothing(index_elements=_KEY)  # type: ignore[attr-defined,no-any-return]


_INSERT_UNLESS_KNOWN = DriverStatement(lambda d: insert_unless_known(d).returning(EVENT.c.id))


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
    """Every column that is told of a new event, so that one statement fits all."""
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
        "details": details or _NO_DETAILS,
        "edited_ts": edited_ts,
        "deleted_at": deleted_at,
        "occurred_at": occurred_at,
        "recorded_at": recorded_at,
    }


def insert_new_event(session: Session, values: Mapping[str, Any]) -> int | None:
    """Insert the event and return its id, or None if it is there already.

    A concurrent insert of the same event is waited for; whoever is second gets no id.
    """
    found = _INSERT_UNLESS_KNOWN.rows(connection_of(session), values)
    return found[0][0] if found else None


def event_id_of(session: Session, team_id: str, channel_id: str, natural_key: str) -> int:
    key = (team_id, channel_id, natural_key)
    conditions = [column == value for column, value in zip(_KEY, key, strict=True)]
    found: int = session.execute(select(EVENT.c.id).where(*conditions)).scalar_one()
    return found

"""Reactions and pins as rows.

An event says when a mark was made; a history or an export only that it is there. The latter is
recorded for want of better, and gives way to the event whichever of the two comes first.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from copilot.timeline import rows
from copilot.timeline.permalinks import ts_to_instant
from copilot.timeline.rows import EVENT
from copilot.timeline.slack_messages import Mark


def record_marks(session: Session, marks: Sequence[Mark], now: datetime) -> list[int]:
    """Record each mark once; the ids of those that are new."""
    new: list[int] = []
    for mark in sorted(set(marks), key=_turn):
        hold_message(session, mark.team_id, mark.channel_id, mark.target_ts)
        if mark.marked_ts is None and _has_dated(session, mark):
            continue
        event_id = rows.insert_new_event(session, mark_values(mark, now))
        if event_id is not None:
            new.append(event_id)
        if mark.marked_ts is not None:
            _remove_undated(session, mark)
    return new


def _turn(mark: Mark) -> tuple[str, str, str, str, bool]:
    """By message first, so that two batches never wait for each other; undated ones last."""
    place = (mark.team_id, mark.channel_id, mark.target_ts)
    return (*place, _stem(mark), mark.marked_ts is None)


def _stem(mark: Mark) -> str:
    """The natural key of a mark whose time is unknown; a dated one adds its stamp."""
    parts = (mark.kind, mark.target_ts, mark.author_id or "", mark.reaction or "")
    return ":".join(part for part in parts if part)


def _natural_key(mark: Mark) -> str:
    return f"{_stem(mark)}@{mark.marked_ts}" if mark.marked_ts else _stem(mark)


def hold_message(session: Session, team_id: str, channel_id: str, message_ts: str) -> None:
    """One writer of a message's marks at a time: two would else miss what the other wrote."""
    if session.connection().dialect.name == "postgresql":
        name = f"{team_id}:{channel_id}:{message_ts}"
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


def _has_dated(session: Session, mark: Mark) -> bool:
    query = select(EVENT.c.id).where(
        *_of_message(mark),
        EVENT.c.kind == mark.kind,
        EVENT.c.natural_key.startswith(_stem(mark) + "@", autoescape=True),
    )
    return session.execute(query.limit(1)).first() is not None


def _remove_undated(session: Session, mark: Mark) -> None:
    session.execute(
        delete(EVENT).where(*_of_message(mark), EVENT.c.natural_key == _stem(mark)),
    )


def _of_message(mark: Mark) -> tuple[Any, ...]:
    return (
        EVENT.c.team_id == mark.team_id,
        EVENT.c.channel_id == mark.channel_id,
        EVENT.c.target_ts == mark.target_ts,
    )


def mark_values(mark: Mark, now: datetime) -> dict[str, Any]:
    """The columns of a mark's event."""
    return rows.event_values(
        team_id=mark.team_id,
        channel_id=mark.channel_id,
        natural_key=_natural_key(mark),
        kind=mark.kind,
        target_ts=mark.target_ts,
        author_id=mark.author_id,
        details={"reaction": mark.reaction} if mark.reaction else {},
        occurred_at=ts_to_instant(mark.marked_ts or mark.target_ts),
        recorded_at=now,
    )

"""Writes what happened, once, whatever the order and the number of deliveries."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from copilot.timeline import rows
from copilot.timeline.known_messages import add_to_known
from copilot.timeline.marking import record_marks
from copilot.timeline.message_rows import (
    MessageKey,
    Observations,
    Seen,
    insert_new_message,
    message_key,
)
from copilot.timeline.message_text import clean
from copilot.timeline.redaction import redact
from copilot.timeline.slack_messages import Deletion, Mark, Record, SourceMessage


@dataclass(frozen=True, slots=True)
class RecordingResult:
    new_event_ids: list[int] = field(default_factory=list)
    duplicates: int = 0
    """Messages and marks about which nothing new was told."""
    changed: int = 0
    """Messages already known that now read otherwise, or about which more is known."""


def record(session: Session, records: Iterable[Record], now: datetime) -> RecordingResult:
    """Record what a source says happened. The caller commits before it tells the source so."""
    marks: list[Mark] = []
    messages: dict[MessageKey, list[SourceMessage | Deletion]] = {}
    for each in records:
        if isinstance(each, Mark):
            marks.append(each)
        else:
            messages.setdefault(message_key(each), []).append(each)
    new, changed = _record_messages(session, messages, now) if messages else ([], 0)
    new_marks = record_marks(session, marks, now) if marks else []
    told = len(new) + changed + len(new_marks)
    duplicates = len(messages) + len(marks) - told
    return RecordingResult([*new, *new_marks], duplicates=duplicates, changed=changed)


def _record_messages(session: Session, seen: Observations, now: datetime) -> tuple[list[int], int]:
    """The ids of new events, and how many known ones changed.

    In order of their keys: two batches that share some would otherwise wait for each other.
    """
    new: list[int] = []
    known: dict[MessageKey, Seen] = {}
    for key in sorted(seen):
        event_id = insert_new_message(session, key, seen[key], now)
        if event_id is None:
            known[key] = seen[key]
        else:
            new.append(event_id)
    return new, add_to_known(session, known, now)


def record_change(
    session: Session,
    *,
    team_id: str,
    channel_id: str,
    kind: str,
    natural_key: str,
    author_id: str | None,
    text: str,
    details: Mapping[str, Any],
    occurred_at: datetime,
    now: datetime,
) -> int:
    """Record a change of the incident itself; the same `natural_key` again changes nothing."""
    values = rows.event_values(
        team_id=team_id,
        channel_id=channel_id,
        kind=kind,
        natural_key=natural_key,
        author_id=author_id[:64] if author_id else None,
        text=clean(redact(text)),
        details=dict(details),
        occurred_at=occurred_at,
        recorded_at=now,
    )
    event_id = rows.insert_new_event(session, values)
    if event_id is None:
        return rows.event_id_of(session, team_id, channel_id, natural_key)
    return event_id

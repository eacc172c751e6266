"""Writes what happened, once, whatever the order and the number of deliveries."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from copilot.timeline import message_rows, rows
from copilot.timeline.marking import record_marks
from copilot.timeline.message_rows import MessageKey
from copilot.timeline.redaction import redact
from copilot.timeline.slack_messages import Deletion, Mark, Record, SourceMessage


@dataclass(frozen=True, slots=True)
class RecordingResult:
    new_event_ids: list[int] = field(default_factory=list)
    duplicates: int = 0
    """Records that told nothing new."""
    changed: int = 0
    """Messages already known that now read otherwise, or about which more is known."""


def record(session: Session, records: Iterable[Record], now: datetime) -> RecordingResult:
    """Record what a source says happened. The caller commits before it tells the source so."""
    marks: list[Mark] = []
    messages: dict[MessageKey, list[SourceMessage | Deletion]] = {}
    count = 0
    for each in records:
        count += 1
        if isinstance(each, Mark):
            marks.append(each)
        else:
            key = MessageKey(each.team_id, each.channel_id, each.message_ts)
            messages.setdefault(key, []).append(each)
    new, changed = message_rows.write(session, messages, now) if messages else ([], 0)
    new_marks = record_marks(session, marks, now) if marks else []
    told = len(new) + changed + len(new_marks)
    return RecordingResult([*new, *new_marks], duplicates=count - told, changed=changed)


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
        author_id=author_id,
        text=redact(text),
        details=dict(details),
        occurred_at=occurred_at,
        recorded_at=now,
    )
    inserted = rows.insert_new_events(session, [values])
    if inserted:
        return next(iter(inserted.values()))
    return rows.event_id_of(session, team_id, channel_id, natural_key)

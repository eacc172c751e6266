"""Writes what happened, once, whatever the order and the number of deliveries."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from copilot.timeline import rows
from copilot.timeline.known_messages import add_to_known
from copilot.timeline.marking import record_marks
from copilot.timeline.message_rows import MessageKey, Observations, insert_new_messages
from copilot.timeline.message_state import MessageState, add_up
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
            key = MessageKey(each.team_id, each.channel_id, each.message_ts)
            messages.setdefault(key, []).append(each)
    new, changed = _record_messages(session, messages, now) if messages else ([], 0)
    new_marks = record_marks(session, marks, now) if marks else []
    told = len(new) + changed + len(new_marks)
    duplicates = len(messages) + len(marks) - told
    return RecordingResult([*new, *new_marks], duplicates=duplicates, changed=changed)


def _record_messages(session: Session, seen: Observations, now: datetime) -> tuple[list[int], int]:
    """The ids of new events, and how many known ones changed.

    In order of their keys: two batches that share some would otherwise wait for each other.
    """
    states = {key: add_up(MessageState(key.message_ts), seen[key]) for key in sorted(seen)}
    ids = insert_new_messages(session, states, now)
    known = {key: seen[key] for key in states if key not in ids}
    return list(ids.values()), add_to_known(session, known, now)


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
    inserted = rows.insert_new_events(session, [values])
    if inserted:
        return next(iter(inserted.values()))
    return rows.event_id_of(session, team_id, channel_id, natural_key)

"""Reads what the velocity gap is computed from: the ledger, and what became of suggestions."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, exists, select
from sqlalchemy.orm import Session, aliased

from copilot.incidents.models import Incident
from copilot.reviews.gap_entries import Entry, ShownSuggestion
from copilot.reviews.models import LedgerEntry
from copilot.suggestions.models import Delivery, SourceOpening, Suggestion

_CHUNK = 500


_COLUMNS = (
    LedgerEntry.kind,
    LedgerEntry.recorded_at,
    LedgerEntry.incident_id,
    LedgerEntry.claim_id,
    LedgerEntry.person,
    LedgerEntry.words,
    LedgerEntry.sources,
    LedgerEntry.seconds,
    LedgerEntry.details,
)
"""Rows of their own would cost several times as much, and there are many."""
_Row = Row[
    tuple[str, datetime, int, int | None, str | None, int, int, float | None, dict[str, Any]]
]


def entries_of(session: Session, incident_ids: Collection[int]) -> list[Entry]:
    """The ledger of these incidents, the oldest line first."""
    found: list[Entry] = []
    for chunk in _chunks(incident_ids):
        found.extend(_entries(session, LedgerEntry.incident_id.in_(chunk)))
    return sorted(found, key=lambda one: one.at)


def entries_since(session: Session, incident_ids: Collection[int], since: datetime) -> list[Entry]:
    """All lines of those sentences of these incidents to which anything happened from then on."""
    teams = session.scalars(select(Incident.team_id).distinct()).all()  # the index begins with it
    line = aliased(LedgerEntry)
    is_recent = line.team_id.in_(teams), line.recorded_at >= since
    touched = select(line.claim_id).where(*is_recent, line.claim_id.is_not(None))
    of_none = select(line.id).where(*is_recent, line.claim_id.is_(None))
    known = frozenset(incident_ids)
    found = [
        *_entries(session, LedgerEntry.claim_id.in_(touched)),
        *_entries(session, LedgerEntry.id.in_(of_none)),
    ]
    kept = (one for one in found if one.incident_id in known)
    return sorted(kept, key=lambda one: one.at)


def _entries(session: Session, wanted: ColumnElement[bool]) -> Iterator[Entry]:
    rows = session.execute(
        select(*_COLUMNS).where(wanted).order_by(LedgerEntry.recorded_at, LedgerEntry.id)
    )
    return map(as_entry, rows)


def as_entry(row: LedgerEntry | _Row) -> Entry:
    details = row.details
    return Entry(
        kind=row.kind,
        at=row.recorded_at,
        incident_id=row.incident_id,
        claim_id=row.claim_id,
        version=details.get("version"),
        person=row.person,
        words=row.words,
        sources=row.sources,
        source_words=details.get("source_words", 0),
        seconds=row.seconds,
        edit_distance=details.get("edit_distance"),
        is_caught=details.get("is_caught"),
    )


def shown_suggestions(
    session: Session, incident_ids: Collection[int], since: datetime | None = None
) -> list[ShownSuggestion]:
    """Those that were posted, from `since` on if it is given, in the order in which they were."""
    is_posted = Delivery.posted_at.is_not(None)
    is_wanted = is_posted if since is None else is_posted & (Delivery.posted_at >= since)
    is_opened = exists().where(SourceOpening.suggestion_id == Suggestion.id)
    found: list[ShownSuggestion] = []
    for chunk in _chunks(incident_ids):
        rows = session.execute(
            select(Suggestion, Delivery.posted_at, is_opened)
            .join(Delivery, Delivery.id == Suggestion.delivery_id)
            .where(Suggestion.incident_id.in_(chunk), is_wanted)
        )
        found.extend(
            ShownSuggestion(
                suggestion_id=one.id,
                incident_id=one.incident_id,
                kind=one.kind,
                shown_at=posted_at,
                decision=one.decision,
                decided_at=one.decided_at,
                is_opened=opened,
            )
            for one, posted_at, opened in rows
            if posted_at is not None
        )
    return sorted(found, key=lambda one: (one.shown_at, one.suggestion_id))


def with_any_before(
    session: Session, incident_ids: Collection[int], instant: datetime
) -> frozenset[int]:
    """Those of the incidents of which a line was written, or a suggestion posted, before then."""
    line = exists().where(LedgerEntry.incident_id == Incident.id, LedgerEntry.recorded_at < instant)
    posted = exists().where(
        Suggestion.incident_id == Incident.id,
        Delivery.id == Suggestion.delivery_id,
        Delivery.posted_at < instant,
    )
    return frozenset(
        incident_id
        for chunk in _chunks(incident_ids)
        for incident_id in session.scalars(
            select(Incident.id).where(Incident.id.in_(chunk), line | posted)
        )
    )


def _chunks(ids: Collection[int]) -> Sequence[Sequence[int]]:
    ordered = sorted(ids)
    return [ordered[start : start + _CHUNK] for start in range(0, len(ordered), _CHUNK)]

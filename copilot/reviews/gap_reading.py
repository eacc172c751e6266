"""Reads what the velocity gap is computed from: the ledger, and what became of suggestions."""

from collections.abc import Collection, Sequence

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from copilot.reviews.gap_entries import Entry, ShownSuggestion
from copilot.reviews.models import LedgerEntry
from copilot.suggestions.models import Delivery, SourceOpening, Suggestion

_CHUNK = 500


def entries_of(session: Session, incident_ids: Collection[int]) -> list[Entry]:
    """The ledger of these incidents, the oldest line first."""
    found: list[Entry] = []
    for chunk in _chunks(incident_ids):
        rows = session.scalars(
            select(LedgerEntry)
            .where(LedgerEntry.incident_id.in_(chunk))
            .order_by(LedgerEntry.recorded_at, LedgerEntry.id)
        )
        found.extend(map(as_entry, rows))
    return sorted(found, key=lambda one: one.at)


def as_entry(row: LedgerEntry) -> Entry:
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


def shown_suggestions(session: Session, incident_ids: Collection[int]) -> list[ShownSuggestion]:
    """Those that were posted, in the order in which they were."""
    is_opened = exists().where(SourceOpening.suggestion_id == Suggestion.id)
    found: list[ShownSuggestion] = []
    for chunk in _chunks(incident_ids):
        rows = session.execute(
            select(Suggestion, Delivery.posted_at, is_opened)
            .join(Delivery, Delivery.id == Suggestion.delivery_id)
            .where(Suggestion.incident_id.in_(chunk), Delivery.posted_at.is_not(None))
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


def _chunks(ids: Collection[int]) -> Sequence[Sequence[int]]:
    ordered = sorted(ids)
    return [ordered[start : start + _CHUNK] for start in range(0, len(ordered), _CHUNK)]

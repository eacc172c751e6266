"""Builds lines of a ledger."""

from datetime import UTC, datetime, timedelta
from typing import Any

from copilot.reviews.gap_entries import Entry, ShownSuggestion
from copilot.reviews.vocabulary import LedgerKind

START = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
"""A Monday: the first instant but nine hours of 2026-W47."""


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def line(kind: LedgerKind, minutes: float, claim: int | None = None, **more: Any) -> Entry:
    return Entry(kind.value, at(minutes), claim_id=claim, **more)


def drafted(claim: int, words: int = 20, minutes: float = 0, sources: int = 1) -> Entry:
    return line(LedgerKind.DRAFTED, minutes, claim, words=words, sources=sources)


def opened(claim: int, seconds: float | None, minutes: float, person: str = "ana") -> Entry:
    return line(LedgerKind.OPENED, minutes, claim, seconds=seconds, person=person)


def verified(
    claim: int, minutes: float, person: str = "ana", words: int = 20, quoted: int = 30, **more: Any
) -> Entry:
    return line(
        LedgerKind.VERIFIED,
        minutes,
        claim,
        person=person,
        words=words,
        source_words=quoted,
        sources=more.pop("sources", 1),
        **more,
    )


def shown(number: int, kind: str, minutes: float, decision: str | None = None) -> ShownSuggestion:
    return ShownSuggestion(
        suggestion_id=number,
        incident_id=1,
        kind=kind,
        shown_at=at(minutes),
        decision=decision,
        decided_at=None if decision is None else at(minutes + 5),
    )

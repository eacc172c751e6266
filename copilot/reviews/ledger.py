"""The append-only ledger of what was drafted and what people did about it."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from copilot.incidents.models import Incident
from copilot.reviews.models import Citation, Claim, LedgerEntry
from copilot.reviews.vocabulary import LedgerKind
from copilot.reviews.words import word_count


def note(
    session: Session,
    incident: Incident,
    kind: LedgerKind,
    *,
    claim: Claim | None = None,
    person: str | None = None,
    user_id: str | None = None,
    words: int | None = None,
    sources: int | None = None,
    seconds: float | None = None,
    now: datetime,
    **details: Any,
) -> None:
    """Add a line. Words and sources are those that the claim has now, unless they are given.

    A claim comes into the review once: a second DRAFTED of it adds nothing. Of an EDITED, name the
    words before the edit as `before`, so that it can be told how much a person changed.
    """
    cited = _quotes_of(session, claim) if claim is not None else []
    if claim is not None:
        details = {"source_words": sum(map(word_count, cited)), **details}
    values = {
        "team_id": incident.team_id,
        "incident_id": incident.id,
        "kind": kind.value,
        "claim_id": claim.id if claim is not None else None,
        "person": person,
        "user_id": user_id,
        "words": _or_else(words, word_count(claim.text) if claim is not None else 0),
        "sources": _or_else(sources, len(cited)),
        "seconds": seconds,
        "details": details,
        "recorded_at": now,
    }
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    session.execute(dialect.insert(LedgerEntry).values(values).on_conflict_do_nothing())


def _or_else(given: int | None, otherwise: int) -> int:
    return otherwise if given is None else given


def _quotes_of(session: Session, claim: Claim) -> list[str]:
    session.flush()
    return list(session.scalars(select(Citation.quote).where(Citation.claim_id == claim.id)))

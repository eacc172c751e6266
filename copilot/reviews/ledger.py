"""The append-only ledger of what was drafted and what people did about it.

What counts as opened, checked or rushed is computed from it later; docs/velocity-gap.md says how.
Note OPENED with the seconds for which a person had a claim beside its sources, before the act that
ended it; acts need no seconds of their own then.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from rapidfuzz.distance import Levenshtein
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from copilot.incidents.models import Incident
from copilot.reviews.models import Citation, Claim, LedgerEntry, Review
from copilot.reviews.vocabulary import LedgerKind
from copilot.reviews.words import word_count

_CHUNK = 500


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

    A claim comes into the review once: a second DRAFTED of it adds nothing.
    """
    values: dict[str, Any] = {"words": 0, "sources": 0, "details": {}}
    if claim is not None:
        session.flush()
        values |= _of_claim(claim, kind, _quotes(session, [claim]), _versions(session, [claim]))
    values |= {} if words is None else {"words": words}
    values |= {} if sources is None else {"sources": sources}
    details.pop("before", None)  # no message's words are kept here: they are deleted elsewhere
    values["details"] = {**values["details"], **details}
    values |= {"person": person, "user_id": user_id, "seconds": seconds}
    _add(session, incident, kind, [values], now)


def note_drafted(
    session: Session, incident: Incident, claims: Iterable[Claim], now: datetime
) -> None:
    """One DRAFTED for each that has none."""
    _note_all(session, incident, LedgerKind.DRAFTED, claims, now)


def note_withdrawn(
    session: Session, incident: Incident, claims: Iterable[Claim], now: datetime
) -> None:
    """They are no part of the review any more, so nobody needs to check them."""
    _note_all(session, incident, LedgerKind.WITHDRAWN, claims, now)


def edit_distance(before: str, after: str) -> float:
    """Words to change, add or drop, as a share of the longer text's: 0 the same, 1 all other."""
    return Levenshtein.normalized_distance(before.split(), after.split())


def _note_all(
    session: Session,
    incident: Incident,
    kind: LedgerKind,
    claims: Iterable[Claim],
    now: datetime,
) -> None:
    noted = list(claims)
    session.flush()
    for start in range(0, len(noted), _CHUNK):
        chunk = noted[start : start + _CHUNK]
        quotes, versions = _quotes(session, chunk), _versions(session, chunk)
        rows = [_of_claim(claim, kind, quotes, versions) for claim in chunk]
        _add(session, incident, kind, rows, now)


def _of_claim(
    claim: Claim, kind: LedgerKind, quotes: dict[int, list[str]], versions: dict[int, int]
) -> dict[str, Any]:
    cited = quotes.get(claim.id, [])
    details: dict[str, Any] = {
        "version": versions.get(claim.review_id),
        "source_words": sum(map(word_count, cited)),
    }
    if kind == LedgerKind.EDITED and claim.drafted_text:
        details["edit_distance"] = edit_distance(claim.drafted_text, claim.text)
    return {
        "claim_id": claim.id,
        "words": word_count(claim.text),
        "sources": len(cited),
        "details": details,
    }


def _quotes(session: Session, claims: Iterable[Claim]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    query = select(Citation.claim_id, Citation.quote)
    for claim_id, quote in session.execute(
        query.where(Citation.claim_id.in_([claim.id for claim in claims]))
    ):
        found.setdefault(claim_id, []).append(quote)
    return found


def _versions(session: Session, claims: Iterable[Claim]) -> dict[int, int]:
    ids = {claim.review_id for claim in claims}
    query = select(Review.id, Review.version).where(Review.id.in_(ids))
    return {row.id: row.version for row in session.execute(query)}


def _add(
    session: Session,
    incident: Incident,
    kind: LedgerKind,
    rows: list[dict[str, Any]],
    now: datetime,
) -> None:
    if not rows:
        return
    same = {
        "team_id": incident.team_id,
        "incident_id": incident.id,
        "kind": kind.value,
        "recorded_at": now,
    }
    dialect: Any = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    new = dialect.insert(LedgerEntry).values([{**row, **same} for row in rows])
    session.execute(new.on_conflict_do_nothing())

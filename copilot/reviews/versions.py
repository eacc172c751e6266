"""Saves versions of a review. What a person checked or wrote goes on into the next one."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.errors import NotFoundError
from copilot.incidents.models import Incident
from copilot.reviews.citations import Check, check_claim
from copilot.reviews.models import Citation, Claim, ClaimState, Review
from copilot.reviews.sources import Source, sources_of
from copilot.reviews.words import normalised

MAX_PERSONS_WORDS = 60
"""A person may write longer sentences than a drafter."""


@dataclass(frozen=True, slots=True)
class Cited:
    event_id: int
    revision_id: int
    quote: str


@dataclass(frozen=True, slots=True)
class CheckedClaim:
    section: str
    text: str
    citations: tuple[Cited, ...]
    """Those that resolve, verbatim."""
    check: Check


def newest_review(session: Session, incident_id: int) -> Review | None:
    return session.scalar(
        select(Review)
        .where(Review.incident_id == incident_id)
        .order_by(Review.version.desc())
        .limit(1)
    )


def lock_incident(session: Session, incident_id: int) -> Incident:
    """Hold the incident's row, so that a new version and a person's act come one after the other.

    SQLite has taken its write lock already. PostgreSQL is asked for no more than an UPDATE takes:
    rows that refer to the incident may be added meanwhile, and two workers who have each added one
    would otherwise wait for each other. Raises NotFoundError.
    """
    incident = session.scalar(
        select(Incident).where(Incident.id == incident_id).with_for_update(key_share=True)
    )
    if incident is None:
        raise NotFoundError(f"There is no incident {incident_id}.")
    return incident


def save_version(
    session: Session,
    incident_id: int,
    *,
    claims: Sequence[CheckedClaim],
    engine: str,
    drafted_at: datetime,
    events_read: int,
    events_left_out: int,
    names: Collection[str],
    seen_version: int,
) -> Review:
    """Add a version after the one that was there when the drafter began reading.

    If another worker has saved one since, that one is returned and nothing is added.
    """
    incident = lock_incident(session, incident_id)
    before = newest_review(session, incident_id)
    if before is not None and before.version > seen_version:
        return before
    review = Review(
        incident_id=incident_id,
        version=seen_version + 1,
        engine=engine,
        drafted_at=drafted_at,
        events_read=events_read,
        events_left_out=events_left_out,
    )
    session.add(review)
    session.flush()
    kept = _carry(session, incident, before, review, names) if before else []
    for position, claim in enumerate(_not_yet_said(claims, kept), len(kept)):
        _add(session, _new_row(review, claim, position), claim.citations)
    return review


@dataclass(frozen=True, slots=True)
class _Kept:
    """What of a carried claim keeps the drafter from repeating it."""

    section: str
    texts: frozenset[str]
    events: frozenset[int]


def _carry(
    session: Session, incident: Incident, before: Review, review: Review, names: Collection[str]
) -> list[_Kept]:
    """Copy what people touched, with its state, and check it against its sources again."""
    query = select(Claim).where(Claim.review_id == before.id, Claim.state != ClaimState.UNVERIFIED)
    touched = session.scalars(query.order_by(Claim.position)).all()
    sources = sources_of(session, incident, [claim.id for claim in touched])
    kept = []
    for position, claim in enumerate(touched):
        cited = sources[claim.id]
        check = check_persons_claim(claim, cited, names)
        row = Claim(
            review_id=review.id,
            section=claim.section,
            position=position,
            text=claim.text,
            drafted_text=claim.drafted_text,
            is_supported=check.is_supported,
            failed_check=check.problem,
            state=claim.state,
            checked_by=claim.checked_by,
            checked_at=claim.checked_at,
        )
        rows = [source.citation for source in cited]
        _add(session, row, [Cited(c.event_id, c.revision_id, c.quote) for c in rows])
        texts = frozenset({normalised(claim.text), normalised(claim.drafted_text)})
        kept.append(_Kept(claim.section, texts, frozenset(c.event_id for c in rows)))
    return kept


def check_persons_claim(claim: Claim, cited: Sequence[Source], names: Collection[str]) -> Check:
    """The same checks for words a person let stand or wrote; only the length may differ."""
    return check_claim(
        claim.text,
        [source.quote for source in cited],
        {source.message.number: source.message for source in cited},
        names,
        max_words=MAX_PERSONS_WORDS,
    )


def _not_yet_said(claims: Iterable[CheckedClaim], kept: Sequence[_Kept]) -> list[CheckedClaim]:
    """A person's version of a sentence stands in its place, also where the person said no."""
    texts = {text for one in kept for text in one.texts}
    places = {(one.section, one.events) for one in kept if one.events}
    return [
        claim
        for claim in claims
        if normalised(claim.text) not in texts
        and (claim.section, frozenset(cited.event_id for cited in claim.citations)) not in places
    ]


def _new_row(review: Review, claim: CheckedClaim, position: int) -> Claim:
    return Claim(
        review_id=review.id,
        section=claim.section,
        position=position,
        text=claim.text,
        drafted_text=claim.text,
        is_supported=claim.check.is_supported,
        failed_check=claim.check.problem,
        state=ClaimState.UNVERIFIED,
    )


def _add(session: Session, row: Claim, citations: Sequence[Cited]) -> None:
    session.add(row)
    session.flush()
    session.add_all(
        Citation(
            claim_id=row.id,
            event_id=cited.event_id,
            revision_id=cited.revision_id,
            quote=cited.quote,
            position=position,
        )
        for position, cited in enumerate(citations)
    )

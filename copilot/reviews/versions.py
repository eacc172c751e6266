"""The one review of an incident: its versions, what stands in it, whether it is signed."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from copilot.errors import BadInputError, NotFoundError
from copilot.incidents.models import Incident
from copilot.reviews.citations import Check
from copilot.reviews.models import Amendment, Citation, Claim, Review, SignOff

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
    judged: str | None = None
    """A `Support` value, where a second judge answered."""
    is_unanswered: bool = False
    """A second judge was asked and said nothing."""

    @property
    def events(self) -> frozenset[int]:
        return frozenset(cited.event_id for cited in self.citations)


def newest_review(session: Session, incident_id: int) -> Review | None:
    return session.scalar(
        select(Review)
        .where(Review.incident_id == incident_id)
        .order_by(Review.version.desc())
        .limit(1)
    )


def sign_off_of(session: Session, incident_id: int) -> SignOff | None:
    return session.scalar(select(SignOff).where(SignOff.incident_id == incident_id))


def standing_claims(incident_id: int) -> Select[Claim]:
    """What the review consists of; without proposals, and without what amends it."""
    amending = select(Amendment.new_claim_id).where(Amendment.new_claim_id.is_not(None))
    return (
        select(Claim)
        .join(Review, Review.id == Claim.review_id)
        .where(
            Review.incident_id == incident_id,
            Claim.withdrawn_in_id.is_(None),
            Claim.proposed_for_id.is_(None),
            Claim.id.not_in(amending),
        )
        .order_by(Claim.position, Claim.id)
    )


def open_proposals(incident_id: int) -> Select[Claim]:
    """Sentences beside one that stands, which nobody took or left yet."""
    standing = standing_claims(incident_id).with_only_columns(Claim.id).order_by(None)
    return (
        select(Claim)
        .where(Claim.proposed_for_id.in_(standing), Claim.withdrawn_in_id.is_(None))
        .order_by(Claim.id)
    )


def lock_incident(session: Session, incident_id: int) -> Incident:
    """Hold the incident's row, so that a new version and a person's act come one after the other.

    SQLite has taken its write lock already. PostgreSQL is asked for no more than an UPDATE takes:
    rows that refer to the incident may be added meanwhile, and two workers who have each added one
    would otherwise wait for each other. What the session read before is read anew: it may have
    changed while we waited. Raises NotFoundError.
    """
    session.flush()
    session.expire_all()
    incident = session.scalar(
        select(Incident).where(Incident.id == incident_id).with_for_update(key_share=True)
    )
    if incident is None:
        raise NotFoundError(f"There is no incident {incident_id}.")
    return incident


def lock_unsigned(session: Session, incident_id: int) -> Incident:
    """Hold the incident to change its review. Raises BadInputError once that is signed."""
    incident = lock_incident(session, incident_id)
    refuse_if_signed(session, incident_id)
    return incident


def refuse_if_signed(session: Session, incident_id: int) -> None:
    signed = sign_off_of(session, incident_id)
    if signed is not None:
        raise BadInputError(
            f"{signed.signed_by} signed this review on {signed.signed_at:%Y-%m-%d}, so it does not "
            "change any more. Nothing was saved: write a correction as an amendment."
        )


def require_review(session: Session, incident_id: int) -> Review:
    """The newest version. Raises NotFoundError before the first."""
    review = newest_review(session, incident_id)
    if review is None:
        raise NotFoundError(f"Incident {incident_id} has no review yet; draft one first.")
    return review


def add_row(session: Session, row: Claim, citations: Sequence[Cited]) -> Claim:
    add_rows(session, [(row, citations)])
    return row


def add_rows(session: Session, rows: Sequence[tuple[Claim, Sequence[Cited]]]) -> None:
    session.add_all([row for row, _ in rows])
    session.flush()
    for row, citations in rows:
        session.add_all(_citations(row, citations))
    session.flush()


def cite_all(session: Session, claim: Claim, citations: Sequence[Cited]) -> None:
    session.add_all(_citations(claim, citations))
    session.flush()


def _citations(claim: Claim, citations: Sequence[Cited]) -> list[Citation]:
    return [
        Citation(
            claim_id=claim.id,
            event_id=cited.event_id,
            revision_id=cited.revision_id,
            quote=cited.quote,
            position=position,
        )
        for position, cited in enumerate(citations)
    ]

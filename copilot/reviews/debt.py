"""How much reading the machine has piled up for people, and holding back while it is too much."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from copilot.incidents.models import Incident
from copilot.incidents.queries import get_incident
from copilot.jobs import Job, enqueue
from copilot.reviews.gap_entries import ACTS, AT_WORK_FOR
from copilot.reviews.gap_reading import as_entry
from copilot.reviews.models import Citation, Claim, ClaimState, LedgerEntry, Review
from copilot.reviews.review_policy import ReviewPolicy
from copilot.reviews.velocity_gap import measured_seconds_per_source
from copilot.reviews.vocabulary import LedgerKind
from copilot.reviews.words import word_count
from copilot.suggestions.reading_time import SECONDS_PER_SOURCE, minutes_to_check

_LATELY = 1_000
"""Lines of the ledger: what people do now counts, not what they did a year ago."""
_LOOKS = (
    LedgerKind.OPENED,
    LedgerKind.FOLLOWED,
    LedgerKind.VERIFIED,
    LedgerKind.EDITED,
    LedgerKind.REJECTED,
)


@dataclass(frozen=True, slots=True)
class Unchecked:
    """A sentence that waits for a person."""

    words: int
    sources: int


@dataclass(frozen=True, slots=True)
class Debt:
    minutes: float
    claims: int
    words: int
    reviewers: int
    """Who acted in the last day; at least 1."""
    seconds_per_source: float

    @property
    def minutes_each(self) -> float:
        return self.minutes / self.reviewers


def debt_minutes(
    waiting: Iterable[Unchecked], seconds_per_source: float = SECONDS_PER_SOURCE
) -> float:
    return sum(minutes_to_check(one.words, one.sources, seconds_per_source) for one in waiting)


def debt_of(session: Session, incident_id: int, now: datetime) -> Debt:
    """What stands in the review or beside it, could be published and nobody has checked."""
    incident = get_incident(session, incident_id)
    waiting = _unchecked(session, incident_id)
    seconds_per_source = seconds_per_source_in(session, incident.team_id)
    return Debt(
        minutes=debt_minutes(waiting, seconds_per_source),
        claims=len(waiting),
        words=sum(one.words for one in waiting),
        reviewers=max(1, _reviewers(session, incident, now)),
        seconds_per_source=seconds_per_source,
    )


def seconds_per_source_in(session: Session, team_id: str) -> float:
    """As measured in the workspace lately; our guess until there is enough to measure."""
    newest = session.scalars(
        select(LedgerEntry)
        .where(LedgerEntry.team_id == team_id, LedgerEntry.kind.in_(_LOOKS))
        .order_by(LedgerEntry.recorded_at.desc(), LedgerEntry.id.desc())
        .limit(_LATELY)
    )
    measured = measured_seconds_per_source([as_entry(row) for row in reversed(newest.all())])
    return SECONDS_PER_SOURCE if measured is None else measured


def may_draft_on(session: Session, incident: Incident, policy: ReviewPolicy, now: datetime) -> bool:
    """Whether the people at work on the review have less to check than the cap."""
    return remember_debt(session, incident, now).minutes_each < policy.debt_cap_minutes


def resume_drafting(
    session: Session, incident: Incident, policy: ReviewPolicy, now: datetime
) -> bool:
    """Have the next section drafted if that waited for people and they caught up.

    To be called after each act of a person, in its transaction.
    """
    may_go_on = may_draft_on(session, incident, policy, now)
    newest = session.scalar(
        select(Review)
        .where(Review.incident_id == incident.id)
        .order_by(Review.version.desc())
        .limit(1)
    )
    if newest is None or not newest.waits_for_people or not may_go_on:
        return False
    newest.waits_for_people = False
    enqueue(session, Job.DRAFT_REVIEW, incident.id)
    return True


def resume_waiting(session: Session, team_id: str, policy: ReviewPolicy, now: datetime) -> None:
    """The same for all reviews of a workspace, once its cap is another one."""
    waiting = select(Review.incident_id).where(Review.waits_for_people.is_(True))
    query = select(Incident).where(Incident.team_id == team_id, Incident.id.in_(waiting))
    for incident in session.scalars(query.order_by(Incident.id)).all():
        resume_drafting(session, incident, policy, now)


def remember_debt(session: Session, incident: Incident, now: datetime) -> Debt:
    """Leave it on the incident, too, where suggestions wait for it to go down."""
    session.flush()
    debt = debt_of(session, incident.id, now)
    incident.review_debt_minutes = debt.minutes_each
    return debt


def _unchecked(session: Session, incident_id: int) -> Sequence[Unchecked]:
    cited = select(func.count()).where(Citation.claim_id == Claim.id).scalar_subquery()
    found = session.execute(
        select(Claim.text, cited)
        .join(Review, Review.id == Claim.review_id)
        .where(
            Review.incident_id == incident_id,
            Claim.withdrawn_in_id.is_(None),
            Claim.state == ClaimState.UNVERIFIED,
            Claim.is_supported.is_(True),
        )
    )
    return [Unchecked(word_count(text), sources) for text, sources in found]


def _reviewers(session: Session, incident: Incident, now: datetime) -> int:
    found = session.scalar(
        select(func.count(func.distinct(LedgerEntry.person))).where(
            LedgerEntry.incident_id == incident.id,
            LedgerEntry.kind.in_(ACTS),
            LedgerEntry.recorded_at > now - AT_WORK_FOR,
            LedgerEntry.recorded_at <= now,
        )
    )
    return found or 0

"""Drafts reviews that people asked for, and goes on with those that are not all drafted yet."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, update
from sqlalchemy.orm import Session

from copilot.clock import Clock
from copilot.db import Database
from copilot.incidents.models import Incident
from copilot.jobs import Job, enqueue
from copilot.ports import Drafter, Judge
from copilot.reviews.drafting_pass import draft_sections
from copilot.reviews.models import Review, SignOff
from copilot.reviews.versions import lock_unsigned
from copilot.suggestions.leases import WALL_CLOCK, is_over
from copilot.workspaces.retrying import back_off

LEASE = timedelta(minutes=10)
"""Longer than drafting takes; who has not saved or failed by then has died."""
LONGEST_PASS_S = 180.0
"""From then on no section is begun that might, with a slow model, outlast the lease; the next nudge
goes on with it."""


@dataclass(frozen=True, slots=True)
class _Claimed:
    attempts: int
    is_new: bool
    """To be drafted anew, rather than gone on with."""
    until: datetime
    """When the lease ends; by it we know it for ours."""


def request_review(session: Session, incident_id: int, now: datetime) -> None:
    """Ask for a draft; the wish stands on the incident until one is drafted.

    Who asks wants it now, however long the last failure would have had it wait. Raises
    NotFoundError, and BadInputError once the review is signed.
    """
    incident = lock_unsigned(session, incident_id)
    incident.review_requested_at = now
    incident.review_due_at, incident.review_attempts = None, 0
    enqueue(session, Job.DRAFT_REVIEW, incident_id)


def reviews_to_draft(session: Session, lease_clock: Clock = WALL_CLOCK) -> list[int]:
    """Incidents that nobody drafts for and that want it: their newest draft is older than the
    newest request, or has sections left and nobody has to catch up first."""
    query = _with_newest(Incident.id).where(_is_due(lease_clock.now()))
    return list(session.scalars(query.order_by(Incident.review_requested_at, Incident.id)))


def draft_requested_review(
    db: Database,
    incident_id: int,
    drafter: Drafter,
    clock: Clock,
    lease_clock: Clock = WALL_CLOCK,
    judge: Judge | None = None,
) -> int | None:
    """Draft it if somebody asked since the newest draft began, or go on with what is left of it:
    a nudge may come twice.

    Raises what the drafter raises; it is then left alone for a while, longer each time.
    """
    claimed = _claim(db, incident_id, lease_clock)
    if claimed is None:
        return None
    try:
        review_id = draft_sections(
            db, incident_id, drafter, judge, clock, is_new=claimed.is_new, longest_s=LONGEST_PASS_S
        )
    except Exception:
        due_at = lease_clock.now() + back_off(claimed.attempts)
        _give_back(db, incident_id, claimed, claimed.attempts, due_at)
        raise
    _give_back(db, incident_id, claimed, 0, None)
    return review_id


def draft_review(
    db: Database, incident_id: int, drafter: Drafter, clock: Clock, *, judge: Judge | None = None
) -> int:
    """Begin a new version, draft all its sections that may be drafted, and return its id.

    What people checked or wrote stays. If another worker began a version meanwhile, that one
    stands. Which sections wait for people to catch up, the version says. Raises NotFoundError,
    BadInputError once the review is signed, and what the drafter raises, after recording it.
    """
    return draft_sections(db, incident_id, drafter, judge, clock, is_new=True)


def _with_newest(what: Any) -> Select[Any]:
    """Of each incident, beside its newest version if it has one."""
    newest = (
        select(Review.incident_id, func.max(Review.version).label("version"))
        .group_by(Review.incident_id)
        .subquery()
    )
    return (
        select(what)
        .select_from(Incident)
        .outerjoin(newest, newest.c.incident_id == Incident.id)
        .outerjoin(
            Review, (Review.incident_id == Incident.id) & (Review.version == newest.c.version)
        )
    )


def _is_wanted_anew() -> ColumnElement[bool]:
    return and_(
        Incident.review_requested_at.is_not(None),
        or_(Review.id.is_(None), Review.drafted_at < Incident.review_requested_at),
    )


def _is_unfinished() -> ColumnElement[bool]:
    return and_(Review.id.is_not(None), Review.sections_left != [], ~Review.waits_for_people)


def _is_due(wall_now: datetime) -> ColumnElement[bool]:
    return and_(
        or_(_is_wanted_anew(), _is_unfinished()),
        Incident.id.not_in(select(SignOff.incident_id)),
        is_over(Incident.review_due_at, wall_now),
    )


def _claim(db: Database, incident_id: int, lease_clock: Clock) -> _Claimed | None:
    """None if there is nothing to do."""
    with db.transaction() as session:
        now = lease_clock.now()
        query = _with_newest(_is_wanted_anew()).where(Incident.id == incident_id, _is_due(now))
        is_new = session.scalar(query)
        if is_new is None:
            return None
        until = now + LEASE
        attempts = session.scalar(
            update(Incident)
            .where(Incident.id == incident_id, is_over(Incident.review_due_at, now))
            .values(review_due_at=until, review_attempts=Incident.review_attempts + 1)
            .returning(Incident.review_attempts)
        )
        return None if attempts is None else _Claimed(attempts, bool(is_new), until)


def _give_back(
    db: Database, incident_id: int, claimed: _Claimed, attempts: int, due_at: datetime | None
) -> None:
    """Unless another worker has it by now: this one's lease had ended, or somebody asked anew."""
    with db.transaction() as session:
        session.execute(
            update(Incident)
            .where(Incident.id == incident_id, Incident.review_due_at == claimed.until)
            .values(review_due_at=due_at, review_attempts=attempts)
        )

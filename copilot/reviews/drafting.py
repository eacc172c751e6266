"""Drafts reviews that people asked for, and goes on with those that are not all drafted yet."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, update
from sqlalchemy.orm import Session

from copilot.clock import Clock
from copilot.db import Database
from copilot.errors import BadInputError
from copilot.incidents.models import Incident
from copilot.ports import Drafter, Judge
from copilot.reviews.draft_requests import Wish, wish_for_draft
from copilot.reviews.draft_requests import request_review as request_review
from copilot.reviews.drafting_pass import draft_sections
from copilot.reviews.judging_again import is_any_to_judge, judge_again
from copilot.reviews.models import Review, SignOff
from copilot.reviews.versions import lock_incident
from copilot.suggestions.leases import WALL_CLOCK, is_over
from copilot.workspaces.retrying import MAX_ATTEMPTS, back_off

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
    is_wanted: bool
    """Anything is to be drafted; if not, sentences may be there to be judged again."""
    until: datetime
    """When the lease ends; by it we know it for ours."""


def reviews_to_draft(session: Session, lease_clock: Clock = WALL_CLOCK) -> list[int]:
    """Incidents that nobody drafts for and that want it: their newest draft is older than the
    newest request, or has sections left and nobody has to catch up first; or a sentence of theirs
    is to be judged again."""
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
    a nudge may come twice. Then have judged again what got other sources.

    Raises what the drafter raises; it is then left alone for a while, longer each time.
    """
    with db.transaction() as session:
        claimed = _claim(session, incident_id, lease_clock.now())
    if claimed is None:
        return None
    return _work(db, incident_id, claimed, drafter, judge, clock, lease_clock)


def draft_now(
    db: Database,
    incident_id: int,
    drafter: Drafter,
    clock: Clock,
    *,
    judge: Judge | None = None,
    lease_clock: Clock = WALL_CLOCK,
) -> int:
    """Begin a new version in this very process, as far as it may be drafted; returns its id.

    Raises BadInputError where another process drafts it; what was asked for is not lost then. And
    NotFoundError, BadInputError once the review is signed, and what the drafter raises.
    """
    with db.transaction() as session:
        wall_now = lease_clock.now()
        wish = wish_for_draft(session, incident_id, clock.now(), wall_now)
        claimed = _claim(session, incident_id, wall_now) if wish is Wish.BEGINS else None
    review_id = None
    while claimed is not None:
        review_id = _work(db, incident_id, claimed, drafter, judge, clock, lease_clock)
        with db.transaction() as session:
            claimed = _claim(session, incident_id, lease_clock.now())
    if review_id is None:
        raise BadInputError(Wish.RUNS if wish is Wish.BEGINS else wish)
    return review_id


def draft_review(
    db: Database, incident_id: int, drafter: Drafter, clock: Clock, *, judge: Judge | None = None
) -> int:
    """Begin a new version, draft all its sections that may be drafted, and return its id: for a
    program that has its database for itself, since nobody is kept from drafting meanwhile.

    What people checked or wrote stays. If another worker began a version meanwhile, that one
    stands. Which sections wait for people to catch up, the version says. Raises NotFoundError,
    BadInputError once the review is signed, and what the drafter raises, after recording it.
    """
    return draft_sections(db, incident_id, drafter, judge, clock, is_new=True)


def _with_newest(*what: Any) -> Select[Any]:
    """Of each incident, beside its newest version if it has one."""
    newest = (
        select(Review.incident_id, func.max(Review.version).label("version"))
        .group_by(Review.incident_id)
        .subquery()
    )
    return (
        select(*what)
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
        or_(_is_wanted_anew(), _is_unfinished(), Incident.review_due_at.is_not(None)),
        Incident.id.not_in(select(SignOff.incident_id)),
        is_over(Incident.review_due_at, wall_now),
    )


def _claim(session: Session, incident_id: int, wall_now: datetime) -> _Claimed | None:
    """None if there is nothing to do, or somebody else is at it."""
    session.flush()
    query = _with_newest(_is_wanted_anew(), _is_unfinished())
    due = session.execute(query.where(Incident.id == incident_id, _is_due(wall_now))).one_or_none()
    if due is None:
        return None
    is_new, is_unfinished = map(bool, due)
    until = wall_now + LEASE
    attempts = session.scalar(
        update(Incident)
        .where(Incident.id == incident_id, is_over(Incident.review_due_at, wall_now))
        .values(review_due_at=until, review_attempts=func.abs(Incident.review_attempts) + 1)
        .returning(Incident.review_attempts)
    )
    if attempts is None:
        return None
    return _Claimed(attempts, is_new, is_new or is_unfinished, until)


def _work(
    db: Database,
    incident_id: int,
    claimed: _Claimed,
    drafter: Drafter,
    judge: Judge | None,
    clock: Clock,
    lease_clock: Clock,
) -> int | None:
    """What is to be done under the lease, which is given back in the end."""
    review_id = None
    try:
        if claimed.is_wanted:
            review_id = draft_sections(
                db,
                incident_id,
                drafter,
                judge,
                clock,
                is_new=claimed.is_new,
                longest_s=LONGEST_PASS_S,
            )
        is_last = claimed.attempts >= MAX_ATTEMPTS
        is_answered = judge_again(db, incident_id, judge, clock, is_last=is_last)
    except BaseException as error:
        # Whoever interrupts it is not made to wait, nor told that it is being drafted.
        _give_back(db, incident_id, claimed, lease_clock, rests=isinstance(error, Exception))
        raise
    _give_back(db, incident_id, claimed, lease_clock, rests=not is_answered)
    return review_id


def _give_back(
    db: Database, incident_id: int, claimed: _Claimed, lease_clock: Clock, *, rests: bool
) -> None:
    """Unless another worker has it by now: this one's lease had ended.

    What somebody wants judged since is due at once.
    """
    with db.transaction() as session:
        lock_incident(session, incident_id)
        now = lease_clock.now()
        due_at: datetime | None = None
        attempts = 0
        if rests:
            due_at, attempts = now + back_off(claimed.attempts), -claimed.attempts
        elif is_any_to_judge(session, incident_id):
            due_at = now
        session.execute(
            update(Incident)
            .where(Incident.id == incident_id, Incident.review_due_at == claimed.until)
            .values(review_due_at=due_at, review_attempts=attempts)
        )

"""Posts what was cleared. The delivery row is the queue; it ends posted or given up.

Slack may have a post that we know nothing of, when a worker died or the answer got lost. From
the first attempt on, a delivery is therefore never handed back, only tried again: `post_card` finds
what it posted before. Until it ends no other delivery of the incident comes to be.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from copilot.clock import Clock
from copilot.db import Database
from copilot.errors import PermanentError, TemporaryError
from copilot.incidents.queries import get_incident
from copilot.jobs import Job, enqueue
from copilot.ports import Messenger, SuggestionCard
from copilot.suggestions.attention import met
from copilot.suggestions.cards import build_card
from copilot.suggestions.leases import WALL_CLOCK, is_over
from copilot.suggestions.models import Delivery, Suggestion
from copilot.suggestions.noise_gate import fail
from copilot.suggestions.pacing import (
    count_post,
    lock_pacing,
    measure,
    settle,
)
from copilot.suggestions.policies import policy_of
from copilot.suggestions.standing import stamp
from copilot.suggestions.withdrawing import end, hand_back, judge_again, why_not_now
from copilot.workspaces.posting import POST_SPACING, claim_post_slot, hold_posting
from copilot.workspaces.retrying import MAX_ATTEMPTS, POSTING_LEASE, back_off

POSTS_AT_ONCE = 100
_PATIENCE = 4
"""How often a worker waits for a slot that another one then takes before its eyes."""


@dataclass(frozen=True, slots=True)
class _Claim:
    team_id: str
    channel_id: str
    card: SuggestionCard
    drawn_version: int
    attempts: int
    created_at: datetime


def post_delivery(
    db: Database,
    delivery_id: int,
    messenger: Messenger,
    clock: Clock,
    lease_clock: Clock = WALL_CLOCK,
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """Post it, unless another worker does, it is too early to try again, or nobody wants it now."""
    claim = _claim_with_slot(db, delivery_id, clock, lease_clock, pause)
    if claim is None:
        return
    tried_since = claim.created_at if claim.attempts > 1 else None
    try:
        message_ts = messenger.post_card(claim.team_id, claim.channel_id, claim.card, tried_since)
    except TemporaryError as error:
        _put_off(db, delivery_id, claim, error, clock, lease_clock)
    except PermanentError as error:
        _give_up(db, delivery_id, str(error), clock)
    else:
        _mark_posted(db, delivery_id, message_ts, claim.drawn_version, clock)


def deliveries_to_post(
    session: Session, lease_clock: Clock = WALL_CLOCK, limit: int = POSTS_AT_ONCE
) -> list[int]:
    """Deliveries that have not ended and that nobody holds, the oldest first."""
    query = select(Delivery.id).where(*_is_due(lease_clock.now()))
    return list(session.scalars(query.order_by(Delivery.id).limit(limit)))


def _is_due(wall_now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Delivery.posted_at.is_(None),
        Delivery.given_up_at.is_(None),
        is_over(Delivery.leased_until, wall_now),
    )


def _claim_with_slot(
    db: Database,
    delivery_id: int,
    clock: Clock,
    lease_clock: Clock,
    pause: Callable[[float], None],
) -> _Claim | None:
    """Wait for the channel's next slot if it is a second away; a longer wait is the sweeper's."""
    for _ in range(_PATIENCE):
        claim = _claim(db, delivery_id, clock, lease_clock)
        if claim is None or isinstance(claim, _Claim):
            return claim
        wait = claim - lease_clock.now()
        if wait > POST_SPACING:
            break
        pause(max(0.0, wait.total_seconds()))
    return None


def _claim(
    db: Database, delivery_id: int, clock: Clock, lease_clock: Clock
) -> _Claim | datetime | None:
    """The delivery and its channel's slot; an instant if that is not free before then."""
    with db.transaction() as session:
        known = session.get(Delivery, delivery_id)
        if known is None:
            return None
        incident = get_incident(session, known.incident_id)
        pacing = lock_pacing(session, incident.id)
        rows = _lock_suggestions(session, delivery_id)
        wall_now = lease_clock.now()
        delivery = _lease(session, delivery_id, wall_now)
        if delivery is None:
            return None
        now = clock.now()
        policy = policy_of(session, incident)
        settle(pacing, policy, now)
        reading = measure(session, incident, pacing, now)
        is_untried = delivery.attempts == 0
        why_not = why_not_now(pacing, policy, reading, now, is_untried=is_untried)
        if why_not is not None:
            if is_untried:
                hand_back(session, delivery, why_not, pacing, policy, now)
                judge_again(session, incident, pacing, policy, rows, reading, now)
            else:
                delivery.leased_until = wall_now + back_off(delivery.attempts)
            return None
        if is_untried and all(row.decision is not None for row in rows):
            why_not = "everything on it was decided before it was posted"
            hand_back(session, delivery, why_not, pacing, policy, now)
            return None
        free_at = claim_post_slot(session, incident.team_id, incident.channel_id, wall_now)
        if free_at is not None:
            delivery.leased_until = free_at
            return free_at
        delivery.attempts += 1
        return _Claim(
            incident.team_id,
            incident.channel_id,
            build_card(session, delivery),
            delivery.card_version,
            delivery.attempts,
            delivery.created_at,
        )


def _lease(session: Session, delivery_id: int, wall_now: datetime) -> Delivery | None:
    """Take the delivery, or None if it has ended or is another worker's."""
    return session.scalars(
        update(Delivery)
        .where(Delivery.id == delivery_id, *_is_due(wall_now))
        .values(leased_until=wall_now + POSTING_LEASE)
        .returning(Delivery),
        execution_options={"populate_existing": True},
    ).one_or_none()


def _lock_suggestions(session: Session, delivery_id: int) -> list[Suggestion]:
    """Before the delivery itself, in the same order as a decision takes them."""
    return list(
        session.scalars(
            select(Suggestion)
            .where(Suggestion.delivery_id == delivery_id)
            .order_by(Suggestion.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )


def _mark_posted(
    db: Database, delivery_id: int, message_ts: str, drawn_version: int, clock: Clock
) -> None:
    """The budgets count from the post itself, however long it was on its way."""
    with db.transaction() as session:
        known = session.get(Delivery, delivery_id)
        if known is None:
            return
        policy = policy_of(session, get_incident(session, known.incident_id))
        pacing = lock_pacing(session, known.incident_id)
        now = clock.now()
        delivery = session.scalars(
            update(Delivery)
            .where(Delivery.id == delivery_id, Delivery.posted_at.is_(None))
            .values(
                posted_at=now,
                message_ts=message_ts,
                drawn_version=drawn_version,
                leased_until=None,
            )
            .returning(Delivery),
            execution_options={"populate_existing": True},
        ).one_or_none()
        if delivery is None:
            return
        count_post(pacing, policy, now)
        met(session, delivery_id, now)
        if delivery.card_version > drawn_version:
            enqueue(session, Job.UPDATE_CARD, delivery_id)


def _put_off(
    db: Database,
    delivery_id: int,
    claim: _Claim,
    error: TemporaryError,
    clock: Clock,
    lease_clock: Clock,
) -> None:
    wall_now = lease_clock.now()
    if error.retry_after_s is not None:
        # Whatever else would be posted there waits, too.
        until = wall_now + timedelta(seconds=error.retry_after_s)
        with db.transaction() as session:
            hold_posting(session, claim.team_id, claim.channel_id, until)
    if claim.attempts >= MAX_ATTEMPTS:
        _give_up(db, delivery_id, f"{error} (tried {claim.attempts} times)", clock)
        return
    with db.transaction() as session:
        session.execute(
            update(Delivery)
            .where(Delivery.id == delivery_id, Delivery.posted_at.is_(None))
            .values(
                leased_until=wall_now + back_off(claim.attempts, error.retry_after_s),
                failure=str(error),
            )
        )


def _give_up(db: Database, delivery_id: int, failure: str, clock: Clock) -> None:
    """The suggestions wait for the review; they never come again, since Slack may have them.

    For the same reason it counts as a post.
    """
    with db.transaction() as session:
        known = session.get(Delivery, delivery_id)
        if known is None:
            return
        policy = policy_of(session, get_incident(session, known.incident_id))
        pacing = lock_pacing(session, known.incident_id)
        rows = _lock_suggestions(session, delivery_id)
        delivery = session.get_one(
            Delivery, delivery_id, with_for_update=True, populate_existing=True
        )
        if delivery.posted_at is not None or delivery.given_up_at is not None:
            return
        now = clock.now()
        end(delivery, failure, now)
        count_post(pacing, policy, now)
        met(session, delivery_id, now)
        for row in rows:
            stamp(session, row, fail(row.reason_details, failure), now)

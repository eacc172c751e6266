"""Posts what was cleared. The delivery row is the queue; it ends posted or given up.

Slack may have a post that we know nothing of, when a worker died or the answer got lost. From
the first attempt on, a delivery is therefore never handed back, only tried again: `post_card` finds
what it posted before. Until it ends no other delivery of the incident comes to be.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from copilot.clock import Clock
from copilot.db import Database
from copilot.errors import PermanentError, TemporaryError
from copilot.incidents.models import Incident
from copilot.incidents.queries import get_incident
from copilot.jobs import Job, enqueue
from copilot.ports import Messenger, SuggestionCard
from copilot.suggestions.cards import build_card
from copilot.suggestions.leases import WALL_CLOCK
from copilot.suggestions.models import Delivery, Pacing, Suggestion
from copilot.suggestions.noise_gate import judge
from copilot.suggestions.pacing import lock_pacing, measure, state_of
from copilot.suggestions.policies import policy_of
from copilot.suggestions.quiet import quiet_in
from copilot.suggestions.standing import as_proposed, stamp
from copilot.suggestions.tempo import TempoReading
from copilot.suggestions.vocabulary import Outcome, Reason, Tempo
from copilot.suggestions.wording import clock_time
from copilot.workspaces.posting import POST_SPACING, claim_post_slot, hold_posting
from copilot.workspaces.retrying import MAX_ATTEMPTS, POSTING_LEASE, back_off

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


def deliveries_to_post(session: Session, lease_clock: Clock = WALL_CLOCK) -> list[int]:
    """Deliveries that have not ended and that nobody holds, the oldest first."""
    query = select(Delivery.id).where(
        Delivery.posted_at.is_(None), Delivery.given_up_at.is_(None), _is_free(lease_clock)
    )
    return list(session.scalars(query.order_by(Delivery.id)))


def _is_free(lease_clock: Clock) -> ColumnElement[bool]:
    return or_(Delivery.leased_until.is_(None), Delivery.leased_until <= lease_clock.now())


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
        reading = measure(session, incident, pacing, now)
        is_untried = delivery.attempts == 0
        why_not = _why_not_now(pacing, reading, now)
        if why_not is not None:
            if is_untried:
                _end(delivery, why_not, now)
                _hand_back(session, incident, pacing, rows, reading, now)
            else:
                delivery.leased_until = wall_now + back_off(delivery.attempts)
            return None
        if is_untried and all(row.decision is not None for row in rows):
            _end(delivery, "everything on it was decided before it was posted", now)
            pacing.next_post_at = now
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


def _why_not_now(pacing: Pacing, reading: TempoReading, now: datetime) -> str | None:
    if (quiet := quiet_in(pacing, now)) is not None:
        return f"quiet until {clock_time(quiet.until)}"
    if reading.tempo is Tempo.HECTIC:
        return f"hectic: {reading.messages_per_min:g} msg/min ≥ {reading.hectic_at:g}"
    return None


def _lease(session: Session, delivery_id: int, wall_now: datetime) -> Delivery | None:
    """Take the delivery, or None if it has ended or is another worker's."""
    return session.scalars(
        update(Delivery)
        .where(
            Delivery.id == delivery_id,
            Delivery.posted_at.is_(None),
            Delivery.given_up_at.is_(None),
            or_(Delivery.leased_until.is_(None), Delivery.leased_until <= wall_now),
        )
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


def _hand_back(
    session: Session,
    incident: Incident,
    pacing: Pacing,
    rows: list[Suggestion],
    reading: TempoReading,
    now: datetime,
) -> None:
    """Nothing was posted: the suggestions wait for the digest, and the budget is whole again."""
    pacing.next_post_at = now
    session.flush()
    policy = policy_of(session, incident)
    state = state_of(session, incident, pacing, reading, now, policy)
    for row in rows:
        row.delivery_id = None
        if row.decision is None:
            verdict = judge(as_proposed(row, ()), state, policy, now)
            stamp(session, row, verdict, now)


def _mark_posted(
    db: Database, delivery_id: int, message_ts: str, drawn_version: int, clock: Clock
) -> None:
    """The budget counts from the post itself, however long it was on its way."""
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
        next_post_at = now + policy.post_interval
        pacing.next_post_at = max(pacing.next_post_at or next_post_at, next_post_at)
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
    """The suggestions wait for the review; they never come again, since Slack may have them."""
    with db.transaction() as session:
        rows = _lock_suggestions(session, delivery_id)
        delivery = session.get(Delivery, delivery_id, with_for_update=True)
        if delivery is None or delivery.posted_at is not None or delivery.given_up_at is not None:
            return
        _end(delivery, failure, clock.now())
        for row in rows:
            row.outcome, row.reason = Outcome.HOLD, Reason.POST_FAILED
            row.reason_details = {**row.reason_details, "failure": failure}


def _end(delivery: Delivery, failure: str, now: datetime) -> None:
    delivery.given_up_at, delivery.failure, delivery.leased_until = now, failure, None

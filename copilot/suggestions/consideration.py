"""Has a proposer look at the messages that none has seen, and judges what it says.

The rows are the queue. One worker at a time considers an incident; the proposer runs outside
any transaction; what it said is saved, judged and marked as seen in a single one. A worker that
dies leaves its rows as they were, and its lease runs out.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from copilot.clock import Clock
from copilot.db import Database
from copilot.errors import PermanentError, TemporaryError
from copilot.incidents.marked import heed_read
from copilot.incidents.models import Incident
from copilot.incidents.queries import get_incident
from copilot.ports import Debounce, Proposal, Proposer, Window
from copilot.suggestions.fallback import note_fallback
from copilot.suggestions.judging import begin_judging
from copilot.suggestions.leases import CONSIDERATION_LEASE, WALL_CLOCK, is_over
from copilot.suggestions.models import Pacing, Suggestion
from copilot.suggestions.pacing import lock_pacing
from copilot.suggestions.runs import NO_ENGINE, Answer, judge_all, save_runs
from copilot.suggestions.settling import Ready, has_work, readiness
from copilot.suggestions.windows import Batch, read_batch, read_next
from copilot.timeline.marks import DEFAULT_MEANINGS, Meanings
from copilot.timeline.models import TimelineEvent

ReadBatch = Callable[[Session, Incident], Batch | None]


@dataclass(frozen=True, slots=True)
class _Claim:
    leased_until: datetime
    """Also what proves, when the work is done, that nobody took over meanwhile."""
    batch: Batch | None


def consider_incident(
    db: Database,
    incident_id: int,
    proposer: Proposer,
    clock: Clock,
    lease_clock: Clock = WALL_CLOCK,
    meanings: Meanings = DEFAULT_MEANINGS,
) -> None:
    """Window by window, as long as they are full or some of their rows changed meanwhile.

    Raises TemporaryError if no proposer answers. What else comes meanwhile is left to the
    sweeper, so that in a storm messages are considered many at a time and no worker chases after
    the latest, deaf to all other work. Where the proposer wants people to finish first, what they
    say waits, which costs no more than a look.
    """
    debounce = proposer.debounce

    def read(session: Session, incident: Incident) -> Batch | None:
        return read_batch(session, incident, debounce, clock.now())

    if debounce is not None and not _has_work(db, incident_id, debounce, clock.now()):
        return
    while claim := _claim(db, incident_id, read, lease_clock):
        if claim.batch is None:
            return
        batch, until = claim.batch, claim.leased_until
        seen_to = _see_to(db, incident_id, until, batch, proposer, clock, meanings)
        if not seen_to or not (batch.is_full or seen_to < batch.versions.keys()):
            return


def propose_now(
    db: Database,
    incident_id: int,
    proposer: Proposer,
    clock: Clock,
    lease_clock: Clock = WALL_CLOCK,
) -> int:
    """Go through the whole timeline once more and return how many suggestions are new.

    Nothing is posted; what is known already is neither added nor judged again. Rows of a live
    incident that no worker has seen yet are left to the workers. Raises TemporaryError while
    another one considers the incident.
    """
    before = _count_suggestions(db, incident_id)
    last_id: int | None = None
    while True:

        def read(session: Session, incident: Incident, after: int | None = last_id) -> Batch | None:
            return read_next(session, incident, after)

        claim = _claim(db, incident_id, read, lease_clock)
        if claim is None:
            raise TemporaryError(
                f"Incident {incident_id} is being considered by another worker; "
                "nothing is lost, try again in two minutes."
            )
        if claim.batch is None:
            return _count_suggestions(db, incident_id) - before
        _see_to(db, incident_id, claim.leased_until, claim.batch, proposer, clock)
        last_id = claim.batch.last_id


def incidents_with_unconsidered(
    session: Session, limit: int, now: datetime, debounce: Debounce | None = None
) -> list[int]:
    """Incidents with rows that no proposer has seen, the longest known first.

    Not those whose rows `debounce` lets wait at the instant `now`.
    Imported ones are left out: a person has them considered, with `suggestions propose`.
    """
    unseen = (
        TimelineEvent.team_id == Incident.team_id,
        TimelineEvent.channel_id == Incident.channel_id,
        TimelineEvent.considered_at.is_(None),
        or_(Incident.timeline_from.is_(None), TimelineEvent.occurred_at >= Incident.timeline_from),
        or_(Incident.timeline_until.is_(None), TimelineEvent.occurred_at < Incident.timeline_until),
    )
    query = select(Incident.id).where(
        Incident.is_imported.is_(False), has_work(unseen, debounce, now)
    )
    return list(session.scalars(query.order_by(Incident.id).limit(limit)))


def _has_work(db: Database, incident_id: int, debounce: Debounce, now: datetime) -> bool:
    with db.reading() as session:
        incident = get_incident(session, incident_id)
        return readiness(session, incident, debounce, now) is not Ready.NONE


def _claim(db: Database, incident_id: int, read: ReadBatch, lease_clock: Clock) -> _Claim | None:
    """Take the incident, or None when another worker has it.

    Where there is nothing to do the lease is not kept, in the same transaction: a nudge that
    bounced off it would be lost together with the row that it came for.
    """
    with db.transaction() as session:
        incident = get_incident(session, incident_id)
        lock_pacing(session, incident_id)
        wall_now = lease_clock.now()
        until = wall_now + CONSIDERATION_LEASE
        leased = session.execute(
            update(Pacing)
            .where(
                Pacing.incident_id == incident_id,
                is_over(Pacing.consideration_leased_until, wall_now),
            )
            .values(consideration_leased_until=until)
            .returning(Pacing.incident_id)
        ).one_or_none()
        if leased is None:
            return None
        batch = read(session, incident)
        if batch is None:
            _release(session, incident_id, until)
        return _Claim(until, batch)


def _see_to(
    db: Database,
    incident_id: int,
    leased_until: datetime,
    batch: Batch,
    proposer: Proposer,
    clock: Clock,
    meanings: Meanings = DEFAULT_MEANINGS,
) -> set[int] | None:
    """Propose on the batch and save what came of it.

    Returns the rows that are seen to, which is not those that changed meanwhile, or None if
    another worker took over.
    """
    answer = _ask(db, incident_id, batch, proposer, clock) if batch.has_news else None
    with db.transaction() as session:
        pacing = _release(session, incident_id, leased_until)
        if pacing is None:
            return None
        unchanged = _lock_unchanged(session, batch)
        if answer is not None:
            # An edited or deleted message proves nothing; the edited one is looked at again.
            changed = batch.versions.keys() - unchanged
            held = tuple(one for one in batch.window.messages if one.event_id not in changed)
            _judge(session, pacing, replace(batch.window, messages=held), batch, answer, clock)
        heed_read(session, get_incident(session, incident_id), unchanged, meanings)
        session.execute(
            update(TimelineEvent)
            .where(TimelineEvent.id.in_(unchanged), TimelineEvent.considered_at.is_(None))
            .values(considered_at=clock.now()),
            execution_options={"synchronize_session": False},
        )
    return unchanged


def _ask(db: Database, incident_id: int, batch: Batch, proposer: Proposer, clock: Clock) -> Answer:
    """Call the proposer. What it refuses for good counts as seen, or it would be asked for ever."""
    started_at, began_s = clock.now(), time.perf_counter()

    def answered(proposal: Proposal, outcome: str) -> Answer:
        latency_ms = round((time.perf_counter() - began_s) * 1000, 1)
        return Answer(proposal, outcome, latency_ms, started_at)

    try:
        return answered(proposer.propose(batch.window), "ok")
    except PermanentError:
        return answered(Proposal((), NO_ENGINE), "refused")
    except TemporaryError:
        with db.transaction() as session:
            failed = answered(Proposal((), NO_ENGINE), "failed")
            save_runs(session, incident_id, batch.window, failed)
        raise  # the lease is left to run out: that is the pause before the next try


def _judge(
    session: Session, pacing: Pacing, held: Window, batch: Batch, answer: Answer, clock: Clock
) -> None:
    incident = get_incident(session, pacing.incident_id)
    runs = save_runs(session, incident.id, batch.window, answer)
    if not batch.is_reread:
        note_fallback(session, pacing, answer.proposal, clock.now())
    messages = {message.number: message for message in held.messages}
    judging = begin_judging(
        session, incident, pacing, runs[-1].id, messages, clock.now(), is_reread=batch.is_reread
    )
    judge_all(judging, runs, held, answer.proposal)


def _release(session: Session, incident_id: int, leased_until: datetime) -> Pacing | None:
    """Give the incident back and hold its pacing; None if the lease is another worker's by now."""
    return session.scalars(
        update(Pacing)
        .where(
            Pacing.incident_id == incident_id,
            Pacing.consideration_leased_until == leased_until,
        )
        .values(consideration_leased_until=None)
        .returning(Pacing),
        execution_options={"populate_existing": True},
    ).one_or_none()


def _lock_unchanged(session: Session, batch: Batch) -> set[int]:
    """Rows that still read as they did. In the order of their keys, as recording locks them."""
    rows = session.execute(
        select(TimelineEvent.id, TimelineEvent.edited_ts, TimelineEvent.deleted_at)
        .where(TimelineEvent.id.in_(batch.versions))
        .order_by(TimelineEvent.message_ts, TimelineEvent.id)
        .with_for_update()
    )
    return {
        event_id
        for event_id, edited_ts, deleted_at in rows
        if batch.versions[event_id] == (edited_ts, deleted_at)
    }


def _count_suggestions(db: Database, incident_id: int) -> int:
    with db.reading() as session:
        query = select(func.count()).where(Suggestion.incident_id == incident_id)
        return session.scalar(query) or 0

"""Rows of stretches being read again, and of how far a channel is known to be whole.

A refill's row is the queue: `due_at` says when to read its next page, and while somebody reads
when to take that one for dead. Whoever holds the coverage's row plans, ends and records gaps.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Table, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from copilot.jobs import Job, enqueue
from copilot.timeline.coverage import (
    LASTING,
    GapReason,
    Progress,
    RefillCause,
    Stretch,
    Waiting,
    earliest,
    is_before,
    plan_refill,
    ts_before,
    watermark_after,
)
from copilot.timeline.gaps import fill_gaps, record_gap
from copilot.timeline.models import Coverage, Refill

LEASE = timedelta(minutes=5)
"""Longer than a page takes, and the list of a large channel's members before it."""
_LOOK_AGAIN = timedelta(hours=1)
_KEPT_FOR = timedelta(days=7)


def hold_coverage(session: Session, team_id: str, channel_id: str, whole_until_ts: str) -> Coverage:
    """The channel's coverage, ours until the transaction ends; begun at `whole_until_ts`."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    table: Table = Coverage.__table__  # type: ignore[assignment]
    place = {"team_id": team_id, "channel_id": channel_id}
    insert = dialect.insert(table).values(**place, whole_until_ts=whole_until_ts)
    session.execute(insert.on_conflict_do_nothing())
    query = select(Coverage).filter_by(**place).with_for_update()
    return session.scalars(query, execution_options={"populate_existing": True}).one()


def add_refill(
    session: Session,
    team_id: str,
    channel_id: str,
    wanted: Stretch,
    *,
    floor_ts: str,
    is_deep: bool,
    cause: RefillCause,
    due_at: datetime,
    now: datetime,
) -> Refill:
    """Have the stretch read. What waits and overlaps it is merged; the caller holds coverage."""
    standing = open_refills(session, team_id, channel_id)
    plan = plan_refill(wanted, [_as_waiting(each) for each in standing])
    progress = Progress(
        floor_ts=floor_ts, is_deep=is_deep, knows_channel=cause == RefillCause.SCHEDULED
    )
    for each in standing:
        if each.id in plan.merged:
            progress = _with(progress, Progress.model_validate(each.progress))
    session.execute(delete(Refill).where(Refill.id.in_(plan.merged)))
    _forget_old(session, team_id, channel_id, now)
    refill = Refill(
        team_id=team_id,
        channel_id=channel_id,
        from_ts=plan.stretch.from_ts,
        until_ts=plan.stretch.until_ts,
        cause=cause,
        progress=progress.model_dump(),
        due_at=due_at,
        created_at=now,
    )
    session.add(refill)
    session.flush()
    enqueue(session, Job.REFILL_CHANNEL, refill.id)
    return refill


def refills_due(session: Session, now: datetime) -> list[int]:
    """Refills whose next page is to be read now, the longest waiting first."""
    query = select(Refill.id).where(Refill.due_at <= now, Refill.ended_at.is_(None))
    return list(session.scalars(query.order_by(Refill.due_at, Refill.id)))


def open_refills(session: Session, team_id: str, channel_id: str) -> Sequence[Refill]:
    query = select(Refill).where(
        Refill.team_id == team_id, Refill.channel_id == channel_id, Refill.ended_at.is_(None)
    )
    return session.scalars(query.order_by(Refill.id)).all()


def claim_refill(session: Session, refill_id: int, now: datetime) -> Refill | None:
    """The refill, ours until the lease ends; None if nothing is due or another worker has it."""
    return session.scalar(
        update(Refill)
        .where(Refill.id == refill_id, Refill.due_at <= now, Refill.ended_at.is_(None))
        .values(due_at=now + LEASE)
        .returning(Refill)
    )


def save_progress(
    session: Session,
    refill: Refill,
    progress: Progress,
    *,
    due_at: datetime,
    attempts: int = 0,
) -> bool:
    """Hand it on to whoever reads the next page; False if it is no longer ours to hand on."""
    saved = session.scalar(
        update(Refill)
        .where(*_ours(refill))
        .values(progress=progress.model_dump(), due_at=due_at, attempts=attempts)
        .returning(Refill.id),
        execution_options={"synchronize_session": False},
    )
    return saved is not None


def end_refill(session: Session, refill: Refill, progress: Progress, now: datetime) -> None:
    """Everything was read, or is known to be hidden: the watermark moves up."""
    whole = Stretch(refill.from_ts, refill.until_ts)
    read, hidden = whole, None
    if progress.limited_to_ts and is_before(whole.from_ts, progress.limited_to_ts):
        hidden = Stretch(whole.from_ts, ts_before(progress.limited_to_ts))
        read = Stretch(progress.limited_to_ts, whole.until_ts)
    if _close(session, refill, now, failure=None):
        _note_read(session, refill, read, now)
        if hidden:
            _note_gap(session, refill, hidden, GapReason.LIMITED, now)
        _move_watermark(session, refill, whole)


def fail_refill(
    session: Session, refill: Refill, progress: Progress, reason: GapReason, now: datetime
) -> None:
    """It can't be read any further: what is left shows as a gap."""
    whole = Stretch(refill.from_ts, refill.until_ts)
    if not _close(session, refill, now, failure=reason):
        return
    missing = whole
    read_to = progress.read_to_ts
    if read_to and not progress.threads and is_before(whole.from_ts, read_to):
        missing = Stretch(whole.from_ts, ts_before(read_to))
        _note_read(session, refill, Stretch(read_to, whole.until_ts), now)
    _note_gap(session, refill, missing, reason, now)
    coverage = _move_watermark(session, refill, whole)
    if reason in LASTING and coverage.check_due_at is not None:
        coverage.check_due_at = now + _LOOK_AGAIN


def note_waiting(session: Session, refill: Refill, now: datetime) -> None:
    """Slack has not answered for a while: say so until it does."""
    hold_coverage(session, refill.team_id, refill.channel_id, refill.from_ts)
    _note_gap(session, refill, Stretch(refill.from_ts, refill.until_ts), GapReason.UNANSWERED, now)


def close_channel(session: Session, team_id: str, channel_id: str, now: datetime) -> None:
    """The channel is gone from Slack: nothing more can be read there, nor missed."""
    for refill in open_refills(session, team_id, channel_id):
        progress = Progress.model_validate(refill.progress)
        fail_refill(session, refill, progress, GapReason.CHANNEL_GONE, now)
    session.execute(
        update(Coverage)
        .where(Coverage.team_id == team_id, Coverage.channel_id == channel_id)
        .values(closed_at=now, check_due_at=None)
    )


def _forget_old(session: Session, team_id: str, channel_id: str, now: datetime) -> None:
    """One ends every ten minutes for as long as an incident is open."""
    session.execute(
        delete(Refill).where(
            Refill.team_id == team_id,
            Refill.channel_id == channel_id,
            Refill.ended_at < now - _KEPT_FOR,
        )
    )


def _as_waiting(refill: Refill) -> Waiting:
    progress = Progress.model_validate(refill.progress)
    return Waiting(refill.id, Stretch(refill.from_ts, refill.until_ts), progress.is_begun)


def _with(progress: Progress, merged: Progress) -> Progress:
    return progress.model_copy(
        update={
            "floor_ts": earliest(progress.floor_ts, merged.floor_ts),
            "is_deep": progress.is_deep or merged.is_deep,
            "knows_channel": progress.knows_channel and merged.knows_channel,
        }
    )


def _ours(refill: Refill) -> list[ColumnElement[bool]]:
    """Nobody took it over, merged it or asked for it anew since we claimed it."""
    return [Refill.id == refill.id, Refill.due_at == refill.due_at, Refill.ended_at.is_(None)]


def _close(session: Session, refill: Refill, now: datetime, failure: str | None) -> bool:
    """Hold the coverage and end the row; False if that is no longer ours to do."""
    hold_coverage(session, refill.team_id, refill.channel_id, refill.from_ts)
    closed = session.scalar(
        update(Refill)
        .where(*_ours(refill))
        .values(ended_at=now, due_at=None, failure=failure)
        .returning(Refill.id),
        execution_options={"synchronize_session": False},
    )
    if closed is not None:
        whole = Stretch(refill.from_ts, refill.until_ts)
        waited_for = GapReason.UNANSWERED  # Slack has answered, whatever it said
        fill_gaps(session, refill.team_id, refill.channel_id, whole, now, only=waited_for)
    return closed is not None


def _note_read(session: Session, refill: Refill, read: Stretch, now: datetime) -> None:
    fill_gaps(session, refill.team_id, refill.channel_id, read, now)


def _note_gap(
    session: Session, refill: Refill, missing: Stretch, reason: GapReason, now: datetime
) -> None:
    record_gap(
        session,
        refill.team_id,
        refill.channel_id,
        from_ts=missing.from_ts,
        until_ts=None if reason in LASTING else missing.until_ts,
        cause=refill.cause,
        reason=reason,
        now=now,
    )


def _move_watermark(session: Session, refill: Refill, done: Stretch) -> Coverage:
    coverage = hold_coverage(session, refill.team_id, refill.channel_id, refill.from_ts)
    still_open = [each.from_ts for each in open_refills(session, refill.team_id, refill.channel_id)]
    coverage.whole_until_ts = watermark_after(coverage.whole_until_ts, done, still_open)
    session.flush()
    return coverage

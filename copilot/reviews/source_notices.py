"""Tells in private who checked a sentence that a source of it changed since.

One message for each person and review, however many sentences it is about; the notices' rows are
the queue. Nothing is told of a channel that the person may not read any more.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from copilot.clock import Clock
from copilot.db import Database
from copilot.errors import PermanentError, TemporaryError
from copilot.incidents.queries import get_incident
from copilot.jobs import Job, enqueue
from copilot.ports import Messenger, ReviewerNote
from copilot.reviews.changed_sources import notices_to_write
from copilot.reviews.models import ReviewNotice
from copilot.reviews.versions import sign_off_of
from copilot.suggestions.leases import is_over
from copilot.timeline.models import Revision
from copilot.workspaces.membership import may_read
from copilot.workspaces.retrying import MAX_ATTEMPTS, POSTING_LEASE, back_off

_ALL_EVERY_S = 60.0
_OUT_OF_ORDER = 1_000
"""Ids given before the newest one that may be committed after it."""


@dataclass(frozen=True, slots=True)
class _Claim:
    notice_ids: tuple[int, ...]
    team_id: str
    user_id: str
    note: ReviewerNote
    attempts: int


class SourceWatch:
    """Looks for changed sources again and again, each time only at what is new.

    An edit has a newer revision. A deletion leaves no such trace, and what was written in parallel
    may show up out of order, so all of it is looked at once a minute.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._newest = 0
        self._looked_at_all_s: float | None = None

    def look(self, db: Database, now: datetime) -> None:
        """Write down whom to tell."""
        at_s = self._monotonic()
        with db.reading() as session:
            newest = session.scalar(select(func.max(Revision.id))) or 0
        is_all = self._looked_at_all_s is None or at_s - self._looked_at_all_s >= _ALL_EVERY_S
        if is_all:
            look_for_changed_sources(db, now)
            self._looked_at_all_s = at_s
        elif newest != self._newest:
            look_for_changed_sources(db, now, self._newest - _OUT_OF_ORDER)
        self._newest = newest


def look_for_changed_sources(
    db: Database, now: datetime, after_revision: int | None = None
) -> None:
    """Write down whom to tell; two sweepers at once write it once.

    Reading first keeps SQLite's one write lock from a question that is asked every few seconds.
    """
    with db.reading() as session:
        rows = notices_to_write(session, now, after_revision)
    if not rows:
        return
    try:
        with db.transaction() as session:
            session.add_all(rows)
            session.flush()
            for row in rows:
                enqueue(session, Job.TELL_REVIEWER, row.id)
    except IntegrityError:
        return  # the other one has it


def reviewers_to_tell(session: Session, wall_now: datetime, limit: int = 100) -> list[int]:
    """One notice for each person and review."""
    query = (
        select(func.min(ReviewNotice.id))
        .where(ReviewNotice.told_at.is_(None), is_over(ReviewNotice.due_at, wall_now))
        .group_by(ReviewNotice.incident_id, ReviewNotice.user_id)
    )
    return list(session.scalars(query.limit(limit)))


def tell_reviewer(
    db: Database,
    notice_id: int,
    messenger: Messenger,
    *,
    console_url: str | None,
    clock: Clock,
    lease_clock: Clock,
) -> None:
    """Raises TemporaryError when Slack can't now; it is due again after a pause."""
    claim = _claim(db, notice_id, console_url, clock.now(), lease_clock.now())
    if claim is None:
        return
    try:
        messenger.tell_reviewer(claim.team_id, claim.user_id, claim.note)
    except TemporaryError as error:
        if claim.attempts < MAX_ATTEMPTS:
            due_at = lease_clock.now() + back_off(claim.attempts, error.retry_after_s)
            _set(db, claim.notice_ids, due_at=due_at)
            raise
    except PermanentError:
        pass  # they closed their account, say; the console and App Home tell whoever looks
    _set(db, claim.notice_ids, told_at=clock.now(), due_at=None)


def _claim(
    db: Database, notice_id: int, console_url: str | None, now: datetime, wall_now: datetime
) -> _Claim | None:
    with db.transaction() as session:
        first = session.get(ReviewNotice, notice_id)
        if first is None:
            return None
        rows = session.scalars(
            update(ReviewNotice)
            .where(
                ReviewNotice.incident_id == first.incident_id,
                ReviewNotice.user_id == first.user_id,
                ReviewNotice.told_at.is_(None),
                is_over(ReviewNotice.due_at, wall_now),
            )
            .values(due_at=wall_now + POSTING_LEASE, attempts=ReviewNotice.attempts + 1)
            .returning(ReviewNotice),
            execution_options={"populate_existing": True},
        ).all()
        if not rows:
            return None
        incident = get_incident(session, first.incident_id)
        if not may_read(session, incident.team_id, incident.channel_id, first.user_id):
            for row in rows:
                row.told_at, row.due_at = now, None
            return None
        signed = sign_off_of(session, incident.id)
        path = f"incidents/{incident.id}/review"
        return _Claim(
            tuple(sorted(row.id for row in rows)),
            incident.team_id,
            first.user_id,
            ReviewerNote(
                title=incident.title,
                sentences=len({row.claim_id for row in rows}),
                is_signed=signed is not None,
                review_url=f"{console_url}{path}" if console_url else None,
            ),
            max(row.attempts for row in rows),
        )


def _set(db: Database, notice_ids: tuple[int, ...], **values: datetime | None) -> None:
    with db.transaction() as session:
        session.execute(update(ReviewNotice).where(ReviewNotice.id.in_(notice_ids)).values(values))

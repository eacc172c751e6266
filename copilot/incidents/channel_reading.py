"""Reads one page of a stretch that may be missing, and remembers where the next one begins.

What it does with a page is one transaction: whoever is killed has read nothing, or all of the
page. Slack is asked outside of any. Waiting goes by the same clock as the stretch itself, which is
the wall clock but where an incident is replayed.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from copilot.clock import Clock
from copilot.db import Database
from copilot.errors import PermanentError, TemporaryError
from copilot.incidents.page_recording import Answer, record_history_page, record_replies_page
from copilot.jobs import Job, enqueue
from copilot.ports import Unreadable, UnreadableError, WorkspaceReader
from copilot.timeline.coverage import Progress, reason_of, ts_before
from copilot.timeline.marks import DEFAULT_MEANINGS, Meanings
from copilot.timeline.models import Refill
from copilot.timeline.refills import (
    claim_refill,
    end_refill,
    fail_refill,
    note_waiting,
    save_progress,
)
from copilot.workspaces.directory import upsert_channel
from copilot.workspaces.membership import set_members
from copilot.workspaces.read_pace import PAGE_SIZE, note_limited, note_page, take_turn

_HISTORY, _REPLIES = "history", "replies"
_FIRST_PAUSE = timedelta(seconds=5)
_LONGEST_PAUSE = timedelta(minutes=5)
_SILENT_AFTER = 4
"""Failures in a row after which the timeline says that Slack does not answer."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Slack:
    """Whom to ask, and what its answers mean."""

    reader: WorkspaceReader
    clock: Clock
    meanings: Meanings


def refill_channel(
    db: Database,
    refill_id: int,
    reader: WorkspaceReader,
    clock: Clock,
    meanings: Meanings = DEFAULT_MEANINGS,
) -> None:
    """Read the next page of the refill, unless nothing is due or another worker has it.

    What Slack refuses for good ends it as a gap; what passes is waited out, a 429 exactly as long
    as Slack says.
    """
    with db.transaction() as session:
        refill = claim_refill(session, refill_id, clock.now())
    if refill is None:
        return
    progress = Progress.model_validate(refill.progress)
    try:
        if not progress.knows_channel:
            _learn_channel(db, refill, reader, clock)
            progress.knows_channel = True
        _read_next(db, refill, progress, _Slack(reader, clock, meanings))
    except TemporaryError as error:
        _try_later(db, refill, progress, error, clock.now())
    except PermanentError as error:
        why = error.why if isinstance(error, UnreadableError) else Unreadable.REFUSED
        _log.warning("Refill %s of a channel ends as a gap: %s", refill.id, error)
        with db.transaction() as session:
            fail_refill(session, refill, progress, reason_of(why), clock.now())


def _learn_channel(db: Database, refill: Refill, reader: WorkspaceReader, clock: Clock) -> None:
    """Its name, its kind and who may read it. What Slack won't tell is done without."""
    try:
        channel = reader.channel(refill.team_id, refill.channel_id)
        members = list(reader.channel_members(refill.team_id, refill.channel_id))
    except PermanentError as error:
        _log.warning("Slack does not describe a channel: %s", error)
        return
    with db.transaction() as session:
        upsert_channel(session, refill.team_id, channel)
        set_members(session, refill.team_id, refill.channel_id, members, clock.now())


def _read_next(db: Database, refill: Refill, progress: Progress, slack: _Slack) -> None:
    now = slack.clock.now()
    if progress.is_history_read and not progress.threads:
        with db.transaction() as session:
            end_refill(session, refill, progress, now)
        return
    method, free_at = _take_turn(db, refill, progress, now)
    if method is None:
        with db.transaction() as session:
            save_progress(session, refill, progress, due_at=free_at, attempts=refill.attempts)
        return
    read = _read_replies if method == _REPLIES else _read_history
    try:
        read(db, refill, progress, slack)
    except TemporaryError as error:
        if error.retry_after_s is None:
            raise
        with db.transaction() as session:
            retry_after = timedelta(seconds=error.retry_after_s)
            due_at = note_limited(session, refill.team_id, method, retry_after, slack.clock.now())
            save_progress(session, refill, progress, due_at=due_at, attempts=refill.attempts)


def _take_turn(
    db: Database, refill: Refill, progress: Progress, now: datetime
) -> tuple[str | None, datetime]:
    """What may be read now, threads before more of the channel; else when something may be."""
    wishes = [_REPLIES] if progress.threads else []
    wishes += [] if progress.is_history_read else [_HISTORY]
    free_at: list[datetime] = []
    with db.transaction() as session:
        for method in wishes:
            at = take_turn(session, refill.team_id, method, now)
            if at is None:
                return method, now
            free_at.append(at)
    return None, min(free_at)


def _read_history(db: Database, refill: Refill, progress: Progress, slack: _Slack) -> None:
    asked_at = slack.clock.now()
    try:
        page = slack.reader.history_page(
            refill.team_id,
            refill.channel_id,
            oldest_ts=progress.floor_ts if progress.is_deep else refill.from_ts,
            latest_ts=progress.page_latest_ts or refill.until_ts,
            limit=PAGE_SIZE,
            cursor=progress.cursor,
        )
    except UnreadableError as error:
        if error.why is not Unreadable.STALE_CURSOR or progress.cursor is None:
            raise
        progress.cursor = None
        progress.page_latest_ts = ts_before(progress.read_to_ts) if progress.read_to_ts else None
        _hand_on(db, refill, progress, slack.clock.now())
        return

    answer = Answer(page, asked_at, slack.meanings)
    _keep(db, refill, progress, answer, _HISTORY, record_history_page, slack.clock.now())


def _read_replies(db: Database, refill: Refill, progress: Progress, slack: _Slack) -> None:
    thread = progress.threads[0]
    asked_at = slack.clock.now()
    try:
        page = slack.reader.replies_page(
            refill.team_id,
            refill.channel_id,
            thread.parent_ts,
            oldest_ts=thread.from_ts,
            latest_ts=refill.until_ts,
            limit=PAGE_SIZE,
            cursor=thread.cursor,
        )
    except UnreadableError as error:
        if error.why is Unreadable.THREAD_GONE:
            progress.threads.pop(0)
        elif error.why is Unreadable.STALE_CURSOR and thread.cursor is not None:
            thread.cursor = thread.read_to_ts = None
        else:
            raise
        _hand_on(db, refill, progress, slack.clock.now())
        return

    answer = Answer(page, asked_at, slack.meanings)
    _keep(db, refill, progress, answer, _REPLIES, record_replies_page, slack.clock.now())


def _keep(
    db: Database,
    refill: Refill,
    progress: Progress,
    answer: Answer,
    method: str,
    record: Callable[[Session, Refill, Progress, Answer, datetime], None],
    now: datetime,
) -> None:
    """The page and the place of the next one, together."""
    with db.transaction() as session:
        got = len(answer.page.messages)
        note_page(session, refill.team_id, method, got=got, has_more=answer.has_more, now=now)
        record(session, refill, progress, answer, now)
        if progress.is_history_read and not progress.threads:
            end_refill(session, refill, progress, now)
        elif save_progress(session, refill, progress, due_at=now):
            enqueue(session, Job.REFILL_CHANNEL, refill.id)


def _hand_on(db: Database, refill: Refill, progress: Progress, now: datetime) -> None:
    with db.transaction() as session:
        if save_progress(session, refill, progress, due_at=now):
            enqueue(session, Job.REFILL_CHANNEL, refill.id)


def _try_later(
    db: Database, refill: Refill, progress: Progress, error: TemporaryError, now: datetime
) -> None:
    attempts = refill.attempts + 1
    pause = min(_FIRST_PAUSE * (1 << min(refill.attempts, 10)), _LONGEST_PAUSE)
    pause = max(pause, timedelta(seconds=error.retry_after_s or 0))
    _log.warning("Refill %s will be tried again in %s: %s", refill.id, pause, error)
    with db.transaction() as session:
        due_at = now + pause
        is_ours = save_progress(session, refill, progress, due_at=due_at, attempts=attempts)
        if is_ours and attempts == _SILENT_AFTER:
            note_waiting(session, refill, now)

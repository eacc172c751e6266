"""What a page of Slack's history changes: the timeline, and what is still to be read."""

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.errors import BadInputError
from copilot.incidents.intake import take_in
from copilot.incidents.marked import heed_marks
from copilot.ports import Page
from copilot.timeline.absences import (
    StoredMessage,
    gone_since,
    reactions_gone,
    reply_counts,
    stored_in_channel,
    stored_replies,
    threads_begun_before,
)
from copilot.timeline.coverage import (
    OVERLAP,
    Progress,
    Stretch,
    Thread,
    earliest,
    is_before,
    latest,
    ts_after,
    ts_before,
)
from copilot.timeline.marks import Meanings
from copilot.timeline.models import Refill
from copilot.timeline.permalinks import is_stamp, ts_to_instant
from copilot.timeline.slack_messages import Record, to_records
from copilot.workspaces.models import Workspace

PAGES_BELOW = 25
"""How many pages before the stretch are looked through for threads that go on in it: 5,000
messages, or 375 where Slack gives out 15 a minute."""
_THREADS_BELOW = 20
"""Of threads that began before even those pages, how many are asked for one by one."""
_log = logging.getLogger(__name__)

Message = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """A page as Slack gave it."""

    page: Page
    asked_at: datetime
    meanings: Meanings
    """What a reaction says about a message."""

    @property
    def has_more(self) -> bool:
        return self.page.next_cursor is not None


def record_history_page(
    session: Session, refill: Refill, progress: Progress, answer: Answer, now: datetime
) -> None:
    """Record a page of the channel and note in `progress` where the next one begins."""
    floor_ts = progress.floor_ts if progress.is_deep else refill.from_ts
    top_ts = ts_before(progress.read_to_ts) if progress.read_to_ts else refill.until_ts
    shown = _by_stamp(answer.page.messages)
    lowest = earliest(*shown) if shown else top_ts
    read_to = lowest if answer.has_more else earliest(floor_ts, lowest)
    if not answer.has_more and answer.page.is_limited:
        progress.limited_to_ts = read_to = lowest
    missed = False
    if (shown or not answer.has_more) and not is_before(top_ts, read_to):
        covered = Stretch(read_to, top_ts)
        stored = stored_in_channel(session, refill.team_id, refill.channel_id, covered)
        is_proof = bool(shown) and _is_newest_first(answer.page.messages)
        _record(session, refill, shown, stored if is_proof else (), answer, now)
        missed = _is_missed(session, refill, shown, stored, answer.asked_at)
        progress.read_to_ts = read_to
    progress.cursor = answer.page.next_cursor
    _note_threads(session, refill, progress, shown.values())
    _decide_how_deep(session, refill, progress, has_more=answer.has_more, missed=missed)


def record_replies_page(
    session: Session, refill: Refill, progress: Progress, answer: Answer, now: datetime
) -> None:
    """Record a page of the first thread in `progress`, and drop the thread after its last."""
    thread = progress.threads[0]
    shown = _by_stamp(answer.page.messages)
    replies = [ts for ts in shown if ts != thread.parent_ts]
    bottom = ts_after(thread.read_to_ts) if thread.read_to_ts else thread.from_ts
    read_to = refill.until_ts
    if answer.has_more:
        read_to = latest(*replies) if replies else ts_before(bottom)
    # Oldest first, Slack says; where it is not so, nothing is concluded from what is absent.
    is_in_order = not replies or not is_before(earliest(*replies), bottom)
    stored: Sequence[StoredMessage] = ()
    if is_in_order:
        covered = Stretch(bottom, read_to)
        stored = stored_replies(
            session, refill.team_id, refill.channel_id, thread.parent_ts, covered
        )
    _record(session, refill, shown, stored, answer, now)
    if answer.has_more:
        thread.cursor, thread.read_to_ts = answer.page.next_cursor, read_to
    else:
        progress.threads.pop(0)
        progress.threads_done.append(thread.parent_ts)


def _record(
    session: Session,
    refill: Refill,
    shown: Mapping[str, Message],
    stored: Sequence[StoredMessage],
    answer: Answer,
    now: datetime,
) -> None:
    """What the page shows, and what it no longer shows of what is stored where it covers all.

    Recorded as one batch: its locks are then taken in the order in which everybody takes them.
    """
    place = {"team_id": refill.team_id, "channel_id": refill.channel_id}
    records = _records(refill, answer.page.messages)
    if not answer.page.is_limited:
        records += gone_since(stored, shown, **place, asked_at=answer.asked_at)
    records += reactions_gone(session, **place, shown=shown, asked_at=answer.asked_at)
    if take_in(session, refill.team_id, records, now) is not None:
        heed_marks(session, records, answer.meanings)


def _is_newest_first(messages: Sequence[Message]) -> bool:
    """As Slack promises. Only then is what a page leaves out gone; an empty page, or one in
    another order, is too little to blank what people said.
    """
    stamps = [str(each.get("ts")) for each in messages if is_stamp(str(each.get("ts")))]
    return not any(is_before(one, after) for one, after in pairwise(stamps))


def _is_missed(
    session: Session,
    refill: Refill,
    shown: Mapping[str, Message],
    stored: Sequence[StoredMessage],
    asked_at: datetime,
) -> bool:
    """It holds a message that should have reached us long ago."""
    known = {each.message_ts for each in stored}
    ourselves = _bot_user(session, refill.team_id)
    return any(
        ts not in known
        and asked_at - ts_to_instant(ts) > OVERLAP
        and not (ourselves and message.get("user") == ourselves)
        for ts, message in shown.items()
    )


def _decide_how_deep(
    session: Session, refill: Refill, progress: Progress, *, has_more: bool, missed: bool
) -> None:
    if missed and not progress.is_deep:
        # Events were lost, so replies to older messages may have been, too.
        progress.is_deep = True
        progress.cursor = None
        progress.page_latest_ts = ts_before(progress.read_to_ts) if progress.read_to_ts else None
        has_more = is_before(progress.floor_ts, progress.read_to_ts or refill.until_ts)
    is_below = progress.read_to_ts is not None and is_before(progress.read_to_ts, refill.from_ts)
    progress.pages_below += is_below
    if not has_more:
        progress.is_history_read = True
    elif progress.pages_below >= PAGES_BELOW:
        progress.is_history_read = True
        older = threads_begun_before(
            session,
            refill.team_id,
            refill.channel_id,
            progress.read_to_ts or refill.from_ts,
            _THREADS_BELOW,
        )
        for parent_ts in older:
            _add_thread(progress, parent_ts, refill.from_ts)


def _note_threads(
    session: Session, refill: Refill, progress: Progress, messages: Collection[Message]
) -> None:
    """Threads that go on in the stretch, or have replies that we don't know."""
    parents = [each for each in messages if each.get("reply_count") or each.get("latest_reply")]
    counts = reply_counts(
        session, refill.team_id, refill.channel_id, [str(each["ts"]) for each in parents]
    )
    ourselves = _bot_user(session, refill.team_id)
    for parent in parents:
        ts = str(parent["ts"])
        last = _stamp(parent.get("latest_reply"))
        if last is None or not is_before(last, refill.from_ts):
            _add_thread(progress, ts, latest(ts, refill.from_ts))
        elif _has_unknown(parent, counts.get(ts, 0), ourselves):
            _add_thread(progress, ts, ts)
    for each in messages:
        thread_ts = _stamp(each.get("thread_ts"))
        if each.get("subtype") == "thread_broadcast" and thread_ts:
            _add_thread(progress, thread_ts, latest(thread_ts, refill.from_ts))


def _has_unknown(parent: Message, known: int, ourselves: str | None) -> bool:
    count, users = parent.get("reply_count"), parent.get("reply_users")
    if not isinstance(count, int) or count <= known:
        return False
    # What we said there ourselves is counted by Slack and not kept by us.
    return ourselves is None or not isinstance(users, list) or ourselves not in users


def _add_thread(progress: Progress, parent_ts: str, from_ts: str) -> None:
    for each in progress.threads:
        if each.parent_ts == parent_ts:
            return
    if parent_ts not in progress.threads_done:
        progress.threads.append(Thread(parent_ts=parent_ts, from_ts=from_ts))


def _records(refill: Refill, messages: Sequence[Message]) -> list[Record]:
    found: list[Record] = []
    for message in messages:
        try:
            found += to_records(refill.team_id, message, refill.channel_id)
        except BadInputError as error:
            # One message that Slack garbled is no reason to do without the others.
            _log.warning("Refill %s left out a message: %s", refill.id, error)
    return found


def _by_stamp(messages: Iterable[Message]) -> dict[str, Message]:
    return {ts: each for each in messages if (ts := _stamp(each.get("ts")))}


def _stamp(value: object) -> str | None:
    return value if isinstance(value, str) and is_stamp(value) else None


def _bot_user(session: Session, team_id: str) -> str | None:
    return session.scalar(select(Workspace.bot_user_id).where(Workspace.team_id == team_id))

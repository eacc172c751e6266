"""Reading again what may have been missed: page by page, at Slack's pace, through crashes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from copilot.clock import ReplayClock
from copilot.db import Database
from copilot.errors import TemporaryError
from copilot.incidents.channel_reading import refill_channel
from copilot.incidents.intake import take_in
from copilot.incidents.lifecycle import declare
from copilot.incidents.queries import get_incident, span_of
from copilot.incidents.refilling import (
    note_left,
    note_rate_limit,
    request_due_checks,
    request_refills,
)
from copilot.ports import ChannelInfo, Unreadable
from copilot.timeline.coverage import RefillCause
from copilot.timeline.gaps import gaps_in
from copilot.timeline.models import Coverage, EventKind, Refill, Revision, TimelineEvent
from copilot.timeline.permalinks import instant_to_ts, ts_to_instant
from copilot.timeline.refills import refills_due
from copilot.timeline.slack_messages import to_records
from copilot.workspaces.directory import channel_name, upsert_workspace
from copilot.workspaces.membership import may_read
from copilot.workspaces.read_pace import take_turn
from tests.fakes.channel_history import US, ChannelHistory, refused
from tests.fakes.slack_stories import CHANNEL, TEAM, Event
from tests.one_database import ON_BOTH
from tests.one_database import database_url as database_url

NOW = datetime(2026, 3, 4, 14, 0, tzinfo=UTC)


class Watched:
    """A channel with an incident, its past, and the job that reads it."""

    def __init__(self, db: Database, clock: ReplayClock) -> None:
        self.db, self.clock = db, clock
        self.past = ChannelHistory(clock)
        with db.transaction() as session:
            upsert_workspace(session, US, NOW)
        self.incident_id = self.declares()

    def declares(self) -> int:
        with self.db.transaction() as session:
            declared = declare(
                session,
                team_id=TEAM,
                channel_id=CHANNEL,
                title="x",
                severity=None,
                by=None,
                now=self.clock.now(),
            )
            return declared.incident.id

    def reads(self, steps: int = 1000) -> None:
        """Let workers do what is due, and time pass to what is due next."""
        for _ in range(steps):
            due = self.due()
            if not due and not self._wait_for_next():
                return
            for refill_id in due[:1]:
                refill_channel(self.db, refill_id, self.past, self.clock)

    def due(self) -> list[int]:
        with self.db.reading() as session:
            return refills_due(session, self.clock.now())

    def hears(self, ts: str) -> None:
        """An event tells of the message as it is now."""
        with self.db.transaction() as session:
            records = to_records(TEAM, self.past.messages[ts], CHANNEL)
            take_in(session, TEAM, records, self.clock.now())

    def asks(self, cause: RefillCause) -> None:
        with self.db.transaction() as session:
            request_refills(session, team_id=None, cause=cause, now=self.clock.now())

    def waits(self, **length: float) -> datetime:
        self.clock.advance_to(self.clock.now() + timedelta(**length))
        return self.clock.now()

    def texts(self) -> list[str]:
        with self.db.reading() as session:
            query = select(TimelineEvent.text).where(
                TimelineEvent.message_ts.is_not(None), TimelineEvent.deleted_at.is_(None)
            )
            return list(session.scalars(query.order_by(TimelineEvent.occurred_at)))

    def reactions(self, ts: str) -> set[str | None]:
        with self.db.reading() as session:
            query = select(TimelineEvent).where(TimelineEvent.target_ts == ts)
            people: set[str | None] = set()
            for mark in session.scalars(query.order_by(TimelineEvent.occurred_at)):
                if mark.kind == EventKind.REACTION_ADDED:
                    people.add(mark.author_id)
                else:
                    people.discard(mark.author_id)
            return people

    def gaps(self) -> list[str]:
        with self.db.reading() as session:
            incident = get_incident(session, self.incident_id)
            return [gap.text for gap in gaps_in(session, span_of(incident))]

    def whole_until(self) -> datetime:
        with self.db.reading() as session:
            return ts_to_instant(session.scalars(select(Coverage.whole_until_ts)).one())

    def open_refills(self) -> int:
        with self.db.reading() as session:
            return len(session.scalars(select(Refill).where(Refill.ended_at.is_(None))).all())

    def _wait_for_next(self) -> bool:
        with self.db.reading() as session:
            due_at = session.scalars(
                select(Refill.due_at).where(Refill.ended_at.is_(None)).order_by(Refill.due_at)
            ).first()
        if due_at is not None:
            self.clock.advance_to(due_at)
        return due_at is not None


@pytest.fixture
def watched(db: Database, clock: ReplayClock) -> Watched:
    return Watched(db, clock)


def test_the_last_two_hours_are_read_once_it_is_declared(watched: Watched) -> None:
    for number in range(450):
        watched.past.says(NOW - timedelta(seconds=450 - number), f"line {number}")
    watched.past.says(NOW - timedelta(hours=3), "too long ago")
    watched.reads()
    assert watched.texts() == [f"line {number}" for number in range(450)]
    assert watched.whole_until() == NOW
    assert [method for method, _ in watched.past.asked] == ["history"] * 3
    with watched.db.reading() as session:
        assert channel_name(session, TEAM, CHANNEL) == "inc-checkout"
        assert may_read(session, TEAM, CHANNEL, "U0ANA")
    watched.asks(RefillCause.STARTED)
    watched.reads()
    assert len(watched.texts()) == 450


@ON_BOTH
@pytest.mark.parametrize("garble", [lambda page: page[::-1], lambda _: []], ids=["order", "empty"])
def test_a_page_that_proves_nothing_takes_nothing_away(
    watched: Watched, garble: Callable[[list[Event]], list[Event]]
) -> None:
    watched.reads()
    for number in range(8):
        watched.hears(watched.past.says(watched.waits(minutes=1), f"message {number}"))
    watched.waits(minutes=30)
    watched.past.cap, watched.past.garble = 3, garble
    watched.asks(RefillCause.RECONNECTED)
    watched.reads()
    assert watched.texts() == [f"message {number}" for number in range(8)]


@ON_BOTH
def test_silence_with_threads_edits_and_deletions_is_made_up_for(watched: Watched) -> None:
    watched.reads()
    kept = watched.past.says(watched.waits(minutes=1), "db-3 is out of disk")
    taken_back = watched.past.says(watched.waits(seconds=10), "nonsense")
    for ts in (kept, taken_back):
        watched.hears(ts)
    watched.waits(minutes=5)
    watched.past.edits(kept, "db-3 was out of disk", watched.clock.now())
    del watched.past.messages[taken_back]
    watched.past.says(watched.waits(seconds=1), "on it", thread=kept)
    new = watched.past.says(watched.waits(seconds=1), "rolled back")
    watched.past.says(watched.waits(seconds=1), "and verified", thread=new)
    watched.waits(minutes=5)
    watched.asks(RefillCause.RECONNECTED)
    watched.reads()
    assert watched.texts() == ["db-3 was out of disk", "on it", "rolled back", "and verified"]
    with watched.db.reading() as session:
        revisions = session.scalars(select(Revision.text).order_by(Revision.id)).all()
    assert revisions[:2] == ["db-3 is out of disk", ""]
    assert "db-3 was out of disk" in revisions


def test_a_reply_to_a_message_from_before_the_silence_is_found(watched: Watched) -> None:
    parent = watched.past.says(NOW - timedelta(minutes=90), "hours ago")
    watched.reads()
    watched.waits(hours=1)
    watched.asks(RefillCause.STARTED)
    watched.reads()
    watched.past.says(watched.waits(minutes=5), "late answer", thread=parent)
    watched.waits(minutes=5)
    watched.asks(RefillCause.STARTED)
    watched.reads()
    assert watched.texts() == ["hours ago", "late answer"]


def test_it_goes_on_where_a_killed_process_stopped(watched: Watched) -> None:
    for number in range(450):
        watched.past.says(NOW - timedelta(seconds=450 - number), f"line {number}")
    watched.reads(steps=1)
    assert len(watched.texts()) == 200
    watched.past.refusals["history"] = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        watched.reads(steps=1)
    assert watched.due() == []
    watched.waits(minutes=5)
    assert watched.due()
    watched.reads()
    assert len(watched.texts()) == 450
    assert len(watched.past.asked) == 3, "no page was read twice"


def test_two_workers_never_read_the_same_page(watched: Watched) -> None:
    (refill_id,) = watched.due()
    asked_meanwhile: list[int] = []

    class Slow(ChannelHistory):
        def channel(self, team_id: str, channel_id: str) -> ChannelInfo:
            second = ChannelHistory(watched.clock)
            refill_channel(watched.db, refill_id, second, watched.clock)
            asked_meanwhile.append(len(second.asked))
            return super().channel(team_id, channel_id)

    slow = Slow(watched.clock)
    refill_channel(watched.db, refill_id, slow, watched.clock)
    assert (asked_meanwhile, len(slow.asked)) == ([0], 1)


@ON_BOTH
def test_a_rate_limit_is_waited_out_to_the_second(watched: Watched) -> None:
    watched.past.says(NOW - timedelta(minutes=1), "hello")
    watched.past.refusals["history"] = [TemporaryError("ratelimited", retry_after_s=37)]
    watched.reads(steps=1)
    assert watched.due() == []
    watched.waits(seconds=36)
    assert watched.due() == []
    watched.waits(seconds=1)
    watched.reads(steps=1)
    assert watched.texts() == ["hello"]
    assert watched.past.asked == [("history", NOW + timedelta(seconds=37))]


def test_fifteen_messages_a_minute_are_enough(watched: Watched) -> None:
    for number in range(100):
        watched.past.says(NOW - timedelta(seconds=100 - number), f"line {number}")
    watched.past.cap, watched.past.per_minute = 15, 1
    watched.reads()
    assert watched.texts() == [f"line {number}" for number in range(100)]
    assert len(watched.past.asked) == 7
    assert watched.past.limited == [], "the first page showed how Slack counts here"


@ON_BOTH
def test_a_regime_of_one_request_a_minute_is_learnt_from_429s_alone(watched: Watched) -> None:
    parents = [watched.past.says(NOW - timedelta(minutes=9 - n), f"topic {n}") for n in range(8)]
    for number, parent in enumerate(parents):
        watched.past.says(NOW - timedelta(seconds=30), f"reply {number}", thread=parent)
        watched.waits(microseconds=number)
    watched.past.cap, watched.past.per_minute = 15, 1
    watched.reads()
    assert len(watched.past.asked) == 9
    assert len(watched.past.limited) <= 2


def test_tier_three_is_never_exceeded(db: Database) -> None:
    now, asked = NOW, list[datetime]()
    while len(asked) < 120:
        with db.transaction() as session:
            free_at = take_turn(session, TEAM, "history", now)
        if free_at is None:
            asked.append(now)
        else:
            now = free_at
    in_a_minute = [sum(at <= one < at + timedelta(minutes=1) for one in asked) for at in asked]
    assert 45 < max(in_a_minute) <= 50
    with db.transaction() as session:
        assert take_turn(session, TEAM, "replies", now) is None, "each method counts by itself"
        assert take_turn(session, "T0OTHER", "history", now) is None


def test_what_may_not_be_read_is_a_gap_until_it_was(watched: Watched) -> None:
    watched.past.says(NOW - timedelta(minutes=1), "hello")
    watched.past.refusals["history"] = [refused(Unreadable.NOT_IN_CHANNEL)]
    watched.reads()
    why = "messages may be missing: the copilot was not in the channel"
    assert watched.gaps() == [f"since 12:00: {why}"]
    watched.waits(minutes=30)
    watched.asks(RefillCause.JOINED)
    watched.reads()
    assert (watched.texts(), watched.gaps()) == (["hello"], [])


@ON_BOTH
def test_a_plan_that_hides_older_messages_leaves_a_gap_for_good(watched: Watched) -> None:
    watched.past.says(NOW - timedelta(minutes=1), "hello")
    watched.past.is_limited = True
    watched.reads()
    why = "messages may be missing: Slack hides them on this workspace's plan"
    assert watched.gaps() == [f"12:00–13:59: {why}"]
    watched.asks(RefillCause.STARTED)
    watched.reads()
    assert watched.gaps() == [f"12:00–13:59: {why}"]


def test_a_slack_that_does_not_answer_shows_until_it_does(watched: Watched) -> None:
    watched.past.refusals["history"] = [TemporaryError("no answer")] * 5
    watched.reads(steps=8)
    (gap,) = watched.gaps()
    assert gap.endswith("Slack does not answer; the copilot keeps trying")
    watched.reads()
    assert watched.gaps() == []


@ON_BOTH
def test_a_minute_held_back_is_a_gap_and_then_read(watched: Watched) -> None:
    watched.reads()
    minute = watched.waits(minutes=2)
    watched.past.says(watched.waits(seconds=20), "too many at once")
    with watched.db.transaction() as session:
        note_rate_limit(session, TEAM, minute, watched.clock.now())
        note_rate_limit(session, TEAM, minute + timedelta(minutes=1), watched.clock.now())
    why = "messages may be missing: Slack held them back (too many at once)"
    assert watched.gaps() == [f"14:02–14:04: {why}"]
    assert watched.open_refills() == 1, "neighbours are read as one"
    watched.reads()
    assert (watched.texts(), watched.gaps()) == (["too many at once"], [])


def test_a_channel_that_it_was_removed_from_has_a_gap_from_then_on(watched: Watched) -> None:
    watched.reads()
    left_at = watched.waits(minutes=3)
    with watched.db.transaction() as session:
        note_left(session, TEAM, CHANNEL, instant_to_ts(left_at), watched.clock.now())
    why = "messages may be missing: the copilot was not in the channel"
    assert watched.gaps() == [f"since 14:03: {why}"]
    watched.past.says(watched.waits(minutes=3), "they are gone, aren't they")
    watched.waits(minutes=3)
    watched.asks(RefillCause.JOINED)
    watched.reads()
    assert (watched.texts(), watched.gaps()) == (["they are gone, aren't they"], [])


def test_a_failed_attempt_does_not_make_a_gap_older_than_it_is(watched: Watched) -> None:
    watched.reads()
    left_at = watched.waits(minutes=3)
    with watched.db.transaction() as session:
        note_left(session, TEAM, CHANNEL, instant_to_ts(left_at), watched.clock.now())
    gaps = watched.gaps()
    watched.past.refusals["history"] = [refused(Unreadable.NOT_IN_CHANNEL)]
    watched.waits(minutes=30)
    request_due_checks(watched.db, watched.clock.now())
    watched.reads()
    assert watched.gaps() == gaps


@ON_BOTH
def test_a_second_incident_of_a_channel_has_its_own_watermark(watched: Watched) -> None:
    watched.reads()
    with watched.db.transaction() as session:
        incident = get_incident(session, watched.incident_id)
        incident.resolved_at, incident.status = NOW, "resolved"
    second_at = watched.waits(days=3)
    watched.declares()
    watched.reads()
    assert watched.whole_until() == second_at
    watched.past.asked.clear()
    watched.waits(minutes=10)
    request_due_checks(watched.db, watched.clock.now())
    watched.reads()
    assert watched.whole_until() == watched.clock.now()


def test_an_open_incident_is_checked_every_ten_minutes(watched: Watched) -> None:
    parent = watched.past.says(NOW - timedelta(minutes=30), "long ago")
    watched.reads()
    watched.past.says(watched.waits(minutes=3), "never told of")
    watched.past.says(watched.waits(seconds=1), "nor of this", thread=parent)
    watched.waits(minutes=6)
    request_due_checks(watched.db, watched.clock.now())
    assert watched.open_refills() == 0
    watched.waits(minutes=1)
    request_due_checks(watched.db, watched.clock.now())
    request_due_checks(watched.db, watched.clock.now())
    assert watched.open_refills() == 1
    watched.reads()
    assert watched.texts() == ["long ago", "never told of", "nor of this"]


def test_a_check_that_misses_nothing_costs_one_request(watched: Watched) -> None:
    for number in range(300):
        watched.past.says(NOW - timedelta(minutes=100, seconds=number), "before")
    watched.reads()
    heard = watched.past.says(watched.waits(minutes=5), "heard")
    watched.hears(heard)
    watched.past.asked.clear()
    watched.waits(minutes=5)
    request_due_checks(watched.db, watched.clock.now())
    watched.reads()
    assert len(watched.past.asked) == 1


def test_the_watermark_stays_below_what_is_still_open(watched: Watched) -> None:
    watched.reads()
    watched.waits(minutes=10)
    watched.past.refusals["history"] = [TemporaryError("no answer")]
    watched.asks(RefillCause.STARTED)
    watched.reads(steps=1)
    assert watched.whole_until() == NOW
    watched.asks(RefillCause.RECONNECTED)
    assert watched.open_refills() == 1
    watched.reads()
    assert watched.whole_until() == NOW + timedelta(minutes=10)


@ON_BOTH
def test_a_reaction_taken_away_meanwhile_is_taken_away_here(watched: Watched) -> None:
    ts = watched.past.says(NOW - timedelta(minutes=20), "restart it")
    reaction = {"name": "eyes", "users": ["U0BEN"], "count": 1}
    watched.past.messages[ts]["reactions"] = [reaction]
    watched.reads()
    watched.past.messages[ts]["reactions"] = [reaction | {"users": ["U0ANA"], "count": 2}]
    watched.asks(RefillCause.STARTED)
    watched.reads()
    assert watched.reactions(ts) == {"U0BEN", "U0ANA"}, "Slack does not name everybody"
    del watched.past.messages[ts]["reactions"]
    watched.asks(RefillCause.STARTED)
    watched.reads()
    assert watched.reactions(ts) == set()


@ON_BOTH
def test_a_thread_older_than_it_looks_back_is_asked_for_by_name(watched: Watched) -> None:
    parent = watched.past.says(NOW - timedelta(minutes=100), "old topic")
    watched.past.says(NOW - timedelta(minutes=99), "old answer", thread=parent)
    watched.reads()
    watched.past.cap = 10
    for number in range(400):
        ts = watched.past.says(watched.waits(seconds=1), f"line {number}")
        watched.hears(ts)
    watched.waits(minutes=30)
    with watched.db.transaction() as session:
        coverage = session.scalars(select(Coverage)).one()
        coverage.whole_until_ts = instant_to_ts(watched.clock.now() - timedelta(minutes=5))
    watched.past.says(watched.waits(minutes=1), "late answer", thread=parent)
    watched.asks(RefillCause.STARTED)
    watched.reads()
    assert "late answer" in watched.texts()

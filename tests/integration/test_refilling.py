"""Reading again what may have been missed: page by page, at Slack's pace, through crashes."""

from collections.abc import Iterator
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
    request_refill,
    request_refills,
)
from copilot.ports import Unreadable
from copilot.timeline.coverage import RefillCause
from copilot.timeline.gaps import gaps_in
from copilot.timeline.models import Coverage, Refill, Revision, TimelineEvent
from copilot.timeline.permalinks import instant_to_ts, ts_to_instant
from copilot.timeline.refills import refills_due
from copilot.timeline.slack_messages import to_records
from copilot.workspaces.directory import channel_name, upsert_workspace
from copilot.workspaces.membership import may_read
from tests.fakes.channel_history import US, ChannelHistory, refused
from tests.fakes.slack_stories import CHANNEL, TEAM

NOW = datetime(2026, 3, 4, 14, 0, tzinfo=UTC)


class Watched:
    """A channel with an incident, its past, and the job that reads it."""

    def __init__(self, db: Database, clock: ReplayClock) -> None:
        self.db, self.clock = db, clock
        self.past = ChannelHistory(clock)
        with db.transaction() as session:
            upsert_workspace(session, US, NOW)
            place = {"team_id": TEAM, "channel_id": CHANNEL}
            declared = declare(session, **place, title="x", severity=None, by=None, now=NOW)
            self.incident_id = declared.incident.id

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
def watched(db: Database, clock: ReplayClock) -> Iterator[Watched]:
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

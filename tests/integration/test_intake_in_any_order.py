"""Whatever comes twice, late, or ten at a time ends in the rows of one ordered delivery.

Through what production runs for each event: one transaction of `take_in` and `heed_marks`.
"""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import count
from threading import Barrier
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select

from copilot.db import Database, open_engine
from copilot.incidents.intake import take_in
from copilot.incidents.marked import heed_marks
from copilot.incidents.models import Incident, Status
from copilot.timeline.marks import DEFAULT_MEANINGS
from copilot.timeline.models import MarkKind, MessageMark, Revision, TimelineEvent
from copilot.timeline.slack_messages import to_records
from tests.fakes.slack_stories import TEAM, Event, conversations

NOW = datetime(2026, 3, 4, 14, 0, tzinfo=UTC)
AT_ONCE = 10
MEANINGS = {**DEFAULT_MEANINGS, "eyes": MarkKind.FOLLOW_UP}
_UNLIKE = {"id", "event_id", "incident_id", "channel_id", "source_ts"}
EXAMPLES = int(os.environ.get("COPILOT_TEST_EXAMPLES", "0"))
"""More than the dozen that PostgreSQL gets each time; it takes four times as long as SQLite."""
_channels = (f"C{number}" for number in count(1))

Rows = list[Any]


class Delivered:
    """A database into which conversations are delivered, each into a channel of its own."""

    def __init__(self, db: Database, threads: ThreadPoolExecutor) -> None:
        self._db, self._threads = db, threads

    def one_by_one(self, events: Sequence[Event]) -> Rows:
        channel_id = self._new_channel()
        for each in events:
            self._deliver(channel_id, each)
        return self._rows(channel_id)

    def at_once(self, events: Sequence[Event]) -> Rows:
        """Ten requests at a time, as Slack has them."""
        channel_id = self._new_channel()
        for start in range(0, len(events), AT_ONCE):
            together = events[start : start + AT_ONCE]
            barrier = Barrier(len(together))

            def arrive(each: Event, barrier: Barrier = barrier) -> None:
                barrier.wait()
                self._deliver(channel_id, each)

            list(self._threads.map(arrive, together))
        return self._rows(channel_id)

    def _new_channel(self) -> str:
        channel_id = next(_channels)
        with self._db.transaction() as session:
            session.add(
                Incident(
                    team_id=TEAM,
                    channel_id=channel_id,
                    title="x",
                    status=Status.INVESTIGATING,
                    declared_at=NOW,
                )
            )
        return channel_id

    def _deliver(self, channel_id: str, told: Event) -> None:
        records = to_records(TEAM, told, channel_id)
        with self._db.transaction() as session:
            if take_in(session, TEAM, records, NOW):
                heed_marks(session, records, MEANINGS)

    def _rows(self, channel_id: str) -> Rows:
        """Everything that is stored of the channel, but for the rows' ids."""
        with self._db.reading() as session:
            events = session.scalars(
                select(TimelineEvent)
                .where(TimelineEvent.channel_id == channel_id)
                .order_by(TimelineEvent.natural_key)
            ).all()
            found: Rows = []
            for each in events:
                revisions = session.scalars(
                    select(Revision)
                    .where(Revision.event_id == each.id)
                    .order_by(Revision.revision_ts)
                )
                found.append([_values(each), [_values(one) for one in revisions]])
            marks = session.scalars(select(MessageMark).where(MessageMark.channel_id == channel_id))
            found += sorted((_values(one) for one in marks), key=repr)
            return found


def _values(row: TimelineEvent | Revision | MessageMark) -> dict[str, Any]:
    names = row.__table__.columns.keys()
    return {name: getattr(row, name) for name in names if name not in _UNLIKE}


def check(delivered: Delivered, data: st.DataObject, told: Sequence[Event]) -> None:
    again = data.draw(st.lists(st.sampled_from(told), max_size=8))
    arriving = data.draw(st.permutations([*told, *again]))
    assert delivered.at_once(arriving) == delivered.one_by_one(told)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data(), conversations())
def test_any_interleaving_ends_in_the_same_rows_on_sqlite(
    on_sqlite: Delivered, data: st.DataObject, told: list[Event]
) -> None:
    check(on_sqlite, data, told)


@settings(
    max_examples=max(12, EXAMPLES), suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data(), conversations())
def test_any_interleaving_ends_in_the_same_rows_on_postgresql(
    on_postgresql: Delivered, data: st.DataObject, told: list[Event]
) -> None:
    check(on_postgresql, data, told)


@pytest.fixture
def on_sqlite(sqlite_url: str) -> Iterator[Delivered]:
    engine = open_engine(sqlite_url)
    # Hundreds of examples commit thousands of times; none of them loses its power.
    event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF"))
    with ThreadPoolExecutor(AT_ONCE) as threads:
        yield Delivered(Database(engine, lambda _: None), threads)
    engine.dispose()


@pytest.fixture
def on_postgresql(postgres_url: str) -> Iterator[Delivered]:
    engine = open_engine(postgres_url)
    with ThreadPoolExecutor(AT_ONCE) as threads:
        yield Delivered(Database(engine, lambda _: None), threads)
    engine.dispose()

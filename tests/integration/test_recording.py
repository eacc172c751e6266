"""Recording on real databases: the same rows whatever the order, the number and the company."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select

from copilot.db import Database, open_engine
from copilot.timeline.driver_statements import DriverStatement
from copilot.timeline.models import Revision, TimelineEvent
from copilot.timeline.recording import RecordingResult, record, record_change
from copilot.timeline.slack_messages import to_records
from tests.fakes.slack_stories import (
    CHANNEL,
    FIRST_TS,
    REPLY_TS,
    TEAM,
    Event,
    Story,
    a_change,
    a_deletion,
    a_message,
    a_pin,
    a_reaction,
    deliveries,
    edited,
    stories,
)

NOW = datetime(2026, 3, 4, 14, 0, tzinfo=UTC)
Rows = list[Any]
_channels = (f"C{number}" for number in count(1))


def deliver(db: Database, *events: Event, channel_id: str = CHANNEL) -> RecordingResult:
    """Each event in a transaction of its own, as Slack's requests are; the last one's result."""
    result = RecordingResult()
    for each in events:
        with db.transaction() as session:
            result = record(session, to_records(TEAM, each, channel_id), NOW)
    return result


def rows_of(db: Database, channel_id: str = CHANNEL) -> Rows:
    """All that is stored of a channel but ids and times of recording."""
    unlike = {"id", "recorded_at", "channel_id", "event_id"}
    with db.reading() as session:
        found: Rows = []
        query = select(TimelineEvent).where(TimelineEvent.channel_id == channel_id)
        for row in session.scalars(query.order_by(TimelineEvent.natural_key)):
            revisions = session.scalars(
                select(Revision).where(Revision.event_id == row.id).order_by(Revision.revision_ts)
            )
            found.append([_values(row, unlike), [_values(each, unlike) for each in revisions]])
        return found


def _values(row: TimelineEvent | Revision, unlike: set[str]) -> dict[str, Any]:
    names = row.__table__.columns.keys()
    return {name: getattr(row, name) for name in names if name not in unlike}


def check_any_order(db: Database, data: st.DataObject, story: Story) -> None:
    in_order, as_it_came = next(_channels), next(_channels)
    deliver(db, *story.events, channel_id=in_order)
    deliver(db, *data.draw(deliveries(story)), channel_id=as_it_came)
    assert rows_of(db, as_it_came) == rows_of(db, in_order)


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data(), stories())
def test_any_order_and_number_ends_in_the_same_rows_on_sqlite(
    hasty_sqlite: Database, data: st.DataObject, story: Story
) -> None:
    check_any_order(hasty_sqlite, data, story)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data(), stories())
def test_any_order_and_number_ends_in_the_same_rows_on_postgresql(
    a_postgres: Database, data: st.DataObject, story: Story
) -> None:
    check_any_order(a_postgres, data, story)


@pytest.fixture
def hasty_sqlite(sqlite_url: str) -> Iterator[Database]:
    """SQLite that does not wait for the disk: hundreds of examples commit thousands of times."""
    engine = open_engine(sqlite_url)
    event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF"))
    yield Database(engine, _no_job)
    engine.dispose()


@pytest.fixture
def a_postgres(postgres_url: str) -> Iterator[Database]:
    engine = open_engine(postgres_url)
    yield Database(engine, _no_job)
    engine.dispose()


def test_ten_threads_that_deliver_at_once_end_in_the_same_rows(db: Database) -> None:
    events = a_whole_thread()
    deliver(db, *events, channel_id="C0INORDER")
    orders = [random.Random(seed).sample(events, len(events)) for seed in range(10)]  # noqa: S311
    with ThreadPoolExecutor(10) as threads:
        list(threads.map(lambda order: deliver(db, *order), orders))
    assert rows_of(db) == rows_of(db, "C0INORDER")


def test_batches_that_share_messages_do_not_wait_for_each_other(db: Database) -> None:
    events = a_whole_thread()
    deliver(db, *events, channel_id="C0INORDER")

    def deliver_as_a_batch(seed: int) -> None:
        shuffled = random.Random(seed).sample(events, len(events))  # noqa: S311
        records = [each for one in shuffled for each in to_records(TEAM, one)]
        with db.transaction() as session:
            record(session, records, NOW)

    with ThreadPoolExecutor(10) as threads:
        list(threads.map(deliver_as_a_batch, range(30)))
    assert rows_of(db) == rows_of(db, "C0INORDER")


def test_an_edit_does_not_wait_for_who_cites_the_message(a_postgres: Database) -> None:
    """They lock in an order of their own: to wait for each other would be a deadlock."""
    first = a_message("db-3 is out of disk")
    fixed = edited(first, "db-3 is out of disk, failing over", "1700000100.000000")
    deliver(a_postgres, first)
    with ThreadPoolExecutor(1) as threads, a_postgres.transaction() as citing:
        citing.execute(select(TimelineEvent.id).with_for_update(read=True, key_share=True))
        change = a_change(fixed, first, "1700000100.000300")
        assert threads.submit(deliver, a_postgres, change).result(timeout=20).changed == 1


def a_whole_thread() -> list[Event]:
    first = a_message("db-3 is out of disk")
    fixed = edited(first, "db-3 is out of disk, failing over", "1700000100.000000")
    fixed_again = edited(first, "db-3 was out of disk, failed over", "1700000200.000000")
    reply = a_message("on it", ts=REPLY_TS, thread_ts=FIRST_TS, user="U0BEN")
    marked = {**fixed_again, "reactions": [{"name": "eyes", "users": ["U0BEN"], "count": 1}]}
    return [
        first,
        a_change(fixed, first, "1700000100.000300"),
        a_change(fixed_again, fixed, "1700000200.000300"),
        reply,
        a_deletion(REPLY_TS, reply, "1700000300.000100"),
        a_reaction(FIRST_TS, "1700000400.000100"),
        a_reaction(FIRST_TS, "1700000500.000100", added=False),
        a_reaction(FIRST_TS, "1700000600.000100"),
        a_pin(FIRST_TS, "1700000700.000100"),
        marked,
    ]


def test_a_new_message_is_told_apart_from_a_duplicate_and_from_a_change(db: Database) -> None:
    message = a_message()
    first = deliver(db, message)
    assert (len(first.new_event_ids), first.duplicates, first.changed) == (1, 0, 0)
    again = deliver(db, message)
    assert (again.new_event_ids, again.duplicates, again.changed) == ([], 1, 0)
    changed = deliver(db, a_change(edited(message, "x", "1700000009.000000"), None, "1700000009.1"))
    assert (changed.new_event_ids, changed.duplicates, changed.changed) == ([], 0, 1)


def test_what_arrives_again_after_a_deletion_is_a_duplicate(db: Database) -> None:
    message = a_message()
    gone = a_deletion(FIRST_TS, message, "1700000300.000100")
    deliver(db, message, gone)
    for again in (message, gone):
        result = deliver(db, again)
        assert (result.duplicates, result.changed) == (1, 0)
    assert "out of disk" not in str(rows_of(db))


def test_a_plain_new_message_costs_one_round_trip(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[object] = []
    send = DriverStatement.rows

    def counted(statement: DriverStatement, *about: Any) -> list[tuple[Any, ...]]:
        sent.append(statement)
        return send(statement, *about)

    monkeypatch.setattr(DriverStatement, "rows", counted)
    with db.transaction() as session:
        connection = session.connection()
        event.listen(connection, "before_cursor_execute", lambda *about: sent.append(about[2]))
        record(session, to_records(TEAM, a_message()), NOW)
    # SQLite makes no trips, and can't insert into two tables at once.
    assert len(sent) == {"sqlite": 2, "postgresql": 1}[db.dialect], sent


def test_a_real_edit_has_a_considered_message_considered_again(db: Database) -> None:
    message = a_message("someone should look")
    deliver(db, message)
    mark_considered(db)
    deliver(db, message, a_reaction(FIRST_TS, "1700000400.000100"))
    assert considered(db) is not None
    after = edited(message, "I'll file a ticket", "1700000100.000000")
    deliver(db, a_change(after, message, "1700000100.000300"))
    assert considered(db) is None


def mark_considered(db: Database) -> None:
    with db.transaction() as session:
        for row in session.scalars(select(TimelineEvent)):
            row.considered_at = NOW


def considered(db: Database) -> datetime | None:
    with db.reading() as session:
        query = select(TimelineEvent.considered_at).where(TimelineEvent.message_ts == FIRST_TS)
        return session.scalars(query).one()


def test_secrets_never_reach_the_tables(db: Database) -> None:
    secret = "xoxb-123456789012-1234567890123-AbCdEfGhIjKlMnOpQrStUvWx"
    deliver(db, a_message(f"the token is {secret}, rotate it"))
    assert secret not in str(rows_of(db))
    assert "[redacted: slack token], rotate it" in str(rows_of(db))


def test_text_that_a_database_cannot_store_is_stored_all_the_same(db: Database) -> None:
    deliver(db, a_message("null \x00 and half a \ud83d pair", username="\x00bot"))
    ((message, _),) = rows_of(db)
    assert message["text"] == "null � and half a � pair"


def test_many_messages_of_many_channels_go_in_one_batch(db: Database) -> None:
    records = [
        record
        for number in range(2500)
        for record in to_records(
            TEAM, a_message(f"line {number}", ts=f"17000{number:05d}.000100"), f"C{number % 3}"
        )
    ]
    with db.transaction() as session:
        assert len(record(session, records, NOW).new_event_ids) == 2500
    with db.transaction() as session:
        assert record(session, records, NOW).duplicates == 2500
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Revision)) == 2500


def test_a_change_of_the_incident_is_recorded_once(db: Database) -> None:
    def change(natural_key: str) -> int:
        with db.transaction() as session:
            return record_change(
                session,
                team_id=TEAM,
                channel_id=CHANNEL,
                kind="status_changed",
                natural_key=natural_key,
                author_id="U0ANA",
                text="Status investigating → monitoring",
                details={"old": "investigating", "new": "monitoring"},
                occurred_at=NOW,
                now=NOW,
            )

    assert change("status:1") == change("status:1") != change("status:2")
    assert len(rows_of(db)) == 2


@pytest.mark.parametrize("first_is_dated", [True, False])
def test_a_reaction_found_on_a_message_gives_way_to_its_event(
    db: Database, first_is_dated: bool
) -> None:
    found = {**a_message(), "reactions": [{"name": "eyes", "users": ["U0BEN"], "count": 1}]}
    events = [a_reaction(FIRST_TS, "1700000400.000100"), found]
    deliver(db, *(events if first_is_dated else reversed(events)))
    (mark,) = (row for row, _ in rows_of(db) if row["kind"] == "reaction_added")
    assert mark["occurred_at"] == datetime.fromtimestamp(1700000400, UTC).replace(microsecond=100)


def _no_job(_: object) -> None:
    """Recording sends none."""

"""A channel that Slack gives another id, with and without news under the new one."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from copilot.db import Database
from copilot.incidents.channel_moves import move_channel
from copilot.incidents.intake import take_in
from copilot.incidents.lifecycle import declare
from copilot.incidents.queries import get_incident, open_incident_in
from copilot.ports import ChannelInfo
from copilot.timeline.models import Revision, TimelineEvent
from copilot.timeline.slack_messages import to_records
from copilot.workspaces.directory import upsert_channel, upsert_workspace
from copilot.workspaces.membership import may_read, set_members
from copilot.workspaces.models import Channel
from tests.fakes.channel_history import US
from tests.fakes.slack_stories import (
    CHANNEL,
    FIRST_TS,
    TEAM,
    Event,
    a_change,
    a_message,
    a_reaction,
    edited,
)

NOW = datetime(2026, 3, 4, 14, 0, tzinfo=UTC)
NEW = "C0NEW"


@pytest.fixture
def incident_id(db: Database) -> int:
    with db.transaction() as session:
        upsert_workspace(session, US, NOW)
        upsert_channel(session, TEAM, ChannelInfo(CHANNEL, "inc-checkout", is_private=True))
        set_members(session, TEAM, CHANNEL, ["U0ANA"], NOW)
    return declare_in(db, CHANNEL, NOW)


def declare_in(db: Database, channel_id: str, now: datetime) -> int:
    with db.transaction() as session:
        declared = declare(
            session,
            team_id=TEAM,
            channel_id=channel_id,
            title="x",
            severity=None,
            by=None,
            now=now,
        )
        return declared.incident.id


def hear(db: Database, event: Event, channel_id: str) -> None:
    with db.transaction() as session:
        take_in(session, TEAM, to_records(TEAM, event, channel_id), NOW)


def move(db: Database) -> None:
    with db.transaction() as session:
        move_channel(session, TEAM, CHANNEL, NEW, NOW + timedelta(minutes=2))


def test_nothing_of_it_is_left_under_the_old_id(db: Database, incident_id: int) -> None:
    hear(db, a_message(), CHANNEL)
    hear(db, a_reaction(FIRST_TS, "1700000400.000100"), CHANNEL)
    move(db)
    move(db)
    with db.reading() as session:
        assert get_incident(session, incident_id).channel_id == NEW
        places = set(session.scalars(select(TimelineEvent.channel_id)))
        assert places == {NEW}
        assert may_read(session, TEAM, NEW, "U0ANA")
        assert not may_read(session, TEAM, NEW, "U0BEN")


def test_what_came_under_both_ids_becomes_one(db: Database, incident_id: int) -> None:
    first = a_message("db-3 is out of disk")
    fixed = edited(first, "db-3 was out of disk", "1700000100.000000")
    hear(db, first, CHANNEL)
    with db.reading() as session:
        cited = session.scalars(
            select(TimelineEvent.id).where(TimelineEvent.message_ts == FIRST_TS)
        ).one()
    younger_id = declare_in(db, NEW, NOW + timedelta(minutes=1))
    hear(db, a_change(fixed, first, "1700000100.000300"), NEW)
    hear(db, a_message("and a new one", ts="1700000300.000100"), NEW)
    move(db)
    with db.reading() as session:
        found = session.scalars(
            select(TimelineEvent).where(TimelineEvent.message_ts == FIRST_TS)
        ).one()
        assert (found.id, found.channel_id, found.text) == (cited, NEW, "db-3 was out of disk")
        texts = session.scalars(select(Revision.text).where(Revision.event_id == cited))
        assert set(texts) == {"db-3 is out of disk", "db-3 was out of disk"}
        messages = select(func.count()).where(TimelineEvent.message_ts.is_not(None))
        assert session.scalar(messages) == 2
        standing = open_incident_in(session, TEAM, NEW)
        assert standing is not None
        assert standing.id == younger_id
        older = get_incident(session, incident_id)
        assert older.resolved_at is not None
        assert older.timeline_until == standing.timeline_from


def test_private_under_either_id_it_stays_private(db: Database) -> None:
    with db.transaction() as session:
        upsert_channel(session, TEAM, ChannelInfo(CHANNEL, "inc-checkout", is_private=False))
        upsert_channel(session, TEAM, ChannelInfo(NEW, "inc-checkout", is_private=True))
        move_channel(session, TEAM, CHANNEL, NEW, NOW)
    with db.reading() as session:
        assert session.scalars(select(Channel.is_private)).all() == [True]

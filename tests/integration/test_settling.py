"""Where asking an engine costs, people finish first; nothing is lost and nothing waits too long."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from copilot.db import Database
from copilot.incidents.models import Severity, Status
from copilot.ports import Debounce
from copilot.suggestions.consideration import incidents_with_unconsidered
from copilot.suggestions.digest import release_digest
from copilot.timeline.models import TimelineEvent
from copilot.timeline.permalinks import instant_to_ts
from tests.fakes.channel_story import CHANNEL, ChannelStory
from tests.one_database import ON_BOTH
from tests.one_database import database_url as database_url

QUIET, LONGEST = timedelta(seconds=45), timedelta(minutes=3)


@pytest.fixture
def story(db: Database) -> ChannelStory:
    story = ChannelStory(db)
    story.proposer.patience = Debounce(QUIET, LONGEST)
    story.considers()
    return story


def is_due(story: ChannelStory) -> bool:
    with story.db.reading() as session:
        found = incidents_with_unconsidered(session, 10, story.clock.now(), story.proposer.debounce)
    return found == [story.incident_id]


def looks(story: ChannelStory) -> int:
    """How often the proposer was asked, after a look round."""
    story.sweeps()
    story.considers()
    return len(story.proposer.windows)


def unseen(story: ChannelStory) -> list[str]:
    with story.db.reading() as session:
        query = select(TimelineEvent.kind).where(TimelineEvent.considered_at.is_(None))
        return list(session.scalars(query))


def test_nobody_is_asked_while_people_talk_and_somebody_once_they_stop(
    story: ChannelStory,
) -> None:
    story.says("todo: page on replica lag")
    story.waits(seconds=30)
    story.says("good idea", by="U2")
    assert not is_due(story)
    assert looks(story) == 0
    story.waits(seconds=44)
    assert looks(story) == 0
    story.waits(seconds=1)
    assert is_due(story)
    assert looks(story) == 1
    assert unseen(story) == []
    assert story.shown() == ["page on replica lag"]


def test_talk_without_end_is_looked_at_every_few_minutes(story: ChannelStory) -> None:
    for number in range(60):
        story.says(f"line {number}")
        story.waits(seconds=10)
        looks(story)
    assert 3 <= len(story.proposer.windows) <= 4
    assert len(unseen(story)) <= 18


def test_what_is_read_back_long_after_it_was_said_does_not_wait(story: ChannelStory) -> None:
    story.waits(hours=2)
    said_at = story.clock.now() - timedelta(hours=1)
    story.hears(
        {
            "type": "message",
            "ts": instant_to_ts(said_at),
            "user": "U1",
            "text": "todo: page on replica lag",
            "channel": CHANNEL,
        }
    )
    assert is_due(story)
    assert looks(story) == 1


def test_a_slack_whose_clock_is_ahead_makes_nobody_wait(story: ChannelStory) -> None:
    ahead = story.clock.now() + timedelta(hours=1)
    story.hears(
        {
            "type": "message",
            "ts": instant_to_ts(ahead),
            "user": "U1",
            "text": "x",
            "channel": CHANNEL,
        }
    )
    assert looks(story) == 0
    story.waits(seconds=46)
    assert looks(story) == 1


def test_an_edit_of_old_words_waits_like_new_ones(story: ChannelStory) -> None:
    ts = story.says("todo: page on lag")
    story.waits(minutes=10)
    assert looks(story) == 1
    story.edits(ts, "todo: page on replica lag")
    assert not is_due(story)
    assert looks(story) == 1
    story.waits(seconds=46)
    assert looks(story) == 2


@pytest.mark.parametrize("moves_on", ["status", "severity"])
def test_a_change_of_the_incident_ends_the_wait(story: ChannelStory, moves_on: str) -> None:
    story.says("todo(0.6): page on replica lag")
    if moves_on == "status":
        story.status(Status.MONITORING)
    else:
        story.severity(Severity.SEV2)
    assert is_due(story)
    story.considers()
    assert unseen(story) == []
    story.releases()
    story.posts()
    assert story.shown() == ["page on replica lag"]


@ON_BOTH
def test_a_digest_waits_a_moment_for_what_was_said_before_its_breakpoint(
    story: ChannelStory,
) -> None:
    story.says("todo(0.6): page on replica lag")
    story.waits(minutes=1)
    story.considers()
    story.says("todo(0.7): write the runbook for failover")
    story.waits(seconds=1)
    story.status(Status.MONITORING)
    release_digest(story.db, story.incident_id, story.clock, awaits_unheard=True)
    story.posts()
    assert story.shown() == []
    story.considers()
    release_digest(story.db, story.incident_id, story.clock, awaits_unheard=True)
    story.posts()
    assert sorted(story.shown()) == ["page on replica lag", "write the runbook for failover"]


def test_a_digest_waits_for_no_engine_that_does_not_come_back(story: ChannelStory) -> None:
    story.says("todo(0.6): page on replica lag")
    story.waits(minutes=1)
    story.considers()
    story.says("todo(0.7): write the runbook for failover")
    story.waits(seconds=1)
    story.status(Status.MONITORING)
    story.waits(seconds=90)
    release_digest(story.db, story.incident_id, story.clock, awaits_unheard=True)
    story.posts()
    assert story.shown() == ["page on replica lag"]


@ON_BOTH
def test_what_nobody_says_is_seen_to_at_once_and_what_is_said_still_waits(
    story: ChannelStory,
) -> None:
    ts = story.says("todo: page on replica lag")
    story.hears(
        {
            "type": "reaction_added",
            "user": "U2",
            "reaction": "eyes",
            "item": {"type": "message", "channel": CHANNEL, "ts": ts},
            "event_ts": instant_to_ts(story.clock.now()),
        }
    )
    assert is_due(story)
    story.considers()
    assert unseen(story) == ["message"]
    assert story.proposer.windows == []


def test_what_was_taken_back_does_not_wait_either(story: ChannelStory) -> None:
    story.deletes(story.says("todo: page on replica lag"))
    story.considers()
    assert unseen(story) == []
    assert story.proposer.windows == []


def test_in_a_storm_each_message_costs_one_look_and_no_writing(
    story: ChannelStory, database_url: str
) -> None:
    story.chatter(50)
    with counting(story.db) as statements:
        story.considers()
    assert not [one for one in statements if not one.startswith("SELECT")]
    assert len(statements) <= 2


@contextmanager
def counting(db: Database) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(*arguments: Any) -> None:
        statements.append(arguments[2])

    with db.reading() as session:
        engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)

"""What was said while nobody listened, read again through the pretend Slack over HTTP."""

import io
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from copilot.cli.processes import catch_up
from copilot.console.timeline_view import read_timeline
from copilot.incidents.channel_reading import refill_channel
from copilot.incidents.timeline_export import write_markdown
from copilot.ports import Page
from copilot.reviews.export import to_markdown
from copilot.reviews.reading import current_review
from copilot.sandbox.faults import Fault, PlannedFault, Throttle
from copilot.sandbox.outlet import Nobody
from copilot.slack.reader import SlackReader
from copilot.timeline.models import Refill, TimelineEvent
from copilot.timeline.refills import refills_due
from tests.scenarios.slack_world import SlackWorld

HISTORY, REPLIES = "conversations.history", "conversations.replies"


class Silence:
    """Ten minutes in which 300 messages were said and none arrived."""

    def __init__(self, world: SlackWorld) -> None:
        self.world = world
        world.command("declare checkout errors")
        world.works()
        edited = world.says("ana", "db-3 is out of disk")
        deleted = world.says("ben", "never mind")
        topic = world.says("dana", "who is on call?")
        world.works()
        world.workspace.connect(Nobody())
        said = self._much_is_said(topic)
        ana, ben, channel = world.person("ana"), world.person("ben"), world.channel()
        world.workspace.edit(ana, channel, edited, "db-3 was out of disk")
        world.workspace.delete(ben, channel, deleted)
        self.expected = ["db-3 was out of disk", "who is on call?", *said]
        world.clock.advance_to(world.clock.now() + timedelta(minutes=2))
        world.workspace.connect(world.sender)

    def ends(self) -> None:
        """As `serve` does when it has started."""
        catch_up(self.world.services)

    def works_on(self) -> None:
        """Let workers do what is due, and time pass to what is due next."""
        self.world.works()
        while (due_at := self.next_due()) is not None:
            self.world.clock.advance_to(due_at - timedelta(microseconds=1))
            self.world.passes(timedelta(microseconds=1))

    def told(self) -> list[str]:
        with self.world.db.reading() as session:
            query = select(TimelineEvent.text).where(
                TimelineEvent.kind == "message", TimelineEvent.deleted_at.is_(None)
            )
            return list(session.scalars(query.order_by(TimelineEvent.occurred_at)))

    def _much_is_said(self, topic: str) -> list[str]:
        """Three in ten in threads: one from before the silence, others begun in it."""
        world, channel = self.world, self.world.channel()
        said = []
        for number in range(300):
            said.append(f"missed {number}")
            world.clock.advance_to(world.clock.now() + timedelta(seconds=2))
            thread_ts = topic if number % 10 in (0, 5, 6) else None
            ts = world.workspace.say(world.person("ben"), channel, said[-1], thread_ts=thread_ts)
            topic = ts if number % 50 == 4 else topic
        return said

    def next_due(self) -> datetime | None:
        with self.world.db.reading() as session:
            query = select(Refill.due_at).where(Refill.ended_at.is_(None))
            return session.scalar(query.order_by(Refill.due_at))


@pytest.fixture
def silence(world_on_both: SlackWorld) -> Silence:
    return Silence(world_on_both)


@pytest.fixture
def a_silence(world: SlackWorld) -> Silence:
    return Silence(world)


def test_ten_minutes_of_silence_are_made_up_for(silence: Silence) -> None:
    silence.ends()
    silence.works_on()
    assert silence.told() == silence.expected


def test_they_are_however_often_slack_asks_to_wait(a_silence: Silence) -> None:
    faults = a_silence.world.workspace.faults
    for method in (HISTORY, REPLIES):
        faults.plan(method, PlannedFault(Fault.RATE_LIMIT, retry_after=30), 3)
        faults.plan(method, PlannedFault(Fault.SERVER_ERROR), 2)
        faults.plan(method, PlannedFault(Fault.DROP_AFTER_STORING), 1)
    a_silence.ends()
    a_silence.works_on()
    assert a_silence.told() == a_silence.expected


def test_they_are_with_one_request_a_minute_of_fifteen_messages(a_silence: Silence) -> None:
    world = a_silence.world
    world.workspace.faults.throttle = Throttle(world.clock)
    a_silence.ends()
    a_silence.works_on()
    assert a_silence.told() == a_silence.expected


def test_they_are_though_the_process_dies_with_every_other_page(a_silence: Silence) -> None:
    world = a_silence.world
    world.workspace.faults.throttle = Throttle(world.clock)
    dying = replace(world.services, reader=DyingReader(world.services.slack_clients))
    a_silence.ends()
    world.jobs.clear()  # they died with the process
    while a_silence.next_due() is not None:
        for services in (dying, world.services):
            world.clock.advance_to(world.clock.now() + timedelta(minutes=6))
            with world.db.reading() as session:
                due = refills_due(session, world.clock.now())
            for refill_id in due:
                try:
                    refill_channel(services.db, refill_id, services.reader, services.clock)
                except KeyboardInterrupt:
                    world.jobs.clear()
    assert a_silence.told() == a_silence.expected


class DyingReader(SlackReader):
    """Slack has answered, and the process is killed before anything was stored."""

    def history_page(self, *args: Any, **more: Any) -> Page:
        super().history_page(*args, **more)
        raise KeyboardInterrupt

    def replies_page(self, *args: Any, **more: Any) -> Page:
        super().replies_page(*args, **more)
        raise KeyboardInterrupt


def test_what_can_not_be_read_shows_as_missing_everywhere(world: SlackWorld) -> None:
    world.command("declare checkout errors")
    world.says("ana", "Rolling back deploy 4812 fixed the checkout errors.")
    world.works()
    world.passes(timedelta(minutes=2))
    world.workspace.remove_bot(world.person("ben"), world.channel())
    world.sender.wait_until_idle()
    why = "messages may be missing: the copilot was not in the channel"
    assert missing(world) == [f"since 14:02: {why}"] * 3
    world.workspace.say(world.person("ana"), world.channel(), "We are among ourselves.")
    world.passes(timedelta(minutes=5))
    world.workspace.invite_bot(world.person("ben"), world.channel())
    world.works()
    assert missing(world) == [""] * 3
    assert "We are among ourselves." in [event.text for event in world.events()]


def missing(world: SlackWorld) -> list[str]:
    """What the export, the console and the review say is missing."""
    incident = world.incident()
    world.command("review")
    world.works()
    with world.db.reading() as session:
        stream = io.StringIO()
        write_markdown(session, incident, stream)
        exported = [line for line in stream.getvalue().splitlines() if "missing" in line]
        console = read_timeline(session, incident.id).gaps
        review = current_review(session, incident.id)
        assert review is not None
        written = to_markdown(review)
    said = written.partition("Not in the timeline: 1 stretch (")[2].partition(").")[0]
    return [
        exported[0].partition("_(gap)_ ")[2] if exported else "",
        "; ".join(console),
        said.replace("\\", ""),
    ]

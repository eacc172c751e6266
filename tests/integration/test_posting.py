"""One message a second in a channel, whoever posts; and nobody while Slack asks to wait."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from copilot.db import Database
from copilot.errors import TemporaryError
from copilot.ports import ChannelInfo
from copilot.suggestions.delivery import post_delivery
from copilot.suggestions.models import Delivery
from copilot.workspaces.directory import upsert_channel
from copilot.workspaces.models import Channel
from copilot.workspaces.posting import claim_post_slot, hold_posting
from tests.fakes.channel_story import CHANNEL, START, TEAM, ChannelStory

SECOND = timedelta(seconds=1)


@pytest.fixture
def channel(db: Database) -> Database:
    with db.transaction() as session:
        upsert_channel(session, TEAM, ChannelInfo(CHANNEL, "incidents", is_private=False))
    return db


@pytest.fixture
def story(channel: Database) -> ChannelStory:
    """A channel in which one post is cleared."""
    story = ChannelStory(channel)
    story.says("todo: page on replica lag", by="U3")
    story.considers()
    return story


def test_a_slot_is_one_posters_for_a_second(channel: Database) -> None:
    with channel.transaction() as session:
        assert claim_post_slot(session, TEAM, CHANNEL, START) is None
        assert claim_post_slot(session, TEAM, CHANNEL, START) == START + SECOND
        assert claim_post_slot(session, TEAM, "C2", START) is None
        assert claim_post_slot(session, TEAM, CHANNEL, START + SECOND) is None


def test_of_many_at_once_one_gets_the_slot(channel: Database) -> None:
    def claim(_: int) -> bool:
        with channel.transaction() as session:
            return claim_post_slot(session, TEAM, CHANNEL, START) is None

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(claim, range(16))) == 1


def test_what_slack_asks_holds_everybody_back_and_is_never_shortened(channel: Database) -> None:
    with channel.transaction() as session:
        hold_posting(session, TEAM, CHANNEL, START + 30 * SECOND)
        hold_posting(session, TEAM, CHANNEL, START + 5 * SECOND)
        assert claim_post_slot(session, TEAM, CHANNEL, START) == START + 30 * SECOND


def test_learning_about_a_channel_leaves_its_queue_alone(channel: Database) -> None:
    with channel.transaction() as session:
        claim_post_slot(session, TEAM, CHANNEL, START)
        upsert_channel(session, TEAM, ChannelInfo(CHANNEL, "renamed", is_private=False))
        assert claim_post_slot(session, TEAM, CHANNEL, START) == START + SECOND


def test_a_card_waits_for_its_turn(story: ChannelStory) -> None:
    with story.db.transaction() as session:
        claim_post_slot(session, TEAM, CHANNEL, START)  # e.g. the headline was posted just now
    paused: list[float] = []

    def pause(seconds: float) -> None:
        paused.append(seconds)
        story.lease_clock.advance_to(story.lease_clock.now() + timedelta(seconds=seconds))

    (delivery_id,) = delivery_ids(story)
    post_delivery(story.db, delivery_id, story.messenger, story.clock, story.lease_clock, pause)
    assert paused == [1.0]
    assert story.shown() == ["page on replica lag"]


def test_a_card_does_not_hold_up_a_worker_that_would_wait_longer(story: ChannelStory) -> None:
    with story.db.transaction() as session:
        hold_posting(session, TEAM, CHANNEL, START + 40 * SECOND)
    story.posts()
    assert story.messenger.posts == []
    with story.db.reading() as session:
        assert session.scalars(select(Delivery.attempts)).one() == 0
    story.waits(seconds=40)
    story.posts()
    assert story.shown() == ["page on replica lag"]


def test_a_rate_limit_holds_the_whole_channel_back(story: ChannelStory) -> None:
    story.messenger.failures = [TemporaryError("rate limited", retry_after_s=90)]
    story.posts()
    with story.db.reading() as session:
        assert session.scalars(select(Channel.next_post_at)).one() == START + 90 * SECOND
    story.waits(seconds=89)
    story.posts()
    assert story.messenger.posts == []
    story.waits(seconds=1)
    story.posts()
    assert story.shown() == ["page on replica lag"]


def test_only_who_tried_before_looks_for_what_it_posted(story: ChannelStory) -> None:
    story.messenger.lost_answers = [TemporaryError("the line went dead")]
    story.posts()
    story.waits(seconds=10)
    story.posts()
    assert story.shown() == ["page on replica lag"]


def delivery_ids(story: ChannelStory) -> list[int]:
    with story.db.reading() as session:
        return list(session.scalars(select(Delivery.id)))

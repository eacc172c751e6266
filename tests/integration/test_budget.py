"""However many workers there are, each post, window and budget is taken once."""

import threading
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from copilot.db import Database
from copilot.ports import Candidate, SuggestionCard, Window
from copilot.suggestions.delivery import post_delivery
from copilot.suggestions.models import Delivery, ModelRun
from copilot.suggestions.pacing import lock_pacing, spend_budget
from tests.fakes.channel_story import ChannelStory
from tests.fakes.proposer import marked_candidates

WORKERS = 6


@pytest.fixture
def story(db: Database) -> ChannelStory:
    return ChannelStory(db)


def all_at_once(*work: Callable[[], object]) -> None:
    """Run them in threads that start together; an error in one fails the test."""
    barrier = threading.Barrier(len(work))
    errors: list[BaseException] = []

    def run(each: Callable[[], object]) -> None:
        try:
            barrier.wait()
            each()
        except BaseException as error:  # noqa: BLE001 - handed to the test
            errors.append(error)

    threads = [threading.Thread(target=run, args=(each,)) for each in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def count(story: ChannelStory, model: type[ModelRun] | type[Delivery]) -> int:
    with story.db.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_the_budget_is_spent_once(story: ChannelStory) -> None:
    spent: list[bool] = []

    def spend() -> None:
        with story.db.transaction() as session:
            lock_pacing(session, story.incident_id)
        with story.db.transaction() as session:
            now = story.clock.now()
            spent.append(spend_budget(session, story.incident_id, now, timedelta(minutes=15)))

    all_at_once(*[spend] * WORKERS)
    assert sorted(spent) == [False] * (WORKERS - 1) + [True]


def one_waits_for_the_other(db: Database, hold: Callable[[Session], object]) -> bool:
    """Whether what `hold` takes in a transaction is nobody else's until its end."""
    is_held, order = threading.Event(), list[str]()

    def first() -> None:
        with db.transaction() as session:
            hold(session)
            is_held.set()
            time.sleep(0.2)
            order.append("first")

    def second() -> None:
        is_held.wait()
        with db.transaction() as session:
            hold(session)
            order.append("second")

    all_at_once(first, second)
    return order == ["first", "second"]


def test_whoever_judges_or_posts_has_the_incident_to_themselves(story: ChannelStory) -> None:
    story.considers()
    assert one_waits_for_the_other(
        story.db, lambda session: lock_pacing(session, story.incident_id)
    )


def test_an_incident_is_considered_by_one_worker_at_a_time(story: ChannelStory) -> None:
    asked: list[Window] = []

    def slow(window: Window) -> Sequence[Candidate]:
        asked.append(window)
        time.sleep(0.2)
        return marked_candidates(window)

    story.proposer.answer = slow
    story.says("todo: page on replica lag")
    all_at_once(*[story.considers] * WORKERS)
    assert (len(asked), count(story, ModelRun), len(story.suggestions())) == (1, 1, 1)


def test_a_delivery_is_posted_by_one_worker(story: ChannelStory) -> None:
    begun: list[int] = []

    def slow(card: SuggestionCard) -> None:
        begun.append(card.delivery_id)
        time.sleep(0.2)

    story.messenger.on_post = slow
    story.says("todo: page on replica lag")
    story.considers()
    delivery_id = story.suggestions()[0].delivery_id
    assert delivery_id is not None
    all_at_once(
        *[
            lambda: post_delivery(
                story.db, delivery_id, story.messenger, story.clock, story.lease_clock
            )
        ]
        * WORKERS
    )
    assert begun == [delivery_id]


def test_a_breakpoint_releases_one_digest_to_many_workers(story: ChannelStory) -> None:
    story.says("todo(0.6): page on replica lag")
    story.considers()
    story.waits(minutes=6)
    all_at_once(*[story.releases] * WORKERS)
    assert count(story, Delivery) == 1


def test_what_is_on_its_way_bars_a_digest_however_long(story: ChannelStory) -> None:
    for said in ("todo: page on replica lag", "todo(0.6): rewrite the runbook"):
        story.says(said)
        story.considers()
    story.waits(minutes=20)
    story.releases()
    assert count(story, Delivery) == 1


def test_workers_of_all_kinds_together_post_once_a_quarter_hour(story: ChannelStory) -> None:
    titles = [
        "page on replica lag",
        "rewrite the runbook",
        "rotate the leaked key",
        "drop an index",
    ]
    for title in titles:
        story.says(f"todo: {title}")
        story.waits(minutes=6)
        all_at_once(*[story.sweeps] * 4, lambda: story.says("looking into it"))
    posted = [post.posted_at for post in story.messenger.posts]
    gaps = [(later - at).total_seconds() for at, later in pairwise(posted)]
    assert len(posted) == 2
    assert all(gap >= 15 * 60 for gap in gaps)
    assert len(set(story.shown())) == len(story.shown())

"""Posting what was cleared: once, not while it is hectic, and never lost."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from copilot.db import Database
from copilot.errors import PermanentError, TemporaryError
from copilot.jobs import Job, QueuedJob
from copilot.ports import SuggestionCard
from copilot.suggestions.decisions import accept, dismiss, edit, snooze
from copilot.suggestions.delivery import deliveries_to_post, post_delivery
from copilot.suggestions.models import Delivery, Pacing, Suggestion
from copilot.suggestions.noise_gate import recompute
from copilot.suggestions.redrawing import cards_to_update, update_card
from copilot.workspaces.retrying import MAX_ATTEMPTS, POSTING_LEASE, back_off
from tests.fakes.channel_story import START, ChannelStory, row_ids


@pytest.fixture
def story(db: Database) -> ChannelStory:
    """A channel in which one post is cleared."""
    story = ChannelStory(db)
    story.says("todo: page on replica lag", by="U3")
    story.considers()
    return story


def delivery_of(story: ChannelStory) -> Delivery:
    with story.db.reading() as session:
        return session.scalars(select(Delivery).order_by(Delivery.id.desc())).first() or Delivery()


def next_post_at(story: ChannelStory) -> float:
    with story.db.reading() as session:
        found = session.scalars(select(Pacing.next_post_at)).one()
        return (found - START).total_seconds() / 60 if found else 0.0


def waiting_deliveries(story: ChannelStory) -> list[int]:
    with story.db.reading() as session:
        return deliveries_to_post(session)


def test_a_card_tells_what_who_whence_and_why(story: ChannelStory) -> None:
    story.posts()
    (posted,) = story.messenger.posts
    card = posted.card
    assert posted.channel_id == "C1"
    assert card.headline == "Looks like a follow-up"
    assert card.context == "calm · 1 of 1 this quarter hour"
    (item,) = card.items
    assert (item.title, item.owner_id, item.decided) == ("page on replica lag", "U3", None)
    assert item.why == "90 % sure; 75 % is enough while it is calm"
    (source,) = item.sources
    assert (source.author_name, source.quote) == ("dana", "todo: page on replica lag")
    assert source.permalink.startswith("https://acme.slack.com/archives/C1/p17726")


def test_a_delivery_that_is_gone_is_nobodys_error(story: ChannelStory) -> None:
    post_delivery(story.db, 999, story.messenger, story.clock)
    update_card(story.db, 999, story.messenger)
    assert story.messenger.posts == []


def test_posting_twice_posts_once(story: ChannelStory) -> None:
    story.posts()
    story.posts()
    delivery = delivery_of(story)
    assert len(story.messenger.posts) == 1
    assert delivery.message_ts == story.messenger.posts[0].message_ts
    assert (delivery.posted_at, delivery.attempts) == (START, 1)
    assert waiting_deliveries(story) == []


def test_what_turned_hectic_is_handed_back_to_the_digest(story: ChannelStory) -> None:
    story.chatter(9)
    story.posts()
    assert story.messenger.posts == []
    assert waiting_deliveries(story) == []
    (suggestion,) = story.suggestions()
    assert (suggestion.verdict, suggestion.reason) == ("digest", "hectic")
    assert suggestion.delivery_id is None
    assert delivery_of(story).failure == "hectic: 10 msg/min ≥ 8"
    assert next_post_at(story) == 0, "nothing was posted, so nothing was spent"
    story.waits(minutes=6)
    story.sweeps()
    assert story.shown() == ["page on replica lag"]


def test_a_failure_that_may_pass_is_tried_again_later(story: ChannelStory) -> None:
    story.messenger.failures = [TemporaryError("rate limited", retry_after_s=30)]
    story.posts()
    story.posts()
    assert delivery_of(story).failure == "rate limited"
    story.waits(seconds=29)
    story.posts()
    assert story.messenger.posts == []
    story.waits(seconds=1)
    story.posts()
    assert story.shown() == ["page on replica lag"]
    assert delivery_of(story).attempts == 2


def test_the_budget_counts_from_the_post_itself(story: ChannelStory) -> None:
    story.messenger.failures = [TemporaryError("down")] * 4
    for _ in range(4):
        story.posts()
        story.waits(minutes=3)
    story.posts()
    assert story.shown() == ["page on replica lag"]
    assert next_post_at(story) == 12 + 15


def test_no_second_post_is_cleared_while_one_is_on_its_way(story: ChannelStory) -> None:
    story.messenger.failures = [TemporaryError("down")] * 2
    story.posts()
    story.waits(minutes=16)
    story.says("todo: rewrite step 4 of the runbook")
    story.sweeps()
    verdict = story.verdicts()["rewrite step 4 of the runbook"]
    assert verdict == ("digest", "budget_spent")
    assert len(waiting_deliveries(story)) == 1
    story.waits(minutes=1)
    story.sweeps()
    assert story.shown() == ["page on replica lag"]


def test_a_refusal_ends_the_delivery_and_its_suggestions_wait_for_the_review(
    story: ChannelStory,
) -> None:
    story.messenger.failures = [PermanentError("the channel is archived")]
    story.posts()
    story.posts()
    assert waiting_deliveries(story) == []
    (suggestion,) = story.suggestions()
    assert (suggestion.verdict, suggestion.reason) == ("hold", "post_failed")
    assert suggestion.why == "could not be posted: the channel is archived"
    with story.db.reading() as session:
        row = session.scalars(select(Suggestion)).one()
        assert recompute(row.reason_details) == (row.outcome, row.reason)
    story.waits(minutes=6)
    story.sweeps()
    assert story.messenger.posts == []


def test_after_enough_attempts_it_is_given_up(story: ChannelStory) -> None:
    story.messenger.failures = [TemporaryError("down")] * (MAX_ATTEMPTS + 1)
    for _ in range(MAX_ATTEMPTS + 1):
        story.posts()
        story.waits(minutes=6)
    assert delivery_of(story).failure == f"down (tried {MAX_ATTEMPTS} times)"
    assert len(story.messenger.failures) == 1
    assert story.verdicts() == {"page on replica lag": ("hold", "post_failed")}


def test_a_worker_that_dies_while_posting_is_followed_by_another(story: ChannelStory) -> None:
    story.messenger.lost_answers = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        story.posts()
    story.posts()
    assert delivery_of(story).posted_at is None, "the dead worker's lease still stands"
    story.waits(seconds=POSTING_LEASE.total_seconds())
    story.posts()
    assert len(story.messenger.posts) == 1, "the post that was made is found"
    assert delivery_of(story).message_ts == story.messenger.posts[0].message_ts


def test_what_may_have_been_posted_is_never_handed_back(story: ChannelStory) -> None:
    story.messenger.lost_answers = [TemporaryError("connection lost")]
    story.posts()
    story.chatter(9)
    story.waits(seconds=10)
    story.posts()
    assert story.verdicts() == {"page on replica lag": ("deliver", "cleared")}
    assert len(waiting_deliveries(story)) == 1
    story.waits(minutes=6)
    story.sweeps()
    assert len(story.messenger.posts) == 1
    assert delivery_of(story).message_ts is not None


def test_what_everybody_decided_before_is_not_posted(story: ChannelStory) -> None:
    (suggestion,) = story.suggestions()
    with story.db.transaction() as session:
        accept(session, suggestion.id, by="U2", now=START)
    story.posts()
    assert story.messenger.posts == []
    assert waiting_deliveries(story) == []
    assert next_post_at(story) == 0


def test_a_decided_item_says_who_decided(story: ChannelStory) -> None:
    story.posts()
    (suggestion,) = story.suggestions()
    story.waits(minutes=32)
    with story.db.transaction() as session:
        accept(session, suggestion.id, by="U2", now=story.clock.now())
    story.redraws()
    story.redraws()
    (card,) = story.messenger.updates
    assert card.items[0].decided == "accepted by ben 14:32 UTC"


def test_an_edited_item_shows_the_persons_words(story: ChannelStory) -> None:
    story.posts()
    (suggestion,) = story.suggestions()
    with story.db.transaction() as session:
        edit(
            session,
            suggestion.id,
            title="Page on replica lag above 30 s",
            owner_id="U2",
            by="U2",
            now=story.clock.now(),
        )
    story.redraws()
    assert story.messenger.updates[0].items[0].title == "Page on replica lag above 30 s"
    assert story.messenger.updates[0].items[0].decided == "accepted with changes by ben 14:00 UTC"


def test_a_decision_while_the_card_is_on_its_way_is_drawn_afterwards(
    story: ChannelStory, sent_jobs: list[QueuedJob]
) -> None:
    def decide(card: SuggestionCard) -> None:
        with story.db.transaction() as session:
            item = card.items[0].suggestion_id
            dismiss(session, item, reason="not_now", by="U2", now=story.clock.now())

    story.messenger.on_post = decide
    story.posts()
    assert row_ids(sent_jobs, Job.UPDATE_CARD) == [delivery_of(story).id]
    story.redraws()
    assert story.messenger.updates[0].items[0].decided == "dismissed by ben 14:00 UTC: not now"


def test_a_failed_redraw_is_found_again_after_a_while(story: ChannelStory) -> None:
    story.posts()
    (suggestion,) = story.suggestions()
    with story.db.transaction() as session:
        dismiss(session, suggestion.id, reason="wrong", by="U2", now=story.clock.now())
    story.messenger.failures = [TemporaryError("down")]
    with pytest.raises(TemporaryError):
        story.redraws()
    with story.db.reading() as session:
        assert cards_to_update(session, story.lease_clock) == []
    story.lease_clock.advance_to(story.lease_clock.now() + back_off(1))
    with story.db.reading() as session:
        assert cards_to_update(session, story.lease_clock) == [delivery_of(story).id]
    story.redraws()
    with story.db.reading() as session:
        assert cards_to_update(session) == []


def test_of_two_workers_one_redraws_and_the_newest_decision_is_drawn_last(
    story: ChannelStory,
) -> None:
    story.posts()
    (suggestion,) = story.suggestions()

    def decide(_: SuggestionCard) -> None:
        story.messenger.on_update = None
        with story.db.transaction() as session:
            accept(session, suggestion.id, by="U2", now=story.clock.now())
        update_card(story.db, delivery_of(story).id, story.messenger, story.lease_clock)

    story.messenger.on_update = decide
    with story.db.transaction() as session:
        snooze(session, suggestion.id, by="U3", now=story.clock.now())
    story.redraws()
    drawn = [update.items[0].decided or "" for update in story.messenger.updates]
    assert [words.partition(" by ")[0] for words in drawn] == ["left for the review", "accepted"]


def test_a_rate_limit_holds_for_the_decisions_after_it_too(story: ChannelStory) -> None:
    story.posts()
    (suggestion,) = story.suggestions()
    with story.db.transaction() as session:
        snooze(session, suggestion.id, by="U3", now=story.clock.now())
    story.messenger.failures = [TemporaryError("ratelimited", retry_after_s=60)]
    with pytest.raises(TemporaryError):
        story.redraws()
    with story.db.transaction() as session:
        accept(session, suggestion.id, by="U2", now=story.clock.now())
    update_card(story.db, delivery_of(story).id, story.messenger, story.lease_clock)
    assert story.messenger.updates == []
    story.lease_clock.advance_to(story.lease_clock.now() + timedelta(seconds=60))
    story.redraws()
    assert len(story.messenger.updates) == 1


def test_a_card_that_somebody_deleted_is_not_redrawn_for_ever(story: ChannelStory) -> None:
    story.posts()
    (suggestion,) = story.suggestions()
    with story.db.transaction() as session:
        dismiss(session, suggestion.id, reason="wrong", by="U2", now=story.clock.now())
    story.messenger.failures = [PermanentError("message_not_found")]
    story.redraws()
    with story.db.reading() as session:
        assert cards_to_update(session) == []


def test_back_off_doubles_within_bounds_and_heeds_slack() -> None:
    waits = [back_off(attempts).total_seconds() for attempts in range(1, 9)]
    assert waits == [5, 10, 20, 40, 80, 160, 300, 300]
    assert back_off(1, 30).total_seconds() == 30
    assert back_off(3, 1).total_seconds() == 20
    assert back_off(1, 10_000).total_seconds() == 10_000

"""People decide; the first decision stands and has its effect once."""

import threading

import pytest
from sqlalchemy import select

from copilot.db import Database
from copilot.errors import AlreadyDecidedError, BadInputError, NotFoundError
from copilot.incidents.follow_ups import follow_ups_of
from copilot.incidents.models import FollowUp
from copilot.jobs import Job, QueuedJob
from copilot.suggestions.decisions import accept, dismiss, edit
from copilot.timeline.models import TimelineEvent
from tests.fakes.channel_story import START, ChannelStory, row_ids
from tests.one_database import ON_BOTH
from tests.one_database import database_url as database_url


@pytest.fixture
def story(db: Database) -> ChannelStory:
    story = ChannelStory(db)
    story.says("todo: page on replica lag", by="U3")
    story.sweeps()
    return story


@pytest.fixture
def suggestion_id(story: ChannelStory) -> int:
    return story.suggestions()[0].id


def follow_ups(story: ChannelStory) -> list[FollowUp]:
    with story.db.reading() as session:
        return follow_ups_of(session, story.incident_id)


def decided_events(story: ChannelStory) -> list[TimelineEvent]:
    with story.db.reading() as session:
        query = select(TimelineEvent).where(TimelineEvent.kind == "suggestion_decided")
        return list(session.scalars(query))


def test_accepting_makes_a_follow_up(
    story: ChannelStory, suggestion_id: int, sent_jobs: list[QueuedJob]
) -> None:
    with story.db.transaction() as session:
        accept(session, suggestion_id, by="U2", now=START)
    (follow_up,) = follow_ups(story)
    assert (follow_up.title, follow_up.owner_id) == ("page on replica lag", "U3")
    assert (follow_up.suggestion_id, follow_up.created_by) == (suggestion_id, "U2")
    (suggestion,) = story.suggestions()
    assert (suggestion.decision, suggestion.decided) == ("accepted", "accepted by ben 14:00 UTC")
    (event,) = decided_events(story)
    assert event.text == "“page on replica lag” accepted by ben 14:00 UTC"
    assert event.details == {
        "suggestion_id": suggestion_id,
        "decision": "accepted",
        "reason": None,
    }
    assert row_ids(sent_jobs, Job.UPDATE_CARD) == [suggestion.delivery_id]


def test_editing_makes_a_follow_up_in_the_persons_words(
    story: ChannelStory, suggestion_id: int
) -> None:
    with story.db.transaction() as session:
        edit(
            session,
            suggestion_id,
            title="  Page @dana on replica   lag ",
            owner_id="",
            by="U2",
            now=START,
        )
    (follow_up,) = follow_ups(story)
    assert (follow_up.title, follow_up.owner_id) == ("Page dana on replica lag", None)
    assert story.suggestions()[0].title == "page on replica lag"
    assert story.suggestions()[0].decision == "edited"


@pytest.mark.parametrize(
    ("title", "owner_id", "words"),
    [
        ("", None, "title is empty"),
        ("x" * 121, None, "longer than 120"),
        ("see https://evil.example", None, "has a link"),
        ("tell @here", None, "has a mention"),
        ("Page on lag", "U99", "must be a person"),
        ("Page on lag", "UALERT", "must be a person"),
    ],
)
def test_a_bad_edit_saves_nothing(
    story: ChannelStory, suggestion_id: int, title: str, owner_id: str | None, words: str
) -> None:
    with pytest.raises(BadInputError, match=words), story.db.transaction() as session:
        edit(session, suggestion_id, title=title, owner_id=owner_id, by="U2", now=START)
    assert follow_ups(story) == []
    assert story.suggestions()[0].decision is None


def test_dismissing_says_why(story: ChannelStory, suggestion_id: int) -> None:
    with story.db.transaction() as session:
        dismiss(session, suggestion_id, reason="done_already", by="U2", now=START)
    assert story.suggestions()[0].decided == "dismissed by ben 14:00 UTC: done already"
    assert follow_ups(story) == []


def test_dismissing_needs_one_of_the_reasons(story: ChannelStory, suggestion_id: int) -> None:
    with (
        pytest.raises(BadInputError, match="wrong, done_already, not_now"),
        story.db.transaction() as session,
    ):
        dismiss(session, suggestion_id, reason="bored", by="U2", now=START)


@ON_BOTH
def test_the_first_decision_wins(story: ChannelStory, suggestion_id: int) -> None:
    with story.db.transaction() as session:
        dismiss(session, suggestion_id, reason="wrong", by="U2", now=START)
    with (
        pytest.raises(AlreadyDecidedError, match="was dismissed by ben 14:00 UTC: not a follow-up"),
        story.db.transaction() as session,
    ):
        accept(session, suggestion_id, by="U1", now=START)
    assert follow_ups(story) == []
    assert len(decided_events(story)) == 1


def test_a_suggestion_that_is_not_there_is_named(story: ChannelStory) -> None:
    with (
        pytest.raises(NotFoundError, match="no suggestion 999"),
        story.db.transaction() as session,
    ):
        accept(session, 999, by="U1", now=START)


@ON_BOTH
def test_of_many_who_accept_at_once_one_does(story: ChannelStory, suggestion_id: int) -> None:
    barrier = threading.Barrier(8)
    won: list[str] = []
    lost: list[str] = []

    def decide(person: str) -> None:
        barrier.wait()
        try:
            with story.db.transaction() as session:
                accept(session, suggestion_id, by=person, now=START)
        except AlreadyDecidedError:
            lost.append(person)
        else:
            won.append(person)

    threads = [threading.Thread(target=decide, args=(f"U{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(lost)) == (1, 7)
    assert [one.created_by for one in follow_ups(story)] == won


def test_what_was_dismissed_is_not_brought_up_again(
    story: ChannelStory, suggestion_id: int
) -> None:
    with story.db.transaction() as session:
        dismiss(session, suggestion_id, reason="wrong", by="U2", now=START)
    story.waits(minutes=20)
    story.says("todo: page on the replica lag!")
    story.sweeps()
    assert len(story.messenger.posts) == 1
    assert story.suggestions()[1].why == f"same as #{suggestion_id}"


def test_what_was_accepted_under_another_title_is_known_by_both(
    story: ChannelStory, suggestion_id: int
) -> None:
    with story.db.transaction() as session:
        edit(session, suggestion_id, title="Tune pg_lag alarms", owner_id=None, by="U2", now=START)
    story.waits(minutes=20)
    story.says("todo: tune the pg_lag alarm")
    story.sweeps()
    assert story.suggestions()[1].why == f"same as #{suggestion_id}"

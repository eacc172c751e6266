"""One pass over what waits: all of it or nothing, and nothing of others is undone."""

import threading

import pytest
from sqlalchemy import select

from copilot.db import Database
from copilot.errors import BadInputError, NotFoundError
from copilot.incidents.follow_up_changes import change_follow_up
from copilot.incidents.follow_ups import complete, follow_ups_of, write_follow_up
from copilot.incidents.lifecycle import declare
from copilot.incidents.models import FollowUp, Severity
from copilot.incidents.queries import get_incident
from copilot.suggestions.decisions import Together, Wanted, accept, dismiss, merge
from copilot.suggestions.feedback import Label, label_of
from copilot.suggestions.follow_up_pass import Act, Choice, Into, decide_all
from copilot.suggestions.listing import SuggestionView
from copilot.suggestions.merging import add_evidence
from copilot.timeline.models import TimelineEvent
from tests.fakes.channel_story import START, TEAM, ChannelStory
from tests.one_database import ON_BOTH
from tests.one_database import database_url as database_url


@pytest.fixture
def story(db: Database) -> ChannelStory:
    story = ChannelStory(db)
    for line in ("page on replica lag", "write down step 4", "raise the disk quota of db-3"):
        story.says(f"todo: {line}", by="U3")
    story.sweeps()
    return story


@pytest.fixture
def waiting(story: ChannelStory) -> list[SuggestionView]:
    found = story.suggestions()
    assert len(found) == 3
    return found


def follow_ups(story: ChannelStory) -> list[FollowUp]:
    with story.db.reading() as session:
        return follow_ups_of(session, story.incident_id)


def choose(story: ChannelStory, choices: dict[int, Choice], by: str = "U2") -> Together:
    with story.db.transaction() as session:
        incident = get_incident(session, story.incident_id)
        return decide_all(session, incident, choices, by=by, now=START)


def accepting(view: SuggestionView, **changed: str) -> Choice:
    given = {"title": view.title, "owner_id": view.owner_id, "due": view.due, **changed}
    return Choice(Act.ACCEPT, wanted=Wanted(given["title"] or "", given["owner_id"], given["due"]))


@ON_BOTH
def test_each_becomes_what_the_person_said(
    story: ChannelStory, waiting: list[SuggestionView]
) -> None:
    first, second, third = waiting
    result = choose(
        story,
        {
            first.id: accepting(first, owner_id="U1", due="by Friday"),
            second.id: Choice(Act.MERGE, into=Into(suggestion_id=first.id)),
            third.id: Choice(Act.DISMISS, reason="not_now"),
        },
    )
    assert [one.decision for one in result.decided] == ["edited", "dismissed", "merged"]
    (made,) = follow_ups(story)
    assert (made.title, made.owner_id, made.due) == (first.title, "U1", "by Friday")
    after = {view.id: view for view in story.suggestions()}
    assert after[second.id].merged_into == first.title
    assert after[second.id].decided == "counted to another follow-up by ben 14:00 UTC"
    quoted = {one.message_ts for one in after[first.id].evidence}
    assert quoted == {one.message_ts for one in (*first.evidence, *second.evidence)}
    with story.db.transaction() as session:
        add_evidence(session, second.id, first.id)  # each message once
    assert len(quoted) == len({view.id: view for view in story.suggestions()}[first.id].evidence)
    with story.db.reading() as session:
        told = session.scalars(
            select(TimelineEvent.text).where(TimelineEvent.kind == "suggestion_decided")
        ).all()
    assert f"“{second.title}” counted to another follow-up by ben 14:00 UTC" in told


def test_the_same_pass_again_changes_nothing(
    story: ChannelStory, waiting: list[SuggestionView]
) -> None:
    choices = {
        waiting[0].id: accepting(waiting[0]),
        waiting[1].id: Choice(Act.MERGE, into=Into(suggestion_id=waiting[0].id)),
    }
    choose(story, choices)
    again = choose(story, choices, by="U4")
    assert again.decided == []
    assert len(again.too_late) == 2
    assert "that stands" in str(again.too_late[0])
    assert len(follow_ups(story)) == 1


def test_one_that_cannot_be_saved_keeps_all_from_being_saved(
    story: ChannelStory, waiting: list[SuggestionView]
) -> None:
    first, second, _ = waiting
    faulty = [
        Choice(Act.MERGE, into=None),
        Choice(Act.MERGE, into=Into(suggestion_id=waiting[2].id)),
        Choice(Act.MERGE, into=Into(suggestion_id=second.id)),
        Choice(Act.MERGE, into=Into(follow_up_id=999)),
        Choice(Act.DISMISS, reason="because"),
        accepting(second, title=" "),
        accepting(second, owner_id="U-NOBODY"),
    ]
    for fault in faulty:
        with pytest.raises((BadInputError, NotFoundError)):
            choose(story, {first.id: accepting(first), second.id: fault})
        assert follow_ups(story) == []
    with pytest.raises(NotFoundError):
        choose(story, {first.id: accepting(first), 999: Choice(Act.DISMISS, reason="wrong")})
    assert [view.decision for view in story.suggestions()] == [None, None, None]


def test_what_waits_of_another_incident_is_nobodys_to_decide_here(
    story: ChannelStory, waiting: list[SuggestionView]
) -> None:
    with story.db.transaction() as session:
        elsewhere = declare(
            session,
            team_id=TEAM,
            channel_id="C0ELSEWHERE",
            title="Another",
            severity=Severity.SEV3,
            by="U1",
            now=START,
        ).incident
        choices = {waiting[0].id: Choice(Act.DISMISS, reason="wrong")}
        with pytest.raises(NotFoundError, match="has no suggestion"):
            decide_all(session, elsewhere, choices, by="U2", now=START)
    assert story.suggestions()[0].decision is None


def test_a_chain_of_merges_ends_at_one_follow_up(
    story: ChannelStory, waiting: list[SuggestionView]
) -> None:
    first, second, third = waiting
    choose(
        story,
        {
            third.id: Choice(Act.MERGE, into=Into(suggestion_id=second.id)),
            second.id: Choice(Act.MERGE, into=Into(suggestion_id=first.id)),
            first.id: accepting(first),
        },
    )
    titles = {view.merged_into for view in story.suggestions() if view.decision == "merged"}
    assert titles == {first.title}


def test_it_is_counted_to_what_a_person_wrote_down(
    story: ChannelStory, waiting: list[SuggestionView]
) -> None:
    with story.db.transaction() as session:
        incident = get_incident(session, story.incident_id)
        written = write_follow_up(
            session, incident, title="Page", owner_id=None, due=None, by="U1", now=START
        )
        merge(session, waiting[0].id, into=written.id, by="U1", now=START)
    assert [one.title for one in follow_ups(story)] == ["Page"]
    assert story.suggestions()[0].merged_into == "Page"


def test_a_merged_one_was_wanted() -> None:
    assert label_of("merged", None) is Label.WANTED


@ON_BOTH
def test_two_people_at_once_decide_each_once(
    story: ChannelStory, waiting: list[SuggestionView]
) -> None:
    first, second, third = waiting
    passes = [
        {first.id: accepting(first), second.id: Choice(Act.DISMISS, reason="wrong")},
        {
            second.id: accepting(second),
            first.id: Choice(Act.MERGE, into=Into(suggestion_id=second.id)),
            third.id: Choice(Act.DISMISS, reason="wrong"),
        },
    ]
    start = threading.Barrier(2)
    failed: list[Exception] = []

    def run(number: int) -> None:
        start.wait()
        try:
            choose(story, passes[number], by=f"U{number + 1}")
        except BadInputError as error:  # its own target was dismissed meanwhile: all or nothing
            failed.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    views = {view.id: view for view in story.suggestions()}
    titles = {one.title for one in follow_ups(story)}
    became = {"accepted"} if titles == {first.title} else {"merged", "accepted"}
    assert views[first.id].decision in became
    assert len(titles) == 1


def test_owner_and_day_are_set_later_until_it_is_done(
    story: ChannelStory, waiting: list[SuggestionView]
) -> None:
    with story.db.transaction() as session:
        accept(session, waiting[0].id, by="U2", now=START)
        dismiss(session, waiting[1].id, reason="wrong", by="U2", now=START)
    (made,) = follow_ups(story)
    with story.db.transaction() as session:
        incident = get_incident(session, story.incident_id)
        for _ in range(2):
            change_follow_up(
                session,
                incident,
                made.id,
                title=made.title,
                owner_id="U4",
                due="2026-03-09",
                by="U2",
                now=START,
            )
    (changed,) = follow_ups(story)
    assert (changed.owner_id, changed.due) == ("U4", "2026-03-09")
    with story.db.reading() as session:
        query = select(TimelineEvent).where(TimelineEvent.kind == "follow_up_changed")
        assert len(session.scalars(query).all()) == 1
    with story.db.transaction() as session:
        incident = get_incident(session, story.incident_id)
        complete(session, incident, made.id, by="U2", now=START)
    with pytest.raises(Exception, match="done already"), story.db.transaction() as session:
        change_follow_up(
            session,
            get_incident(session, story.incident_id),
            made.id,
            title="Other",
            owner_id=None,
            due=None,
            by="U2",
            now=START,
        )

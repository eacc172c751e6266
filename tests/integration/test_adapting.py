"""How often it speaks in an incident, as people's decisions leave it."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from copilot.db import Database
from copilot.errors import AlreadyDecidedError, NotFoundError
from copilot.incidents.lifecycle import set_status
from copilot.incidents.models import Incident, Status
from copilot.incidents.queries import get_incident
from copilot.suggestions import decisions
from copilot.suggestions.learned_models import Adaptation
from copilot.suggestions.learning import undo
from copilot.suggestions.models import Pacing
from tests.fakes.answers import (
    changes,
    take_back,
    with_admins,
)
from tests.fakes.channel_story import START, TEAM, ChannelStory
from tests.one_database import ON_BOTH
from tests.one_database import database_url as database_url


@pytest.fixture
def story(db: Database) -> ChannelStory:
    return with_admins(db)


def rate_of(story: ChannelStory) -> float:
    with story.db.reading() as session:
        return session.get_one(Pacing, story.incident_id).rate


def shown_card(story: ChannelStory, *titles: str) -> list[int]:
    """Say it, have it posted on one card, and return what is on it."""
    for title in titles:
        story.says(f"todo: {title}")
    story.sweeps()
    card = story.messenger.posts[-1].card
    assert [item.title for item in card.items] == list(titles)
    return [item.suggestion_id for item in card.items]


def dismiss(story: ChannelStory, suggestion_id: int, reason: str) -> None:
    with story.db.transaction() as session:
        now = story.clock.now()
        decisions.dismiss(session, suggestion_id, reason=reason, by="U2", now=now)


def accept(story: ChannelStory, suggestion_id: int) -> None:
    with story.db.transaction() as session:
        decisions.accept(session, suggestion_id, by="U2", now=story.clock.now())


def test_a_dismissed_card_halves_the_rate_and_an_accepted_one_adds_a_step(
    story: ChannelStory,
) -> None:
    first = shown_card(story, "page on replica lag", "rewrite step 4", "archive the old topic")
    for suggestion_id in first:
        dismiss(story, suggestion_id, "wrong")
    assert rate_of(story) == 0.5
    (change,) = changes(story)
    assert change.before == "as often as the policy allows"
    assert change.after == "50 % of what the policy allows"
    assert "not a follow-up" in change.why
    assert change.incident_id == story.incident_id

    story.waits(minutes=29)
    story.says("todo: drain the standby queue")
    story.sweeps()
    assert len(story.messenger.posts) == 1  # the policy's 15 minutes have become 30
    story.waits(minutes=6)
    story.sweeps()
    accept(story, story.suggestion("drain the standby queue").id)
    assert rate_of(story) == 0.625


def test_what_a_card_was_worth_does_not_depend_on_who_was_first(story: ChannelStory) -> None:
    one, two = shown_card(story, "page on replica lag", "rewrite step 4")
    dismiss(story, one, "wrong")
    assert rate_of(story) == 0.5
    accept(story, two)
    assert rate_of(story) == 1.0  # the card was worth it; at the ceiling there is no step to add
    assert [change.after for change in changes(story)] == [
        "as often as the policy allows",
        "50 % of what the policy allows",
    ]


def test_reasons_that_say_nothing_of_the_rate_leave_it(story: ChannelStory) -> None:
    one, two = shown_card(story, "page on replica lag", "rewrite step 4")
    dismiss(story, one, "done_already")
    dismiss(story, two, "duplicate")
    assert rate_of(story) == 1.0
    assert changes(story) == []


@ON_BOTH
def test_a_rate_taken_back_is_what_it_was_and_learns_from_new_cards_only(
    story: ChannelStory,
) -> None:
    (one,) = shown_card(story, "page on replica lag")
    dismiss(story, one, "too_noisy")
    (change,) = changes(story)
    take_back(story, change)
    assert rate_of(story) == 1.0
    (undone,) = changes(story)
    assert (undone.undone_by, undone.can_be_undone) == ("ana", False)
    with pytest.raises(AlreadyDecidedError):
        take_back(story, change)

    story.waits(minutes=20)
    (two,) = shown_card(story, "rewrite step 4")
    dismiss(story, two, "wrong")
    assert rate_of(story) == 0.5
    with story.db.reading() as session:
        rows = session.scalars(select(Adaptation).order_by(Adaptation.id)).all()
    assert [(row.old_rate, row.new_rate) for row in rows] == [(1.0, 0.5), (0.5, 1.0), (1.0, 0.5)]


@ON_BOTH
def test_people_who_decide_on_one_card_at_once_leave_one_rate(story: ChannelStory) -> None:
    ids = shown_card(story, "page on replica lag", "rewrite step 4", "archive the old topic")
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda suggestion_id: dismiss(story, suggestion_id, "wrong"), ids))
    assert rate_of(story) == 0.5
    assert len(changes(story)) == 1


def test_what_was_never_learned_is_not_undone(story: ChannelStory) -> None:
    for change_id in ("", "rate", "rate:0", "rate:x", "gossip:1", "mute:9" * 9):
        with story.db.transaction() as session, pytest.raises(NotFoundError):
            undo(session, TEAM, change_id, by="U1", now=START)


def test_nobody_undoes_what_another_workspace_learned(story: ChannelStory) -> None:
    (one,) = shown_card(story, "page on replica lag")
    dismiss(story, one, "wrong")
    (change,) = changes(story)
    with story.db.transaction() as session, pytest.raises(NotFoundError):
        undo(session, "T2", change.change_id, by="U1", now=START)


def test_a_resolved_incident_has_no_rate_to_change(story: ChannelStory) -> None:
    (one,) = shown_card(story, "page on replica lag")
    with story.db.transaction() as session:
        incident: Incident = get_incident(session, story.incident_id)
        set_status(session, incident, Status.RESOLVED, "U1", story.clock.now())
    dismiss(story, one, "wrong")
    assert rate_of(story) == 1.0

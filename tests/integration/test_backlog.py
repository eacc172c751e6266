"""Nothing is suggested on top of more than people should have to check."""

import pytest
from sqlalchemy import select

from copilot.db import Database
from copilot.incidents.models import Incident
from copilot.suggestions.backlog import backlog_minutes, undecided_minutes
from copilot.suggestions.decisions import dismiss
from copilot.suggestions.digest import incidents_due_for_digest
from copilot.suggestions.models import Suggestion
from copilot.suggestions.noise_policy import NoisePolicy, PolicySet
from copilot.suggestions.policies import set_policies
from copilot.suggestions.wording import explain
from tests.fakes.channel_story import TEAM, ChannelStory

CAP = NoisePolicy(backlog_cap_minutes=1)


@pytest.fixture
def story(db: Database) -> ChannelStory:
    story = ChannelStory(db)
    with db.transaction() as session:
        set_policies(session, TEAM, PolicySet(CAP), reason="test", by="U1", now=story.clock.now())
    return story


def minutes(story: ChannelStory) -> float:
    with story.db.reading() as session:
        return undecided_minutes(session, story.incident_id)


def owes_of_its_review(story: ChannelStory, owed: float) -> None:
    with story.db.transaction() as session:
        session.get_one(Incident, story.incident_id).review_debt_minutes = owed


def is_due(story: ChannelStory) -> bool:
    with story.db.reading() as session:
        return story.incident_id in incidents_due_for_digest(session, story.clock.now())


def test_what_was_shown_counts_until_somebody_decides(story: ChannelStory) -> None:
    story.says("todo(0.9): page on replica lag")
    story.considers()
    assert minutes(story) == 0
    story.posts()
    # four words at 238 a minute, and 15 seconds for the one message it quotes
    assert minutes(story) == pytest.approx(4 / 238 + 15 / 60)
    suggestion = story.suggestion("page on replica lag")
    with story.db.transaction() as session:
        dismiss(session, suggestion.id, reason="wrong", by="U1", now=story.clock.now())
    assert minutes(story) == 0


def test_a_card_waits_while_the_review_leaves_much_to_check(story: ChannelStory) -> None:
    owes_of_its_review(story, 7.3)
    story.says("todo(0.9): page on replica lag")
    story.considers()
    assert story.verdicts()["page on replica lag"] == ("digest", "backlog")
    with story.db.reading() as session:
        waiting = session.scalars(select(Suggestion)).one()
    words = explain(waiting.reason, waiting.reason_details)
    assert words == "8 min of checking waits, more than 1"
    assert waiting.reason_details["review_debt_minutes"] == 7.3
    story.sweeps()
    story.waits(minutes=6)
    assert not is_due(story)
    story.releases()
    assert story.shown() == []
    owes_of_its_review(story, 0.9)
    assert is_due(story)
    story.sweeps()
    assert story.shown() == ["page on replica lag"]


def test_both_parts_count_together(story: ChannelStory) -> None:
    story.says("todo(0.9): page on replica lag")
    story.considers()
    story.posts()
    owes_of_its_review(story, 0.75)
    with story.db.reading() as session:
        incident = session.get_one(Incident, story.incident_id)
        assert backlog_minutes(session, incident) > CAP.backlog_cap_minutes
        assert backlog_minutes(session, incident) == pytest.approx(minutes(story) + 0.75)
    story.waits(minutes=16)
    story.says("todo(0.95): rotate the gateway key")
    story.considers()
    assert story.verdicts()["rotate the gateway key"] == ("digest", "backlog")

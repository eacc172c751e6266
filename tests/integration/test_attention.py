"""One person in several incidents meets no more posts than one person should."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from copilot.db import Database
from copilot.errors import PermanentError, TemporaryError
from copilot.incidents.models import Role, Status
from copilot.incidents.queries import get_incident
from copilot.incidents.roles import assign
from copilot.suggestions.attention import (
    MOST_PRESENT,
    SHARE_OF,
    hold_attention,
    most_crowded,
    present_at,
)
from copilot.suggestions.models import Attention, Audience, Delivery
from copilot.suggestions.noise_policy import NoisePolicy, PolicySet
from copilot.suggestions.policies import policies_in_force, set_policies
from tests.fakes.channel_story import START, TEAM, ChannelStory
from tests.integration.test_budget import all_at_once, one_waits_for_the_other
from tests.one_database import ON_BOTH
from tests.one_database import database_url as database_url

SAID = ("rotate", "drop", "rewrite", "silence", "upgrade", "archive")
THINGS = ("gateway key", "unused index", "runbook", "disk alarm", "kernel", "queue")
TITLES = ("page on replica lag", "rewrite the runbook", "rotate the leaked key")


@pytest.fixture
def stories(db: Database) -> list[ChannelStory]:
    """Three incidents at once, of a workspace in which one post an hour is enough for anybody."""
    first = ChannelStory(db)
    give(first, NoisePolicy(posts_per_person=1))
    return [first, *(ChannelStory(db, channel=f"C{n}", beside=first) for n in (2, 3))]


def give(story: ChannelStory, policy: NoisePolicy) -> None:
    with story.db.transaction() as session:
        version = policies_in_force(session, TEAM).policies.version
        made = PolicySet(NoisePolicy(posts_per_person=policy.posts_per_person, version=version))
        set_policies(session, TEAM, made, reason="test", by="U1", now=START)


def audience(story: ChannelStory) -> dict[str, list[str]]:
    """Who met posts, by channel."""
    channel_of = {post.card.delivery_id: post.channel_id for post in story.messenger.posts}
    with story.db.reading() as session:
        found: dict[str, list[str]] = {}
        for row in session.scalars(select(Audience).order_by(Audience.user_id)):
            found.setdefault(channel_of.get(row.delivery_id, "nowhere"), []).append(row.user_id)
        return found


def test_whoever_had_enough_keeps_another_incident_quiet(stories: list[ChannelStory]) -> None:
    one, two, _ = stories
    one.says("todo: page on replica lag", by="U1")
    one.sweeps()
    two.says("hello", by="U2")
    two.says("todo: rewrite the runbook", by="U1")
    two.sweeps()
    (waiting,) = two.suggestions()
    assert len(one.messenger.posts) == 1
    assert (waiting.verdict, waiting.reason) == ("digest", "person_budget")
    assert waiting.why == "ana has had enough posts this hour: next at 15:00"


def test_people_who_had_none_are_told(stories: list[ChannelStory]) -> None:
    one, two, _ = stories
    one.says("todo: page on replica lag", by="U1")
    one.sweeps()
    two.says("todo: rewrite the runbook", by="U2")
    two.sweeps()
    assert audience(one) == {"C1": ["U1"], "C2": ["U2"]}


def test_what_was_refused_for_one_person_costs_nobody_anything(
    stories: list[ChannelStory],
) -> None:
    one, two, three = stories
    one.says("todo: page on replica lag", by="U1")
    one.sweeps()
    two.says("hello", by="U2")
    two.says("todo: rewrite the runbook", by="U1")
    two.sweeps()
    three.says("todo: rotate the leaked key", by="U2")
    three.sweeps()
    assert audience(one) == {"C1": ["U1"], "C3": ["U2"]}


def test_after_an_hour_there_is_room_again(stories: list[ChannelStory]) -> None:
    one, two, _ = stories
    one.says("todo: page on replica lag", by="U1")
    one.sweeps()
    one.waits(minutes=59)
    two.says("todo: rewrite the runbook", by="U1")
    two.sweeps()
    assert len(one.messenger.posts) == 1
    one.waits(minutes=1.5)
    two.status(Status.IDENTIFIED)
    two.sweeps()
    assert two.shown() == ["page on replica lag", "rewrite the runbook"]


@ON_BOTH
def test_what_was_handed_back_leaves_room(stories: list[ChannelStory]) -> None:
    one, two, _ = stories
    one.says("todo: page on replica lag", by="U1")
    one.considers()
    one.chatter(9, by=("U1", "U2"))
    one.posts()
    assert audience(one) == {}
    two.says("todo: rewrite the runbook", by="U1")
    two.sweeps()
    assert audience(one) == {"C2": ["U1"]}


def test_the_hour_counts_from_the_post_itself(stories: list[ChannelStory]) -> None:
    one, two, _ = stories
    one.messenger.failures = [TemporaryError("down", retry_after_s=1800)]
    one.says("todo: page on replica lag", by="U1")
    one.sweeps()
    one.waits(minutes=31)
    one.posts()
    assert len(one.messenger.posts) == 1
    one.waits(minutes=58)
    two.says("todo: rewrite the runbook", by="U1")
    two.sweeps()
    assert len(one.messenger.posts) == 1


def test_what_slack_may_have_counts(stories: list[ChannelStory]) -> None:
    one, two, _ = stories
    one.messenger.lost_answers = [PermanentError("who knows")]
    one.says("todo: page on replica lag", by="U1")
    one.sweeps()
    two.says("todo: rewrite the runbook", by="U1")
    two.sweeps()
    assert len(one.messenger.posts) == 1


def test_those_who_spoke_last_and_holders_of_roles_are_there(
    stories: list[ChannelStory],
) -> None:
    story = stories[0]
    story.says("hello", by="U4")
    story.waits(minutes=11)
    story.says("todo(0.6): rotate the leaked key", by="U2")
    story.waits(minutes=8)
    story.alerts("still firing")
    with story.db.transaction() as session:
        incident = get_incident(session, story.incident_id)
        assign(session, incident, Role.SCRIBE, "U5", "U1", story.clock.now())
    story.sweeps()
    assert audience(story) == {"C1": ["U2", "U5"]}, "at the lull, eight minutes after the last word"


def test_a_crowd_counts_up_to_a_bound(stories: list[ChannelStory]) -> None:
    with stories[0].db.transaction() as session:
        incident = get_incident(session, stories[0].incident_id)
        crowd = present_at(session, incident, [f"U{n}" for n in range(200)])
        hold_attention(session, TEAM, crowd, START)
    assert len(crowd) == MOST_PRESENT
    assert crowd[:2] == ("U0", "U1")


def test_a_clock_that_was_set_back_silences_nobody_for_long(stories: list[ChannelStory]) -> None:
    story = stories[0]
    with story.db.transaction() as session:
        future = Delivery(
            incident_id=story.incident_id, tempo="calm", created_at=START, posted_at=START
        )
        session.add(future)
        session.flush()
        session.add(
            Audience(
                delivery_id=future.id,
                user_id="U1",
                team_id=TEAM,
                met_at=START + timedelta(days=365),
            )
        )
    with story.db.transaction() as session:
        hold_attention(session, TEAM, ["U1"], START)
        crowd = most_crowded(session, TEAM, ["U1"], 1, START)
    assert crowd is not None
    assert crowd.until == START + timedelta(hours=1)
    with story.db.reading() as session:
        later = START + timedelta(hours=1)
        assert most_crowded(session, TEAM, ["U1"], 1, later) is None


@ON_BOTH
def test_two_incidents_at_once_do_not_both_give_the_last_post(
    stories: list[ChannelStory],
) -> None:
    """In threads; what is shared is taken in one order, whatever order people spoke in."""
    orders = [("U1", "U2", "U3"), ("U3", "U2", "U1"), ("U2", "U3", "U1")]
    for number in range(1, 4):
        for story, title, order in zip(stories, TITLES, orders, strict=True):
            for user in order:
                story.says("hello", by=user)
            story.says(f"todo: {title}", by=order[-1])
        all_at_once(*[story.considers for story in stories])
        stories[0].posts()
        assert len(stories[0].messenger.posts) == number
        with stories[0].db.transaction() as session:
            found = session.scalars(select(Attention.user_id).order_by(Attention.user_id))
            assert list(found) == ["U1", "U2", "U3"]
            session.execute(delete(Attention))
        stories[0].waits(hours=2)
    assert sorted(stories[0].shown()) == sorted(TITLES)


@ON_BOTH
def test_who_is_known_already_is_held_too(stories: list[ChannelStory]) -> None:
    db = stories[0].db
    with db.transaction() as session:
        hold_attention(session, TEAM, ["U1", "U2"], START)
    assert one_waits_for_the_other(
        db, lambda session: hold_attention(session, TEAM, ["U2", "U1"], START)
    )


@pytest.mark.parametrize("share", [1, 4])
def test_nobody_meets_more_than_their_share_in_any_hour(
    stories: list[ChannelStory], share: int
) -> None:
    """Ana works on three incidents, each of which could post every quarter of an hour."""
    give(stories[0], NoisePolicy(posts_per_person=share))
    for number in range(18):
        story = stories[number % 3]
        story.says(f"todo: {SAID[number // 6]} the {THINGS[number % 6]}", by="U1")
        story.sweeps()
        story.waits(minutes=5.1)
    met = [post.posted_at for post in stories[0].messenger.posts]
    busiest = max(sum(at <= later < at + SHARE_OF for later in met) for at in met)
    assert busiest == share

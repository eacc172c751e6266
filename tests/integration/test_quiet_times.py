"""Quiet hours, policies that change while something waits, and clocks that are wrong."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import func, select, update

from copilot.db import Database
from copilot.incidents.models import Status
from copilot.suggestions.digest import incidents_due_for_digest
from copilot.suggestions.models import Delivery, Pacing
from copilot.suggestions.noise_policy import NoisePolicy, PolicySet, QuietHours
from copilot.suggestions.pacing import LONGEST_QUIET, interval_of, settle
from copilot.suggestions.policies import policies_in_force, set_policies
from copilot.suggestions.quiet import end_quiet, set_quiet
from tests.fakes.channel_story import START, TEAM, ChannelStory
from tests.one_database import ON_BOTH
from tests.one_database import database_url as database_url

NAP = QuietHours(time(14, 0), time(15, 0))


@pytest.fixture
def story(db: Database) -> ChannelStory:
    return ChannelStory(db)


def policy(
    *,
    quiet_hours: QuietHours | None = None,
    muted: frozenset[str] = frozenset(),
    interval: timedelta = timedelta(minutes=15),
) -> NoisePolicy:
    return NoisePolicy(quiet_hours=quiet_hours, muted=muted, post_interval=interval)


def give(story: ChannelStory, made: NoisePolicy) -> None:
    with story.db.transaction() as session:
        in_force = policies_in_force(session, TEAM).policies
        policies = PolicySet(replace(made, version=in_force.version))
        set_policies(session, TEAM, policies, reason="test", by="U1", now=START)


def ask_for_quiet(story: ChannelStory) -> None:
    now = story.clock.now()
    with story.db.transaction() as session:
        set_quiet(session, story.incident_id, until=now + timedelta(minutes=30), by="U1", now=now)


def deliveries(story: ChannelStory) -> int:
    with story.db.reading() as session:
        return session.scalar(select(func.count()).select_from(Delivery)) or 0


def test_in_quiet_hours_nothing_is_posted_and_after_them_it_comes(story: ChannelStory) -> None:
    give(story, policy(quiet_hours=NAP))
    story.says("todo: page on replica lag")
    story.sweeps()
    assert story.suggestion("page on replica lag").why == "quiet hours: until 15:00"
    story.waits(minutes=30)
    story.status(Status.IDENTIFIED)
    with story.db.reading() as session:
        assert incidents_due_for_digest(session, story.clock.now()) == []
    story.releases()
    story.posts()
    assert story.messenger.posts == []
    story.waits(minutes=31)
    story.status(Status.MONITORING)
    story.sweeps()
    assert story.shown() == ["page on replica lag"]


@ON_BOTH
def test_what_was_cleared_before_quiet_hours_is_handed_back_in_them(story: ChannelStory) -> None:
    give(story, policy(quiet_hours=QuietHours(time(14, 5), time(15, 0))))
    story.says("todo: page on replica lag")
    story.considers()
    story.waits(minutes=6)
    story.posts()
    assert story.messenger.posts == []
    assert story.verdicts()["page on replica lag"] == ("digest", "quiet_hours")


def test_what_waits_is_held_where_its_kind_was_muted_meanwhile(story: ChannelStory) -> None:
    story.says("todo(0.6): page on replica lag")
    story.considers()
    give(story, policy(muted=frozenset({"commitment"})))
    story.waits(minutes=6)
    story.sweeps()
    assert story.messenger.posts == []
    assert story.verdicts()["page on replica lag"] == ("hold", "kind_muted")


def test_a_longer_interval_holds_at_once(story: ChannelStory) -> None:
    story.says("todo: page on replica lag")
    story.sweeps()
    give(story, policy(interval=timedelta(hours=1)))
    story.waits(minutes=20)
    story.says("todo: rewrite the runbook")
    story.sweeps()
    assert story.suggestion("rewrite the runbook").why == "budget: next at 15:00"


def test_a_longer_interval_takes_back_what_was_cleared(story: ChannelStory) -> None:
    story.says("todo: page on replica lag")
    story.sweeps()
    story.waits(minutes=20)
    story.says("todo: rewrite the runbook")
    story.considers()
    give(story, policy(interval=timedelta(hours=1)))
    story.posts()
    assert story.shown() == ["page on replica lag"]
    assert story.verdicts()["rewrite the runbook"] == ("digest", "budget_spent")


@ON_BOTH
def test_who_asks_for_quiet_takes_back_what_was_cleared(story: ChannelStory) -> None:
    story.says("todo: page on replica lag")
    story.considers()
    ask_for_quiet(story)
    story.posts()
    assert story.messenger.posts == []
    assert story.verdicts()["page on replica lag"] == ("digest", "quiet")


def test_while_it_is_quiet_no_digest_is_even_made(story: ChannelStory) -> None:
    story.says("todo(0.6): page on replica lag")
    story.considers()
    story.waits(minutes=6)
    ask_for_quiet(story)
    story.releases()
    assert deliveries(story) == 0
    with story.db.transaction() as session:
        end_quiet(session, story.incident_id, by="U1", now=story.clock.now())
    give(story, policy(quiet_hours=NAP))
    story.releases()
    assert deliveries(story) == 0
    give(story, policy())
    story.releases()
    assert deliveries(story) == 1


@ON_BOTH
def test_a_lower_rate_makes_the_interval_longer(story: ChannelStory) -> None:
    story.says("todo: page on replica lag")
    story.sweeps()
    with story.db.transaction() as session:
        session.execute(update(Pacing).values(rate=0.5))
    story.waits(minutes=20)
    story.says("todo: rewrite the runbook")
    story.sweeps()
    assert story.suggestion("rewrite the runbook").why == "budget: next at 14:30"


def test_an_incident_long_over_is_not_looked_at_again(story: ChannelStory) -> None:
    story.says("todo(0.6): page on replica lag")
    story.considers()
    story.status(Status.RESOLVED)
    story.waits(minutes=29)
    with story.db.reading() as session:
        assert incidents_due_for_digest(session, story.clock.now()) == [story.incident_id]
        later = story.clock.now() + timedelta(minutes=2)
        assert incidents_due_for_digest(session, later) == []


AHEAD = datetime(2027, 3, 4, 14, 0, tzinfo=UTC)


def test_what_a_clock_that_ran_ahead_wrote_counts_as_of_now() -> None:
    quarter = timedelta(minutes=15)
    pacing = Pacing(incident_id=1, rate=1.0, last_post_at=AHEAD, quiet_until=AHEAD)
    settle(pacing, NoisePolicy(), START)
    assert (pacing.last_post_at, pacing.next_post_at) == (START, START + quarter)
    assert pacing.quiet_until == START + LONGEST_QUIET
    settle(pacing, NoisePolicy(), START + quarter)
    assert pacing.next_post_at == START + quarter, "an interval later it may speak again"


def test_a_row_from_before_the_last_post_was_kept_is_bounded_too() -> None:
    pacing = Pacing(incident_id=1, rate=0.5, next_post_at=AHEAD)
    settle(pacing, NoisePolicy(), START)
    assert pacing.next_post_at == START + interval_of(NoisePolicy(), pacing)
    assert interval_of(NoisePolicy(), pacing) == timedelta(minutes=30)
    assert interval_of(NoisePolicy(), None) == timedelta(minutes=15)

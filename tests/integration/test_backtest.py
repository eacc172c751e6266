"""A replay of what the real pipeline recorded, and what it says of another policy."""

from dataclasses import replace
from datetime import timedelta

from copilot.db import Database
from copilot.incidents.models import Status
from copilot.suggestions.backtest import Backtest, Place, backtest
from copilot.suggestions.backtest_reading import read_history
from copilot.suggestions.decisions import accept, dismiss
from copilot.suggestions.noise_policy import PRESETS, PolicySet, Preset
from copilot.suggestions.policies import policies_in_force, set_policies
from copilot.suggestions.replay_history import History
from tests.fakes.channel_story import START, TEAM, ChannelStory
from tests.one_database import ON_BOTH
from tests.one_database import database_url as database_url

LAG = "Add an alert on replica lag above 30 s"
RUNBOOK = "File a ticket for the stale runbook step 4"
PAGER = "Page the on-call for full disks"


def history_of(db: Database) -> History:
    with db.reading() as session:
        return read_history(session, TEAM, since=START - timedelta(days=1))


def replayed(story: ChannelStory, policies: PolicySet | None) -> Backtest:
    return backtest(history_of(story.db), policies)


def decides(story: ChannelStory, title: str, *, is_wanted: bool) -> None:
    suggestion_id = story.suggestion(title).id
    with story.db.transaction() as session:
        if is_wanted:
            accept(session, suggestion_id, by="U2", now=story.clock.now())
        else:
            dismiss(session, suggestion_id, reason="wrong", by="U2", now=story.clock.now())


def told(db: Database) -> ChannelStory:
    """One is posted at once, one meets a spent budget and comes after the lull."""
    story = ChannelStory(db)
    story.says(f"todo(0.8): {LAG}")
    story.sweeps()
    story.waits(minutes=1)
    decides(story, LAG, is_wanted=True)
    story.says(f"todo(0.9): {RUNBOOK}", by="U2")
    story.sweeps()
    for _ in range(20):
        story.waits(minutes=1)
        story.sweeps()
    decides(story, RUNBOOK, is_wanted=False)
    return story


@ON_BOTH
def test_nothing_differs_under_the_policy_that_was_in_force(db: Database) -> None:
    story = told(db)
    found = replayed(story, None)
    assert found.total.is_same
    assert (found.total.before.shown, found.total.before.digested) == (1, 1)
    history = history_of(db)
    recorded = {
        one.suggestion_id: [(each.outcome, each.reason) for each in one.verdicts]
        for one in history.incidents[0].suggestions
    }
    again = {
        one.suggestion_id: [(each.outcome, each.reason) for each in one.verdicts]
        for one in found.incidents[0].suggestions
    }
    assert again == recorded


def test_a_higher_bar_shows_later_what_was_wanted(db: Database) -> None:
    story = told(db)
    found = replayed(story, PolicySet(PRESETS[Preset.QUIET]))
    (lag, runbook) = found.incidents[0].suggestions
    assert (lag.before.place, runbook.before.place) == (Place.POST, Place.DIGEST)
    assert (lag.after.place, runbook.after.place) == (Place.DIGEST, Place.POST)
    assert lag.later_by == timedelta(minutes=31)  # when the budget of half an hour allows
    assert (found.total.wanted_later, found.total.later_by) == (1, lag.later_by)


def test_each_verdict_is_replayed_under_its_own_version(db: Database) -> None:
    story = ChannelStory(db)
    story.says(f"todo(0.8): {LAG}")
    story.sweeps()
    with db.transaction() as session:
        in_force = policies_in_force(session, TEAM).policies
        quiet = replace(in_force, base=replace(PRESETS[Preset.QUIET], version=1))
        set_policies(session, TEAM, quiet, reason="night", by="U1", now=story.clock.now())
    story.waits(minutes=31)
    story.says(f"todo(0.8): {RUNBOOK}")
    story.sweeps()
    story.status(Status.RESOLVED)
    assert replayed(story, None).total.is_same
    assert not replayed(story, PolicySet()).total.is_same

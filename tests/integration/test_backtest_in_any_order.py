"""Whatever happened, replayed under the policies that were in force it comes out as it did."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from copilot.db import Database
from copilot.incidents.models import Severity, Status
from copilot.suggestions.backtest import backtest
from copilot.suggestions.backtest_reading import read_history
from copilot.suggestions.policies import policies_in_force
from copilot.suggestions.replaying import replay_incident
from tests.fakes.channel_story import START, TEAM, ChannelStory
from tests.integration.fresh_copies import fresh
from tests.integration.test_budget_in_any_order import EXAMPLES, steps
from tests.integration.test_budget_in_any_order import template as template
from tests.integration.walking import Walk

VERBS = ["rotate", "drop", "rewrite", "silence", "upgrade", "archive"]
THINGS = ["gateway key", "unused index", "failover runbook", "disk alarm", "login page"]


def same_as_recorded(db: Database) -> int:
    """Compare verdict for verdict; returns how many there were."""
    with db.reading() as session:
        history = read_history(session, TEAM, since=START - timedelta(days=30))
        in_force = policies_in_force(session, TEAM).policies
    found = backtest(history, None)
    count = 0
    for recorded, replayed in zip(history.incidents, found.incidents, strict=True):
        assert replayed.tally.is_same
        for one, again in zip(recorded.suggestions, replayed.suggestions, strict=True):
            assert again.after == again.before
            given_then = [(each.outcome, each.reason) for each in one.verdicts]
            assert [(each.outcome, each.reason) for each in again.verdicts] == given_then
            count += len(given_then)
    if in_force.version == 1:
        assert backtest(history, in_force).total == found.total
    return count


@pytest.mark.timeout(600)  # for all walks together, beside whatever else the machine does
@settings(
    max_examples=max(2, EXAMPLES // 4),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # as for the walks of the budget
)
@given(steps=steps)
def test_nothing_differs_where_no_policy_does(
    template: Path, steps: Sequence[tuple[str, int]]
) -> None:
    with fresh(template) as db:
        walk = Walk(db)
        for name, number in steps:
            walk.step(name, number)
        same_as_recorded(db)


def test_nor_in_a_long_incident_and_the_replay_alone_gets_close(db: Database) -> None:
    story = ChannelStory(db)
    plays(story, Random(5))  # noqa: S311 - picks what people do
    assert same_as_recorded(db) > 15
    with db.reading() as session:
        since, until = START - timedelta(days=1), story.clock.now()
        history = read_history(session, TEAM, since=since, until=until)
    (incident,) = history.incidents
    replayed = replay_incident(history, incident, None, is_simulated=True)
    recorded = [each for one in incident.suggestions for each in one.verdicts]
    again = [each for one in incident.suggestions for each in replayed.verdicts[one.suggestion_id]]
    same = sum(a.outcome == b.outcome for a, b in zip(recorded, again, strict=True))
    assert same >= 0.8 * len(recorded)  # of longer incidents it is 99 in 100
    assert abs(replayed.posts_after - replayed.posts_before) <= 1


def plays(story: ChannelStory, chance: Random) -> None:
    """People talk and change things for an hour or two, and workers look round each minute."""
    todo = [f"{verb} the {thing}" for verb in VERBS for thing in THINGS]
    chance.shuffle(todo)
    for _ in range(26):
        match chance.choice(["asks"] * 4 + ["chats"] * 2 + ["severity", "status"] + ["waits"] * 3):
            case "asks":
                sure = chance.choice([0.3, 0.6, 0.8, 0.95])
                story.says(f"todo({sure}): {todo.pop()}", by=chance.choice(["U1", "U2"]))
            case "chats":
                story.chatter(chance.choice([1, 3, 9]))
            case "severity":
                story.severity(chance.choice([Severity.SEV1, Severity.SEV2, Severity.SEV3]))
            case "status":
                story.status(chance.choice([Status.IDENTIFIED, Status.MONITORING]))
            case "waits":
                for _ in range(chance.choice([1, 3, 7])):
                    story.waits(seconds=60)
                    story.sweeps()
        story.sweeps()

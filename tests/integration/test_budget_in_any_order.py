"""No interleaving of work, failures, crashes and clock jumps makes the copilot noisy."""

import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select

from copilot.clock import ReplayClock
from copilot.db import Database, open_engine
from copilot.errors import CopilotError, PermanentError, TemporaryError
from copilot.incidents.models import Severity, Status
from copilot.suggestions.decisions import accept, dismiss
from copilot.suggestions.models import Suggestion
from copilot.suggestions.noise_gate import recompute
from copilot.suggestions.tempo import busiest_minute
from tests.fakes.channel_story import ChannelStory

# Two tellings of each piece of work: they must count as one.
WORK = [
    (f"{verb} the {thing}", f"{verb} that {thing} please!")
    for verb, thing in [
        ("rotate", "leaked gateway key"),
        ("drop", "unused index"),
        ("rewrite", "failover runbook"),
        ("silence", "flapping disk alarm"),
        ("upgrade", "replica kernel"),
        ("archive", "legacy queue"),
    ]
]
CONCEPT_OF = {title: number for number, titles in enumerate(WORK) for title in titles}
# What happens, by how often: mostly people ask, time passes, workers work; now and then trouble.
STEPS = (
    ["asks"] * 6
    + ["time_passes"] * 6
    + ["works"] * 6
    + ["chatters", "changes"] * 2
    + ["decides", "bursts", "rewrites", "leases_run_out", "proposer_will_fail", "slack_will_fail"]
)
EXAMPLES = int(os.environ.get("COPILOT_TEST_EXAMPLES", "12"))


class CrashedError(Exception):
    """The worker process was killed at this point."""


class CrashingClock(ReplayClock):
    """Kills the worker when it looks at the clock for the n-th time from now."""

    countdown: int | None = None

    def now(self) -> datetime:
        if self.countdown is not None:
            self.countdown -= 1
            if self.countdown < 0:
                self.countdown = None
                raise CrashedError
        return super().now()


class AnyOrder:
    """One walk through what may happen to an incident; checks after each step."""

    def __init__(self, db: Database) -> None:
        self.story = ChannelStory(db)
        self.clock = CrashingClock(self.story.clock.now())
        self.story.clock = self.clock
        self.story.messenger.clock = self.clock
        self.said_at: list[datetime] = []
        self.stamps: list[str] = []
        self.bursts_when_posted: list[int] = []
        self.story.messenger.on_post = lambda _: self.bursts_when_posted.append(self._burst())

    def step(self, name: str, number: int) -> None:
        getattr(self, name)(Random(number))  # noqa: S311 - spreads one number over the choices
        self.check()

    def asks(self, chance: Random) -> None:
        word = chance.choice(["todo"] * 7 + ["done"])
        confidence = chance.choice([0.3, 0.6, 0.8, 0.95, 0.95])
        self._says(f"{word}({confidence}): {chance.choice(chance.choice(WORK))}")

    def chatters(self, chance: Random) -> None:
        self._says("looking at the graphs")

    def bursts(self, chance: Random) -> None:
        for _ in range(9):
            self._says("still failing")

    def time_passes(self, chance: Random) -> None:
        self.story.waits(seconds=chance.choice([10, 61, 200, 301, 310, 600, 890]))

    def leases_run_out(self, chance: Random) -> None:
        clock = self.story.lease_clock
        clock.advance_to(clock.now() + timedelta(seconds=chance.choice([61, 121])))

    def changes(self, chance: Random) -> None:
        usual: list[Status | Severity] = [
            Status.IDENTIFIED,
            Status.MONITORING,
            Severity.SEV2,
            Severity.SEV3,
        ]
        change = chance.choice([*usual * 3, Severity.SEV1, Status.RESOLVED])
        if isinstance(change, Status):
            self.story.status(change)
        else:
            self.story.severity(change)

    def rewrites(self, chance: Random) -> None:
        ts = chance.choice(self.stamps or [""])
        if ts and chance.random() < 0.5:
            self.story.deletes(ts)
        elif ts:
            self.story.edits(ts, f"todo: {chance.choice(WORK)[0]}")

    def decides(self, chance: Random) -> None:
        found = self.story.suggestions()
        if not found:
            return
        chosen, now = chance.choice(found).id, self.clock.now()
        with suppress(CopilotError), self.story.db.transaction() as session:
            if chance.random() < 0.5:
                accept(session, chosen, by="U1", now=now)
            else:
                dismiss(session, chosen, reason="wrong", by="U1", now=now)

    def proposer_will_fail(self, chance: Random) -> None:
        self.story.proposer.failures = [_failure(chance)]

    def slack_will_fail(self, chance: Random) -> None:
        if chance.random() < 0.5:
            self.story.messenger.lost_answers = [chance.choice([CrashedError(), _down()])]
        else:
            self.story.messenger.failures = [_failure(chance)]

    def works(self, chance: Random) -> None:
        work = chance.choice(["sweeps"] * 5 + ["considers", "posts", "releases", "redraws"])
        self.clock.countdown = chance.choice([None] * 5 + [0, 1, 2, 3])
        with suppress(CrashedError, TemporaryError, PermanentError):
            getattr(self.story, work)()
        self.clock.countdown = None

    def check(self) -> None:
        posts = self.story.messenger.posts
        for earlier, later in pairwise(posts):
            assert later.posted_at - earlier.posted_at >= timedelta(minutes=15)
        shown = [CONCEPT_OF[title] for title in self.story.shown()]
        assert len(set(shown)) == len(shown), f"shown twice: {self.story.shown()}"
        assert all(len(post.card.items) <= 3 for post in posts)
        assert all(item.confidence >= 0.5 for post in posts for item in post.card.items)
        assert all(burst < 8 for burst in self.bursts_when_posted)
        with self.story.db.reading() as session:
            for row in session.scalars(select(Suggestion)):
                assert recompute(row.reason_details) == (row.outcome, row.reason)

    def end_well(self) -> None:
        """When all is well again, every row that waits for a worker comes to an end."""
        self.story.proposer.failures.clear()
        self.story.messenger.failures.clear()
        self.story.messenger.lost_answers.clear()
        for _ in range(4):
            self.story.waits(minutes=20)
            self.story.sweeps()
            self.check()
        assert self.story.is_idle()

    def _says(self, text: str) -> None:
        self.stamps.append(self.story.says(text))
        self.said_at.append(self.clock.now())

    def _burst(self) -> int:
        since = self.clock.now() - timedelta(minutes=5)
        return busiest_minute([instant for instant in self.said_at if instant > since])


def _failure(chance: Random) -> Exception:
    return chance.choice([_down(), _down(), CrashedError(), PermanentError("no")])


def _down() -> TemporaryError:
    return TemporaryError("down")


@pytest.fixture(scope="module")
def template(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copy(migrated_sqlite, tmp_path_factory.mktemp("any_order") / "any.db"))


@settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True
)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(STEPS), st.integers(0, 2**32)), min_size=60, max_size=90
    )
)
def test_no_order_of_events_makes_it_noisy(
    template: Path, steps: Sequence[tuple[str, int]]
) -> None:
    copy = shutil.copy(template, template.with_name("walk.db"))
    engine = open_engine(f"sqlite:///{copy}")
    # Nothing here pulls the plug, so nothing needs to wait for the disk.
    event.listen(engine, "connect", lambda c, _: c.execute("PRAGMA synchronous=OFF"))
    try:
        walk = AnyOrder(Database(engine, lambda _: None))
        for name, number in steps:
            walk.step(name, number)
        walk.end_well()
    finally:
        engine.dispose()
        for leftover in template.parent.glob("walk.db*"):
            leftover.unlink()

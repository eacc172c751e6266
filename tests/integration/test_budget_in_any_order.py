"""No interleaving of work, failures, crashes and clock jumps makes the copilot noisy."""

import os
import shutil
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import mkdtemp

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)
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
WORK = {
    "replica": ("page on replica lag", "Page on the replica lag!"),
    "runbook": ("rewrite step 4 of the runbook", "rewrite steps 4 of runbook please"),
    "key": ("rotate the leaked gateway key", "the leaked gateway key: rotate it"),
    "index": ("drop the unused index", "we should drop that unused index"),
}
EXAMPLES = int(os.environ.get("COPILOT_TEST_EXAMPLES", "15"))
CONCEPT_OF = {title: name for name, titles in WORK.items() for title in titles}


class CrashedError(Exception):
    """The worker process was killed at this point."""


class CrashingClock(ReplayClock):
    """Kills the worker the next time it looks at the clock for the n-th time."""

    countdown: int | None = None

    def now(self) -> datetime:
        if self.countdown is not None:
            self.countdown -= 1
            if self.countdown < 0:
                self.countdown = None
                raise CrashedError
        return super().now()


class AnyOrder(RuleBasedStateMachine):
    migrated: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(mkdtemp())
        self.engine = open_engine(f"sqlite:///{shutil.copy(self.migrated, self.folder / 'any.db')}")
        # Nothing here pulls the plug, so nothing needs to wait for the disk.
        event.listen(self.engine, "connect", lambda c, _: c.execute("PRAGMA synchronous=OFF"))
        self.story = ChannelStory(Database(self.engine, lambda _: None))
        self.clock = CrashingClock(self.story.clock.now())
        self.story.clock = self.clock
        self.story.messenger.clock = self.clock
        self.said_at: list[datetime] = []
        self.stamps: list[str] = []
        self.burst_when_posted: list[int] = []
        self.story.messenger.on_post = lambda _: self.burst_when_posted.append(
            busiest_minute(self._lately())
        )

    def teardown(self) -> None:
        """When all is well again, everything comes to an end."""
        try:
            self.story.proposer.failures.clear()
            self.story.messenger.failures.clear()
            self.story.messenger.lost_answers.clear()
            for _ in range(4):
                self.story.waits(minutes=20)
                self.story.sweeps()
            assert self.story.is_idle()
            self.stays_quiet()
        finally:
            self.engine.dispose()
            shutil.rmtree(self.folder)

    @rule(
        concept=st.sampled_from(sorted(WORK)),
        telling=st.sampled_from([0, 1]),
        word=st.sampled_from(["todo", "todo", "todo", "done"]),
        confidence=st.sampled_from([0.3, 0.6, 0.8, 0.95]),
    )
    def asks(self, concept: str, telling: int, word: str, confidence: float) -> None:
        self._says(f"{word}({confidence}): {WORK[concept][telling]}")

    @rule(lines=st.integers(1, 9))
    def chatters(self, lines: int) -> None:
        for number in range(lines):
            self._says(f"looking at graph {number}")

    @rule(seconds=st.sampled_from([5, 30, 61, 301, 600, 1000, 4000]))
    def time_passes(self, seconds: int) -> None:
        self.story.waits(seconds=seconds)

    @rule(seconds=st.sampled_from([10, 130, 600]))
    def leases_run_out(self, seconds: int) -> None:
        clock = self.story.lease_clock
        clock.advance_to(clock.now() + timedelta(seconds=seconds))

    @rule(change=st.sampled_from([*Status, Severity.SEV1, Severity.SEV3]))
    def changes(self, change: Status | Severity) -> None:
        if isinstance(change, Status):
            self.story.status(change)
        else:
            self.story.severity(change)

    @rule(pick=st.integers(0, 100), deletes=st.booleans(), concept=st.sampled_from(sorted(WORK)))
    def rewrites(self, pick: int, deletes: bool, concept: str) -> None:
        if not self.stamps:
            return
        ts = self.stamps[pick % len(self.stamps)]
        if deletes:
            self.story.deletes(ts)
        else:
            self.story.edits(ts, f"todo: {WORK[concept][0]}")

    @rule(pick=st.integers(0, 100), accepts=st.booleans())
    def decides(self, pick: int, accepts: bool) -> None:
        found = self.story.suggestions()
        if not found:
            return
        suggestion_id = found[pick % len(found)].id
        now = self.story.clock.now()
        with suppress(CopilotError), self.story.db.transaction() as session:
            if accepts:
                accept(session, suggestion_id, by="U1", now=now)
            else:
                dismiss(session, suggestion_id, reason="wrong", by="U1", now=now)

    @rule(failure=st.sampled_from([TemporaryError("down"), PermanentError("no"), CrashedError()]))
    def the_proposer_will_fail(self, failure: Exception) -> None:
        self.story.proposer.failures = [failure]

    @rule(
        failure=st.sampled_from([TemporaryError("down"), PermanentError("no"), CrashedError()]),
        is_lost_answer=st.booleans(),
    )
    def slack_will_fail(self, failure: Exception, is_lost_answer: bool) -> None:
        if is_lost_answer and not isinstance(failure, PermanentError):
            self.story.messenger.lost_answers = [failure]
        else:
            self.story.messenger.failures = [failure]

    @rule(
        work=st.sampled_from(["considers", "posts", "releases", "redraws", "sweeps"]),
        dies_at=st.sampled_from([None, None, 0, 1, 2, 3]),
    )
    def works(self, work: str, dies_at: int | None) -> None:
        self.clock.countdown = dies_at
        with suppress(CrashedError, TemporaryError, PermanentError):
            getattr(self.story, work)()
        self.clock.countdown = None

    @invariant()
    def stays_quiet(self) -> None:
        posts = self.story.messenger.posts
        for earlier, later in pairwise(posts):
            assert later.posted_at - earlier.posted_at >= timedelta(minutes=15)
        shown = [CONCEPT_OF[title] for title in self.story.shown()]
        assert len(set(shown)) == len(shown), f"shown twice: {shown}"
        assert all(len(post.card.items) <= 3 for post in posts)
        assert all(item.confidence >= 0.5 for post in posts for item in post.card.items)
        assert all(burst < 8 for burst in self.burst_when_posted)

    @invariant()
    def verdicts_hold(self) -> None:
        with self.story.db.reading() as session:
            for row in session.scalars(select(Suggestion)):
                assert recompute(row.reason_details) == (row.outcome, row.reason)

    def _says(self, text: str) -> None:
        self.stamps.append(self.story.says(text))
        self.said_at.append(self.story.clock.now())

    def _lately(self) -> list[datetime]:
        since = self.story.clock.now() - timedelta(minutes=5)
        return [instant for instant in self.said_at if instant > since]


def test_no_order_of_events_makes_it_noisy(migrated_sqlite: Path) -> None:
    class AnyOrderHere(AnyOrder):
        migrated = migrated_sqlite

    run_state_machine_as_test(
        AnyOrderHere,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

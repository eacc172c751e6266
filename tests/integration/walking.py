"""Walks through what may happen to incidents at once.

Two workers interleave where one is at Slack: `meanwhile` is what others do before it gets there.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import time, timedelta
from random import Random

from sqlalchemy import update

from copilot.clock import ReplayClock
from copilot.db import Database
from copilot.errors import CopilotError, PermanentError, TemporaryError
from copilot.incidents.models import Severity, Status
from copilot.ports import SuggestionCard
from copilot.suggestions.decisions import accept, dismiss, snooze
from copilot.suggestions.models import Pacing
from copilot.suggestions.noise_policy import NoisePolicy, PolicySet, QuietHours
from copilot.suggestions.policies import policies_in_force, set_policies
from copilot.suggestions.quiet import end_quiet, set_quiet
from copilot.suggestions.vocabulary import SuggestionKind
from tests.fakes.channel_story import START, TEAM, ChannelStory
from tests.integration.watching import WORK, CrashedError, JumpingClock, Watch

# What happens, by how often: mostly people ask, time passes, workers work; now and then trouble.
STEPS = (
    ["asks", "time_passes", "works"] * 8
    + ["stalls"] * 4
    + ["chatters", "changes", "meanwhile", "bursts"]
    + ["decides", "rewrites", "leases_run_out", "proposer_will_fail", "slack_will_fail"]
    + ["clock_jumps", "wall_clock_jumps", "quiet", "rate_changes", "policy_changes"]
)
_WHILE_POSTING = (
    "asks",
    "works",
    "chatters",
    "changes",
    "policy_changes",
    "decides",
    "bursts",
    "quiet",
)
"""Not more time than a worker's lease: what it does after that is nobody's to promise."""


class Walk(Watch):
    """One walk; `check` after each step."""

    def __init__(self, db: Database, channels: int = 3) -> None:
        first = ChannelStory(db)
        self.clock, self.wall = JumpingClock(START), JumpingClock(START)
        first.clock, first.lease_clock = self.clock, self.wall
        first.slack_clock = self.slack = ReplayClock(START)
        super().__init__(db, self.clock, first.messenger)
        self.proposer = first.proposer
        self.messenger.clock = self.clock
        self.messenger.on_post = self._on_its_way
        others = [ChannelStory(db, channel=f"C{n}", beside=first) for n in range(2, channels + 1)]
        self.stories = [first, *others]
        self.stamps: list[tuple[ChannelStory, str]] = []
        self._planned: list[tuple[str, int]] = []
        self._is_nested = False

    def step(self, name: str, number: int) -> None:
        getattr(self, name)(Random(number))  # noqa: S311 - spreads one number over the choices
        self.note_cleared()
        self.note_intervals()
        self.check()

    # What people do

    def asks(self, chance: Random) -> None:
        word = chance.choice(["todo"] * 7 + ["done"])
        confidence = chance.choice([0.3, 0.6, 0.8, 0.95, 0.95, 0.95, 0.99])
        self._says(chance, f"{word}({confidence}): {chance.choice(chance.choice(WORK))}")

    def chatters(self, chance: Random) -> None:
        self._says(chance, "looking at the graphs")

    def bursts(self, chance: Random, story: ChannelStory | None = None) -> None:
        story = story or chance.choice(self.stories)
        for _ in range(9):
            self._says(chance, "still failing", story)

    def changes(self, chance: Random) -> None:
        story = chance.choice(self.stories)
        usual: list[Status | Severity] = [
            Status.IDENTIFIED,
            Status.MONITORING,
            Severity.SEV2,
            Severity.SEV3,
        ]
        change = chance.choice([*usual * 6, Severity.SEV1, Status.RESOLVED])
        if isinstance(change, Status):
            story.status(change)
        else:
            story.severity(change)

    def rewrites(self, chance: Random) -> None:
        if not self.stamps:
            return
        story, ts = chance.choice(self.stamps)
        if chance.random() < 0.5:
            story.deletes(ts)
        else:
            story.edits(ts, f"todo: {chance.choice(WORK)[0]}")

    def decides(self, chance: Random) -> None:
        found = chance.choice(self.stories).suggestions()
        if not found:
            return
        chosen, now = chance.choice(found).id, self.clock.shown()
        with suppress(CopilotError), self.db.transaction() as session:
            decision = chance.choice(["accept", "dismiss", "snooze"])
            if decision == "accept":
                accept(session, chosen, by="U1", now=now)
            elif decision == "dismiss":
                dismiss(session, chosen, reason="wrong", by="U1", now=now)
            else:
                snooze(session, chosen, by="U1", now=now)

    def quiet(self, chance: Random, story: ChannelStory | None = None) -> None:
        incident_id = (story or chance.choice(self.stories)).incident_id
        now = self.clock.shown()
        with self.db.transaction() as session:
            if chance.random() < 0.3:
                end_quiet(session, incident_id, by="U1", now=now)
            else:
                until = now + timedelta(minutes=chance.choice([5, 5, 30, 720]))
                set_quiet(session, incident_id, until=until, by="U1", now=now)

    def policy_changes(self, chance: Random) -> None:
        now = self.clock.shown()
        nap = QuietHours(time(now.hour, 0), time((now.hour + 1) % 24, 0))
        made = NoisePolicy(
            threshold_when_calm=chance.choice([0.6, 0.75, 0.9]),
            threshold_when_busy=0.9,
            post_interval=timedelta(minutes=chance.choice([5, 15, 15, 60])),
            posts_per_person=chance.choice([1, 2, 3, 6, 12]),
            backlog_cap_minutes=chance.choice([1, 2, 10, 10, 60]),
            most_in_one_post=chance.choice([1, 3]),
            quiet_hours=chance.choice([None] * 5 + [nap]),
            muted=frozenset(chance.choice([[]] * 7 + [[SuggestionKind.COMMITMENT]])),
        )
        with self.db.transaction() as session:
            version = policies_in_force(session, TEAM).policies.version
            policies = PolicySet(
                replace(made, version=version),
                by_channel=chance.choice([{}, {}, {"C1": {"posts_per_person": 1}}]),
            )
            set_policies(session, TEAM, policies, reason="walk", by="U1", now=now)

    def rate_changes(self, chance: Random) -> None:
        with self.db.transaction() as session:
            session.execute(
                update(Pacing)
                .where(Pacing.incident_id == chance.choice(self.stories).incident_id)
                .values(rate=chance.choice([1, 0.5, 0.25]))
            )

    # What time does

    def time_passes(self, chance: Random) -> None:
        length = timedelta(seconds=chance.choice([10, 61, 200, 301, 310, 330, 600, 890]))
        for clock in (self.clock, self.wall, self.slack):
            clock.advance_to(clock.now() + length)

    def leases_run_out(self, chance: Random) -> None:
        self.wall.advance_to(self.wall.now() + timedelta(seconds=chance.choice([61, 121])))

    def clock_jumps(self, chance: Random) -> None:
        self.clock.jump(_jump(chance, self.slack.now() - self.clock.shown()))

    def wall_clock_jumps(self, chance: Random) -> None:
        self.wall.jump(_jump(chance, self.slack.now() - self.wall.shown()))

    # What goes wrong

    def proposer_will_fail(self, chance: Random) -> None:
        self.proposer.failures = [_failure(chance)]

    def slack_will_fail(self, chance: Random) -> None:
        if chance.random() < 0.5:
            self.messenger.lost_answers = [chance.choice([CrashedError(), _down()])]
        else:
            self.messenger.failures = [_failure(chance)]

    # What workers do

    def works(self, chance: Random) -> None:
        work = chance.choice(["sweeps"] * 5 + ["considers", "posts", "releases", "redraws"])
        with self._may_crash(chance.choice([None] * 5 + [0, 1, 2, 3])):
            for story in chance.choice([self.stories, self.stories[:1], self.stories[-1:]]):
                getattr(story, work)()

    def stalls(self, chance: Random) -> None:
        """Something happens between the clearing and the post, which comes late."""
        story = chance.choice(self.stories)
        self._says(chance, f"todo(0.99): {chance.choice(chance.choice(WORK))}", story)
        with self._may_crash(None):
            story.considers()
        if chance.random() < 0.5:
            chance.choice([self.bursts, self.quiet])(chance, story)
        else:
            chance.choice([self.policy_changes, self.rate_changes, self.time_passes])(chance)
        with self._may_crash(None):
            story.posts()

    def meanwhile(self, chance: Random) -> None:
        """Plan what happens while the next post is on its way."""
        self._planned = [(chance.choice(_WHILE_POSTING), chance.randrange(2**32)) for _ in range(3)]

    # What must hold

    def end_well(self) -> None:
        """When all is well again, every row that waits for a worker comes to an end."""
        self._planned.clear()
        self.proposer.failures.clear()
        self.messenger.failures.clear()
        self.messenger.lost_answers.clear()
        self.wall.advance_to(self.wall.now() + timedelta(hours=3))
        for _ in range(4):
            for clock in (self.clock, self.wall, self.slack):
                clock.advance_to(clock.now() + timedelta(minutes=20))
            for story in self.stories:
                story.sweeps()
            self.check()
        self.check_rows()

    def _on_its_way(self, card: SuggestionCard) -> None:
        """Called when a worker has all it needs and is about to reach Slack."""
        post = self.check_moment(card)
        planned, self._planned = self._planned, []
        if not self._is_nested:
            self._is_nested = True
            with self._as_another_worker():
                for name, number in planned:
                    self.step(name, number)
            self._is_nested = False
        if post is not None:
            self.seen.append(post)

    @contextmanager
    def _as_another_worker(self) -> Iterator[None]:
        """Whom a crash of the first one, and failures planned for it, do not concern."""
        countdown, self.clock.countdown = self.clock.countdown, None
        yield
        self.clock.countdown = countdown

    def _says(self, chance: Random, text: str, story: ChannelStory | None = None) -> None:
        story = story or chance.choice(self.stories)
        self.stamps.append((story, story.says(text, by=chance.choice(["U1", "U2", "U3"]))))
        self.said.setdefault(story.channel, []).append(self.slack.now())

    @contextmanager
    def _may_crash(self, countdown: int | None) -> Iterator[None]:
        self.clock.countdown = countdown
        with suppress(CrashedError, TemporaryError, PermanentError):
            yield
        self.clock.countdown = None


def _jump(chance: Random, right: timedelta) -> timedelta:
    """Somewhere wrong, or where it should be, as when the time is told to it again."""
    if right:
        return right
    length = timedelta(seconds=chance.choice([1, 40, 200, 600, 600, 600, 7300, 7300, 3 * 86400]))
    return chance.choice([length, -length])


def _failure(chance: Random) -> Exception:
    return chance.choice([_down(), _down(), CrashedError(), PermanentError("no")])


def _down() -> TemporaryError:
    return TemporaryError("down")

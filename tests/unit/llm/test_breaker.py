import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from copilot.llm.breaker import (
    FAILURES_IN_A_ROW,
    FIRST_PAUSE,
    LONGEST_PAUSE,
    Admission,
    Breaker,
    BreakerState,
    Held,
)
from copilot.llm.failures import Failure


class Watch:
    """Seconds that pass only when told to."""

    def __init__(self) -> None:
        self.shows_s = 0.0

    def __call__(self) -> float:
        return self.shows_s

    def passes(self, time: timedelta) -> None:
        self.shows_s += time.total_seconds()


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def breaker(watch: Watch) -> Breaker:
    return Breaker(watch)


def fails(
    breaker: Breaker, kind: Failure = Failure.TIMEOUT, retry_after: timedelta | None = None
) -> timedelta | None:
    return breaker.failed(admitted(breaker), kind, retry_after)


def admitted(breaker: Breaker) -> Admission:
    found = breaker.admit()
    assert isinstance(found, Admission)
    return found


def held(breaker: Breaker) -> Held:
    found = breaker.admit()
    assert isinstance(found, Held)
    return found


def test_a_few_failures_in_a_row_open_it(breaker: Breaker) -> None:
    paused = [fails(breaker) for _ in range(FAILURES_IN_A_ROW)]
    assert paused == [None, None, FIRST_PAUSE]
    assert held(breaker) == Held(Failure.TIMEOUT, FIRST_PAUSE)
    assert breaker.state is BreakerState.OPEN


def test_an_answer_in_between_begins_the_count_anew(breaker: Breaker) -> None:
    for _ in range(5):
        fails(breaker)
        fails(breaker)
        breaker.succeeded(admitted(breaker))
    assert breaker.state is BreakerState.CLOSED


def test_after_the_pause_one_caller_tries(breaker: Breaker, watch: Watch) -> None:
    for _ in range(FAILURES_IN_A_ROW):
        fails(breaker)
    watch.passes(FIRST_PAUSE)
    assert breaker.state is BreakerState.HALF_OPEN
    probe = admitted(breaker)
    assert probe.is_probe
    held(breaker)
    assert breaker.succeeded(probe)
    assert not admitted(breaker).is_probe


def test_each_probe_that_fails_doubles_the_pause_up_to_a_limit(
    breaker: Breaker, watch: Watch
) -> None:
    for _ in range(FAILURES_IN_A_ROW):
        fails(breaker)
    pauses = []
    for _ in range(8):
        watch.passes(LONGEST_PAUSE)
        pauses.append(fails(breaker))
    assert pauses[:3] == [FIRST_PAUSE * 2, FIRST_PAUSE * 4, FIRST_PAUSE * 8]
    assert pauses[-1] == LONGEST_PAUSE


def test_a_pause_that_is_asked_for_is_kept_to_the_second(breaker: Breaker, watch: Watch) -> None:
    fails(breaker, Failure.RATE_LIMITED, timedelta(seconds=90))
    watch.passes(timedelta(seconds=89.5))
    held(breaker)
    watch.passes(timedelta(seconds=0.5))
    admitted(breaker)


def test_what_only_an_operator_can_mend_opens_it_at_once(breaker: Breaker) -> None:
    fails(breaker, Failure.UNAUTHORISED)
    assert held(breaker).retry_after == timedelta(minutes=5)


@pytest.mark.parametrize("kind", [Failure.REFUSED, Failure.TRUNCATED, Failure.PROMPT_TOO_LONG])
def test_what_is_about_one_prompt_says_nothing_about_the_endpoint(
    breaker: Breaker, kind: Failure
) -> None:
    for _ in range(10):
        fails(breaker, kind)
    assert breaker.state is BreakerState.CLOSED


def test_an_answer_from_before_it_opened_does_not_close_it(breaker: Breaker) -> None:
    slow = admitted(breaker)
    fails(breaker, Failure.RATE_LIMITED, timedelta(seconds=90))
    assert not breaker.succeeded(slow)
    assert held(breaker).retry_after == timedelta(seconds=90)


def test_the_longest_of_two_pauses_asked_for_at_once_holds(breaker: Breaker) -> None:
    other = admitted(breaker)
    fails(breaker, Failure.RATE_LIMITED, timedelta(seconds=30))
    breaker.failed(other, Failure.RATE_LIMITED, timedelta(seconds=90))
    assert held(breaker).retry_after == timedelta(seconds=90)


def test_a_probe_that_is_lost_leaves_the_next_caller_to_try(breaker: Breaker, watch: Watch) -> None:
    fails(breaker, Failure.RATE_LIMITED)
    watch.passes(FIRST_PAUSE)
    breaker.abandoned(admitted(breaker))
    assert admitted(breaker).is_probe


def test_of_many_threads_one_gets_to_try(breaker: Breaker, watch: Watch) -> None:
    fails(breaker, Failure.RATE_LIMITED)
    watch.passes(FIRST_PAUSE)
    together = threading.Barrier(16)

    def tries(_: int) -> bool:
        together.wait()
        return isinstance(breaker.admit(), Admission)

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(tries, range(16))) == 1


class BreakerMachine(RuleBasedStateMachine):
    """Callers that come and go in any order, some of them asked to wait."""

    def __init__(self) -> None:
        super().__init__()
        self.watch = Watch()
        self.breaker = Breaker(self.watch)
        self.asking: list[Admission] = []
        self.quiet_until_s = 0.0

    @rule()
    def one_asks(self) -> None:
        found = self.breaker.admit()
        if isinstance(found, Admission):
            assert self.watch.shows_s >= self.quiet_until_s
            self.asking.append(found)

    @rule(seconds=st.integers(1, 700))
    def time_passes(self, seconds: int) -> None:
        self.watch.passes(timedelta(seconds=seconds))

    @precondition(lambda self: self.asking)
    @rule(which=st.integers(0, 9))
    def one_is_answered(self, which: int) -> None:
        self.breaker.succeeded(self.asking.pop(which % len(self.asking)))

    @precondition(lambda self: self.asking)
    @rule(which=st.integers(0, 9), kind=st.sampled_from(Failure))
    def one_fails(self, which: int, kind: Failure) -> None:
        self.breaker.failed(self.asking.pop(which % len(self.asking)), kind, None)

    @precondition(lambda self: self.asking)
    @rule(which=st.integers(0, 9), seconds=st.integers(1, 3600))
    def one_is_asked_to_wait(self, which: int, seconds: int) -> None:
        pause = timedelta(seconds=seconds)
        asking = self.asking.pop(which % len(self.asking))
        if self.breaker.failed(asking, Failure.RATE_LIMITED, pause) == pause:
            self.quiet_until_s = max(self.quiet_until_s, self.watch.shows_s + seconds)

    def teardown(self) -> None:
        """However it went: an hour later somebody may try again."""
        for asking in self.asking:
            self.breaker.abandoned(asking)
        self.watch.passes(timedelta(hours=1))
        assert isinstance(self.breaker.admit(), Admission)


TestBreakerInAnyOrder = BreakerMachine.TestCase
TestBreakerInAnyOrder.settings = settings(max_examples=40, stateful_step_count=30)

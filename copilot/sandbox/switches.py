"""Switches with which a test, or a demo, makes the sandbox a Slack on a bad day."""

from collections.abc import Iterator
from contextlib import contextmanager

from copilot.clock import Clock, SystemClock
from copilot.sandbox.faults import Fault, Faults, PlannedFault, Throttle


class Switches:
    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.faults = Faults()
        self.is_silent = False
        """No event reaches the app, now or later; commands and clicks still do."""
        self.visible_days: int | None = None
        """How far back a workspace without a paid plan may look; `history` says it is limited."""

    def rate_limit(self, method: str, count: int = 1, retry_after: int = 1) -> None:
        """Answer the next `count` calls of `method` with 429."""
        self.faults.plan(method, PlannedFault(Fault.RATE_LIMIT, retry_after), count)

    def fail_next(self, method: str, count: int = 1) -> None:
        """Answer the next `count` calls of `method` with 500, doing nothing."""
        self.faults.plan(method, PlannedFault(Fault.SERVER_ERROR), count)

    def drop_after_storing(self, method: str, count: int = 1) -> None:
        """Do what the next `count` calls of `method` ask, then cut the connection."""
        self.faults.plan(method, PlannedFault(Fault.DROP_AFTER_STORING), count)

    def refuse_next(self, method: str, code: str, count: int = 1) -> None:
        """Answer the next `count` calls of `method` with Slack's error `code`, doing nothing."""
        self.faults.plan(method, PlannedFault(Fault.REFUSAL, code=code), count)

    def be_strict_about_posting(self, *, is_by_clock: bool = False) -> None:
        """From now on, one message per second and channel, else 429.

        Seconds are real ones, or those of the workspace's clock.
        """
        self.faults.posting_clock = self.clock if is_by_clock else SystemClock()

    def throttle_history(self, *, is_by_clock: bool = True) -> None:
        """From now on, what Slack allows an app that is sold elsewhere: one call of
        `conversations.history` and `.replies` each minute, with 15 messages at most.

        Minutes are those of the workspace's clock, or real ones.
        """
        self.faults.throttle = Throttle(self.clock if is_by_clock else SystemClock())

    @contextmanager
    def outage(self) -> Iterator[None]:
        """Meanwhile the Web API answers 503 to everything."""
        self.faults.is_out = True
        try:
            yield
        finally:
            self.faults.is_out = False

    @contextmanager
    def silence(self) -> Iterator[None]:
        """What happens meanwhile, the app is never told: as if it had been away for hours."""
        self.is_silent = True
        try:
            yield
        finally:
            self.is_silent = False

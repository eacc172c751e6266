"""The only reader of the time."""

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The present instant, aware, in UTC."""


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class ReplayClock:
    """Tells an incident's own time while it is played back; it never runs backwards.

    It stands still until `advance_to` moves it, or `run` lets it go on with the wall clock.
    """

    def __init__(self, start: datetime) -> None:
        self._lock = threading.Lock()
        self._shown = start
        self._running_since_s: float | None = None

    def now(self) -> datetime:
        with self._lock:
            return self._read()

    def advance_to(self, instant: datetime) -> None:
        """Move forward to `instant`; an earlier one changes nothing."""
        with self._lock:
            self._set(max(self._read(), instant))

    def run(self) -> None:
        """From here on let time pass as fast as it really does."""
        with self._lock:
            self._running_since_s = time.monotonic()

    def _read(self) -> datetime:
        if self._running_since_s is None:
            return self._shown
        return self._shown + timedelta(seconds=time.monotonic() - self._running_since_s)

    def _set(self, instant: datetime) -> None:
        self._shown = instant
        if self._running_since_s is not None:
            self._running_since_s = time.monotonic()

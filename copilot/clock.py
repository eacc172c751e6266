"""The only reader of the time."""

import threading
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The present instant, aware, in UTC."""


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class ReplayClock:
    """Tells an incident's own time while it is played back; it never runs backwards.

    With `speed` 0 the clock stands still until `advance_to` moves it; otherwise it also
    runs `speed` times as fast as the wall clock.
    """

    def __init__(self, start: datetime, *, speed: float = 0.0) -> None:
        self._lock = threading.Lock()
        self._shown = start
        self._set_at_s = time.monotonic()
        self._speed = speed

    def now(self) -> datetime:
        with self._lock:
            return self._read()

    def advance_to(self, instant: datetime) -> None:
        """Move forward to `instant`; an earlier one changes nothing."""
        with self._lock:
            self._shown = max(self._read(), instant)
            self._set_at_s = time.monotonic()

    def _read(self) -> datetime:
        from_timestamp = self._shown.timestamp()
        if not self._speed:
            return self._shown
        elapsed_s = (time.monotonic() - self._set_at_s) * self._speed
        return datetime.fromtimestamp(from_timestamp + elapsed_s, UTC)

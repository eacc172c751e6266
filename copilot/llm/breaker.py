"""Leaves an endpoint alone that fails again and again, or that asked for it.

Closed: everybody may ask. Open: nobody, for a pause that doubles each time. Half open, once the
pause is over: one caller tries, and what comes of it closes or opens it again.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from copilot.llm.failures import Failure

FAILURES_IN_A_ROW = 3
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=10)
_PAUSE_FOR_OPERATORS = timedelta(minutes=5)

_NOT_ITS_FAULT = {
    Failure.REFUSED,
    Failure.TRUNCATED,
    Failure.PROMPT_TOO_LONG,
}
"""They are about this prompt: another one may well be answered."""
_UNTIL_SOMEBODY_ACTS = {
    Failure.UNAUTHORISED,
    Failure.MODEL_NOT_FOUND,
    Failure.NO_QUOTA,
    Failure.REDIRECTED,
    Failure.TLS,
}
"""Asking again at once changes nothing."""


class BreakerState(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True, slots=True)
class Admission:
    """The right to ask once. It must be given back by `succeeded`, `failed` or `abandoned`."""

    opening: int
    """How often the breaker had opened: what comes in late changes nothing."""
    is_probe: bool


@dataclass(frozen=True, slots=True)
class Held:
    """Nobody may ask now."""

    cause: Failure
    retry_after: timedelta


class Breaker:
    """Thread-safe. `monotonic` tells seconds, from any beginning."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._in_a_row = 0
        self._openings = 0
        self._openings_in_a_row = 0
        self._open_until_s: float | None = None
        self._cause = Failure.BREAKER_OPEN
        self._is_probing = False

    @property
    def state(self) -> BreakerState:
        with self._lock:
            if self._open_until_s is None:
                return BreakerState.CLOSED
            if self._is_probing or self._monotonic() >= self._open_until_s:
                return BreakerState.HALF_OPEN
            return BreakerState.OPEN

    def admit(self) -> Admission | Held:
        with self._lock:
            if self._open_until_s is None:
                return Admission(self._openings, is_probe=False)
            left_s = self._open_until_s - self._monotonic()
            if left_s > 0 or self._is_probing:
                return Held(self._cause, timedelta(seconds=max(left_s, 1)))
            self._is_probing = True
            return Admission(self._openings, is_probe=True)

    def succeeded(self, admission: Admission) -> bool:
        """Returns whether that closed it."""
        with self._lock:
            if admission.opening != self._openings:
                return False
            was_open = self._open_until_s is not None
            self._close()
            return was_open

    def failed(
        self, admission: Admission, kind: Failure, retry_after: timedelta | None
    ) -> timedelta | None:
        """Returns for how long it opened, None if it did not."""
        with self._lock:
            if admission.opening != self._openings:
                return self._prolong(retry_after)
            if kind in _NOT_ITS_FAULT:
                self._close()
                return None
            self._in_a_row += 1
            pause = self._pause(kind, retry_after, is_probe=admission.is_probe)
            if pause is not None:
                self._open(kind, pause)
            return pause

    def abandoned(self, admission: Admission) -> None:
        """Nobody knows what came of it: another may try."""
        with self._lock:
            if admission.is_probe and admission.opening == self._openings:
                self._is_probing = False

    def _pause(
        self, kind: Failure, retry_after: timedelta | None, *, is_probe: bool
    ) -> timedelta | None:
        if retry_after is not None:
            return retry_after
        if kind in _UNTIL_SOMEBODY_ACTS:
            return _PAUSE_FOR_OPERATORS
        is_enough = is_probe or self._in_a_row >= FAILURES_IN_A_ROW or kind is Failure.RATE_LIMITED
        doubled = FIRST_PAUSE * 2 ** min(self._openings_in_a_row, 10)
        return min(doubled, LONGEST_PAUSE) if is_enough else None

    def _open(self, kind: Failure, pause: timedelta) -> None:
        self._openings += 1
        self._openings_in_a_row += 1
        self._open_until_s = self._monotonic() + pause.total_seconds()
        self._cause = kind
        self._is_probing = False

    def _prolong(self, retry_after: timedelta | None) -> timedelta | None:
        """A call from before it opened was asked to wait, too."""
        if retry_after is None or self._open_until_s is None or self._is_probing:
            return None
        until_s = self._monotonic() + retry_after.total_seconds()
        if until_s <= self._open_until_s:
            return None
        self._open_until_s = until_s
        return retry_after

    def _close(self) -> None:
        self._in_a_row = 0
        self._openings_in_a_row = 0
        self._open_until_s = None
        self._is_probing = False

"""What goes wrong with calls of the sandbox's Web API, on demand."""

import math
import threading
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from copilot.clock import Clock

POST_INTERVAL = timedelta(seconds=1)
THROTTLE_INTERVAL = timedelta(minutes=1)
THROTTLED_PAGE = 15
THROTTLED_METHODS = ("conversations.history", "conversations.replies")


class Fault(StrEnum):
    RATE_LIMIT = "rate_limit"
    SERVER_ERROR = "server_error"
    REFUSAL = "refusal"
    DROP_AFTER_STORING = "drop_after_storing"
    """The work is done, but the connection ends before the answer: the caller can't know."""


@dataclass(frozen=True, slots=True)
class PlannedFault:
    fault: Fault
    retry_after: int = 0
    code: str = ""
    status: int = 500


class Throttle:
    """One call of each slow method per minute. Not thread-safe by itself."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._next_at: dict[str, datetime] = {}

    def wait_s(self, method: str) -> int:
        """Seconds until `method` may be called; 0 takes the turn."""
        now = self._clock.now()
        next_at = self._next_at.get(method, now)
        if next_at > now:
            return math.ceil((next_at - now).total_seconds())
        self._next_at[method] = now + THROTTLE_INTERVAL
        return 0


class Faults:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._planned: defaultdict[str, list[PlannedFault]] = defaultdict(list)
        self._posted_at: dict[str, datetime] = {}
        self.posting_clock: Clock | None = None
        """Set where posting faster than once a second is refused."""
        self.throttle: Throttle | None = None
        self.is_out = False

    def plan(self, method: str, fault: PlannedFault, count: int) -> None:
        with self._lock:
            self._planned[method].extend([fault] * count)

    def next_for(self, method: str) -> PlannedFault | None:
        """The fault that the next call of `method` meets; asking uses it up."""
        if self.is_out:
            return PlannedFault(Fault.SERVER_ERROR, status=503)
        with self._lock:
            planned = self._planned.get(method)
            if planned:
                return planned.pop(0)
            wait_s = 0
            if self.throttle is not None and method in THROTTLED_METHODS:
                wait_s = self.throttle.wait_s(method)
            return PlannedFault(Fault.RATE_LIMIT, wait_s) if wait_s else None

    def may_post(self, channel_id: str) -> bool:
        """In strict mode, False within a second of the last message of the app in the channel."""
        if self.posting_clock is None:
            return True
        now = self.posting_clock.now()
        with self._lock:
            last = self._posted_at.get(channel_id)
            if last is not None and now - last < POST_INTERVAL:
                return False
            self._posted_at[channel_id] = now
            return True

"""Switches with which tests make the sandbox misbehave the way Slack does on a bad day."""

import threading
import time
from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum

POST_INTERVAL_S = 1.0


class Fault(StrEnum):
    RATE_LIMIT = "rate_limit"
    SERVER_ERROR = "server_error"
    DROP_AFTER_STORING = "drop_after_storing"
    """The work is done, but the connection ends before the answer: the caller can't know."""


@dataclass(frozen=True, slots=True)
class PlannedFault:
    fault: Fault
    retry_after: int = 0


class Faults:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._planned: defaultdict[str, list[PlannedFault]] = defaultdict(list)
        self._posted_s: dict[str, float] = {}
        self.is_posting_strict = False

    def plan(self, method: str, fault: PlannedFault, count: int) -> None:
        with self._lock:
            self._planned[method].extend([fault] * count)

    def next_for(self, method: str) -> PlannedFault | None:
        """The fault that the next call of `method` meets; asking uses it up."""
        with self._lock:
            planned = self._planned.get(method)
            return planned.pop(0) if planned else None

    def may_post(self, channel_id: str) -> bool:
        """In strict mode, False within a second of the last message of the app in the channel."""
        if not self.is_posting_strict:
            return True
        now_s = time.monotonic()
        with self._lock:
            last_s = self._posted_s.get(channel_id)
            if last_s is not None and now_s - last_s < POST_INTERVAL_S:
                return False
            self._posted_s[channel_id] = now_s
            return True

"""What an endpoint can do, learned from what it refuses and forgotten after a while."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

FIRST_REMEMBERED_FOR = timedelta(hours=1)
LONGEST_REMEMBERED_FOR = timedelta(hours=24)


class Rung(StrEnum):
    """How an answer's shape is asked for, the most binding first."""

    STRICT_SCHEMA = "strict_schema"
    JSON_OBJECT = "json_object"
    PLAIN_TEXT = "plain_text"

    @property
    def below(self) -> "Rung":
        """The next one down; the last is its own."""
        rungs = list(Rung)
        return rungs[min(rungs.index(self) + 1, len(rungs) - 1)]


@dataclass(frozen=True, slots=True)
class Manner:
    """How to put a question so that this endpoint takes it."""

    rung: Rung = Rung.STRICT_SCHEMA
    length_parameter: str = "max_tokens"
    """Old endpoints know only this one, OpenAI's newer models only `max_completion_tokens`."""
    has_temperature: bool = True
    has_system: bool = True
    """Some models know no system role; what it says then opens the question itself."""

    def without(self, complaints: frozenset[str]) -> "Manner | None":
        """The manner that avoids what was complained of; None if it would be the same one."""
        found = self
        if "response_format" in complaints:
            found = replace(found, rung=self.rung.below)
        if self.length_parameter in complaints:
            other = {"max_tokens", "max_completion_tokens"} - {self.length_parameter}
            found = replace(found, length_parameter=other.pop())
        if "temperature" in complaints:
            found = replace(found, has_temperature=False)
        if "system" in complaints:
            found = replace(found, has_system=False)
        return found if found != self else None


class Ladder:
    """Thread-safe. Begins at the top, and tries it again once what was learned is old."""

    def __init__(self, best: Manner, monotonic: Callable[[], float]) -> None:
        self._best = best
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._learned: Manner | None = None
        self._until_s = 0.0
        self._memory = FIRST_REMEMBERED_FOR

    def manner(self) -> Manner:
        with self._lock:
            is_fresh = self._learned is not None and self._monotonic() < self._until_s
            if self._learned is None or is_fresh:
                return self._learned or self._best
            # Only the rung is worth another try: the rest costs nothing in quality.
            return replace(self._learned, rung=self._best.rung)

    def worked(self, manner: Manner) -> None:
        """An answer could be read that was asked for like this."""
        with self._lock:
            if manner == self._best:
                self._learned, self._memory = None, FIRST_REMEMBERED_FOR
            elif manner != self._learned or self._monotonic() >= self._until_s:
                is_as_before = self._learned is not None and self._learned.rung == manner.rung
                if is_as_before:
                    self._memory = min(self._memory * 2, LONGEST_REMEMBERED_FOR)
                self._learned = manner
                self._until_s = self._monotonic() + self._memory.total_seconds()

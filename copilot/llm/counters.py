"""What became of the calls of one process, for operators."""

import statistics
import threading
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass

from copilot.llm.failures import Failure

_RECENT = 200


@dataclass(frozen=True, slots=True)
class Counted:
    """Since the process started; latencies of the last 200 calls."""

    calls: int
    """Questions, whether the endpoint was asked or left alone."""
    answered: int
    failures: Mapping[Failure, int]
    fallbacks: int
    """How often the local engine answered in the model's place."""
    requests: int
    """One call makes several where a first answer can't be read."""
    input_tokens: int
    output_tokens: int
    median_ms: float | None
    slowest_ms: float | None

    @property
    def words(self) -> str:
        """In one line, for logs."""
        failed = ", ".join(f"{kind.value} {count}" for kind, count in self.failures.items())
        return (
            f"{self.calls} calls, {self.answered} answered, {self.fallbacks} fell back, "
            f"{self.input_tokens + self.output_tokens} tokens; failed: {failed or 'none'}"
        )


class Counters:
    """Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answered = 0
        self._fallbacks = 0
        self._failures: Counter[Failure] = Counter()
        self._requests = 0
        self._input_tokens = 0
        self._output_tokens = 0
        self._recent_ms: deque[float] = deque(maxlen=_RECENT)

    def add(
        self,
        failure: Failure | None,
        *,
        requests: int = 0,
        input_tokens: int = 0,
        output_tokens: int = 0,
        latency_ms: float | None = None,
    ) -> None:
        """One call; `failure` is None if it was answered."""
        with self._lock:
            if failure is None:
                self._answered += 1
            else:
                self._failures[failure] += 1
            self._requests += requests
            self._input_tokens += input_tokens
            self._output_tokens += output_tokens
            if latency_ms is not None:
                self._recent_ms.append(latency_ms)

    def add_fallback(self) -> None:
        with self._lock:
            self._fallbacks += 1

    def read(self) -> Counted:
        with self._lock:
            recent = list(self._recent_ms)
            return Counted(
                calls=self._answered + self._failures.total(),
                answered=self._answered,
                failures=dict(self._failures.most_common()),
                fallbacks=self._fallbacks,
                requests=self._requests,
                input_tokens=self._input_tokens,
                output_tokens=self._output_tokens,
                median_ms=statistics.median(recent) if recent else None,
                slowest_ms=max(recent, default=None),
            )

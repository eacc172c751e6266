"""What a benchmark reports, and how it takes the time."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Measurement:
    """Ours against a baseline, both in microseconds per piece of work, from one run."""

    what: str
    ours_us: float
    baseline: str
    baseline_us: float
    target_ratio: float | None = None
    """The most that ours may cost, in baselines; None where there is no target."""

    @property
    def ratio(self) -> float:
        return self.ours_us / self.baseline_us

    @property
    def is_met(self) -> bool:
        return self.target_ratio is None or self.ratio <= self.target_ratio

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "ratio": round(self.ratio, 3), "is_met": self.is_met}

    def as_line(self) -> str:
        target = (
            ""
            if self.target_ratio is None
            else f", target ≤ {self.target_ratio:g} {'met' if self.is_met else 'MISSED'}"
        )
        return (
            f"{self.what}: {self.ours_us:,.0f} µs ({1e6 / self.ours_us:,.0f}/s); "
            f"{self.baseline}: {self.baseline_us:,.0f} µs; ratio {self.ratio:.2f}{target}"
        )


def interleaved_us(
    works: dict[str, Callable[[int], object]], rounds: int, per_round: int
) -> dict[str, float]:
    """Median microseconds per call of each work, taken in turns so that drift hits all alike.

    Each work is called with a running number that never repeats, `per_round` times a round.
    """
    taken: dict[str, list[float]] = {name: [] for name in works}
    number = 0
    for work in works.values():  # warm caches, connections and statement compilation
        for _ in range(min(per_round, 50)):
            number += 1
            work(number)
    for _ in range(rounds):
        for name, work in works.items():
            started_s = time.perf_counter()
            for _ in range(per_round):
                number += 1
                work(number)
            taken[name].append((time.perf_counter() - started_s) / per_round * 1e6)
    return {name: sorted(values)[len(values) // 2] for name, values in taken.items()}

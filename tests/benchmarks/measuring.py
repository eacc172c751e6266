"""What a benchmark reports, and how it takes the time."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import median
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
    cpu_ratio: float | None = None
    """The same of this process's own computing, which waits for no disk and no server."""
    longest_s: float | None = None
    """The most seconds that ours may take, where somebody waits for it."""

    @property
    def ratio(self) -> float:
        return self.ours_us / self.baseline_us

    @property
    def is_met(self) -> bool:
        is_quick = self.longest_s is None or self.ours_us <= self.longest_s * 1e6
        return is_quick and (self.target_ratio is None or self.ratio <= self.target_ratio)

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
            + self._seconds()
            + ("" if self.cpu_ratio is None else f"; of computing {self.cpu_ratio:.2f}")
        )

    def _seconds(self) -> str:
        if self.longest_s is None:
            return ""
        found = "met" if self.ours_us <= self.longest_s * 1e6 else "MISSED"
        return f"; {self.ours_us / 1e6:.1f} s, target ≤ {self.longest_s:g} s {found}"


@dataclass(frozen=True, slots=True)
class Taken:
    """Median microseconds per call."""

    wall_us: float
    cpu_us: float


def interleaved(
    works: dict[str, Callable[[Any], object]],
    make: Callable[[int], Any],
    rounds: int,
    per_round: int,
) -> dict[str, Taken]:
    """What a call of each work takes; in turns, so that drift hits all alike.

    Each is called with what `make` makes of a number that never repeats, made beforehand.
    """
    taken: dict[str, list[Taken]] = {name: [] for name in works}
    number = 0
    for each_round in range(-1, rounds):  # the first warms caches, connections and statements
        for name, work in works.items():
            made = [make(number + each) for each in range(per_round)]
            number += per_round
            began_s, began_cpu_s = time.perf_counter(), time.process_time()
            for each in made:
                work(each)
            cpu_us = (time.process_time() - began_cpu_s) / per_round * 1e6
            wall_us = (time.perf_counter() - began_s) / per_round * 1e6
            if each_round >= 0:
                taken[name].append(Taken(wall_us, cpu_us))
    return {
        name: Taken(median(each.wall_us for each in values), median(each.cpu_us for each in values))
        for name, values in taken.items()
    }

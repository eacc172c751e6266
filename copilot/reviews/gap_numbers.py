"""Shares and middles that say how far they can be trusted. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, exp, lgamma, log, log1p
from typing import Self

from copilot.suggestions.proportions import wilson

FEWEST = 10
"""Of fewer, a share or a middle says nothing."""
FEWEST_FOR_THE_SLOWEST = 30
"""Of fewer, nine in ten is a matter of one or two."""
_TAIL = 0.025


@dataclass(frozen=True, slots=True)
class Rate:
    """`hits` out of `of`."""

    hits: int
    of: int

    @property
    def share(self) -> float | None:
        """None while there are too few; `low` and `high` likewise."""
        return self.hits / self.of if self.of >= FEWEST else None

    @property
    def low(self) -> float | None:
        """The lower end of the 95 % interval (Wilson 1927)."""
        return wilson(self.hits, self.of)[0] if self.of >= FEWEST else None

    @property
    def high(self) -> float | None:
        return wilson(self.hits, self.of)[1] if self.of >= FEWEST else None


@dataclass(frozen=True, slots=True)
class Quantile:
    """The value that a share of all values does not exceed, e.g. half of them for the median."""

    of: int
    """How many values there are."""
    value: float | None
    """None while there are too few."""
    low: float | None
    """The lower end of the 95 % interval; None where so few values tell of none."""
    high: float | None

    @classmethod
    def at(cls, share: float, values: Iterable[float], fewest: int = FEWEST) -> Self:
        """By nearest rank, with an interval of order statistics, which assumes no distribution.

        The number of values below the true quantile is binomial; the interval goes from the
        highest to the lowest rank that leaves at most 2.5 % on its side (David and Nagaraja, Order
        Statistics, 7.1).
        """
        ordered = sorted(values)
        size = len(ordered)
        if size < max(1, fewest):
            return cls(size, None, None, None)
        low, high = _ranks(size, share)
        return cls(
            of=size,
            value=ordered[max(1, ceil(share * size)) - 1],
            low=ordered[low - 1] if low >= 1 else None,
            high=ordered[high - 1] if high <= size else None,
        )


def _ranks(size: int, share: float) -> tuple[int, int]:
    """From 1; 0 and size + 1 stand for no bound."""
    below = 0.0
    low, high = 0, size + 1
    for rank in range(1, size + 1):
        # That at most rank - 1 values lie under the true quantile.
        below += _binomial(rank - 1, size, share)
        if below <= _TAIL:
            low = rank
        if below >= 1 - _TAIL:
            high = rank
            break
    return low, high


def _binomial(hits: int, size: int, share: float) -> float:
    ways = lgamma(size + 1) - lgamma(hits + 1) - lgamma(size - hits + 1)
    return exp(ways + hits * log(share) + (size - hits) * log1p(-share))

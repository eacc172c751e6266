"""What maps an engine's confidence to how often people wanted such a thing. Pure.

Every map keeps the order of any two confidences, and none speaks for confidences beyond those that
people decided on: what is shown is chosen by its confidence, so there is nothing to go by there.
"""

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

_SMALLEST_STEP = 20
"""Labels behind each step of an isotonic map; a step of one label would be 0 or 1."""
_MOST_EXTREME = 1e-6
_FLATTEST = 0.01


class Method(StrEnum):
    SHIPPED = "shipped"
    """What the engine says, as it is."""
    PLATT = "platt"
    ISOTONIC = "isotonic"


@dataclass(frozen=True, slots=True, order=True)
class Labelled:
    raw: float
    """What the engine said, 0 to 1."""
    is_wanted: bool
    incident_id: int


Calibrate = Callable[[float], float]


def calibrator(method: str, parameters: Sequence[Any]) -> Calibrate:
    """The function of what the engine said that a fit stands for; it never changes an order."""
    if method == Method.PLATT:
        slope, offset, lowest, highest = parameters
        return _within(lambda raw: _sigmoid(slope * _logit(raw) + offset), lowest, highest)
    if method == Method.ISOTONIC:
        points = [(float(x), float(y)) for x, y in parameters]
        return _within(lambda raw: _between(points, raw), points[0][0], points[-1][0])
    return lambda raw: raw


def fit_platt(labels: Sequence[Labelled]) -> tuple[float, ...]:
    """Slope and offset of the log odds, drawn towards 1 and 0, which is what was shipped.

    Newton's method; the loss is strictly convex, so there is one minimum and it is found.
    """
    odds = [_logit(each.raw) for each in labels]
    slope, offset = 1.0, 0.0
    for _ in range(50):
        ahead = [_sigmoid(slope * x + offset) for x in odds]
        miss = [p - each.is_wanted for p, each in zip(ahead, labels, strict=True)]
        spread = [p * (1 - p) for p in ahead]
        down_slope = sum(m * x for m, x in zip(miss, odds, strict=True)) + (slope - 1)
        down_offset = sum(miss) + offset
        xx = sum(s * x * x for s, x in zip(spread, odds, strict=True)) + 1
        x1 = sum(s * x for s, x in zip(spread, odds, strict=True))
        one = sum(spread) + 1
        size = xx * one - x1 * x1
        step_slope = (one * down_slope - x1 * down_offset) / size
        step_offset = (xx * down_offset - x1 * down_slope) / size
        longest = max(1.0, abs(step_slope), abs(step_offset))
        slope, offset = slope - step_slope / longest, offset - step_offset / longest
        if max(abs(step_slope), abs(step_offset)) < 1e-10:
            break
    lowest, highest = min(each.raw for each in labels), max(each.raw for each in labels)
    # Where less sure means more wanted, no sigmoid that keeps the order says so: take the flattest.
    return max(slope, _FLATTEST), offset, lowest, highest


@dataclass(frozen=True, slots=True)
class _Block:
    """Neighbours that share one value."""

    centre: float
    value: float
    count: int

    def joined(self, other: "_Block") -> "_Block":
        count = self.count + other.count
        return _Block(
            (self.centre * self.count + other.centre * other.count) / count,
            (self.value * self.count + other.value * other.count) / count,
            count,
        )


def fit_isotonic(labels: Sequence[Labelled]) -> tuple[list[float], ...]:
    """Points (confidence, share wanted), between which the map is straight.

    Shares are those of Laplace, (wanted + 1) / (all + 2): nothing is certain after twenty labels.
    """
    known = sorted(labels)
    alike: dict[float, list[bool]] = {}
    for each in known:
        alike.setdefault(each.raw, []).append(each.is_wanted)
    steps = pooled(_Block(raw, sum(said) / len(said), len(said)) for raw, said in alike.items())
    while len(steps) > 1 and min(step.count for step in steps) < _SMALLEST_STEP:
        steps = _without_smallest(steps)
    fair = (
        _Block(step.centre, (step.value * step.count + 1) / (step.count + 2), step.count)
        for step in steps
    )
    steps = pooled(fair)
    points = {step.centre: step.value for step in steps}
    points = {known[0].raw: steps[0].value, **points, known[-1].raw: steps[-1].value}
    return tuple([x, y] for x, y in sorted(points.items()))


def pooled(blocks: Iterable[_Block]) -> list[_Block]:
    """The closest values that never fall: pool adjacent violators (Ayer et al., 1955)."""
    done: list[_Block] = []
    for block in blocks:
        done.append(block)
        while len(done) > 1 and done[-2].value >= done[-1].value:
            last = done.pop()
            done.append(done.pop().joined(last))
    return done


def _without_smallest(steps: list[_Block]) -> list[_Block]:
    """Join the step with the fewest labels to the neighbour that is more like it."""
    at = min(range(len(steps)), key=lambda index: (steps[index].count, index))
    beside = [index for index in (at - 1, at + 1) if 0 <= index < len(steps)]
    other = min(beside, key=lambda index: (abs(steps[index].value - steps[at].value), index))
    first = min(at, other)
    return [*steps[:first], steps[first].joined(steps[first + 1]), *steps[first + 2 :]]


def _within(learned: Calibrate, lowest: float, highest: float) -> Calibrate:
    """What was learned where there were labels; beyond, what the engine says, in order."""
    floor, ceiling = learned(lowest), learned(highest)

    def calibrate(raw: float) -> float:
        if raw < lowest:
            return min(raw, floor)
        return max(raw, ceiling) if raw > highest else learned(raw)

    return calibrate


def _between(points: Sequence[tuple[float, float]], raw: float) -> float:
    """On the straight line between the two points around it."""
    after = bisect_right(points, (raw, math.inf))
    if after == 0:
        return points[0][1]
    (x0, y0), (x1, y1) = points[after - 1], points[min(after, len(points) - 1)]
    return y0 if x1 <= x0 else y0 + (y1 - y0) * (raw - x0) / (x1 - x0)


def _logit(p: float) -> float:
    bounded = min(1 - _MOST_EXTREME, max(_MOST_EXTREME, p))
    return math.log(bounded / (1 - bounded))


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))

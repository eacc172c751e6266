"""From values to places in the pictures of the velocity gap, which all have one size. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from copilot.console import words
from copilot.reviews.gap_series import Step

LEFT, RIGHT, TOP, BOTTOM = 38, 352, 12, 146
"""Of the ground in a drawing of 360 by 170."""


@dataclass(frozen=True, slots=True)
class Tick:
    place: float
    label: str


@dataclass(frozen=True, slots=True)
class Axes:
    across: Sequence[Tick]
    up: Sequence[Tick]


@dataclass(frozen=True, slots=True)
class Scale:
    most: float
    ticks: Sequence[Tick]

    def place(self, value: float) -> float:
        return round(BOTTOM - value / self.most * (BOTTOM - TOP), 1)


@dataclass(frozen=True, slots=True)
class TimeScale:
    ticks: Sequence[Tick]
    place: Callable[[datetime], float]


def scale_to(most: float) -> Scale:
    """From 0 to a round number, with a line at its half."""
    unit = 1.0
    while unit * 10 < most:
        unit *= 10
    top = next(unit * each for each in (1, 2, 4, 6, 8, 10) if unit * each >= most)
    scale = Scale(max(top, 1.0), ())
    values = [value for value in (0, scale.most / 2, scale.most) if value == int(value)]
    return Scale(scale.most, [Tick(scale.place(value), f"{value:,.0f}") for value in values])


def time_scale(steps: Sequence[Step]) -> TimeScale:
    first, last = steps[0].at, steps[-1].at
    span_s = (last - first).total_seconds()

    def place(at: datetime) -> float:
        share = (at - first).total_seconds() / span_s if span_s else 0.0
        return round(LEFT + share * (RIGHT - LEFT - 10), 1)

    if first.date() == last.date():
        labels = [words.short_time(first), words.short_time(last)]
    else:
        labels = [f"{each.day} {each:%b}, {words.short_time(each)}" for each in (first, last)]
    ticks = [Tick(place(first), labels[0]), Tick(place(last), labels[1])]
    return TimeScale(ticks[:1] if labels[0] == labels[1] else ticks, place)


def stairs(points: Sequence[tuple[float, float]]) -> str:
    first_x, first_y = points[0]
    steps = "".join(f" H{x} V{y}" for x, y in points[1:])
    return f"M{first_x} {BOTTOM} V{first_y}{steps} H{RIGHT}"


def back_stairs(points: Sequence[tuple[float, float]]) -> str:
    """The same stairs, from the right."""
    down = "".join(f" H{x} V{before}" for (_, before), (x, _) in reversed([*pairwise(points)]))
    return f"{down} H{points[0][0]}"

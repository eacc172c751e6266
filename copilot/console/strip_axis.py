"""Where an instant lies on the strip: time runs evenly while people talk, hardly in lulls."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from copilot.console import words

_LEAST_STRETCH = 10.0
_LULL_LABEL_WIDTH = 84.0
_LULL_BARE_WIDTH = 22.0
_MOST_LULLS_SHARE = 0.4


@dataclass(frozen=True, slots=True)
class Stretch:
    """An episode; it ends where the next one starts, unless there is a lull between them."""

    number: int
    starts_at: datetime
    ends_at: datetime
    spoken_at: Sequence[datetime]


@dataclass(frozen=True, slots=True)
class LullShape:
    x: float
    width: float
    label: str
    """Empty where there is no room; `title` always says it."""
    title: str


class Axis:
    """Maps an instant to x: time runs evenly inside stretches and hardly at all between them."""

    def __init__(self, stretches: Sequence[Stretch], width: int) -> None:
        self.width = width
        self._starts: list[datetime] = []
        self._pieces: list[tuple[datetime, datetime, float, float]] = []
        lulls: list[LullShape] = []
        quiet = [
            False,
            *(later.starts_at > earlier.ends_at for earlier, later in pairwise(stretches)),
        ]
        lull_width = _lull_width(sum(quiet), width)
        lengths = _shares(stretches, width - lull_width * sum(quiet))
        x = 0.0
        for index, (stretch, length) in enumerate(zip(stretches, lengths, strict=True)):
            if quiet[index]:
                before = stretches[index - 1].ends_at
                lulls.append(_lull_shape(x, lull_width, stretch.starts_at - before))
                self._add(before, stretch.starts_at, x, lull_width)
                x += lull_width
            self._add(stretch.starts_at, stretch.ends_at, x, length)
            x += length
        self.lulls = tuple(lulls)

    def _add(self, from_: datetime, until: datetime, x: float, length: float) -> None:
        self._starts.append(from_)
        self._pieces.append((from_, until, x, length))

    def x_of(self, instant: datetime) -> float:
        if not self._pieces:
            return 0.0
        index = max(0, bisect_right(self._starts, instant) - 1)
        from_, until, x, length = self._pieces[index]
        span_s = (until - from_).total_seconds()
        share = (instant - from_).total_seconds() / span_s if span_s else 0.0
        return round(x + length * min(1.0, max(0.0, share)), 1)


def _lull_width(lulls: int, width: int) -> float:
    if lulls <= 0:
        return 0.0
    for wanted in (_LULL_LABEL_WIDTH, _LULL_BARE_WIDTH):
        if wanted * lulls <= width * _MOST_LULLS_SHARE:
            return wanted
    return width * _MOST_LULLS_SHARE / lulls


def _shares(stretches: Sequence[Stretch], room: float) -> list[float]:
    """Divide `room` by how long people talked, with a least width so that none vanishes."""
    if not stretches:
        return []
    least = min(_LEAST_STRETCH, room / len(stretches))
    spare = room - least * len(stretches)
    lengths_s = [max(1.0, (s.ends_at - s.starts_at).total_seconds()) for s in stretches]
    total_s = sum(lengths_s)
    return [least + spare * length_s / total_s for length_s in lengths_s]


def _lull_shape(x: float, width: float, length: timedelta) -> LullShape:
    quiet = words.duration(length)
    label = quiet if width >= _LULL_LABEL_WIDTH else ""
    return LullShape(round(x, 1), round(width, 1), label, f"quiet {quiet}")

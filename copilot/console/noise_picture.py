"""A small picture of one incident: when suggestions came, and when they would have come. Pure.

Two lanes over one time axis: above what happened, below what would have. The shape says how a
suggestion came, the filling whether people wanted it; nothing is told by colour alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from copilot.console import words
from copilot.suggestions.backtest import SuggestionBacktest
from copilot.suggestions.replay_history import Fate, Place

_NO_TIME, _A_MINUTE = timedelta(0), timedelta(minutes=1)
MOST_MARKS = 120
"""Of more, a lane is a smear; those that would have changed come first."""

Shape = Literal["post", "digest", "held"]
Wish = Literal["wanted", "unwanted", "unknown"]

_SHAPES: dict[Place, Shape] = {
    Place.POST: "post",
    Place.DIGEST: "digest",
    Place.REVIEW: "held",
}
_SHAPE_WORDS = {"post": "in a post of its own", "digest": "in a digest", "held": "kept back"}
_WISH_WORDS = {"wanted": "accepted", "unwanted": "dismissed", "unknown": "nobody decided"}


@dataclass(frozen=True, slots=True)
class Mark:
    x: float
    """Per cent of the lane."""
    shape: Shape
    wish: Wish
    title: str


@dataclass(frozen=True, slots=True)
class Picture:
    before: Sequence[Mark]
    after: Sequence[Mark]
    starts: str
    ends: str


def picture_of(
    suggestions: Sequence[SuggestionBacktest], judged_at: Mapping[int, datetime]
) -> Picture | None:
    """None where nothing would have been different. `judged_at` is when, by suggestion id, the
    last verdict was given: where a suggestion stands that was not posted.
    """
    seen = [one for one in suggestions if one.suggestion_id in judged_at]
    drawn = [one for one in seen if one.before.place in _SHAPES or one.after.place in _SHAPES]
    drawn.sort(key=lambda one: not is_moved(one))
    drawn = drawn[:MOST_MARKS]
    if not any(is_moved(one) for one in drawn):
        return None
    before = [_Placed(one, one.before, judged_at[one.suggestion_id]) for one in drawn]
    after = [_Placed(one, one.after, judged_at[one.suggestion_id]) for one in drawn]
    instants = [placed.at for placed in (*before, *after)]
    first, last = min(instants), max(instants)
    return Picture(
        before=_lane(before, first, last),
        after=_lane(after, first, last),
        starts=words.day_and_time(first),
        ends=words.short_time(last) if first.date() == last.date() else words.day_and_time(last),
    )


def is_moved(one: SuggestionBacktest) -> bool:
    """People would have met it elsewhere, or a minute or more sooner or later."""
    return one.before.place != one.after.place or abs(one.later_by or _NO_TIME) >= _A_MINUTE


@dataclass(frozen=True, slots=True)
class _Placed:
    one: SuggestionBacktest
    fate: Fate
    judged_at: datetime

    @property
    def at(self) -> datetime:
        return self.fate.at or self.judged_at


def _lane(lane: Sequence[_Placed], first: datetime, last: datetime) -> list[Mark]:
    marks = [
        _mark(placed, shape, first, last)
        for placed in lane
        if (shape := _SHAPES.get(placed.fate.place)) is not None
    ]
    # What people saw is drawn over what was kept back.
    return sorted(marks, key=lambda mark: (mark.shape != "held", mark.x))


def _mark(placed: _Placed, shape: Shape, first: datetime, last: datetime) -> Mark:
    one = placed.one
    wish: Wish = "wanted" if one.is_wanted else "unwanted" if one.is_unwanted else "unknown"
    at = words.short_time(placed.at)
    title = f"{at} “{one.title}”: {_SHAPE_WORDS[shape]}, {_WISH_WORDS[wish]}"
    return Mark(_x(placed.at, first, last), shape, wish, title)


def _x(at: datetime, first: datetime, last: datetime) -> float:
    span_s = (last - first).total_seconds()
    share = (at - first).total_seconds() / span_s if span_s else 0.5
    return round(100 * share, 1)

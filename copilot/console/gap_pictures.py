"""The pictures of the velocity gap, as shapes for a template to draw. Pure.

Each is drawn for one width and scaled as a whole; what it shows stands in a table beside it, too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from copilot.console import words
from copilot.console.gap_scales import (
    BOTTOM,
    LEFT,
    RIGHT,
    Axes,
    back_stairs,
    scale_to,
    stairs,
    time_scale,
)
from copilot.reviews.gap_entries import ShownSuggestion, checks_of, stories_of
from copilot.reviews.gap_reports import Ledger
from copilot.reviews.gap_series import Column, Step, course_of, histogram
from copilot.reviews.velocity_gap import Gap, is_rubber_stamp
from copilot.reviews.vocabulary import LedgerKind
from copilot.suggestions.vocabulary import DecisionKind, SuggestionKind

_MOST_STEPS = 400
"""Of more, a picture is no clearer."""
_MOST_ROWS = 12
_KINDS = {
    SuggestionKind.COMMITMENT: "Promises",
    SuggestionKind.REQUEST: "Requests",
    SuggestionKind.PROPOSAL: "Proposals",
}


@dataclass(frozen=True, slots=True)
class Lines:
    """Words written and words checked, and what lies between."""

    axes: Axes
    written: str
    checked: str
    between: str
    """All three are path data of SVG."""
    written_ends: float
    checked_ends: float
    rows: Sequence[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Level:
    """Minutes that waited, and the cap."""

    axes: Axes
    area: str
    line: str
    cap: float
    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class TimeColumn:
    label: str
    others: Bar
    stamped: Bar
    total: int
    stamps: int


@dataclass(frozen=True, slots=True)
class Times:
    axes: Axes
    columns: Sequence[TimeColumn]


@dataclass(frozen=True, slots=True)
class KindRow:
    label: str
    counts: Sequence[int]
    """Taken, dismissed, left for the review, undecided."""
    bars: Sequence[Bar]
    y: float
    total: int


@dataclass(frozen=True, slots=True)
class WeekColumn:
    week: str
    label: str
    written: Bar
    checked: Bar
    gap: Gap


@dataclass(frozen=True, slots=True)
class Weeks:
    axes: Axes
    columns: Sequence[WeekColumn]


def words_picture(ledger: Ledger) -> Lines | None:
    """None before anything was written."""
    steps = _thinned(course_of(ledger.entries, ledger.seconds_per_source))
    if not steps:
        return None
    across, up = time_scale(steps), scale_to(max(step.written_words for step in steps))
    written = [(across.place(step.at), up.place(step.written_words)) for step in steps]
    checked = [(across.place(step.at), up.place(step.checked_words)) for step in steps]
    return Lines(
        axes=Axes(across.ticks, up.ticks),
        written=stairs(written),
        checked=stairs(checked),
        between=f"{stairs(written)} V{checked[-1][1]} {back_stairs(checked)} Z",
        written_ends=written[-1][1],
        checked_ends=checked[-1][1],
        rows=[
            (words.day_and_time(step.at), f"{step.written_words:,}", f"{step.checked_words:,}")
            for step in _few(steps)
        ],
    )


def debt_picture(ledger: Ledger, cap_minutes: float) -> Level | None:
    """What waited for each of those who were at it then."""
    steps = _thinned(course_of(ledger.entries, ledger.seconds_per_source))
    if not steps:
        return None
    each = [(step.at, step.minutes_each) for step in steps]
    across, up = time_scale(steps), scale_to(max(cap_minutes, *(debt for _, debt in each)))
    points = [(across.place(at), up.place(debt)) for at, debt in each]
    return Level(
        axes=Axes(across.ticks, up.ticks),
        area=f"{stairs(points)} V{BOTTOM} H{points[0][0]} Z",
        line=stairs(points),
        cap=up.place(cap_minutes),
        rows=[(words.day_and_time(step.at), f"{step.minutes_each:.1f}") for step in _few(steps)],
    )


def times_picture(ledger: Ledger, week: tuple[datetime, datetime] | None = None) -> Times | None:
    """None while nobody checked anything."""
    checks = [
        check
        for check in checks_of(stories_of(ledger.entries))
        if week is None or week[0] <= check.entry.at < week[1]
    ]
    if not checks:
        return None
    columns = histogram(
        [
            (check.seconds, check.entry.kind == LedgerKind.VERIFIED and is_rubber_stamp(check))
            for check in checks
        ]
    )
    up = scale_to(max(column.stamped + column.others for column in columns))
    step = (RIGHT - LEFT) / len(columns)
    drawn = []
    for number, column in enumerate(columns):
        x, width = LEFT + number * step + 3, step - 6
        lower = up.place(column.stamped)
        top = up.place(column.stamped + column.others)
        drawn.append(
            TimeColumn(
                label=_seconds(column),
                stamped=Bar(round(x, 1), lower, round(width, 1), round(BOTTOM - lower, 1)),
                others=Bar(round(x, 1), top, round(width, 1), round(lower - top, 1)),
                total=column.stamped + column.others,
                stamps=column.stamped,
            )
        )
    return Times(Axes((), up.ticks), drawn)


def _seconds(column: Column) -> str:
    if column.begins_s is None:
        return "unseen"
    end = "+" if column.ends_s is None else f"–{column.ends_s:g}"
    return f"{column.begins_s:g}{end}"


def kinds_picture(shown: Sequence[ShownSuggestion]) -> Sequence[KindRow]:
    """Empty where nothing was shown."""
    most = max((sum(one.kind == kind for one in shown) for kind in SuggestionKind), default=0)
    if not most:
        return ()
    rows = []
    for number, kind in enumerate(SuggestionKind):
        counts = _counts([one for one in shown if one.kind == kind])
        y, x = 10 + number * 34, 84.0
        bars = []
        for count in counts:
            width = round(count / most * (RIGHT - 84 - 24), 1)
            bars.append(Bar(round(x, 1), y, width, 18))
            x += width
        rows.append(KindRow(_KINDS[kind], counts, bars, y, sum(counts)))
    return rows


def weeks_picture(gaps: Sequence[tuple[str, Gap]]) -> Weeks | None:
    """Words written and checked in each week; None where there are none in any."""
    most = max((max(gap.produced_words, gap.checked_words) for _, gap in gaps), default=0)
    if not most:
        return None
    up = scale_to(most)
    step = (RIGHT - LEFT) / len(gaps)
    columns = []
    for number, (week, gap) in enumerate(gaps):
        x, width = LEFT + number * step, round(step / 2 - 3, 1)
        written, checked = up.place(gap.produced_words), up.place(gap.checked_words)
        columns.append(
            WeekColumn(
                week=week,
                label=week.partition("-")[2],
                written=Bar(round(x + 2, 1), written, width, round(BOTTOM - written, 1)),
                checked=Bar(round(x + step / 2, 1), checked, width, round(BOTTOM - checked, 1)),
                gap=gap,
            )
        )
    return Weeks(Axes((), up.ticks), columns)


def _counts(shown: Sequence[ShownSuggestion]) -> tuple[int, int, int, int]:
    dismissed = sum(one.decision == DecisionKind.DISMISSED for one in shown)
    left = sum(one.decision == DecisionKind.SNOOZED for one in shown)
    undecided = sum(one.decision is None for one in shown)
    return len(shown) - dismissed - left - undecided, dismissed, left, undecided


def _thinned(steps: Sequence[Step]) -> Sequence[Step]:
    """The last one is always there."""
    every = max(1, -(-len(steps) // _MOST_STEPS))
    return steps[::-1][::every][::-1]


def _few(steps: Sequence[Step]) -> Sequence[Step]:
    """For a table."""
    every = max(1, -(-len(steps) // _MOST_ROWS))
    return steps[::-1][::every][::-1]

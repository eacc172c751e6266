"""Geometry of the strip that shows a whole incident at once; lulls are compressed."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from copilot.console import words
from copilot.console.strip_axis import Axis, LullShape, Stretch

BAR_WIDTH = 9
BARS_HEIGHT = 64
_MARKS_APART = 13.0
_LETTER_WIDTH = 6.8
_LOW = 4
"""Messages in a bar that fill the height at least, so that a calm channel looks calm."""
_TICKS_APART = 84.0
_TICK_STEPS_S = (60, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400, 7 * 86400)


@dataclass(frozen=True, slots=True)
class Moment:
    """Something worth a mark. `kind` is alert, key or follow_up."""

    kind: str
    at: datetime
    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Change:
    """From `at` on, the severity or status is `value`."""

    at: datetime
    value: str


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class StretchShape:
    number: int
    x: float
    width: float
    label: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class MarkShape:
    kind: str
    x: float
    title: str
    href: str


@dataclass(frozen=True, slots=True)
class BandShape:
    x: float
    width: float
    value: str
    title: str
    label: str
    """Empty where the word does not fit."""


@dataclass(frozen=True, slots=True)
class TickShape:
    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Strip:
    width: int
    stretches: tuple[StretchShape, ...]
    lulls: tuple[LullShape, ...]
    marks: dict[str, tuple[MarkShape, ...]]
    severities: tuple[BandShape, ...]
    statuses: tuple[BandShape, ...]
    ticks: tuple[TickShape, ...]


def draw_strip(
    stretches: Sequence[Stretch],
    *,
    moments: Sequence[Moment] = (),
    severities: Sequence[Change] = (),
    statuses: Sequence[Change] = (),
    width: int,
) -> Strip:
    """Lay everything out on `width` units; an incident without messages has an empty strip."""
    axis = Axis(stretches, width)
    return Strip(
        width=width,
        stretches=_stretch_shapes(stretches, axis),
        lulls=axis.lulls,
        marks={
            kind: _mark_shapes([m for m in moments if m.kind == kind], axis)
            for kind in ("alert", "key", "follow_up")
        },
        severities=_band_shapes(severities, axis, words.severity),
        statuses=_band_shapes(statuses, axis, str),
        ticks=_ticks(stretches, axis),
    )


def _stretch_shapes(stretches: Sequence[Stretch], axis: Axis) -> tuple[StretchShape, ...]:
    counted = [(stretch, _counts(stretch, axis)) for stretch in stretches]
    highest = max((max(counts) for _, counts in counted if counts), default=1)
    return tuple(_stretch_shape(s, counts, max(_LOW, highest), axis) for s, counts in counted)


def _counts(stretch: Stretch, axis: Axis) -> list[int]:
    """Messages by bar. Inside a stretch time runs evenly, so no instant is looked up."""
    length = axis.x_of(stretch.ends_at) - axis.x_of(stretch.starts_at)
    bars = max(1, int(length / BAR_WIDTH))
    span_s = (stretch.ends_at - stretch.starts_at).total_seconds()
    counts = [0] * bars
    for instant, messages in Counter(stretch.spoken_at).items():
        share = (instant - stretch.starts_at).total_seconds() / span_s if span_s else 0.0
        counts[min(bars - 1, max(0, int(share * bars)))] += messages
    return counts


def _stretch_shape(
    stretch: Stretch, counts: Sequence[int], highest: int, axis: Axis
) -> StretchShape:
    x = axis.x_of(stretch.starts_at)
    width = max(axis.x_of(stretch.ends_at) - x, 4.0)
    each = width / len(counts)
    bars = []
    for index, messages in enumerate(counts):
        if messages:
            height = max(3.0, BARS_HEIGHT * messages / highest)
            bars.append(
                Bar(
                    round(x + index * each, 1),
                    round(BARS_HEIGHT - height, 1),
                    round(max(each - 1, 1.0), 1),
                    round(height, 1),
                )
            )
    label = (
        f"{words.short_time(stretch.starts_at)} to {words.short_time(stretch.ends_at)}, "
        f"{words.count(len(stretch.spoken_at), 'message')}"
    )
    return StretchShape(stretch.number, round(x, 1), round(width, 1), label, tuple(bars))


def _mark_shapes(moments: Sequence[Moment], axis: Axis) -> tuple[MarkShape, ...]:
    """Marks that would lie on top of each other become one that counts them."""
    shapes: list[MarkShape] = []
    held: list[int] = []
    for moment in sorted(moments, key=lambda m: m.at):
        x = min(max(axis.x_of(moment.at), 6.0), axis.width - 6.0)
        title = f"{words.short_time(moment.at)}  {moment.label}"
        if shapes and x - shapes[-1].x < _MARKS_APART:
            held[-1] += 1
            first = shapes[-1].title.split("\n", 1)[0]
            shapes[-1] = MarkShape(
                moment.kind, shapes[-1].x, f"{first}\nand {held[-1]} more", shapes[-1].href
            )
            continue
        shapes.append(MarkShape(moment.kind, x, title, moment.href))
        held.append(0)
    return tuple(shapes)


def _band_shapes(
    changes: Sequence[Change], axis: Axis, word: Callable[[str], str]
) -> tuple[BandShape, ...]:
    ordered = sorted(changes, key=lambda change: change.at)
    ends = [*(axis.x_of(change.at) for change in ordered[1:]), float(axis.width)]
    shapes = []
    for change, end in zip(ordered, ends, strict=False):
        x = axis.x_of(change.at)
        width = round(end - x, 1)
        text = word(change.value)
        if width > 0:
            fits = width >= len(text) * _LETTER_WIDTH + 12
            shapes.append(BandShape(x, width, change.value, text, text if fits else ""))
    return tuple(shapes)


def _ticks(stretches: Sequence[Stretch], axis: Axis) -> tuple[TickShape, ...]:
    """Round times where there is room, the date where it changes."""
    if not stretches:
        return ()
    ticks: list[TickShape] = []
    taken_until = float("-inf")
    shown_day = stretches[0].starts_at.date()
    for stretch in stretches:
        for instant in _round_times(stretch, axis):
            is_new_day = instant.date() != shown_day
            label = words.short_time(instant)
            if is_new_day:
                label = f"{instant.day} {instant:%b} {label}"
            x = axis.x_of(instant)
            width = len(label) * _LETTER_WIDTH
            if x < taken_until or x + width > axis.width:
                continue
            ticks.append(TickShape(x, label))
            taken_until = x + width + 10
            shown_day = instant.date()
    return tuple(ticks)


def _round_times(stretch: Stretch, axis: Axis) -> Iterator[datetime]:
    yield stretch.starts_at
    length = axis.x_of(stretch.ends_at) - axis.x_of(stretch.starts_at)
    span_s = (stretch.ends_at - stretch.starts_at).total_seconds()
    fitting = [step for step in _TICK_STEPS_S if span_s / step * _TICKS_APART <= length]
    if not fitting or span_s < fitting[0]:
        return
    step = timedelta(seconds=fitting[0])
    midnight = stretch.starts_at.replace(hour=0, minute=0, second=0, microsecond=0)
    instant = midnight + (int((stretch.starts_at - midnight) / step) + 1) * step
    while instant <= stretch.ends_at:
        yield instant
        instant += step

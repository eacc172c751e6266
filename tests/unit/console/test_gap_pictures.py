"""What the pictures of the gap are drawn from."""

import re

from copilot.console.gap_pictures import (
    debt_picture,
    kinds_picture,
    times_picture,
    weeks_picture,
    words_picture,
)
from copilot.console.gap_scales import BOTTOM, LEFT, RIGHT, TOP, scale_to
from copilot.reviews.gap_entries import Entry, ShownSuggestion
from copilot.reviews.gap_reports import Ledger
from copilot.reviews.gap_series import course_of
from copilot.reviews.velocity_gap import velocity_gap
from copilot.reviews.vocabulary import LedgerKind
from tests.unit.reviews.gap_ledger import at, drafted, line, opened, shown, verified

LINES = [
    drafted(1, words=60),
    drafted(2, words=40, minutes=10),
    opened(1, 30, 20),
    verified(1, 21),
    line(LedgerKind.WITHDRAWN, 30, 2),
    line(LedgerKind.UNDONE, 40, 1, person="ana"),
]


def of(entries: list[Entry], suggestions: list[ShownSuggestion] | None = None) -> Ledger:
    return Ledger(entries, suggestions or [], 15.0, at(600))


def test_the_course_is_what_stood_at_each_step() -> None:
    steps = [(step.at, step.written_words, step.checked_words) for step in course_of(LINES, 15.0)]
    assert steps == [
        (at(0), 60, 0),
        (at(10), 100, 0),
        (at(21), 100, 60),
        (at(30), 60, 60),
        (at(40), 60, 0),
    ]
    debts = [round(step.debt_minutes, 2) for step in course_of(LINES, 15.0)]
    assert debts == [0.5, 0.92, 0.42, 0.0, 0.5]


def test_the_last_step_is_the_gap_of_now() -> None:
    for until in range(1, len(LINES) + 1):
        gap = velocity_gap(LINES[:until], now=at(600))
        last = course_of(LINES[:until], 15.0)[-1]
        assert last.written_words - last.checked_words == gap.waiting_words
        assert round(last.debt_minutes, 9) == round(gap.debt_minutes, 9)


def test_lines_stay_on_their_ground() -> None:
    picture = words_picture(of(LINES))
    assert picture is not None
    for path in (picture.written, picture.checked, picture.between):
        for across in map(float, re.findall(r"[MH]([\d.]+)", path)):
            assert LEFT <= across <= RIGHT
        for down in map(float, re.findall(r"V([\d.]+)", path)):
            assert TOP <= down <= BOTTOM
    assert picture.rows[-1][1:] == ("60", "0")


def test_the_cap_is_on_the_picture_however_little_waits() -> None:
    picture = debt_picture(of(LINES), 10.0)
    assert picture is not None
    assert picture.cap == TOP
    assert [tick.label for tick in picture.axes.up] == ["0", "5", "10"]


def test_nothing_is_drawn_of_nothing() -> None:
    nothing = of([])
    assert words_picture(nothing) is None
    assert debt_picture(nothing, 10) is None
    assert times_picture(nothing) is None
    assert kinds_picture([]) == ()
    assert weeks_picture([("2026-W47", velocity_gap([], now=at(0)))]) is None


def test_checks_that_nobody_opened_have_a_column_of_their_own() -> None:
    picture = times_picture(of([drafted(1), opened(1, 30, 1), verified(1, 2), verified(2, 3)]))
    assert picture is not None
    told = {column.label: (column.total, column.stamps) for column in picture.columns}
    assert told["unseen"] == (1, 1)
    assert told["20–40"] == (1, 0)
    assert sum(total for total, _ in told.values()) == 2


def test_the_debt_is_of_those_who_were_at_it_then() -> None:
    day = 24 * 60
    steps = course_of(
        [
            *(drafted(claim, words=119, sources=2) for claim in range(1, 6)),
            verified(1, 1, person="ana"),
            verified(2, 2, person="ben"),
            verified(3, day + 1.5, person="ben"),
        ],
        15.0,
    )
    assert [(step.debt_minutes, step.reviewers) for step in steps] == [
        (5.0, 1),
        (4.0, 1),
        (3.0, 2),
        (2.0, 1),
    ]
    assert steps[2].minutes_each == 1.5


def test_kinds_are_told_apart_by_what_became_of_them() -> None:
    rows = kinds_picture(
        [
            shown(1, "request", 1, "accepted"),
            shown(2, "request", 1, "dismissed"),
            shown(3, "proposal", 1),
        ]
    )
    told = {row.label: tuple(row.counts) for row in rows}
    assert told == {
        "Promises": (0, 0, 0, 0),
        "Requests": (1, 1, 0, 0),
        "Proposals": (0, 0, 0, 1),
    }


def test_an_axis_ends_at_a_round_number() -> None:
    for most, ends in ((0, "1"), (3, "4"), (10, "10"), (11, "20"), (1_840, "2,000")):
        assert scale_to(most).ticks[-1].label == ends

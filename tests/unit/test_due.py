"""Phrases of time, and the days that they mean."""

from datetime import UTC, date, datetime

import pytest

from copilot.incidents.due import due_date, due_holds, due_in, due_offered

WEDNESDAY = datetime(2026, 3, 4, 14, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("phrase", "day"),
    [
        ("today", date(2026, 3, 4)),
        ("by EOD", date(2026, 3, 4)),
        ("before the day is over", date(2026, 3, 4)),
        ("tomorrow morning", date(2026, 3, 5)),
        ("by friday", date(2026, 3, 6)),
        ("on wednesday", date(2026, 3, 11)),
        ("for Monday's capacity meeting", date(2026, 3, 9)),
        ("by the end of the week", date(2026, 3, 6)),
        ("next week", date(2026, 3, 13)),
        ("in two weeks", date(2026, 3, 18)),
        ("by the end of the month", date(2026, 3, 31)),
        ("next month", date(2026, 4, 30)),
        ("by march 14", date(2026, 3, 14)),
        ("by jan 2", date(2026, 1, 2)),
        ("by feb 30", None),
        ("2026-03-20", date(2026, 3, 20)),
        ("2026-13-20", None),
        ("next sprint", None),
        ("after this", None),
    ],
)
def test_a_phrase_means_a_day_where_it_names_one(phrase: str, day: date | None) -> None:
    assert due_date(phrase, WEDNESDAY) == day


def test_a_time_in_quoted_words_is_no_due() -> None:
    assert due_in('then I\'ll write "within 24 hours" instead') is None
    assert due_in('I\'ll write "soon" by friday') == "by friday"


@pytest.mark.parametrize(
    ("after", "due"),
    [
        (" Tomorrow is fine, no rush.", "Tomorrow"),
        (" next week works", "next week"),
        (" Friday would be great", "Friday"),
        (" The graph is fine tomorrow", None),
        ("", None),
    ],
)
def test_when_it_is_wanted_may_follow_in_a_sentence_of_its_own(after: str, due: str | None) -> None:
    assert due_offered(after) == due


def test_a_due_has_to_be_said_and_ahead() -> None:
    said = "I'll do it tomorrow, by 2026-03-20 at the latest, not on jan 2"
    assert due_holds("tomorrow", said, WEDNESDAY)
    assert due_holds("2026-03-05", said, WEDNESDAY)
    assert due_holds("2026-03-20", said, WEDNESDAY)
    assert not due_holds("2026-03-21", said, WEDNESDAY)
    assert not due_holds("by jan 2", said, WEDNESDAY)
    assert not due_holds("next sprint", said, WEDNESDAY)
    assert not due_holds("at the latest", said, WEDNESDAY)

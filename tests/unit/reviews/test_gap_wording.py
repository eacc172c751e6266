"""The sentence under each picture says what it shows, and no more."""

from dataclasses import replace

import pytest

from copilot.reviews.gap_export import rows_of
from copilot.reviews.gap_wording import (
    debt_sentence,
    interval_words,
    suggestions_sentence,
    time_sentence,
    value_words,
    words_sentence,
)
from copilot.reviews.velocity_gap import Gap, velocity_gap
from copilot.reviews.vocabulary import LedgerKind
from tests.unit.reviews.gap_ledger import at, drafted, line, opened, shown, verified

NOW = at(600)
NOTHING = velocity_gap([], now=NOW)


def written(**numbers: float) -> Gap:
    return replace(NOTHING, **numbers)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("gap", "said"),
    [
        (NOTHING, "Nothing was drafted this week."),
        (
            written(
                produced_words=1840,
                checked_of_produced_words=1210,
                waiting_words=630,
                debt_minutes=9.2,
            ),
            "Of 1,840 words drafted this week 1,210 were checked by a person; the rest waits, "
            "about 9 minutes of reading.",
        ),
        (
            written(produced_words=40, waiting_words=40, debt_minutes=0.4),
            "None of the 40 words drafted this week was checked by a person; less than a minute "
            "of reading waits.",
        ),
        (
            written(produced_words=40, checked_of_produced_words=30),
            "Of 40 words drafted this week 30 were checked by a person and 10 dropped by a newer "
            "draft; nothing waits.",
        ),
    ],
)
def test_what_was_checked_is_said(gap: Gap, said: str) -> None:
    assert words_sentence(gap, " this week") == said


def test_the_debt_is_each_persons() -> None:
    assert debt_sentence(9.4, 1, 10, waits=False) == (
        "9 minutes of reading wait for one person; from 10 minutes on no further section is "
        "drafted."
    )
    assert debt_sentence(12, 2, 10, waits=True) == (
        "12 minutes of reading wait for each of 2 people; so the next section is not drafted yet."
    )
    assert debt_sentence(0, 1, 10, waits=False).startswith("Nothing waits for one person;")


def test_waving_through_is_called_so() -> None:
    assert time_sentence(NOTHING) == "Nobody has checked a sentence yet."
    ledger = [drafted(1), opened(1, 30, 1), verified(1, 2), verified(2, 3)]
    assert time_sentence(velocity_gap(ledger, now=NOW)) == (
        "Of 1 the time is known, too few to say what is usual. Of 2 verified sentences 1 was waved "
        "through: with no source open, or faster than anybody reads."
    )
    rejected = [line(LedgerKind.REJECTED, n, n, person="ana", seconds=12.0) for n in range(10)]
    assert time_sentence(velocity_gap(rejected, now=NOW)) == (
        "Half of them took 12 s or less. None was verified yet."
    )


def test_what_became_of_suggestions_is_counted() -> None:
    assert suggestions_sentence([]) == "No suggestion was shown."
    some = [
        shown(1, "request", 1, "accepted"),
        shown(2, "request", 1, "merged"),
        shown(3, "request", 1, "snoozed"),
        shown(4, "request", 1),
    ]
    assert suggestions_sentence(some) == (
        "Of 4 suggestions shown 2 were taken, none dismissed and 1 left for the review; nobody "
        "decided on 1."
    )


def test_too_few_are_told_as_such() -> None:
    ledger = [verified(claim, claim, seconds=float(claim)) for claim in range(1, 12)]
    rows = {row[0]: row for row in rows_of(velocity_gap(ledger, now=NOW))}
    assert value_words(rows["time_to_check"]) == "6.0 s"
    assert interval_words(rows["time_to_check"]) == "2.0 s to 10 s"
    assert value_words(rows["time_to_check_p90"]) == "too few to tell: 11 of 30"
    assert interval_words(rows["time_to_check_p90"]) == ""
    assert value_words(rows["rubber_stamps"]) == "100 %"
    assert interval_words(rows["rubber_stamps"]) == "74 % to 100 %"
    assert value_words(rows["ratio"]) == "–"

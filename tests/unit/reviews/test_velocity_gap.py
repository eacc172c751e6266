"""Each metric from its definition, on an example that was computed by hand."""

from dataclasses import replace
from datetime import timedelta

import pytest

from copilot.reviews.debt import Unchecked, debt_minutes
from copilot.reviews.gap_entries import Check, Entry, stories_of
from copilot.reviews.gap_numbers import Rate
from copilot.reviews.velocity_gap import (
    is_rubber_stamp,
    measured_seconds_per_source,
    velocity_gap,
)
from copilot.reviews.vocabulary import LedgerKind
from tests.unit.reviews.gap_ledger import START, at, drafted, line, opened, shown, verified

NOW = at(600)
HOUR = 60


def test_words_are_produced_when_drafted_and_checked_when_a_persons_word_stands() -> None:
    ledger = [
        *(drafted(claim, words=10 * claim) for claim in (1, 2, 3, 4, 5)),
        verified(1, 5),
        line(LedgerKind.EDITED, 6, 2, person="ana", words=99),
        line(LedgerKind.REJECTED, 7, 3, person="ben", words=30),
        verified(4, 8),
        line(LedgerKind.UNDONE, 9, 4, person="ana"),
        line(LedgerKind.SKIPPED, 10, 5, person="ana"),
    ]
    gap = velocity_gap(ledger, now=NOW)
    assert (gap.produced_claims, gap.produced_words) == (5, 150)
    assert (gap.checked_claims, gap.checked_words) == (3, 60)  # as drafted: 10, 20 and 30
    assert (gap.waiting_claims, gap.waiting_words) == (2, 90)
    assert gap.checked_of_produced_words == 60


def test_velocities_are_per_hour_in_which_anything_was_drafted_or_checked() -> None:
    ledger = [
        drafted(1, words=120),
        drafted(2, words=60, minutes=30),
        verified(1, 3 * HOUR),
        opened(2, 5, 7 * HOUR),  # looking is neither
    ]
    gap = velocity_gap(ledger, now=NOW)
    assert gap.active_hours == 2  # from 9 and from 12 o'clock
    assert gap.produced_per_hour == 90
    assert gap.checked_per_hour == 60
    assert gap.ratio == 1.5


def test_nothing_is_said_of_nothing() -> None:
    gap = velocity_gap([], now=NOW)
    assert (gap.produced_per_hour, gap.checked_per_hour, gap.ratio) == (None, None, None)
    assert gap.debt_minutes == 0
    assert gap.source_open.share is gap.rubber_stamps.share is gap.reversals.share is None
    assert gap.time_to_check.value is gap.edit_distance.value is None
    assert gap.seeded == Rate(0, 0)
    assert gap.false_positives == Rate(0, 0)


def test_debt_is_the_time_to_read_what_nobody_checked_and_its_sources() -> None:
    ledger = [
        drafted(1, words=119, sources=2),
        drafted(2, words=100, sources=3),
        drafted(3, words=100, sources=3),
        verified(2, 1),
        line(LedgerKind.WITHDRAWN, 2, 3),
    ]
    # 119 words are half a minute at 238, and two sources half a minute at 15 s
    assert velocity_gap(ledger, now=NOW).debt_minutes == pytest.approx(1.0)
    assert velocity_gap(ledger, now=NOW, seconds_per_source=30).debt_minutes == pytest.approx(1.5)
    assert debt_minutes([Unchecked(119, 2)]) == pytest.approx(1.0)


def test_a_source_counts_as_opened_after_two_seconds_or_when_followed() -> None:
    ledger = [
        *(drafted(claim) for claim in range(1, 11)),
        opened(1, 2.0, 1),
        opened(2, 1.9, 1),
        opened(3, 1.5, 1),
        opened(3, 0.5, 2),
        opened(4, 1.5, 1, "ana"),
        opened(4, 1.5, 1, "ben"),  # nobody of them long enough
        line(LedgerKind.FOLLOWED, 1, 5, person="ana"),
        opened(6, None, 1),  # for how long, nobody knows
    ]
    rate = velocity_gap(ledger, now=NOW).source_open
    assert (rate.hits, rate.of, rate.share) == (3, 10, 0.3)


def test_what_a_draft_dropped_unseen_needs_no_source_opened() -> None:
    ledger = [drafted(1), drafted(2), line(LedgerKind.WITHDRAWN, 5, 2)]
    assert velocity_gap(ledger, now=NOW).source_open == Rate(0, 1)


def test_time_to_check_goes_from_opening_to_saying() -> None:
    ledger: list[Entry] = []
    for claim in range(1, 12):
        ledger += [drafted(claim), opened(claim, claim, claim), opened(claim, claim, claim + 0.1)]
        ledger += [opened(claim, 1000, claim + 0.2, "ben"), verified(claim, claim + 0.3)]
    ledger += [opened(1, 500, 90), verified(1, 91, seconds=7.0)]  # what the act says counts
    ledger += [verified(2, 92, person="cleo")]  # who opened nothing has no time
    quantile = velocity_gap(ledger, now=NOW).time_to_check
    # 2, 4, 6, 7, 8, 10, 12, 14, 16, 18, 20, 22: the sixth of twelve
    assert (quantile.of, quantile.value) == (12, 10)
    # the third and the tenth leave 1.9 % on either side
    assert (quantile.low, quantile.high) == (6, 18)
    assert velocity_gap(ledger, now=NOW).time_to_check_p90.value is None


def test_nine_in_ten_needs_thirty() -> None:
    ledger = [verified(claim, claim, seconds=float(claim)) for claim in range(1, 41)]
    p90 = velocity_gap(ledger, now=NOW).time_to_check_p90
    assert (p90.of, p90.value) == (40, 36)
    assert (p90.low, p90.high) == (32, 40)


def test_a_rubber_stamp_had_no_source_open_or_no_time_to_read() -> None:
    """50 words take 12.6 s to read at 238 a minute; half of that is 6.3 s."""
    claim = verified(1, 1, words=20, quoted=30)
    assert is_rubber_stamp(Check(claim, None, had_sources_open=False))
    assert is_rubber_stamp(Check(claim, 60.0, had_sources_open=False))
    assert is_rubber_stamp(Check(claim, 6.2, had_sources_open=True))
    assert not is_rubber_stamp(Check(claim, 6.4, had_sources_open=True))
    assert not is_rubber_stamp(Check(claim, None, had_sources_open=True))
    ledger: list[Entry] = []
    for number in range(1, 11):
        ledger += [opened(number, 3 if number <= 4 else 20, number), verified(number, number + 0.1)]
    ledger += [line(LedgerKind.REJECTED, 40, 99, person="ana")]  # saying no is no stamp
    assert velocity_gap(ledger, now=NOW).rubber_stamps == Rate(4, 10)


def test_a_reversal_takes_back_what_was_verified() -> None:
    ledger = [verified(claim, claim) for claim in range(1, 11)]
    ledger += [
        line(LedgerKind.UNDONE, 20, 1, person="ana"),
        verified(1, 21),
        line(LedgerKind.REJECTED, 22, 2, person="ben"),
        line(LedgerKind.EDITED, 23, 3, person="ben"),
        verified(4, 24, person="ben"),
        line(LedgerKind.EDITED, 25, 11, person="ben"),
        line(LedgerKind.UNDONE, 26, 11, person="ben"),  # it had not been verified
    ]
    rate = velocity_gap(ledger, now=NOW).reversals
    assert (rate.hits, rate.of, rate.share) == (3, 10, 0.3)


def test_edit_distance_is_that_of_the_last_edit_of_each_claim() -> None:
    ledger = [
        line(LedgerKind.EDITED, claim, claim, person="ana", edit_distance=claim / 20)
        for claim in range(1, 11)
    ]
    ledger += [line(LedgerKind.EDITED, 30, 1, person="ben", edit_distance=1.0)]
    quantile = velocity_gap(ledger, now=NOW).edit_distance
    # 0.1, 0.15, … 0.5, 1.0: the fifth of ten
    assert (quantile.of, quantile.value) == (10, 0.3)


def test_acceptance_is_of_what_was_decided_by_kind() -> None:
    decided = ["accepted"] * 5 + ["edited"] * 2 + ["merged"] + ["dismissed"] * 2
    suggestions = [shown(n, "request", n, decision) for n, decision in enumerate(decided)]
    suggestions += [shown(20, "request", 20, "snoozed"), shown(21, "request", 21)]
    suggestions += [shown(22, "proposal", 22, "accepted")]
    acceptance = velocity_gap([], suggestions, now=NOW).acceptance
    assert acceptance["request"] == Rate(8, 10)
    assert acceptance["request"].share == 0.8
    assert acceptance["proposal"] == Rate(1, 1)
    assert acceptance["proposal"].share is None
    assert acceptance["commitment"] == Rate(0, 0)


def test_effective_false_positives_were_dismissed_or_seen_by_nobody() -> None:
    now = START + timedelta(days=2)
    suggestions = [
        shown(1, "request", 0, "dismissed"),
        shown(2, "request", 0, "accepted"),
        shown(3, "request", 0, "snoozed"),
        shown(4, "request", 24 * HOUR),  # a day ago, and nobody looked
        replace(shown(5, "request", 0), is_opened=True),
        shown(6, "request", 24 * HOUR + 1),  # not quite a day ago: not known yet
    ]
    assert velocity_gap([], suggestions, now=now).false_positives == Rate(2, 5)


def test_the_hit_rate_of_altered_sentences() -> None:
    ledger = [
        line(LedgerKind.SEEDED, number, person="ana", is_caught=number < 7) for number in range(10)
    ]
    rate = velocity_gap(ledger, now=NOW).seeded
    assert (rate.hits, rate.of, rate.share) == (7, 10, 0.7)
    # Wilson, e.g. by statsmodels' proportion_confint(7, 10, method="wilson")
    assert rate.low == pytest.approx(0.3968, abs=5e-5)
    assert rate.high == pytest.approx(0.8922, abs=5e-5)


def test_the_ledger_of_altered_sentences_counts_as_nothing_else() -> None:
    ledger = [line(LedgerKind.SEEDED, number, person="ana", is_caught=True) for number in range(20)]
    gap = velocity_gap(ledger, now=NOW)
    assert gap.produced_words == gap.checked_words == gap.active_hours == 0


def test_a_week_has_what_happened_in_it_and_knows_what_came_before() -> None:
    week = timedelta(days=7)
    ledger = [
        drafted(1, words=40),
        opened(1, 30, 1),
        drafted(2, words=60, minutes=2),
        verified(1, 8 * 24 * HOUR),
    ]
    now = START + 2 * week
    first = velocity_gap(ledger, now=now, since=START, until=START + week)
    second = velocity_gap(ledger, now=now, since=START + week, until=START + 2 * week)
    assert (first.produced_words, first.checked_words, first.waiting_words) == (100, 0, 100)
    assert (second.produced_words, second.checked_words) == (0, 40)
    assert second.ratio == 0
    assert second.rubber_stamps == Rate(0, 1)  # opened the week before


def test_the_time_per_source_is_measured_where_sources_were_open() -> None:
    """238 words take a minute; what is left of two is for three sources."""
    ledger: list[Entry] = []
    for claim in range(1, 21):
        ledger += [opened(claim, 120, claim), verified(claim, claim + 0.5, words=238, sources=3)]
    assert measured_seconds_per_source(ledger[:-2]) is None
    assert measured_seconds_per_source(ledger) == pytest.approx(20.0)
    stamps = [verified(claim, 100 + claim, person="ben", seconds=0.1) for claim in range(1, 200)]
    assert measured_seconds_per_source([*ledger, *stamps]) == pytest.approx(20.0)
    rushed = [
        each
        for claim in range(1, 41)
        for each in (opened(claim, 2.5, claim), verified(claim, claim + 0.5))
    ]
    assert measured_seconds_per_source(rushed) == 3.0


def test_a_persons_word_brings_back_what_a_draft_dropped() -> None:
    (story,) = stories_of([drafted(1), line(LedgerKind.WITHDRAWN, 1, 1), verified(1, 2)])
    assert story.withdrawn_at is None
    assert story.is_checked

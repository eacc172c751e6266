"""Whatever the ledger says, every metric stays within its bounds."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.errors import BadInputError
from copilot.reviews.gap_entries import Entry, ShownSuggestion
from copilot.reviews.gap_export import (
    entry_from_json,
    gap_json,
    ledger_json,
    rows_of,
    shown_from_json,
    shown_json,
)
from copilot.reviews.gap_numbers import FEWEST, Quantile, Rate
from copilot.reviews.ledger import edit_distance
from copilot.reviews.velocity_gap import measured_seconds_per_source, velocity_gap
from copilot.reviews.vocabulary import LedgerKind
from copilot.reviews.weeks import span_of_week, week_of, weeks_until
from copilot.suggestions.vocabulary import DecisionKind, SuggestionKind
from tests.unit.reviews.gap_ledger import START, at

minutes = st.integers(0, 3 * 7 * 24 * 60)
seconds = st.none() | st.floats(0, 10_000)
entries = st.lists(
    st.builds(
        lambda kind, minute, **more: Entry(kind.value, at(minute), **more),
        st.sampled_from(LedgerKind),
        minutes,
        claim_id=st.integers(1, 12),
        person=st.sampled_from(["ana", "ben"]),
        words=st.integers(0, 60),
        sources=st.integers(0, 5),
        source_words=st.integers(0, 200),
        seconds=seconds,
        edit_distance=st.none() | st.floats(0, 1),
        is_caught=st.none() | st.booleans(),
    ),
    max_size=80,
)
suggestions = st.lists(
    st.builds(
        lambda number, kind, minute, decision, is_opened: ShownSuggestion(
            number, 1, kind.value, at(minute), decision, at(minute + 1) if decision else None,
            is_opened,
        ),
        st.integers(1, 99),
        st.sampled_from(SuggestionKind),
        minutes,
        st.none() | st.sampled_from(DecisionKind).map(str),
        st.booleans(),
    ),
    max_size=40,
)  # fmt: skip
spans = st.sampled_from([(None, None), *(span_of_week(f"2026-W{week}") for week in (46, 47, 48))])
NOW = START + timedelta(days=21)


@given(entries, suggestions, spans)
def test_every_metric_is_within_its_bounds(
    ledger: list[Entry], shown: list[ShownSuggestion], span: tuple[None, None]
) -> None:
    gap = velocity_gap(ledger, shown, now=NOW, since=span[0], until=span[1])
    assert 0 <= gap.checked_of_produced_words <= gap.produced_words
    assert gap.waiting_words <= gap.produced_words
    assert gap.waiting_words + gap.checked_of_produced_words <= gap.produced_words
    assert gap.waiting_claims <= gap.produced_claims
    assert gap.debt_minutes >= 0
    assert gap.active_hours >= 0
    assert (gap.ratio is None) == (gap.checked_words == 0)
    for velocity in (gap.produced_per_hour, gap.checked_per_hour, gap.ratio):
        assert velocity is None or velocity >= 0
    for rate in (
        gap.source_open, gap.rubber_stamps, gap.reversals, gap.false_positives, gap.seeded,
        *gap.acceptance.values(),
    ):  # fmt: skip
        assert 0 <= rate.hits <= rate.of
        is_told = rate.of >= FEWEST
        assert [value is not None for value in (rate.share, rate.low, rate.high)] == [is_told] * 3
        if rate.share is not None and rate.low is not None and rate.high is not None:
            assert 0 <= rate.low <= rate.share <= rate.high <= 1
    for quantile in (gap.time_to_check, gap.time_to_check_p90, gap.edit_distance):
        _is_sound(quantile)
    if gap.edit_distance.value is not None:
        assert 0 <= gap.edit_distance.value <= 1


@given(entries, suggestions)
def test_who_has_the_export_computes_the_same(
    ledger: list[Entry], shown: list[ShownSuggestion]
) -> None:
    written = json.loads(json.dumps([ledger_json(ledger), shown_json(shown)]))
    again = velocity_gap(
        list(map(entry_from_json, written[0])), map(shown_from_json, written[1]), now=NOW
    )
    assert gap_json(again) == gap_json(velocity_gap(ledger, shown, now=NOW))
    assert not {line["person"] for line in written[0]} & {"ana", "ben"}


@given(entries)
def test_the_order_in_which_the_ledger_is_read_is_no_matter(ledger: list[Entry]) -> None:
    distinct = list({(one.kind, one.at): one for one in ledger}.values())
    apart = [
        replace(one, at=one.at + timedelta(seconds=number / 100))
        for number, one in enumerate(distinct)
    ]
    backwards = velocity_gap(apart[::-1], now=NOW)
    assert backwards == velocity_gap(apart, now=NOW)


@given(entries)
def test_the_measured_time_per_source_is_bounded(ledger: list[Entry]) -> None:
    measured = measured_seconds_per_source(ledger * 3)
    assert measured is None or 3 <= measured <= 60


@given(st.lists(st.floats(0, 1e6), max_size=300), st.sampled_from([0.5, 0.9]))
def test_a_quantile_lies_between_its_ends(values: list[float], share: float) -> None:
    quantile = Quantile.at(share, values)
    _is_sound(quantile)
    if quantile.value is not None:
        assert sum(value <= quantile.value for value in values) >= share * len(values)


def test_the_interval_of_a_median_has_the_published_ranks() -> None:
    """Conover, Practical Nonparametric Statistics: of 20 values the 6th to the 15th."""
    quantile = Quantile.at(0.5, range(1, 21))
    assert (quantile.low, quantile.high) == (6, 15)
    assert Quantile.at(0.5, range(1, 10_001)).low == 4_902


@given(st.text(), st.text())
def test_the_edit_distance_is_a_share_and_symmetric(one: str, other: str) -> None:
    distance = edit_distance(one, other)
    assert 0 <= distance <= 1
    assert distance == edit_distance(other, one)
    assert (distance == 0) == (one.split() == other.split())


def test_the_edit_distance_counts_words() -> None:
    """One of five words put otherwise, one added: two of six."""
    before = "The disk of db-3 filled"
    assert edit_distance(before, "The disk of db-4 filled up") == pytest.approx(2 / 6)


def test_a_rate_has_no_share_of_too_few() -> None:
    assert Rate(9, 9).share is None
    assert Rate(10, 10).share == 1


def test_every_metric_has_a_row() -> None:
    rows = {row[0] for row in rows_of(velocity_gap([], now=NOW))}
    fields = set(type(velocity_gap([], now=NOW)).__dataclass_fields__)
    assert {name.partition(".")[0] for name in rows} == fields


@given(st.integers(-10_000_000, 10_000_000))
def test_an_instant_lies_in_its_week(minutes_from_start: int) -> None:
    instant = at(minutes_from_start)
    since, until = span_of_week(week_of(instant))
    assert since <= instant < until
    assert weeks_until(START, 3) == ["2026-W45", "2026-W46", "2026-W47"]


@pytest.mark.parametrize("name", ["", "2026", "2026-W60", "W47", "2026-W00", "٢٠٢٦-W01"])
def test_a_week_has_an_iso_name(name: str) -> None:
    with pytest.raises(BadInputError, match="2026-W47"):
        span_of_week(name)


def _is_sound(quantile: Quantile) -> None:
    if quantile.value is None:
        assert quantile.low is quantile.high is None
        return
    assert quantile.low is None or quantile.low <= quantile.value
    assert quantile.high is None or quantile.value <= quantile.high

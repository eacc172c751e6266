"""How far a share seen on a few can be trusted."""

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.suggestions.precision import count_by_kind
from copilot.suggestions.proportions import probability_below, wilson


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"),
    [
        (0, 0, 0.0, 1.0),
        (190, 200, 0.910, 0.973),
        (95, 100, 0.888, 0.978),
        (294, 300, 0.957, 0.991),
        (0, 300, 0.0, 0.0126),
        (3, 24, 0.0434, 0.3100),
        (10, 10, 0.722, 1.0),
    ],
)
def test_wilson_is_as_published(hits: int, total: int, low: float, high: float) -> None:
    assert wilson(hits, total) == pytest.approx((low, high), abs=0.0005)


@given(st.integers(0, 500), st.integers(0, 500))
def test_wilson_holds_the_share_itself(hits: int, misses: int) -> None:
    low, high = wilson(hits, hits + misses)
    assert 0 <= low <= high <= 1
    if hits + misses:
        assert low - 1e-9 <= hits / (hits + misses) <= high + 1e-9


@given(st.integers(0, 200), st.integers(0, 200), st.floats(0.01, 0.99))
def test_the_chance_of_being_below_a_bar_is_that_of_the_binomial(
    hits: int, misses: int, bar: float
) -> None:
    # I_x(a, b) for whole a and b is the chance of at least a successes in a + b - 1 tries.
    tries = hits + misses + 1
    exact = sum(
        comb(tries, k) * bar**k * (1 - bar) ** (tries - k) for k in range(hits + 1, tries + 1)
    )
    assert probability_below(bar, hits, misses) == pytest.approx(exact, abs=1e-9)


@given(st.floats(0, 300), st.floats(0, 300), st.floats(0, 1))
def test_the_chance_is_a_chance_for_weights_too(hits: float, misses: float, bar: float) -> None:
    assert -1e-12 <= probability_below(bar, hits, misses) <= 1 + 1e-12


def test_precision_counts_what_tells_of_the_kind_and_nothing_below_ten() -> None:
    found = count_by_kind(
        [
            ("commitment", "accepted", None, 7),
            ("commitment", "edited", None, 2),
            ("commitment", "dismissed", "wrong", 2),
            ("commitment", "dismissed", "too_noisy", 1),
            ("commitment", "dismissed", "duplicate", 5),
            ("commitment", "snoozed", None, 3),
            ("commitment", None, None, 4),
            ("proposal", "dismissed", "wrong", 9),
        ]
    )
    promised = found["commitment"]
    assert (promised.shown, promised.decided, promised.wanted) == (24, 12, 9)
    assert promised.share == 0.75
    assert (promised.low, promised.high) == pytest.approx((0.468, 0.911), abs=0.0005)
    proposed = found["proposal"]
    assert (proposed.decided, proposed.share, proposed.low, proposed.high) == (9, None, None, None)
    assert found["request"].shown == 0

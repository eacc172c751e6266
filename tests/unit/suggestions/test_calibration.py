"""Confidence fitted to what people decided."""

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.suggestions.calibration_fit import (
    FEWEST_FOR_ISOTONIC,
    FEWEST_LABELS,
    calibration_error,
    fit,
)
from copilot.suggestions.calibrators import (
    Labelled,
    Method,
    calibrator,
    fit_isotonic,
    fit_platt,
)

stated = st.integers(0, 1000).map(lambda thousandth: thousandth / 1000)
labels = st.builds(Labelled, stated, st.booleans(), st.integers(1, 12))
METHODS = {Method.PLATT: fit_platt, Method.ISOTONIC: fit_isotonic}
GRID = [step / 500 for step in range(501)]


def overconfident(count: int, seed: int = 7) -> list[Labelled]:
    """An engine that says 0.5 to 1.0 where half of that is right."""
    dice = random.Random(seed)  # noqa: S311 - a test's
    said = [round(dice.uniform(0.5, 1.0), 3) for _ in range(count)]
    return [Labelled(raw, dice.random() < raw / 2, number % 12) for number, raw in enumerate(said)]


@pytest.mark.parametrize("method", METHODS)
@given(given_=st.lists(labels, min_size=1, max_size=120))
def test_a_map_keeps_every_order_and_stays_a_probability(
    method: Method, given_: list[Labelled]
) -> None:
    calibrate = calibrator(method, METHODS[method](sorted(given_)))
    found = [calibrate(raw) for raw in GRID]
    assert all(0 <= each <= 1 for each in found)
    assert all(low <= high + 1e-12 for low, high in pairwise(found))


@pytest.mark.parametrize("method", METHODS)
@given(given_=st.lists(labels, min_size=1, max_size=60), raw=stated)
def test_beyond_what_was_decided_it_says_no_more_than_the_engine(
    method: Method, given_: list[Labelled], raw: float
) -> None:
    calibrate = calibrator(method, METHODS[method](sorted(given_)))
    lowest, highest = min(given_).raw, max(each.raw for each in given_)
    if raw < lowest:
        assert calibrate(raw) == min(raw, calibrate(lowest))
    if raw > highest:
        assert calibrate(raw) == max(raw, calibrate(highest))


@settings(max_examples=15)
@given(st.integers(FEWEST_LABELS, 260), st.randoms())
def test_a_fit_does_not_depend_on_the_order_of_its_labels(count: int, dice: random.Random) -> None:
    known = overconfident(count)
    shuffled = list(known)
    dice.shuffle(shuffled)
    assert fit(shuffled) == fit(known)


def test_steps_are_as_computed_by_hand() -> None:
    known = [Labelled(0.2, number < 4, 1) for number in range(20)]
    known += [Labelled(0.6, number < 3, 2) for number in range(20)]
    known += [Labelled(0.9, number < 19, 3) for number in range(20)]
    # 0.20 and 0.15 fall, so they are pooled to 7 of 40: 8 of 42; 19 of 20 is 20 of 22.
    points = fit_isotonic(known)
    assert points[0] == [0.2, pytest.approx(8 / 42)]
    assert points[1] == [pytest.approx(0.4), pytest.approx(8 / 42)]
    assert points[2] == [0.9, pytest.approx(20 / 22)]
    assert calibrator(Method.ISOTONIC, points)(0.65) == pytest.approx((8 / 42 + 20 / 22) / 2)


def test_an_overconfident_engine_is_believed_less() -> None:
    for count, methods in ((120, {Method.PLATT}), (600, {Method.PLATT, Method.ISOTONIC})):
        fitted = fit(overconfident(count))
        assert fitted.method in methods
        assert fitted.error_before is not None
        assert fitted.error_after is not None
        assert fitted.error_after < fitted.error_before - 0.1
        assert calibrator(fitted.method, fitted.parameters)(0.8) == pytest.approx(0.4, abs=0.12)


def test_what_is_calibrated_already_is_left_as_it_is() -> None:
    dice = random.Random(3)  # noqa: S311 - a test's
    said = [round(dice.uniform(0.05, 0.95), 3) for _ in range(2000)]
    known = [Labelled(raw, dice.random() < raw, number % 40) for number, raw in enumerate(said)]
    fitted = fit(known)
    assert fitted.method is Method.SHIPPED
    assert calibrator(fitted.method, fitted.parameters)(0.31) == 0.31


def test_an_error_that_a_constant_would_mend_is_left_where_order_would_be_lost() -> None:
    # Perfectly ordered, with too little confidence: a constant has no calibration error at all.
    known = [
        Labelled(0.55 + (0.3 if wanted else 0.0), wanted, number % 8)
        for number, wanted in enumerate([True, False] * 40)
    ]
    fitted = fit(known)
    calibrate = calibrator(fitted.method, fitted.parameters)
    assert calibrate(0.85) - calibrate(0.55) >= 0.3


@pytest.mark.parametrize(
    ("known", "why"),
    [
        ([], "0 decisions are too few"),
        (overconfident(FEWEST_LABELS - 1), "49 decisions are too few"),
        ([Labelled(0.7, True, number % 9) for number in range(90)], "10 that were wanted"),
        ([Labelled(0.7, number % 2 > 0, 1) for number in range(90)], "decisions of 1 incidents"),
    ],
)
def test_too_few_labels_leave_what_was_shipped(known: list[Labelled], why: str) -> None:
    fitted = fit(known)
    assert (fitted.method, fitted.parameters) == (Method.SHIPPED, ())
    assert why in fitted.reason


def test_steps_of_their_own_shape_take_two_hundred_labels() -> None:
    def hill(count: int) -> list[Labelled]:
        """Right in one of ten below 0.7, in nine of ten above: no sigmoid of the log odds."""
        found = []
        for number in range(count):
            is_rare = number // 2 % 10 == 0
            raw = 0.55 + number % 2 * 0.2
            found.append(Labelled(raw, is_rare if raw < 0.7 else not is_rare, number % 11))
        return found

    assert fit(hill(FEWEST_FOR_ISOTONIC - 2)).method is not Method.ISOTONIC
    assert fit(hill(FEWEST_FOR_ISOTONIC * 3)).method is not Method.SHIPPED


def test_the_error_is_the_mean_gap_by_bin() -> None:
    assert calibration_error([0.9, 0.9, 0.1, 0.1], [True, True, False, False]) == pytest.approx(0.1)
    assert calibration_error([0.5, 0.5], [True, False]) == 0
    assert calibration_error([1.0], [False]) == 1

from hypothesis import given
from hypothesis import strategies as st

from copilot.timeline.coverage import (
    Stretch,
    Waiting,
    is_before,
    plan_refill,
    ts_after,
    ts_before,
    watermark_after,
)

STAMPS = st.integers(1_700_000_000_000_000, 1_700_000_000_000_012).map(
    lambda micros: f"{micros // 1_000_000}.{micros % 1_000_000:06d}"
)
STRETCHES = st.tuples(STAMPS, STAMPS).map(lambda pair: Stretch(*sorted(pair)))


def stamps_in(*stretches: Stretch) -> set[str]:
    found = set()
    for from_ts, until_ts in stretches:
        ts = from_ts
        while not is_before(until_ts, ts):
            found.add(ts)
            ts = ts_after(ts)
    return found


def test_stamps_are_compared_digit_by_digit() -> None:
    assert is_before("999.5", "1000.000001")
    assert is_before("1700000000.000100", "1700000000.0002")
    assert not is_before("1700000000.1", "1700000000.100000")
    assert ts_before("1700000000.000000") == "1699999999.999999"
    assert ts_after("1699999999.999999") == "1700000000.000000"


@given(STRETCHES, STRETCHES)
def test_what_is_left_of_a_stretch_is_what_the_other_does_not_cover(
    one: Stretch, other: Stretch
) -> None:
    assert stamps_in(*one.without(other)) == stamps_in(one) - stamps_in(other)
    assert one.touches(other) == bool(stamps_in(one) & stamps_in(other))


@given(STAMPS, STRETCHES, st.lists(STAMPS, max_size=2))
def test_the_watermark_never_moves_down_nor_over_what_nobody_read(
    standing: str, done: Stretch, still_open: list[str]
) -> None:
    after = watermark_after(standing, done, still_open)
    assert not is_before(after, standing)
    passed = stamps_in(Stretch(ts_after(standing), after))
    assert passed <= stamps_in(done)
    assert not any(is_before(begins, ts) for begins in still_open for ts in passed)


@given(STRETCHES, st.lists(st.tuples(STRETCHES, st.booleans()), max_size=4))
def test_merged_refills_cover_all_that_was_asked_for(
    wanted: Stretch, standing: list[tuple[Stretch, bool]]
) -> None:
    waiting = [Waiting(number, *each) for number, each in enumerate(standing)]
    plan = plan_refill(wanted, waiting)
    kept = [each.stretch for each in waiting if each.refill_id not in plan.merged]
    asked_for = stamps_in(wanted, *(each.stretch for each in waiting))
    assert stamps_in(plan.stretch, *kept) >= asked_for
    assert not any(each.is_begun for each in waiting if each.refill_id in plan.merged)
    for each in waiting:
        if not each.is_begun and each.refill_id not in plan.merged:
            assert not each.stretch.touches(plan.stretch)

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from copilot.console.overview import Change, Moment, draw_strip
from copilot.console.strip_axis import Stretch

START = datetime(2026, 3, 4, 14, 0, tzinfo=UTC)


def minute(number: float) -> datetime:
    return START + timedelta(minutes=number)


def stretch(number: int, first: float, last: float, messages: int = 5) -> Stretch:
    step = (last - first) / max(1, messages - 1)
    return Stretch(
        number, minute(first), minute(last), [minute(first + step * i) for i in range(messages)]
    )


def test_an_incident_without_messages_has_an_empty_strip() -> None:
    strip = draw_strip([], width=1000)
    assert not strip.stretches
    assert not strip.ticks


def test_one_message_is_one_bar() -> None:
    strip = draw_strip([Stretch(1, START, START, [START])], width=1000)
    assert len(strip.stretches[0].bars) == 1


def test_a_lull_is_compressed_and_says_how_long_it_was() -> None:
    strip = draw_strip([stretch(1, 0, 60), stretch(2, 60 + 600, 720)], width=1000)
    (lull,) = strip.lulls
    assert lull.width < 100
    assert lull.label == "10 h"
    first, second = strip.stretches
    assert abs(first.width - second.width) < 1
    assert second.x + second.width <= 1000.1


def test_stretches_that_touch_have_no_lull_between_them() -> None:
    strip = draw_strip([stretch(1, 0, 30), stretch(2, 30, 60)], width=1000)
    assert not strip.lulls


def test_many_lulls_leave_room_for_talk() -> None:
    strip = draw_strip([stretch(n, n * 100, n * 100 + 5) for n in range(60)], width=1000)
    assert len(strip.lulls) == 59
    assert not any(lull.label for lull in strip.lulls)
    assert sum(lull.width for lull in strip.lulls) <= 420
    assert all(shape.width >= 4 for shape in strip.stretches)


def test_the_busiest_time_has_the_highest_bar() -> None:
    calm, busy = stretch(1, 0, 30, messages=3), stretch(2, 30, 60, messages=90)
    strip = draw_strip([calm, busy], width=1000)
    highest = [max(bar.height for bar in shape.bars) for shape in strip.stretches]
    assert highest[1] > highest[0]


def test_bands_follow_each_other_to_the_end() -> None:
    changes = [Change(minute(5), "sev3"), Change(minute(30), "sev2")]
    strip = draw_strip([stretch(1, 0, 60)], severities=changes, width=1000)
    first, second = strip.severities
    assert (first.label, second.label) == ("SEV3", "SEV2")
    assert first.x > 0
    assert abs(first.x + first.width - second.x) < 0.2
    assert abs(second.x + second.width - 1000) < 0.2


def test_a_change_after_the_last_word_has_no_band() -> None:
    changes = [Change(minute(5), "monitoring"), Change(minute(90), "resolved")]
    strip = draw_strip([stretch(1, 0, 60)], statuses=changes, width=1000)
    assert [band.value for band in strip.statuses] == ["monitoring"]


def test_marks_that_would_cover_each_other_are_counted_together() -> None:
    moments = [Moment("alert", minute(10 + i / 100), f"alert {i}", f"#m-{i}") for i in range(4)]
    strip = draw_strip([stretch(1, 0, 60)], moments=moments, width=1000)
    (mark,) = strip.marks["alert"]
    assert mark.title.endswith("and 3 more")
    assert "alert 0" in mark.title
    assert mark.href == "#m-0"


def test_ticks_name_the_date_where_it_changes() -> None:
    strip = draw_strip([stretch(1, 0, 60), stretch(2, 1440, 1500)], width=1000)
    assert strip.ticks[0].label == "14:00"
    assert any(tick.label.startswith("5 Mar") for tick in strip.ticks)


@given(
    st.lists(
        st.tuples(st.integers(1, 5_000), st.integers(0, 3_000), st.integers(1, 20)),
        min_size=1,
        max_size=40,
    ),
    st.sampled_from([360, 1120]),
)
def test_everything_stays_on_the_strip(parts: list[tuple[int, int, int]], width: int) -> None:
    stretches, at = [], 0.0
    for number, (quiet, length, messages) in enumerate(parts, 1):
        at += quiet
        stretches.append(stretch(number, at, at + length, messages))
        at += length
    strip = draw_strip(stretches, width=width)
    assert sum(len(shape.bars) > 0 for shape in strip.stretches) == len(stretches)
    for shape in strip.stretches:
        assert -0.1 <= shape.x <= width
        assert all(bar.height > 0 and bar.width > 0 for bar in shape.bars)
    edges = [tick.x for tick in strip.ticks]
    assert edges == sorted(edges)
    assert all(later - earlier > 30 for earlier, later in pairwise(edges))


def test_many_messages_of_one_instant_are_one_bar() -> None:
    said = [minute(5)] * 40 + [minute(50)]
    strip = draw_strip([Stretch(1, minute(0), minute(60), said)], width=1000)
    bars = strip.stretches[0].bars
    assert len(bars) == 2
    assert bars[0].height > bars[1].height

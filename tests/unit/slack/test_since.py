from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.errors import BadInputError
from copilot.slack.since import means_everything, needs_zone, read_since

NOW = datetime(2026, 3, 4, 14, 30, tzinfo=UTC)
EAST = timedelta(hours=2)


@pytest.mark.parametrize(
    ("typed", "ago"),
    [
        ("30m", timedelta(minutes=30)),
        ("2h", timedelta(hours=2)),
        ("1h30m", timedelta(hours=1, minutes=30)),
        ("1d", timedelta(days=1)),
        ("2 hours ago", timedelta(hours=2)),
        ("the last 45 min", timedelta(minutes=45)),
        ("SINCE 10 Minutes", timedelta(minutes=10)),
    ],
)
def test_a_length_counts_back_from_now(typed: str, ago: timedelta) -> None:
    assert read_since(typed, NOW, EAST) == NOW - ago
    assert not needs_zone(typed)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("14:05", datetime(2026, 3, 4, 12, 5, tzinfo=UTC)),
        ("2:05pm", datetime(2026, 3, 4, 12, 5, tzinfo=UTC)),
        ("12:05am", datetime(2026, 3, 3, 22, 5, tzinfo=UTC)),
        ("since 14.05", datetime(2026, 3, 4, 12, 5, tzinfo=UTC)),
        ("yesterday 14:05", datetime(2026, 3, 3, 12, 5, tzinfo=UTC)),
        ("14:05 UTC", datetime(2026, 3, 4, 14, 5, tzinfo=UTC)),
        ("2026-03-03 10:00", datetime(2026, 3, 3, 8, 0, tzinfo=UTC)),
        ("2026-03-03", datetime(2026, 3, 2, 22, 0, tzinfo=UTC)),
    ],
)
def test_a_time_of_day_is_the_askers_own(typed: str, meant: datetime) -> None:
    assert read_since(typed, NOW, EAST) == meant
    assert needs_zone(typed)


def test_a_time_that_has_not_come_yet_is_that_of_the_day_before() -> None:
    after_midnight = datetime(2026, 3, 4, 0, 20, tzinfo=UTC)
    assert read_since("23:10", after_midnight) == datetime(2026, 3, 3, 23, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "typed",
    ["", "foo", "25:00", "14:77", "30", "-5m", "9999999m", "99999h", "2027-01-01", "2026-02-30"],
)
def test_what_is_no_time_is_answered_with_examples(typed: str) -> None:
    with pytest.raises(BadInputError, match="yesterday 14:05"):
        read_since(typed, NOW)


def test_today_means_today_even_if_it_is_to_come() -> None:
    with pytest.raises(BadInputError, match="still to come"):
        read_since("today 15:00", NOW)


def test_all_of_it_can_be_asked_for() -> None:
    assert means_everything("All")
    assert means_everything("since the beginning")


@given(st.text(max_size=60))
def test_anything_typed_is_a_time_that_has_passed_or_refused(typed: str) -> None:
    try:
        found = read_since(typed, NOW, EAST)
    except BadInputError:
        return
    assert found <= NOW

"""Quiet hours go by the clocks of a place, whatever those do."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.suggestions.noise_policy import QuietHours

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",
    "Australia/Lord_Howe",  # changes its clocks by half an hour
    "Asia/Kathmandu",
    "Africa/Casablanca",  # changes them for Ramadan
    "Pacific/Apia",  # left out a whole day in 2011
    "Pacific/Kiritimati",
    "America/Havana",  # changes them at midnight
    "Antarctica/Troll",  # by two hours
]


def at(text: str) -> datetime:
    """By the clocks of Berlin."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("now", "ends"),
    [
        ("2026-03-04T21:59", None),
        ("2026-03-04T22:00", "2026-03-05T07:00"),
        ("2026-03-05T06:59", "2026-03-05T07:00"),
        ("2026-03-05T07:00", None),
        ("2026-03-28T23:00", "2026-03-29T07:00"),  # the night has eight hours
        ("2026-10-24T23:00", "2026-10-25T07:00"),  # and here ten
    ],
)
def test_a_night_ends_in_the_morning_there(now: str, ends: str | None) -> None:
    hours = QuietHours(time(22), time(7), "Europe/Berlin")
    found = hours.end_after(at(now).astimezone(UTC))
    assert found == (at(ends) if ends else None)


@pytest.mark.parametrize(
    ("now", "is_quiet"), [("11:59", False), ("12:00", True), ("13:29", True), ("13:30", False)]
)
def test_a_lunch_break_is_within_one_day(now: str, is_quiet: bool) -> None:
    hours = QuietHours(time(12), time(13, 30), "Europe/Berlin")
    assert (hours.end_after(at(f"2026-07-01T{now}")) is not None) is is_quiet


def test_an_hour_that_comes_twice_ends_the_night_once() -> None:
    hours = QuietHours(time(22), time(2, 30), "Europe/Berlin")
    first, second = (
        datetime(2026, 10, 25, 0, 15, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 15, tzinfo=UTC),
    )
    assert hours.end_after(first) == first + timedelta(minutes=15)
    assert hours.end_after(second) is None


def test_an_hour_that_is_left_out_still_ends_the_night() -> None:
    hours = QuietHours(time(22), time(2, 30), "Europe/Berlin")
    now = at("2026-03-29T01:00").astimezone(UTC)
    assert hours.end_after(now) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


clock_times = st.builds(time, st.integers(0, 23), st.integers(0, 59))
hours_there = st.builds(QuietHours, clock_times, clock_times, st.sampled_from(ZONES)).filter(
    lambda hours: hours.starts != hours.ends
)
instants = st.integers(0, 28 * 365 * 24 * 3600).map(
    lambda seconds: datetime(2009, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


@given(hours_there, instants)
def test_quiet_hours_lie_ahead_until_they_are_over(hours: QuietHours, now: datetime) -> None:
    end = hours.end_after(now)
    if end is not None:
        assert end > now
        assert hours.end_after(end) is None
        assert hours.end_after(end - timedelta(seconds=1)) == end
        assert end - now < timedelta(hours=50), "a day, the clocks, and a day that was left out"


@given(hours_there, instants)
def test_away_from_changes_the_clock_there_tells(hours: QuietHours, now: datetime) -> None:
    zone = ZoneInfo(hours.zone)
    offsets = {(now + timedelta(hours=h)).astimezone(zone).utcoffset() for h in range(-50, 51, 2)}
    if len(offsets) > 1:
        return
    clock = now.astimezone(zone).time()
    if hours.starts < hours.ends:
        is_in = hours.starts <= clock < hours.ends
    else:
        is_in = clock >= hours.starts or clock < hours.ends
    assert (hours.end_after(now) is not None) == is_in

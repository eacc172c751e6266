from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.errors import BadInputError
from copilot.timeline.permalinks import instant_to_ts, permalink, ts_order, ts_to_instant

ACME = "https://acme.slack.com/"


def test_a_message_is_linked_by_its_digits_trailing_zeros_included() -> None:
    link = permalink(ACME, "C0INC", "1549384020.000100")
    assert link == "https://acme.slack.com/archives/C0INC/p1549384020000100"


def test_a_reply_names_its_thread() -> None:
    link = permalink(ACME, "C0INC", "1549384380.000200", "1549384020.000100")
    expected = "p1549384380000200?thread_ts=1549384020.000100&cid=C0INC"
    assert link == f"https://acme.slack.com/archives/C0INC/{expected}"


def test_a_threads_first_message_is_linked_like_any_other() -> None:
    ts = "1549384020.000100"
    assert permalink(ACME, "C0INC", ts, ts) == permalink("https://acme.slack.com", "C0INC", ts)


def test_a_stamp_is_read_to_the_microsecond() -> None:
    expected = datetime(2019, 2, 5, 16, 27, 0, 100, tzinfo=UTC)
    assert ts_to_instant("1549384020.000100") == expected
    assert ts_to_instant("1549384020.0001") == expected


@given(st.datetimes(datetime(1970, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001
def test_an_instant_survives_the_way_to_a_stamp_and_back(instant: datetime) -> None:
    assert ts_to_instant(instant_to_ts(instant)) == instant


@given(st.integers(0, 10**16), st.integers(0, 10**16))
def test_stamps_are_ordered_like_the_instants_they_name(one: int, other: int) -> None:
    stamps = [f"{number // 10**6}.{number % 10**6:06d}" for number in (one, other)]
    assert (ts_order(stamps[0]) < ts_order(stamps[1])) == (one < other)


@pytest.mark.parametrize(
    "ts", ["", "abc", "12.", ".5", "1.1234567", "-1.000000", "1e9", "١٢٣.٠٠٠١٠٠", "999999999999.0"]
)
def test_what_is_no_stamp_is_refused(ts: str) -> None:
    with pytest.raises(BadInputError):
        ts_to_instant(ts)


def test_time_zones_do_not_matter_to_a_stamp() -> None:
    utc = datetime(2026, 3, 4, 14, 0, tzinfo=UTC)
    assert instant_to_ts(utc + timedelta(microseconds=1)) == "1772632800.000001"

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.sandbox import stamps

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
INSTANTS = st.integers(0, 4 * 10**15).map(lambda us: EPOCH + timedelta(microseconds=us))


@given(INSTANTS)
def test_an_instant_survives_the_way_to_a_stamp_and_back(instant: datetime) -> None:
    assert stamps.to_instant(stamps.to_stamp(instant)) == instant


def test_stamps_keep_trailing_zeros() -> None:
    assert stamps.to_stamp(datetime(2026, 3, 4, 14, 0, tzinfo=UTC)) == "1772632800.000000"
    link = stamps.permalink_path("C1", "1772632800.000100")
    assert link == "archives/C1/p1772632800000100"
    assert stamps.stamp_of_link("p1772632800000100") == "1772632800.000100"


def test_stamps_are_compared_by_value_not_by_text() -> None:
    assert stamps.moment("999.000001") < stamps.moment("1000.000001")
    assert stamps.moment("1000.1") == stamps.moment("1000.100000")


def test_the_same_instant_gets_the_next_stamp() -> None:
    now = datetime(2026, 3, 4, tzinfo=UTC)
    first = stamps.next_stamp(now, None)
    assert stamps.next_stamp(now, first) == first[:-1] + "1"
    assert stamps.next_stamp(now, "1999999999.999999") == "2000000000.000000"


@pytest.mark.parametrize("text", ["", "x", "1.2.3", "-1.0", "1e9", "٣.١", "1772632800.", None, 1.5])
def test_what_is_no_stamp_is_told_apart(text: object) -> None:
    assert not stamps.is_stamp(text)


def test_only_a_reply_names_its_thread() -> None:
    parent, reply = "1.000100", "2.000100"
    assert stamps.permalink_path("C1", reply, parent).endswith("?thread_ts=1.000100&cid=C1")
    assert "?" not in stamps.permalink_path("C1", parent, parent)


@pytest.mark.parametrize("digits", ["p1", "1772632800000100", "p17726328000001000000", "pabc"])
def test_a_broken_link_means_no_message(digits: str) -> None:
    assert stamps.stamp_of_link(digits) is None

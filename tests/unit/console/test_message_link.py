import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.console.message_link import stamp_in
from copilot.errors import BadInputError
from copilot.timeline.permalinks import permalink

CHANNEL = "C0SEARCH"


@pytest.mark.parametrize(
    "pasted",
    [
        "https://harbour.slack.com/archives/C0SEARCH/p1772626912000168",
        " <https://harbour.slack.com/archives/C0SEARCH/p1772626912000168> ",
        "https://harbour.slack.com/archives/C0SEARCH/p1772626912000168?thread_ts=1772626900.000100&cid=C0SEARCH",
        "http://127.0.0.1:8080/incidents/1?at=1772626912.000168#m-1772626912.000168",
        "1772626912.000168",
    ],
)
def test_a_link_in_any_of_its_forms_names_the_message(pasted: str) -> None:
    assert stamp_in(pasted, CHANNEL) == "1772626912.000168"


def test_a_message_of_another_channel_is_refused() -> None:
    with pytest.raises(BadInputError, match="another channel"):
        stamp_in("https://harbour.slack.com/archives/C0OTHER/p1772626912000168", CHANNEL)


@pytest.mark.parametrize(
    "pasted",
    ["", "see above", "https://harbour.slack.com/", "https://[", "1772626912", "http://x/?at=no"],
)
def test_what_is_no_link_is_refused_in_words(pasted: str) -> None:
    with pytest.raises(BadInputError, match="nothing was saved"):
        stamp_in(pasted, CHANNEL)


@given(st.integers(10**9, 10**10 - 1), st.integers(0, 10**6 - 1))
def test_every_permalink_leads_back_to_its_message(seconds: int, micros: int) -> None:
    ts = f"{seconds}.{micros:06d}"
    assert stamp_in(permalink("https://x.slack.com/", CHANNEL, ts), CHANNEL) == ts


@given(st.text(max_size=200))
def test_nothing_that_is_pasted_breaks_it(pasted: str) -> None:
    try:
        stamp_in(pasted, CHANNEL)
    except BadInputError:
        return

"""What people write reaches these patterns at Slack's full length."""

import time

import pytest

from copilot.suggestions.harmless import plain_words, without_addresses, without_calls

LENGTH = 40_000


@pytest.mark.parametrize(
    "part", ["x", "&", "@", "a@", "a.b@", "www", "-", "/", "<", "x@y ", "[a]("]
)
def test_text_written_to_hurt_costs_little_at_slacks_full_length(part: str) -> None:
    text = (part * LENGTH)[:LENGTH]
    started_s = time.process_time()
    plain_words(text)
    without_calls(without_addresses(text))
    # It takes less than 100 ms; a pattern that begins anew at each character takes many seconds.
    assert time.process_time() - started_s < 4


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("ask ana@example.com, or ben@example.com", "ask #, or #"),
        ("ana@example.com,ben@example.com", "#"),
        ("see (ana@example.com)", "see #)"),
        ("db@primary is down", "db@primary is down"),
        ("a long-word-without-an-address", "a long-word-without-an-address"),
    ],
)
def test_a_mail_address_is_taken_out_wherever_it_begins(text: str, left: str) -> None:
    assert without_addresses(text, "#") == left


@pytest.mark.parametrize("signs", ["@", "@@@", "x@", "x@@"])
def test_nobody_is_called_by_however_many_signs(signs: str) -> None:
    assert without_calls(f"{signs}here now").endswith(" here now")
    assert "@here" not in without_calls(f"{signs}here now")

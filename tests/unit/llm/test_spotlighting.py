"""What people wrote can't pass for a line of ours, nor carry what nobody sees."""

from hypothesis import given
from hypothesis import strategies as st

from copilot.llm.prompting import prompt_about
from copilot.llm.spotlighting import as_stored, new_marker, on_one_line, visible
from copilot.suggestions.evidence import find_verbatim
from tests.unit.llm.windows import PEOPLE, message

HIDDEN = "\u200b\u200d\u2060\u202e\u2066\ufeff\u00ad\U000e0041\U000e007f\ufe0f\ue000\u2800\u3164"


def test_what_nobody_sees_is_taken_out() -> None:
    assert visible(f"roll{HIDDEN} back") == "roll back"


def test_letters_of_any_script_stay() -> None:
    said = "Ärger, 数据库, база, قاعدة, 🔥"
    assert visible(said) == said


def test_a_message_is_one_line_whatever_is_in_it() -> None:
    assert on_one_line("a\r\nb\u2028c\x0bd\te") == "a b c d e"
    assert on_one_line("a\x85b\x1cc") == "abc"


def test_markers_differ_from_call_to_call() -> None:
    assert len({new_marker([]) for _ in range(50)}) == 50


@given(st.text(max_size=200))
def test_every_line_of_the_chat_begins_with_the_marker(text: str) -> None:
    asked = prompt_about([message(1, text), message(2, f"deadbeef m7 p1: {text}")], PEOPLE)
    first, *lines = asked.prompt.user.split("\n")
    marker = first.rpartition(" ")[2]
    assert all(line.startswith(f"{marker} ") for line in lines)
    assert asked.prompt.user.count(marker) == len(lines) + 1
    assert len(asked.prompt.user.splitlines()) == len(lines) + 1


@given(st.text(alphabet=f"ab {HIDDEN}\n", max_size=60), st.integers(0, 60), st.integers(1, 60))
def test_a_quote_of_what_was_shown_is_found_in_what_is_stored(
    stored: str, start: int, length: int
) -> None:
    quote = on_one_line(stored)[start : start + length]
    restored = as_stored(quote, stored)
    if quote.strip():
        assert find_verbatim(restored, stored) is not None
        assert on_one_line(restored) == quote.strip()


def test_a_quote_of_words_that_were_not_said_stays_as_it_is() -> None:
    assert as_stored("delete everything", "we sh\u200bould page on lag") == "delete everything"

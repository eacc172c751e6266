"""Which words of a sentence changed."""

from hypothesis import given
from hypothesis import strategies as st

from copilot.reviews.word_changes import word_changes


def test_what_went_stands_before_what_came() -> None:
    assert word_changes("ben was rolling back 4812.", "ben rolled back 4812.") == [
        ("same", "ben"),
        ("gone", "was rolling"),
        ("new", "rolled"),
        ("same", "back 4812."),
    ]


def test_a_new_sentence_is_all_new() -> None:
    assert word_changes("", "all of it") == [("new", "all of it")]


@given(st.text(), st.text())
def test_both_sentences_can_be_read_out_of_it(before: str, after: str) -> None:
    runs = word_changes(before, after)
    for left_out, sentence in (("new", before), ("gone", after)):
        words = [word for kind, run in runs if kind != left_out for word in run.split()]
        assert words == sentence.split()

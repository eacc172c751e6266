from hypothesis import given
from hypothesis import strategies as st

from copilot.console.word_changes import Stretch, word_changes

SENTENCES = st.lists(
    st.sampled_from(["lag", "db-3", "was", "210", "s", "40", "since", "13:40"]), max_size=12
).map(" ".join)


def test_only_the_words_that_differ_are_marked() -> None:
    assert word_changes("Replica lag was 210 s.", "Replica lag was 40 s.") == [
        Stretch("kept", "Replica lag was "),
        Stretch("removed", "210 "),
        Stretch("added", "40 "),
        Stretch("kept", "s. "),
    ]


def test_a_sentence_from_nothing_is_added_as_a_whole() -> None:
    assert word_changes("", "db-3 was full.") == [Stretch("added", "db-3 was full. ")]


@given(SENTENCES, SENTENCES)
def test_both_wordings_can_be_read_out_of_the_changes(before: str, after: str) -> None:
    changes = word_changes(before, after)
    old = "".join(one.text for one in changes if one.kind != "added")
    new = "".join(one.text for one in changes if one.kind != "removed")
    assert (old.split(), new.split()) == (before.split(), after.split())


@given(SENTENCES)
def test_the_same_words_are_no_change(text: str) -> None:
    assert all(one.kind == "kept" for one in word_changes(text, text))

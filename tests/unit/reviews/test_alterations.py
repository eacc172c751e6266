"""One thing is put otherwise, and it can be told what."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.reviews.alterations import Alteration, alterations_of, altered_from

NAMES = ("ana", "ben")


@pytest.mark.parametrize(
    ("text", "alteration", "altered"),
    [
        ("12 of 40 pods failed.", Alteration.NUMBER, "21 of 40 pods failed."),
        ("7 pods failed.", Alteration.NUMBER, "9 pods failed."),
        ("It began at 14:32.", Alteration.TIME, "It began at 14:49."),
        ("The disk of db-3 filled.", Alteration.HOST, "The disk of db-4 filled."),
        ("It took 40 minutes.", Alteration.UNIT, "It took 40 hours."),
        ("The lag was 210 s.", Alteration.UNIT, "The lag was 210 ms."),
        ("ana rolled back.", Alteration.NAME, "ben rolled back."),
        ("The rollback did not help.", Alteration.NEGATION, "The rollback did help."),
        ("The cache was full.", Alteration.NEGATION, "The cache was not full."),
    ],
)
def test_one_thing_is_otherwise(text: str, alteration: Alteration, altered: str) -> None:
    found = {(one.alteration, one.text) for one in alterations_of(text, NAMES)}
    assert (alteration, altered) in found


def test_what_has_nothing_to_alter_is_left_alone() -> None:
    assert alterations_of("Nobody knew why.", NAMES) == []


@given(st.text(), st.lists(st.text(max_size=8), max_size=3))
def test_it_is_told_what_was_altered(text: str, names: list[str]) -> None:
    for one in alterations_of(text, names):
        assert one.text != text
        again = altered_from(text, one.text, names)
        assert again is not None
        assert again.text == one.text


def test_what_was_made_of_other_words_is_not_recognised() -> None:
    assert altered_from("12 pods failed.", "It took 40 hours.", NAMES) is None

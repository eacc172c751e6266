"""A small run of `python -m tests.evals.checking`: what alterations the checks let through."""

from random import Random

from copilot.suggestions.proportions import wilson
from tests.evals.checking import ASKED_FOR, KINDS, false_alarms, tally_of
from tests.evals.claims import HELD_OUT_ONCE, SEEN, SEEN_MORE, STRANGERS, cases_in

HARD_FACTS = ("cited message", "quote", "number", "unit", "time", "duration", "host or identifier")


def test_nearly_every_alteration_of_a_true_sentence_is_caught() -> None:
    cases = Random(7).sample(cases_in(SEEN) + cases_in(STRANGERS), 80)  # noqa: S311
    tally = tally_of(cases, seed=7)
    altered = sum(map(tally.altered, ASKED_FOR))
    assert sum(tally.caught[kind] for kind in ASKED_FOR) >= 0.95 * altered, tally.missed
    for kind in HARD_FACTS:
        _, most = wilson(tally.caught[kind], tally.altered(kind))
        assert most >= 0.95, kind  # of so few, nothing speaks against it


def test_few_true_sentences_are_refused() -> None:
    """Of sentences that were looked at; docs/checks.md has the figures of the others."""
    cases = Random(7).sample(cases_in(SEEN) + cases_in(STRANGERS), 200)  # noqa: S311
    assert len(false_alarms(cases, strict=False)) <= 0.06 * len(cases)
    assert len(false_alarms(cases, strict=True)) <= 0.1 * len(cases)


def test_every_kind_of_alteration_finds_something_to_alter() -> None:
    cases, rng = cases_in(SEEN), Random(1)  # noqa: S311
    for kind, alter in KINDS.items():
        assert any(found for case in cases for found in alter(case, rng)), kind


def test_an_alteration_that_may_be_true_is_left_out() -> None:
    case = next(case for case in cases_in(SEEN) if "2,291" in case.text)
    numbers = [found.text for found in KINDS["number"](case, Random(1)) if found is not None]  # noqa: S311
    assert numbers
    assert all("2,291" not in text for text in numbers)
    one_less = case.saying("Paul removed 2,290 keys from redis.")
    assert None in list(KINDS["number"](one_less, Random(1)))  # noqa: S311


def test_there_are_enough_sentences_in_other_words() -> None:
    cases = cases_in(SEEN) + cases_in(HELD_OUT_ONCE) + cases_in(SEEN_MORE)
    assert len(cases) >= 450
    assert all(case.text not in message.text for case in cases for message in case.cited)

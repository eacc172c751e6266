"""Compares the sense of a claim with its sources: negation, order, certainty, cause."""

from collections.abc import Sequence

from copilot.ports import WindowMessage
from copilot.reviews.causes import problem_with_causes
from copilot.reviews.certainty import problem_with_certainty
from copilot.reviews.negations import problem_with_left_out_not, problem_with_negation
from copilot.reviews.opposites import problem_with_opposites
from copilot.reviews.told_order import problem_with_order, problem_with_swap
from copilot.reviews.words import STOPWORDS, bare_stem, normalised, words

_CLOSE = 0.7
"""Of its words, as many have to stand in what it cites for a sentence to be a close retelling."""


def problem_with_wording(
    claim: str, cited: Sequence[WindowMessage], *, strict: bool = True
) -> str | None:
    """The first way in which `claim` says something else than its sources, or None.

    What a person puts in words of their own is not held to opposites, certainty, a “not” that is
    left out, or what one message tells in another order: words that differ show those badly
    (docs/checks.md has the figures).
    """
    return (
        problem_with_order(claim, cited)
        or problem_with_negation(claim, cited)
        or _problem_with_turns(claim, cited, strict=strict)
        or problem_with_causes(claim, cited, strict=strict)
    )


def _problem_with_turns(claim: str, cited: Sequence[WindowMessage], *, strict: bool) -> str | None:
    if not strict and not _is_close(claim, cited):
        return None
    return (
        problem_with_swap(normalised(claim), cited)
        or problem_with_left_out_not(claim, cited)
        or problem_with_opposites(claim, cited)
        or problem_with_certainty(claim, cited)
    )


def _is_close(claim: str, cited: Sequence[WindowMessage]) -> bool:
    own = _stems(normalised(claim))
    there = frozenset().union(
        *(_stems(f"{message.author_name} {normalised(message.text)}") for message in cited)
    )
    return len(own & there) >= _CLOSE * len(own)


def _stems(text: str) -> frozenset[str]:
    return frozenset(bare_stem(word) for word in words(text) if word not in STOPWORDS)

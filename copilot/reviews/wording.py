"""Compares the sense of a claim with its sources: negation, order, certainty, cause."""

from collections.abc import Sequence

from copilot.ports import WindowMessage
from copilot.reviews.causes import problem_with_causes
from copilot.reviews.certainty import problem_with_certainty
from copilot.reviews.negations import problem_with_negation
from copilot.reviews.opposites import problem_with_opposites
from copilot.reviews.told_order import problem_with_order


def problem_with_wording(
    claim: str, cited: Sequence[WindowMessage], *, strict: bool = True
) -> str | None:
    """The first way in which `claim` says something else than its sources, or None."""
    return (
        problem_with_order(claim, cited)
        or problem_with_negation(claim, cited)
        or problem_with_opposites(claim, cited)
        or problem_with_certainty(claim, cited)
        or problem_with_causes(claim, cited, strict=strict)
    )

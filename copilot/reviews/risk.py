"""How much there is to get wrong in a sentence: what needs checking most comes first. Pure.

The weights are a judgement, not a measurement: causes before courtesies, figures before mere
mentions, and what a machine put together from several messages before what it repeats.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol

from copilot.ports import Support
from copilot.reviews.vocabulary import Section
from copilot.reviews.words import content_stems

_CAUSAL = re.compile(
    r"\b(?:because|caus\w+|due to|led to|leads? to|result\w*|trigger\w*|contribut\w+|introduc\w+|"
    r"after|broke|fix\w*|resolv\w+|so that)\b",
    re.IGNORECASE,
)
_NEGATED = re.compile(
    r"\b(?:not|no|never|none|nobody|without|failed|n't)\b|n[’']t\b", re.IGNORECASE
)
_FIGURE = re.compile(r"\d[\d.,:]*")
_NAME = re.compile(r"(?<=\S )[A-Z][a-z]+|@\w+")
_SECTIONS: dict[str, float] = {
    Section.CONTRIBUTING_FACTORS: 1.0,
    Section.IMPACT: 0.8,
    Section.SUMMARY: 0.8,
    Section.DETECTION: 0.4,
    Section.FOLLOW_UPS: 0.3,
}
_REMEMBERED = 2_048


class Quoting(Protocol):
    @property
    def quote(self) -> str: ...


class Checkable(Protocol):
    """A `ClaimView`, as far as it matters here."""

    @property
    def text(self) -> str: ...
    @property
    def section(self) -> str: ...
    @property
    def judged(self) -> str | None: ...
    @property
    def is_disputed(self) -> bool: ...
    @property
    def citations(self) -> Sequence[Quoting]: ...


def risk(claim: Checkable) -> float:
    """From 0 up; only the order means something."""
    quoted = {stem for citation in claim.citations for stem in _stems(citation.quote)}
    own = _stems(claim.text)
    added = len(own - quoted) / len(own) if own else 0.0
    return float(
        2.0 * (claim.judged == Support.PARTIAL)
        + 1.5 * claim.is_disputed
        + _in_its_words(claim.text)
        + 1.5 * added
        + 0.3 * min(4, max(0, len(claim.citations) - 1))
        + _SECTIONS.get(claim.section, 0.0)
    )


# The same sentences are put in order for each page that is shown of a review.
@lru_cache(_REMEMBERED)
def _in_its_words(text: str) -> float:
    return (
        1.0 * bool(_CAUSAL.search(text))
        + 0.7 * bool(_NEGATED.search(text))
        + 0.4 * min(3, len(_FIGURE.findall(text)))
        + 0.3 * min(2, len(_NAME.findall(text)))
    )


@lru_cache(_REMEMBERED)
def _stems(text: str) -> frozenset[str]:
    return frozenset(content_stems(text))

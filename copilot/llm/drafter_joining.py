"""Puts what two engines wrote for a section side by side, each thing once. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from copilot.ports import DraftedClaim
from copilot.reviews.words import content_stems, normalised

_SAME = 0.6
"""Share of its words, synonyms counted as equal, that makes one sentence another's saying."""
_FEW_WORDS = 3


@dataclass(slots=True)
class Told:
    """What a review says already, as it grows."""

    texts: set[str] = field(default_factory=set)
    by_message: dict[int, list[frozenset[str]]] = field(default_factory=dict)

    def add(self, claims: Iterable[DraftedClaim]) -> None:
        for claim in claims:
            self.texts.add(normalised(claim.text).casefold())
            stems = frozenset(content_stems(claim.text))
            for quote in claim.citations:
                self.by_message.setdefault(quote.number, []).append(stems)

    def holds(self, claim: DraftedClaim) -> bool:
        """Whether the same is said, in the same words or of the same message.

        Resting on the same message is not enough: a model that was talked into a bland sentence
        about each message would otherwise keep the other engine from telling what it says.
        """
        if normalised(claim.text).casefold() in self.texts:
            return True
        stems = frozenset(content_stems(claim.text))
        others = {
            other for quote in claim.citations for other in self.by_message.get(quote.number, ())
        }
        return any(_is_same(stems, other) for other in others)

    def copy(self) -> "Told":
        return Told(set(self.texts), {number: [*s] for number, s in self.by_message.items()})


def _is_same(one: frozenset[str], other: frozenset[str]) -> bool:
    fewer = min(len(one), len(other))
    return len(one & other) >= (fewer if fewer < _FEW_WORDS else max(_SAME * fewer, _FEW_WORDS))


@dataclass(slots=True)
class Joined:
    """A review as it grows, section by section."""

    all: Told = field(default_factory=Told)
    models: Told = field(default_factory=Told)
    """Of that, what the model wrote."""

    def join(
        self, models: Sequence[DraftedClaim], local: Sequence[DraftedClaim], most: int
    ) -> list[DraftedClaim]:
        """One section: the model's sentences, and of the built-in engine's what they don't say.

        The built-in engine's give way to the model's alone: it chose them among each other. Where
        not all fit, they stay: nothing that people write in a channel keeps it from saying what it
        would have said without a model.
        """
        new = _not_told(models, self.all)
        known = self.models.copy()
        known.add(new)
        others = [claim for claim in local if not known.holds(claim)]
        kept = new[: max(0, most - len(others))]
        self.models.add(kept)
        self.all.add([*kept, *others])
        return sorted([*kept, *others], key=_first_cited) if kept else others


def _first_cited(claim: DraftedClaim) -> int:
    return min((quote.number for quote in claim.citations), default=0)


def _not_told(claims: Sequence[DraftedClaim], told: Told) -> list[DraftedClaim]:
    """Those of the claims that nothing told, nor another of them, says."""
    seen = told.copy()
    new = []
    for claim in claims:
        if not seen.holds(claim):
            new.append(claim)
            seen.add([claim])
    return new

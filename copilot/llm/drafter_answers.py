"""What a model is asked to fill in for a review, and what of it holds. Pure."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from pydantic import BaseModel, ConfigDict

from copilot.llm.answers import Cited
from copilot.llm.spotlighting import as_stored
from copilot.ports import DraftedClaim, Quote, WindowMessage
from copilot.reviews.citations import check_claim
from copilot.reviews.vocabulary import Section

MOST_OF_PART = 24
"""Claims that are read of one answer; twelve are asked for, more is a model gone wild."""
_MOST_EVIDENCE = 6
_LONGEST_TEXT = 600
"""Characters: far beyond 25 words, and so kept apart, but no page full."""


class NotedClaim(BaseModel):
    """Flat and without defaults: strict schemas want every field, and few levels."""

    model_config = ConfigDict(extra="forbid")

    section: Section
    text: str
    evidence: list[Cited]


class NotedClaims(BaseModel):
    """Of one part of the conversation."""

    model_config = ConfigDict(extra="forbid")

    claims: list[NotedClaim]


class WrittenClaim(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: str
    notes: list[int]
    evidence: list[Cited]


class WrittenSection(BaseModel):
    model_config = ConfigDict(extra="forbid")

    claims: list[WrittenClaim]


@dataclass(frozen=True, slots=True)
class Sorted:
    """Claims that pass the checks by code, and those that don't, with what failed."""

    sound: tuple[DraftedClaim, ...]
    failed: tuple[tuple[DraftedClaim, str], ...] = ()

    @property
    def reasons(self) -> list[str]:
        """Why some failed, for the record, the most frequent first."""
        counted = Counter(reason for _, reason in self.failed)
        return [f"{count} x {reason}"[:200] for reason, count in counted.most_common(8)]


def noted_claims(
    found: NotedClaims, shown: Mapping[int, WindowMessage], names: Collection[str], zone: tzinfo
) -> Sorted:
    """`shown` are the messages of the question, by number: it can't quote others."""
    claims = [
        DraftedClaim(one.section.value, _short(one.text), _quotes(one.evidence, shown))
        for one in found.claims[:MOST_OF_PART]
    ]
    return sorted_by_checks(claims, shown, names, zone)


def written_claims(
    found: WrittenSection,
    section: str,
    notes: Sequence[DraftedClaim],
    shown: Mapping[int, WindowMessage],
    names: Collection[str],
    zone: tzinfo,
) -> Sorted:
    """`notes` are those of the question, in its order; a number that none of them has is ignored,
    so that the sentence stands without the source that it claims to have.
    """
    claims = []
    for one in found.claims[: 2 * MOST_OF_PART]:
        rests_on = [notes[number - 1] for number in one.notes if 1 <= number <= len(notes)]
        quotes = [quote for note in rests_on for quote in note.citations]
        quotes += _quotes(one.evidence, shown)
        claims.append(DraftedClaim(section, _short(one.text), _once(quotes)))
    return sorted_by_checks(claims, shown, names, zone)


def sorted_by_checks(
    claims: Sequence[DraftedClaim],
    messages: Mapping[int, WindowMessage],
    names: Collection[str],
    zone: tzinfo,
) -> Sorted:
    sound: dict[tuple[str, str], DraftedClaim] = {}
    failed = []
    for claim in claims:
        check = check_claim(claim.text, claim.citations, messages, names, zone=zone)
        if check.problem is None:
            sound.setdefault((claim.section, claim.text.casefold()), claim)
        else:
            failed.append((claim, check.problem))
    return Sorted(tuple(sound.values()), tuple(failed))


def _quotes(cited: Sequence[Cited], shown: Mapping[int, WindowMessage]) -> tuple[Quote, ...]:
    return _once(
        [
            Quote(one.message, as_stored(one.quote, shown[one.message].text))
            if one.message in shown
            else Quote(one.message, one.quote)
            for one in cited[: 2 * _MOST_EVIDENCE]
        ]
    )


def _once(quotes: Sequence[Quote]) -> tuple[Quote, ...]:
    return tuple(dict.fromkeys(quotes))[:_MOST_EVIDENCE]


def _short(text: str) -> str:
    plain = text.strip()
    return plain if len(plain) <= _LONGEST_TEXT else f"{plain[: _LONGEST_TEXT - 1]}…"

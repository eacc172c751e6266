"""Checks that a cause is stated by a source: what merely came before is none."""

import re
from collections.abc import Sequence

from copilot.ports import WindowMessage
from copilot.reviews.evidence import content_words, passage_of, sentences_of
from copilot.reviews.meanings import meanings_of
from copilot.reviews.words import STOPWORDS, normalised, words

_CAUSE = re.compile(
    r"\b(?:because|caus(?:e|es|ed|ing)|due to|owing to|(?<!no )(?<!any )result(?:ed|s|ing)?"
    r" (?:of|in|from)|led to"
    r"|leads? to|thanks to|root cause|trigger(?:ed|s)?|reason|brought about|therefore|consequently"
    r"|hence|culprit|to blame|blamed|responsible for|stem(?:s|med) from|as a result"
    r"|as a consequence|which is why|made (?:it|them|the \w+) fail)\b",
    re.IGNORECASE,
)
_SINCE = re.compile(
    r"\bsince (?!\d|then\b|yesterday|the (?:change|deploy|release|migration|rename|night"
    r"|morning|start|previous|last|evening|day|week|beginning)|midnight|noon|last|early|late"
    r"|this|(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:january|february|march|april|may|june|july|august|september|october|november|december)\b)",
    re.IGNORECASE,
)
_SAYS_CAUSE = re.compile(
    rf"{_CAUSE.pattern}|\b(?:since(?! \d)|so|why|which is|makes?|made|turns? out|bug|the issue is"
    r"|that's (?:it|what)|means|depending|after a|for the|with the)\b|->|=>|→|\(",
    re.IGNORECASE,
)
"""How people in a chat say why; an arrow or a bracket does, too."""


def problem_with_causes(
    claim: str, cited: Sequence[WindowMessage], *, strict: bool = True
) -> str | None:
    """One and the same message has to name what was caused, what caused it, and that it did.

    Of a person's sentence one has to speak of both; that it did is theirs to answer for.
    """
    plain = re.sub(r"[“\"][^”\"]*[”\"]", " ", normalised(claim))
    stated = _CAUSE.search(plain) or _SINCE.search(plain)
    if stated is None:
        return None
    names = {word for message in cited for word in words(message.author_name)}
    sides = [
        own
        for side in (plain[: stated.start()], plain[stated.end() :])
        if (own := _own_words(side, names))
    ]
    if not strict and _touches(sides, cited):
        return None
    for message in cited:
        if any(_is_cause_in(sentence.text, sides) for sentence in sentences_of(message.text)):
            return None
        if _CAUSE.search(message.text) and _names_all(message.text, sides):
            return None
    return f"it states a cause (“{stated[0].strip()}”) that no source of its states"


def _touches(sides: Sequence[Sequence[str]], cited: Sequence[WindowMessage]) -> bool:
    """All that is cited names both sides, and one message speaks of both."""
    if not sides or not _names_all("\n".join(message.text for message in cited), sides):
        return False
    return any(
        all(_shares(passage_of(message.text).meanings, side) for side in sides) for message in cited
    )


def _shares(meanings: frozenset[str], side: Sequence[str]) -> int:
    return sum(not meanings.isdisjoint(meanings_of(word)) for word in side)


def _own_words(side: str, names: set[str]) -> list[str]:
    """What one side of a cause speaks of; of plain words only where it has no others."""
    own = [word for word in content_words(side) if word not in names]
    plain = [word for word in words(side) if word not in STOPWORDS and not word[0].isdigit()]
    return own or [word for word in plain if word not in names]


def _is_cause_in(sentence: str, sides: Sequence[Sequence[str]]) -> bool:
    return _SAYS_CAUSE.search(sentence) is not None and _names_all(sentence, sides)


def _names_all(text: str, sides: Sequence[Sequence[str]]) -> bool:
    """Each side of the cause is spoken of, by more than one of its words if it has many."""
    meanings = passage_of(text).meanings
    return all(_shares(meanings, side) >= max(1, len(side) / 2) for side in sides)

"""Checks that a cause is stated by a source: what merely came before is none."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from copilot.ports import WindowMessage
from copilot.reviews.evidence import content_words, passage_of
from copilot.reviews.meanings import meanings_of
from copilot.reviews.words import STOPWORDS, normalised, words

_TO_COME = r"(?! (?:run|start|open|begin|close|end|expire|finish|go|be|leave|resume)\b)"
_CAUSE = re.compile(
    r"\b(?:because|(?<!possible )(?<!likely )(?<!probable )(?<!not to )(?<!lest )"
    r"caus(?:e|es|ed|ing)"
    rf"|due to{_TO_COME}|owing to"
    r"|(?<!no )(?<!any )result(?:ed|s|ing)? (?:of|in|from)|led to|leads? to|thanks to"
    r"|root cause|trigger(?:ed|s)?|(?<!no )reason|brought about"
    r"|therefore|consequently|hence|culprit|to blame|blamed|stem(?:s|med) from|as a result"
    r"|as a consequence|which is why|made (?:it|them|the \w+) fail)\b",
    re.IGNORECASE,
)
_SINCE = re.compile(
    r"(?:,\s|^)since (?!\w+ed\b[,.;]?(?:\s(?:and|but)\b|$)|\w+ed,|then\b"
    r"|(?:about |around |the |early |late |at |at least |shortly |just )*"
    r"(?:\d|(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|half|quarter|noon|lunch\w*"
    r"|midnight|yesterday|today|morning|afternoon|evening|night|last|start|beginning|previous|first|day"
    r"|week|month|(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|may|june"
    r"|july|august|september|october|november|december)\b))",
    re.IGNORECASE,
)
"""`since` gives a reason behind a comma, or first of all; elsewhere it mostly tells how long."""

_SAYS_WHY = re.compile(
    r"\b(?:because|bec|bc|b/c|cause[ds]?|cuz|since(?! (?:the )?\d)|so|why|due|reason|thanks to"
    r"|means|makes|that's it|turns out)\b|->|=>|→",
    re.IGNORECASE,
)
"""Words with which a chat gives a reason."""
_FORWARD = re.compile(r"therefore|consequently|hence|result|which is why", re.IGNORECASE)
_VERDICT = re.compile(r"culprit|blame|root cause|reason", re.IGNORECASE)
_AFTER = re.compile(r"\b(?:after|before|until|while|during)\s+([^,.;:()?!]{1,40})", re.IGNORECASE)
_SOME, _A_THIRD, _MOST_OF_IT = 0.35, 1 / 3, 2 / 5


def problem_with_causes(
    claim: str, cited: Sequence[WindowMessage], *, strict: bool = True
) -> str | None:
    """The cited messages have to speak of what was caused and of what caused it, in one breath.

    That may be one message, one that takes up what another says, or an answer to a “why”. What a
    chat puts side by side (`clocks changed, it fired twice`) it means as a reason. That one made
    the other a person may answer for, if what they name last is spoken of at all.
    """
    plain = re.sub(r"[“\"][^”\"]*[”\"]", " ", normalised(claim))
    stated = _CAUSE.search(plain) or _SINCE.search(plain)
    if stated is None:
        return None
    names = {word for message in cited for word in words(message.author_name)}
    parts = [plain[: stated.start()], plain[stated.end() :]]
    if not parts[0].strip():
        parts = parts[1].split(",", 1)[::-1]  # `because …, …`
    sides = [side for text in parts if (side := _side(text, names))]
    everything = "\n".join(message.text for message in cited)
    if sides and _is_told_as_time(sides[-1], cited):
        return f"it states a cause (“{stated[0].strip(' ,')}”) where its source tells when"
    if sides and _names_all(everything, sides) and _in_one_breath(sides, cited):
        return None
    if not strict and any(_shares(everything, side) for side in _reasons(stated[0], sides)):
        return None
    return f"it states a cause (“{stated[0].strip(' ,')}”) that no source of its states"


def _reasons(word: str, sides: Sequence["_Side"]) -> Sequence["_Side"]:
    """Which sides must be spoken of at least: mostly what stands behind the word."""
    if _FORWARD.search(word):
        return sides[:1]
    return sides if _VERDICT.search(word) else sides[-1:]


@dataclass(frozen=True, slots=True)
class _Side:
    """What one side of a cause speaks of."""

    words: tuple[str, ...]
    facts: frozenset[str]


def _side(text: str, names: set[str]) -> _Side | None:
    """Of plain words only where it has no others; None where it says nothing. What is part of a
    host's or another thing's name counts once, as a fact."""
    facts = passage_of(text).facts
    named = {part for fact in facts for part in re.split(r"[^a-z]+", fact[1:])}
    own = [word for word in content_words(text) if word not in names | named]
    plain = [word for word in words(text) if word not in STOPWORDS and not word[0].isdigit()]
    said = own or [word for word in plain if word not in names | named]
    return _Side(tuple(said), facts) if said or facts else None


def _in_one_breath(sides: Sequence[_Side], cited: Sequence[WindowMessage]) -> bool:
    for message in cited:
        least = _SOME if _SAYS_WHY.search(message.text) else _MOST_OF_IT
        if _names_all(message.text, sides, least):
            return True
    return len(cited) > 1 and any("?" in message.text for message in cited)


def _is_told_as_time(side: _Side, cited: Sequence[WindowMessage]) -> bool:
    """Wherever it is spoken of, it is as what something came after: `still 500s after rollback`."""
    told = [message.text for message in cited if _shares(message.text, side)]
    return bool(told) and all(
        _AFTER.search(text) and not _shares(_AFTER.sub(" ", text), side) for text in told
    )


def _shares(text: str, side: _Side) -> int:
    """How much of a side the text says, too: words and hard facts."""
    passage = passage_of(text)
    told = sum(not passage.meanings.isdisjoint(meanings_of(word)) for word in side.words)
    plain = passage.text.lower()
    return told + sum(
        fact in passage.facts or (fact[0] == "i" and fact[1:] in plain) for fact in side.facts
    )


def _names_all(text: str, sides: Sequence[_Side], least: float = _A_THIRD) -> bool:
    """So much of each side is spoken of, and something of it in any case."""
    return all(
        _shares(text, side) >= max(1, least * (len(side.words) + len(side.facts))) for side in sides
    )

"""Finds in what sources say a shorter or longer form of a name: `pg`, `k8s`, `cdn`, `mc`."""

import re
from collections.abc import Collection

from copilot.reviews.meanings import same_meaning
from copilot.reviews.places import codes_of
from copilot.reviews.words import STOPWORDS

_NUMERONYM = re.compile(r"([a-z])(\d{1,2})([a-z])")
_VOWELS = frozenset("aeiouy")
_LEAST = 4
"""Letters that the longer form must share from its start."""
_CODE, _LONG = 3, 7
"""`ams` of Amsterdam, `fra` of Frankfurt."""


def stands_for(word: str, claim: str, spoken: Collection[str]) -> bool:
    """`word` of `claim` is another form of a word in `spoken`, all in lower case there."""
    lower = word.lower()
    if not codes_of(lower).isdisjoint(spoken):
        return True
    if any(_is_form(lower, other) for other in spoken):
        return True
    initials = [*_initials_around(lower, claim), *_initials_of_two(word, claim)]
    if any(initial in spoken for initial in initials):
        return True
    return any(_is_of_both(one, other, spoken) for one, other in _pairs(word, claim))


def _is_form(lower: str, other: str) -> bool:
    if other in STOPWORDS or not other[:1].isalpha() or other[0] != lower[:1]:
        return False
    if len(other) >= _LEAST and lower.startswith(other):
        return True
    if len(other) == _CODE and len(lower) >= _LONG and lower.startswith(other):
        return True
    if len(lower) >= _LEAST and other.startswith(lower):
        return True
    if found := _NUMERONYM.fullmatch(other):
        return lower.endswith(found[3]) and len(lower) == int(found[2]) + 2
    if 2 <= len(other) <= 3 and _VOWELS.isdisjoint(other):
        return _is_within(other, lower)
    return same_meaning(lower, other) and lower[:3] == other[:3]


def _is_within(short: str, lower: str) -> bool:
    """The letters of `short` stand in `lower`, in this order."""
    at = iter(lower)
    return all(letter in at for letter in short)


def _initials_of_two(word: str, claim: str) -> list[str]:
    """`na` of `North America`: of two letters only where both words begin with a capital."""
    return [(one[0] + other[0]).lower() for one, other in _pairs(word, claim)]


def _pairs(word: str, claim: str) -> list[tuple[str, str]]:
    found = re.findall(r"\b(?=([A-Z][a-z]+) ([A-Z][a-z]+)\b)", claim.replace("'", ""))
    return [pair for pair in found if word in pair]


def _is_of_both(one: str, other: str, spoken: Collection[str]) -> bool:
    """`amex` of `American Express`: the first letters of both words."""
    return any(
        f"{one[:at]}{other[: len(word) - at]}".lower() == word
        for word in spoken
        if _LEAST <= len(word) <= 2 * _LEAST
        for at in range(2, len(word) - 1)
    )


def _initials_around(lower: str, claim: str) -> list[str]:
    """The initials of two to five words that `lower` is one of: `content delivery network`."""
    spoken = [part.lower() for part in re.findall(r"[A-Za-z]+", claim)]
    places = [at for at, part in enumerate(spoken) if part == lower]
    return [
        "".join(part[0] for part in spoken[start : start + length])
        for at in places[:3]
        for length in (3, 4, 5)
        for start in range(max(0, at - length + 1), at + 1)
        if start + length <= len(spoken)
    ]

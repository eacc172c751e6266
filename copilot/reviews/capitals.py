"""Checks that a capitalised word of a claim, a product or a place, comes from its sources."""

import re

from copilot.reviews.clocks import cities_in
from copilot.reviews.short_forms import stands_for
from copilot.reviews.stated import MONTHS, WEEKDAYS, identifier_in
from copilot.reviews.words import words

_COMMON_CAPITALS = frozenset(MONTHS) | frozenset(WEEKDAYS) | {"utc", "i", "accepted", "suggested"}
_CAPITALISED = re.compile(
    r"(?<![\w@#/.-])[A-Z\u00c0-\u00de][a-z\u00df-\u00ff]+(?:['’][a-z]+)?(?![\w-])"
)
_SENTENCE_START = re.compile(r"(?:^|[.!?:“\"(]\s*|-\s+)$")
_OF_A_CLOCK = re.compile(r" time\b")
_RATE = re.compile(r"[KMGT](?:bit|byte|bps)s?$")
_MARKS = re.compile(r"[^\w\s]")
_NUMBER_BEHIND = re.compile(r" (\d{1,3})\b")
_SIGNS = {
    "fahrenheit": r"\d ?°?f\b", "celsius": r"\d ?°?c\b", "christmas": r"\bxmas\b",
    "singapore": r"s\$", "brazilian": r"r\$", "hong": r"hk\$", "kong": r"hk\$",
    "canadian": r"c\$", "australian": r"a\$",
}  # fmt: skip
_LONG = 5
"""Letters; shorter words stand in many."""


def unknown_capitalised(claim: str, allowed: str) -> str | None:
    """`allowed` is what the cited messages say and who wrote them."""
    known = set(words(allowed)) | {part.lower() for part in re.split(r"[\W_]+", allowed)}
    places = {part.lower() for place, _ in cities_in(claim) for part in place.split()}
    for match in _CAPITALISED.finditer(claim):
        word = re.sub(r"['’]\w+$", "", match[0])
        if _SENTENCE_START.search(claim[: match.start()]):
            continue
        if _RATE.match(match[0]) or word.lower() in places or _OF_A_CLOCK.match(claim, match.end()):
            continue
        whole = re.sub(r"['’]", "", match[0])  # `Let's Encrypt` of `letsencrypt`
        if word.lower() in known | _COMMON_CAPITALS:
            continue
        if stands_for(word, claim, known) or stands_for(whole, claim, known):
            continue
        if _is_by_letter(word, claim[match.end() :], allowed) or _is_in_one_word(word, allowed):
            continue
        if not identifier_in(word, allowed):
            return f"“{word}” is not in its sources"
    return None


def _is_in_one_word(word: str, allowed: str) -> bool:
    """`Encrypt` of `letsencrypt`."""
    return len(word) >= _LONG and word.lower() in _MARKS.sub("", allowed).lower()


def _is_by_letter(word: str, behind: str, allowed: str) -> bool:
    """`Terminal 2` of `T2`, `Fahrenheit` of `248F`, `Singapore dollars` of `S$`."""
    if sign := _SIGNS.get(word.lower()):
        return re.search(sign, allowed, re.IGNORECASE) is not None
    number = _NUMBER_BEHIND.match(behind)
    if number is None:
        return False
    return re.search(rf"\b{word[0]}-?{number[1]}\b", allowed, re.IGNORECASE) is not None

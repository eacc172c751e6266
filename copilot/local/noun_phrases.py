"""Tells by a few words whether a phrase names a thing, without a grammar of English."""

import re

from copilot.local.lexicon import ARTEFACTS, FUNCTION_WORDS, VAGUE_VERBS, base_form

MOST_WORDS = 9

_INSIDE = frozenset(
    re.findall(
        r"\w+",
        "of for on in to from with at by and the a an our your my its no about all over off this "
        "that up once",
    )
)
_STARTS = frozenset(["the", "a", "an", "our", "your", "my", "this", "that", "these", "those"])
_NEVER = frozenset(
    re.findall(
        r"[\w']+",
        "may might must could would wrote said went made got gets ago happy sorry sure maybe "
        "perhaps ok yes "
        "no think guess idea like let let's please thanks good great bad agree agreed",
    )
)
_FINITE = re.compile(
    r"^(?:is|are|was|were|has|have|had|isn't|aren't|wasn't|doesn't|don't|didn't|falls?|fell|keeps?"
    r"|reads?|needs?|fails?|failed|broke|breaks|looks|goes|sits|should|must|can't|cannot|ought|says"
    r"|expires?|lags|leaks|flaps|misses|happens|runs|takes|drops|returns|never|only)$"
)


def is_noun_phrase(text: str) -> bool:
    """`stale step 4 of the runbook`, and not `wrote a comment earlier`."""
    words = text.lower().split()
    if not 0 < len(words) <= MOST_WORDS or "," in text:
        return False
    named = [word for word in words if word not in FUNCTION_WORDS]
    if not named or words[-1] in FUNCTION_WORDS:
        return False
    first = named[0]
    is_order = words[0] not in _STARTS and base_form(first) == first and first not in ARTEFACTS
    if is_order and len(words) > 1:
        return False
    return all(_may_stand_inside(word) for word in words)


def is_plain_clause(text: str) -> bool:
    """`the webhook sender has no retries`: a thing, and then what is said of it."""
    words = text.split()
    for place, word in enumerate(words[:7]):
        if place and _FINITE.match(word.lower()):
            subject = " ".join(words[:place])
            is_told = place < len(words) - 1 and len(words) <= 12 and "," not in text
            return is_told and is_noun_phrase(subject)
    return False


def _may_stand_inside(word: str) -> bool:
    if word in _NEVER or word.endswith("ly") or _FINITE.match(word):
        return False
    if word in FUNCTION_WORDS:
        return word in _INSIDE
    return word not in VAGUE_VERBS

"""When two follow-ups are one: normalised words, fingerprints, merging. Pure."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from rapidfuzz import fuzz

from copilot.ports import Candidate, Quote

ALIKE = 85.0
"""Likeness from which two titles mean one piece of work.

Our own choice: a changed word in a title of five stays below it, a changed ending or article
above.
"""
ALIKE_THOUGH_BOTH_ADD = 92.0
"""The same where each title has a word that the other lacks: "limit for deck", "limit for hook"."""
ALIKE_FROM_ONE_MESSAGE = 60.0
"""The same where both quote the same message."""
_SAME_WORD = 80.0
_SUBSET_MIN_WORDS = 3

_URL = re.compile(r"https?://\S{1,2000}", re.IGNORECASE)
# Ticket keys are written in capitals; `db-3` in small letters is a host and loses its number.
_IDENTIFIER = re.compile(
    r"\b[A-Z]{2,10}-\d{1,10}\b|(?:#|\b(?:PR|pr|pull|issue|ticket) #?)\d{1,10}\b"
)
_HOST = re.compile(r"\b(?:[\w-]{1,63}\.){1,8}[a-z]{2,24}\b", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,20}(?:[.,:]\d{1,20}){0,4}\s?(?:%|ms|s|min|h|gb|mb|kb)?(?!\w)")
_WORD = re.compile(r"[\w#-]{1,64}")
# Words that say that there is work, not which: without them two tellings of one thing agree.
_EMPTY_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a an the this that these those some any of for to on in at by with from into and or so as "
        "is are be was were it its we i you our my your us me them they he she should could would "
        "will can must need needs please also just really maybe still too then later after "
        "add create make do file open raise write get put set up let lets sure follow",
    )
)
_ONE_WORD_FOR = {
    "alarm": "alert",
    "alarms": "alert",
    "alerting": "alert",
    "bug": "ticket",
    "issue": "ticket",
    "issues": "ticket",
    "jira": "ticket",
    "docs": "document",
    "documentation": "document",
    "doc": "document",
    "postmortem": "review",
    "post-mortem": "review",
}


@dataclass(frozen=True, slots=True)
class Essence:
    """What a title is about, without the way it is said."""

    words: frozenset[str]
    identifiers: frozenset[str]
    text: str
    """The words in order, so that the order they were said in is of no weight."""
    fingerprint: str
    """Equal for titles that say the same in another order or with other small words."""


@lru_cache(maxsize=4096)
def essence_of(title: str) -> Essence:
    """Numbers, hosts and addresses lose their value; ticket and pull-request numbers keep it."""
    text = _URL.sub(" url ", unicodedata.normalize("NFKC", title))
    identifiers = frozenset(_bare(match.group()) for match in _IDENTIFIER.finditer(text))
    text = _IDENTIFIER.sub(" ", text).casefold()
    text = _NUMBER.sub(" 0 ", _HOST.sub(" host ", text))
    said = (word.strip("-_") for word in _WORD.findall(text))
    told = sorted(
        _stem(_ONE_WORD_FOR.get(word, word)) for word in said if word and word not in _EMPTY_WORDS
    )
    words = frozenset(told)
    fingerprint = hashlib.sha256(" ".join([*sorted(words), *sorted(identifiers)]).encode())
    return Essence(words, identifiers, " ".join(told), fingerprint.hexdigest())


def likeness(one: Essence, other: Essence) -> float:
    """0 to 100. A title whose words the other all has is as like as can be."""
    if one.fingerprint == other.fingerprint:
        return 100.0
    if one.identifiers and other.identifiers and not one.identifiers & other.identifiers:
        return 0.0
    score = fuzz.ratio(one.text, other.text)
    is_long = min(len(one.words), len(other.words)) >= _SUBSET_MIN_WORDS
    if is_long and not one.words.isdisjoint(other.words):  # else it would add nothing, slowly
        score = max(score, fuzz.token_set_ratio(one.text, other.text))
    return round(score, 1)


def likeness_if_same(one: Essence, other: Essence, *, share_message: bool) -> float | None:
    """How like two pieces of work are that are one, or None if they are two."""
    score = likeness(one, other)
    if score < ALIKE:
        return score if share_message and score >= ALIKE_FROM_ONE_MESSAGE else None
    if share_message or score >= ALIKE_THOUGH_BOTH_ADD:
        return score
    both_add = _adds_to(one, other) and _adds_to(other, one)
    return None if both_add else score


def is_same_work(one: Essence, other: Essence, *, share_message: bool = False) -> bool:
    return likeness_if_same(one, other, share_message=share_message) is not None


def merge_alike(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Fold near-duplicates of one run together; the surest one gives title and kind."""
    merged: list[Candidate] = []
    for candidate in sorted(candidates, key=lambda one: -one.confidence):
        for position, kept in enumerate(merged):
            if are_alike(kept, candidate):
                merged[position] = _fold(kept, candidate)
                break
        else:
            merged.append(candidate)
    return merged


def are_alike(one: Candidate, other: Candidate) -> bool:
    numbers = {quote.number for quote in one.evidence}
    return is_same_work(
        essence_of(one.title),
        essence_of(other.title),
        share_message=any(quote.number in numbers for quote in other.evidence),
    )


def _fold(kept: Candidate, other: Candidate) -> Candidate:
    return replace(
        kept,
        owner_id=kept.owner_id or other.owner_id,
        due=kept.due or other.due,
        is_done=kept.is_done or other.is_done,
        evidence=_with_new_messages(kept.evidence, other.evidence),
    )


def _with_new_messages(kept: Sequence[Quote], more: Sequence[Quote]) -> tuple[Quote, ...]:
    numbers = {quote.number for quote in kept}
    return (*kept, *(quote for quote in more if quote.number not in numbers))


def _adds_to(one: Essence, other: Essence) -> bool:
    return any(
        all(fuzz.ratio(word, known) < _SAME_WORD for known in other.words) for word in one.words
    )


def _bare(identifier: str) -> str:
    """`PR #12`, `pr 12` and `#12` are one."""
    return identifier.rpartition(" ")[2].lstrip("#").casefold()


def _stem(word: str) -> str:
    """Rough on purpose: endings of English plurals and verbs."""
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word

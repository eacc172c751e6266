"""When two follow-ups are one: normalised words, fingerprints, merging. Pure."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate

from rapidfuzz import fuzz, process

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
_MOSTLY = 0.7
"""Of a title of `n` characters less in common, and its ratio to that is below 2 * 0.7n / 1.7n."""

_URL = re.compile(r"https?://\S{1,2000}", re.IGNORECASE)
# Ticket keys are written in capitals; `db-3` in small letters is a host.
_TICKET = re.compile(
    r"\b[A-Z]{2,10}-\d{1,10}\b"
    r"|#\d{1,10}\b"
    r"|\b(?:[Pp][Rr]|[Pp]ull|[Ii]ssue|[Tt]icket|[Bb]ug|[Dd]eploy|MR) ?#?\d{2,10}\b"
    r"|(?<![\w.,:-])\d{4,10}(?![\w.,:%-])"
)
_NUMBERED_HOST = re.compile(
    r"\b[A-Za-z]{2,20}(?:-[a-z0-9]{1,12}){0,3}-?\d{1,4}\b(?!\s?(?:%|ms|s|gb|mb)\b)"
)
_NUMBERED_PART = re.compile(
    r"\b(step|phase|part|shard|partition|region|zone|chapter|version|v) ?(\d{1,4})\b", re.IGNORECASE
)
_HOST = re.compile(r"\b(?:[\w-]{1,63}\.){1,8}[a-z]{2,24}\b", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,20}(?:[.,:]\d{1,20}){0,4}\s?(?:%|ms|s|min|h|gb|mb|kb)?(?!\w)")
_WORD = re.compile(r"[\w#-]{1,64}")
_COUNTRY = re.compile(r"\bUS\b")
# Words that say that there is work, not which: without them two tellings of one thing agree.
_EMPTY_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a an the this that these those some any of for to on in at by with from into and or so as "
        "is are be was were it its we i you our my your us me them they he she should could would "
        "will can must need needs please also just really maybe still too then later after "
        "add bring up create make do file open raise write get put set up let lets sure follow",
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
    "paging": "alert",
    "page": "alert",
    "pages": "alert",
    "pager": "alert",
    "tickets": "ticket",
    "bugs": "ticket",
    "playbook": "runbook",
    "readme": "document",
    "wiki": "document",
    "postgresql": "postgres",
    "k8s": "kubernetes",
    "certificate": "cert",
    "certificates": "cert",
    "certs": "cert",
    "configuration": "config",
    "database": "db",
    "e-mail": "mail",
    "email": "mail",
    "write-up": "report",
    "writeup": "report",
    "retry": "retries",
    "credentials": "password",
    "passwords": "password",
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
    letters: str
    """Those of the words, each word once, in the order of the alphabet."""
    most_of_it: int
    """No fewer of its words are most of its letters, the longest first."""


@lru_cache(maxsize=4096)
def essence_of(title: str) -> Essence:
    """Values and addresses lose their number; tickets, numbered hosts and steps keep it."""
    text = _URL.sub(" url ", unicodedata.normalize("NFKC", title))
    identifiers = _identifiers(text)
    text = _NUMBERED_PART.sub(r"\1", _TICKET.sub(" ", text))
    text = _NUMBER.sub(" 0 ", _NUMBERED_HOST.sub(" host ", _HOST.sub(" host ", text)))
    told = sorted(one_word_for(word) for word in words_in(text))
    words = frozenset(told)
    fingerprint = hashlib.sha256(" ".join([*sorted(words), *sorted(identifiers)]).encode())
    letters = "".join(sorted(" ".join(words)))
    return Essence(
        words, identifiers, " ".join(told), fingerprint.hexdigest(), letters, _most_of_it(words)
    )


def _most_of_it(words: frozenset[str]) -> int:
    lengths = sorted((len(word) + 1 for word in words), reverse=True)  # and the space between
    enough = _MOSTLY * (sum(lengths) - 1)
    return next((n for n, sofar in enumerate(accumulate(lengths), 1) if sofar - 1 >= enough), 0)


def likeness(one: Essence, other: Essence) -> float:
    """0 to 100. A title whose words the other all has is as like as can be."""
    if one.fingerprint == other.fingerprint:
        return 100.0
    if _name_different_things(one.identifiers, other.identifiers):
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


def perhaps_alike(one: Essence, others: Sequence[Essence]) -> list[int]:
    """Where among many those are that may be as like as `ALIKE`; the rest surely are not.

    To compare word by word, as `token_set_ratio` does, takes ten times as long as all of this. It
    is the most of three: of the words that only one of two titles has, which differ at least by
    their letters, whatever the order of these; and of the words in common against either title,
    which therefore has to consist of these for the most part.
    """
    lowest = ALIKE - 0.1  # likeness is rounded
    found: set[int] = set()
    for mine, theirs in (
        (one.text, [other.text for other in others]),
        (one.letters, [other.letters for other in others]),
    ):
        near = process.extract(mine, theirs, scorer=fuzz.ratio, score_cutoff=lowest, limit=None)
        found.update(index for _, _, index in near)
    words, fingerprint, has_none_of = one.words, one.fingerprint, one.words.isdisjoint
    for index, other in enumerate(others):
        if has_none_of(other.words):
            if fingerprint == other.fingerprint:
                found.add(index)
        elif len(words & other.words) >= min(one.most_of_it, other.most_of_it):
            found.add(index)
    return sorted(found)


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


def identifiers_in(text: str) -> frozenset[str]:
    """Names that point at one thing: numbers of tickets and pull requests, numbered hosts."""
    return frozenset(name.split(" ", 1)[1] for name in _identifiers(text) if name[:4] != "part")


def words_in(text: str) -> list[str]:
    """The words of a text that say which work it is, in small letters."""
    text = _COUNTRY.sub("usa", text).casefold()
    said = (word.strip("-_#") for word in _WORD.findall(text))
    return [word for word in said if word and word not in _EMPTY_WORDS]


def one_word_for(word: str) -> str:
    """One word for all that say the same, without its ending."""
    return _stem(_ONE_WORD_FOR.get(word, word))


def _identifiers(text: str) -> frozenset[str]:
    """Each with the kind of thing it names: `ticket 4812`, `host db-3`, `part step 4`."""
    text = unicodedata.normalize("NFKC", text)
    tickets = {f"ticket {_bare(match.group())}" for match in _TICKET.finditer(text)}
    parts = {f"part {m[1].casefold()} {m[2]}" for m in _NUMBERED_PART.finditer(text)}
    rest = _NUMBERED_PART.sub(" ", _TICKET.sub(" ", text)).casefold()
    hosts = {f"host {match.group()}" for match in _NUMBERED_HOST.finditer(rest)}
    return frozenset(tickets | parts | hosts)


def _name_different_things(one: frozenset[str], other: frozenset[str]) -> bool:
    """Both name tickets and none in common, or hosts, or steps."""
    for kind in ("ticket ", "host ", "part "):
        mine = {name for name in one if name.startswith(kind)}
        theirs = {name for name in other if name.startswith(kind)}
        if mine and theirs and not mine & theirs:
            return True
    return False


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

"""What a message offers to the checks, read once however many sentences cite it."""

import re
from dataclasses import dataclass
from functools import lru_cache

from copilot.reviews.meanings import is_neutral, meanings_of
from copilot.reviews.stated import stated_in
from copilot.reviews.words import clauses, normalised, sentences, words

_PARTS = re.compile(r"[A-Za-z]{2,40}")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3})")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=SERV)(?=FAIL)")
_HYPHENED = re.compile(r"(?<![\w-])[A-Za-z]\w{0,30}(?:[-_.][A-Za-z0-9]{1,30}){1,5}(?![\w-])")


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence or clause, with what it says."""

    text: str
    meanings: frozenset[str]
    words: tuple[frozenset[str], ...]
    """What each of its words may mean, those that say nothing left out."""
    facts: frozenset[str]
    """Numbers, identifiers and times, as written."""

    def likeness(self, other: "Passage") -> float:
        """How much of `other` this passage says, too: words once, hard facts twice."""
        shared = sum(not self.meanings.isdisjoint(word) for word in other.words)
        return shared + 2 * len(self.facts & other.facts)


@lru_cache(maxsize=8192)
def passage_of(text: str) -> Passage:
    plain = normalised(text)
    stated = stated_in(plain)
    facts = {f"n{number.digits}" for number in stated.numbers}
    facts |= {f"i{token.lower()}" for token in stated.identifiers}
    facts |= {f"t{time.hour}:{time.minute}" for time in stated.times}
    facts |= {f"i{token.lower()}" for token in _HYPHENED.findall(plain)}
    spoken = dict.fromkeys(word for word in words(plain) if not word[0].isdigit())
    told = tuple(meanings for word in spoken if (meanings := meanings_of(word)))
    return Passage(plain, _meanings(plain), told, frozenset(facts))


@lru_cache(maxsize=4096)
def sentences_of(text: str) -> tuple[Passage, ...]:
    return tuple(passage_of(part) for part in sentences(text))


@lru_cache(maxsize=4096)
def clauses_of(text: str) -> tuple[Passage, ...]:
    return tuple(
        passage_of(clause)
        for sentence in sentences(text)
        for clause in clauses(_THOUSANDS.sub("", normalised(sentence)))
    )


@lru_cache(maxsize=8192)
def content_words(text: str) -> tuple[str, ...]:
    """The words of a text that say what it is about, each once."""
    return tuple(dict.fromkeys(w for w in words(text) if not w[0].isdigit() and not is_neutral(w)))


def _meanings(plain: str) -> frozenset[str]:
    """Of all words, and of the parts of names: `pg_wal` speaks of a WAL."""
    spoken = {*words(plain), *(part.lower() for part in _PARTS.findall(_CAMEL.sub(" ", plain)))}
    return frozenset().union(*(meanings_of(word) for word in spoken))


def parts_of(claim: str) -> list[str]:
    """Clauses; where one is too short to be placed, the whole sentence."""
    parts = clauses(_THOUSANDS.sub("", claim))
    return parts if all(len(words(part)) >= 3 for part in parts) else [claim]

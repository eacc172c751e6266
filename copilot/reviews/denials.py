"""One “not” of a sentence, and whether the cited messages contradict it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from copilot.reviews.evidence import Passage, clauses_of, passage_of
from copilot.reviews.lacks import (
    NEGATION,
    carries_never,
    is_harm,
    is_lack,
    is_trouble,
    is_well,
    lacks_in,
    negatives_of,
    own_lacks_of,
    suggests_not,
    without_limits,
)
from copilot.reviews.meanings import same_meaning
from copilot.reviews.opposites import against
from copilot.reviews.words import STOPWORDS, bare_stem, word_set, words

_HELPING = word_set(
    "was were is are did does do would could will can should may might must"
    " be been being seem seemed seems appear appeared have had has to get got the a an any yet"
    " longer quite really all even so as single one of that in at by for with from on its their"
)
VERBAL = re.compile(r"not|never|cannot|n't|\w+n'?t", re.IGNORECASE)
_OF_NONE = re.compile(r"\s+(?:an?|one|any|even|much|many|enough)\b", re.IGNORECASE)
_OTHERWISE = re.compile(r"(?:^|,|,? and|,? but) ?$")
"""`the disk, not the network`: it tells two things apart."""
_EVENT = re.compile(
    r"\b(?:after|once|as soon as|before)(?! all)(?: [^\s,;]+){1,4} ?$", re.IGNORECASE
)
"""What is placed in time has happened."""
_NOT = re.compile(NEGATION.pattern + r"|(?<![\w.,:])(?:0|zero)(?= [a-z])", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_UNHARMED = re.compile(r"(?:unaffected|unharmed|unscathed|untouched|unrelated|spared)$")
_NEARLY = 1.0
_NEAR_BY = 160
"""Letters around a “not” that are read, however many of them a wall of text has."""
_FLATLY = 2


class Denial:
    """A “not” of the claim, with what it stands before."""

    def __init__(self, part: str, found: re.Match[str]) -> None:
        self.part = part
        self.head = head_of(part, found)
        self.said = passage_of(part)
        self.at = found.start()
        self.is_never = found[0].lower() == "never"
        self.is_placed = _EVENT.search(part[: self.at]) is not None and not part.startswith(
            " to ", found.end()
        )
        """It is placed in time; whom one told not to apply something was told, not placed."""
        self.is_verbal = (
            VERBAL.fullmatch(found[0]) is not None
            and _OF_NONE.match(part, found.end()) is None
            and (found[0].lower() != "not" or _OTHERWISE.search(part[: found.start()]) is None)
        )


@dataclass(frozen=True, slots=True)
class Sources:
    clauses: Sequence[Passage]
    stated: Sequence[Passage]
    """Clauses of what is no question."""
    sentences: Sequence[str]
    told: frozenset[str]
    """The lacks that the claim tells as well: its “not” does not stand for them."""

    def contradict(self, no: Denial) -> bool:
        near = [p for p in self.clauses if p.likeness(no.said) >= self._best(no) - _NEARLY]
        may_stand = [text for text in self.sentences if _may_stand(no.head, no.part, text)]
        if no.is_never and not any(carries_never(text) for text in self.sentences):
            return not (may_stand and is_harm(no.head))
        if self.says_flatly(no) or (
            _UNHARMED.match(no.head) and any(is_well(p.text) for p in near)
        ):
            return True
        if self._deny(no.head):
            return False
        if is_lack(no.head):
            return not may_stand and self._is_lacking(no, near)
        if no.is_placed and not any(_denies(p, no.head) for p in near):
            return True
        if self._may_stand_near(no, near, may_stand):
            return False
        carriers = self._carriers(no, near)
        if not carriers:
            return True
        return not may_stand and self._is_affirmed(no, carriers)

    def says_flatly(self, no: Denial, least: int = _FLATLY) -> bool:
        """A clause says, word for word, what it denies, and none so near says otherwise."""
        own = {
            bare_stem(word)
            for word in words(no.part)
            if word not in STOPWORDS and NEGATION.search(word) is None
        }
        if len(own) < least:
            return False
        for passage in self.stated:
            told = {bare_stem(word) for word in words(passage.text)}
            if _NOT.search(passage.text) or not own <= told:
                continue
            near = passage.likeness(no.said)
            if not any(p.likeness(no.said) >= near for p in self._carriers(no, self.clauses)):
                return True
        return False

    def _may_stand_near(
        self, no: Denial, near: Sequence[Passage], may_stand: Sequence[str]
    ) -> bool:
        """What is nearest suggests the “not”, and does not say the very word itself."""
        is_said = any(
            p in self.stated
            and _NOT.search(p.text) is None
            and _has(p, no.head)
            and not suggests_not(no.head, no.part, p.text)
            for p in near
        )
        return not is_said and any(not {*clauses_of(text)}.isdisjoint(near) for text in may_stand)

    def _is_affirmed(self, no: Denial, carriers: Sequence[Passage]) -> bool:
        """A clause says what it denies, and shares more with it than any that has a “not”."""
        affirmed = max(
            (
                p.likeness(no.said)
                for p in self.stated
                if p not in carriers and _affirms(p, no.head, no.said)
            ),
            default=0.0,
        )
        return affirmed > 0 and not any(
            p.likeness(no.said) >= affirmed or _denies(p, no.head) for p in carriers
        )

    def have_less(self, plain: str) -> bool:
        """The claim has more of the negative than its sources, each of their words counted as one;
        what answers a question is no part of that."""
        limited = without_limits(plain)
        denials = [
            Denial(limited, found)
            for found in NEGATION.finditer(limited)
            if found[0].lower() != "nor"
        ]
        bare = [
            no
            for no in denials
            if no.is_verbal
            and not is_lack(no.head)
            and not self._deny(no.head)
            and not any(_may_stand(no.head, plain, text) for text in self.sentences)
        ]
        if not bare or any(asks(text) for text in self.sentences):
            return False
        return len(bare) + own_lacks_of(limited) > sum(negatives_of(p.text) for p in self.clauses)

    def _is_lacking(self, no: Denial, near: Sequence[Passage]) -> bool:
        """`was not stuck`: the sources tell of trouble or say the word, none that it is over."""
        if any(_NOT.search(p.text) and _has(p, no.head) for p in near):
            return False
        if any(
            is_well(p.text)
            or any(
                is_lack(word) or is_trouble(word) or is_same(word, no.head)
                for word in under_negation(p.text)
            )
            for p in near
        ):
            return False
        return any(
            lacks_in(p.text) or is_trouble(p.text) or _NOT.search(p.text) for p in near
        ) or any(_has(p, no.head) for p in self.stated if _NOT.search(p.text) is None)

    def _best(self, no: Denial) -> float:
        return max((p.likeness(no.said) for p in self.clauses), default=0.0)

    def _deny(self, head: str) -> bool:
        """A “not” at the same word, wherever, or the word itself turned: `unreachable`."""
        stem = bare_stem(head)
        return any(_denies(p, head) or _is_turned(stem, p) for p in self.clauses)

    def _carriers(self, no: Denial, near: Sequence[Passage]) -> list[Passage]:
        """Clauses with a “not”, and those of the same thing with what may stand for it."""
        return [
            p
            for p in self.clauses
            if _NOT.search(p.text)
            or ((p in near or p.likeness(no.said) > 0) and self._lacks_else(p.text, no))
        ]

    def _lacks_else(self, text: str, no: Denial) -> bool:
        """It tells of a lack that the claim does not tell by itself."""
        return any(
            bare_stem(lack) not in self.told and not is_same(lack.split()[-1], no.head)
            for lack in (*lacks_in(text), *lacks_in(_CAMEL.sub(" ", text)))
        )


def _may_stand(head: str, part: str, text: str) -> bool:
    return suggests_not(head, part, text) or not against(head).isdisjoint(words(text))


def _is_turned(stem: str, passage: Passage) -> bool:
    return any(word.startswith(("un", "in")) and stem in word for word in lacks_in(passage.text))


def _has(passage: Passage, head: str) -> bool:
    return head not in STOPWORDS and any(is_same(head, word) for word in words(passage.text))


def asks(text: str) -> bool:
    return text.rstrip(" \"')”").endswith("?")


def head_of(text: str, negation: re.Match[str]) -> str:
    """What a “not” stands before: the verb, or the noun of `no …`; `missed` of `missed nothing`."""
    after = words(text[negation.end() : negation.end() + _NEAR_BY])[:6]
    after = [word for word in after if not word.endswith("ly")]
    before = words(text[max(0, negation.start() - _NEAR_BY) : negation.start()])[-1:]
    return next((w for w in after if w not in _HELPING), before[0] if before else "")


def _affirms(passage: Passage, head: str, said: Passage) -> bool:
    """It says what the clause denies: its verb, of the same thing."""
    # a head without a meaning of its own (`done`) is not among what they share
    least = 1 if head in STOPWORDS else 2
    return passage.likeness(said) >= least and any(
        is_same(head, word) for word in words(passage.text)
    )


def _denies(passage: Passage, head: str) -> bool:
    """A “not” at the same word, whatever else is said of it."""
    return any(is_same(head, word) for word in under_negation(passage.text))


def is_same(one: str, other: str) -> bool:
    return bare_stem(one) == bare_stem(other) or same_meaning(one, other)


@lru_cache(maxsize=8192)
def under_negation(text: str) -> tuple[str, ...]:
    """The words that each “not” stands before."""
    plain = without_limits(text)
    return tuple(head for found in NEGATION.finditer(plain) if (head := head_of(plain, found)))

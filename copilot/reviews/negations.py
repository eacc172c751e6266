"""Compares yes and no: a “not” that was put in or left out.

Whoever retells a message says “not” for many things (`empty`, `refused`, `all green`), and leaves
it out as often. So a sentence is only refused where it contradicts: it denies what a message says,
or says what every message with that word denies.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from copilot.ports import WindowMessage
from copilot.reviews.evidence import Passage, clauses_of, parts_of, passage_of
from copilot.reviews.lacks import (
    NEGATION,
    carries_never,
    is_lack,
    is_well,
    lacks_in,
    negates,
    negatives_of,
    suggests_not,
    without_limits,
)
from copilot.reviews.meanings import same_meaning
from copilot.reviews.words import (
    REPORTING,
    STOPWORDS,
    bare_stem,
    normalised,
    sentences,
    word_set,
    words,
)

_HELPING = word_set(
    "was were is are did does do would could will can should may might must"
    " be been being have had has to get got the a an any yet longer quite really all even so as"
    " single one of that in at by for with from on its their"
)
_LEAST = 3.0
_ALIKE = 0.5
"""Of the words of a clause, as many in one of a message make it the same thing."""
_REPORTED = "|".join(sorted(REPORTING, key=len, reverse=True))
_NEVER_SAID = re.compile(
    rf"^\S+ (?:never|did not|didn't|had not|has not) (?:{_REPORTED}|ask|report|say|think"
    rf"|propose|suggest|warn|note|confirm|announce|found|counted|pointed out"
    r"|established|revealed)\b",
    re.IGNORECASE,
)
_UNSAID = re.compile(
    r"\b(?:not|never|no one|nobody|n't)\b.{0,20}\b(?:said|say|told|tell|asked|ask|report"
    r"|mention|warn)",
    re.I,
)
_VERBAL = re.compile(r"not|never|cannot|n't|\w+n'?t", re.IGNORECASE)
_OF_ALL = word_set("all every each everything everyone always only just")
"""`not every call` is told as `a third of the calls`."""


def problem_with_negation(
    claim: str,
    cited: Sequence[WindowMessage],
    *,
    strict: bool = True,  # noqa: ARG001
) -> str | None:
    plain = re.sub(r"[“\"][^”\"]*[”\"]", " ", normalised(claim))
    everything = [clause for message in cited for clause in clauses_of(message.text)]
    stated = [
        clause
        for message in cited
        for sentence in sentences(message.text)
        if not sentence.rstrip(" \"')”").endswith("?")
        for clause in clauses_of(sentence)
    ]
    if word := _turned_round(plain, stated):
        return f"it leaves out the “not” of its source at “{word}”"
    if negates(plain) and _has_more(plain, everything):
        return "it says “not” where its source does not"
    if _NEVER_SAID.search(plain) and not any(_UNSAID.search(p.text) for p in everything):
        return "it says “not” where its source does not"
    for part in parts_of(plain):
        if negates(part) and _is_put_in(part, plain, everything, stated):
            return "it says “not” where its source does not"
    return None


def _has_more(claim: str, everything: Sequence[Passage]) -> bool:
    """It has more of the negative than its sources, if each of their words counted as one."""
    plain = without_limits(claim)
    heads = [_head(plain, found) for found in NEGATION.finditer(plain) if found[0].lower() != "nor"]
    bare = [h for h in heads if not any(suggests_not(h, plain, p.text) for p in everything)]
    named = negatives_of(plain, told=True) - sum(1 for head in heads if head in lacks_in(plain))
    return bool(bare) and len(bare) + named > sum(negatives_of(p.text) for p in everything)


def _is_put_in(
    part: str, claim: str, everything: Sequence[Passage], stated: Sequence[Passage]
) -> bool:
    """Nothing in the sources carries its “not”, or one says the very thing that it denies."""
    told = set(lacks_in(claim))
    for found in NEGATION.finditer(without_limits(part)):
        head = _head(part, found)
        if found[0].lower() == "never" and not any(carries_never(p.text) for p in everything):
            return True
        is_verbal = _VERBAL.fullmatch(found[0]) is not None
        if is_verbal and is_lack(head) and not any(_is_undone(p.text) for p in everything):
            return True
        if not any(_may_carry(p, head, part, told) for p in everything):
            return True
        said = passage_of(part)
        affirmed = max(
            (
                p.likeness(said)
                for p in stated
                if _affirms(p, head, said, is_verbal=is_verbal)
                and not _may_carry(p, head, part, told)
            ),
            default=0.0,
        )
        if affirmed and not any(
            p.likeness(said) >= affirmed or _denies(p, head)
            for p in everything
            if _may_carry(p, head, part, told)
        ):
            return True
    return False


def _is_undone(text: str) -> bool:
    """It may be told as `not stuck`: it says “not”, or that all is well."""
    return negates(text) or is_well(text)


def _may_carry(passage: Passage, head: str, part: str, told: set[str]) -> bool:
    """It says “not”, or what may stand for one before this word.

    A lack that the sentence tells as well is not what its “not” stands for.
    """
    return (
        negates(passage.text)
        or suggests_not(head, part, passage.text)
        or any(
            lack not in told and not _is_same(lack.split()[-1], head)
            for lack in lacks_in(passage.text)
        )
    )


def _head(text: str, negation: re.Match[str]) -> str:
    """What a “not” stands before: the verb, or the noun of `no …`; `missed` of `missed nothing`."""
    after = [w for w in words(text[negation.end() :])[:6] if not w.endswith("ly")]
    before = words(text[: negation.start()])[-1:]
    return next((w for w in after if w not in _HELPING), before[0] if before else "")


def _affirms(passage: Passage, head: str, said: Passage, *, is_verbal: bool) -> bool:
    """It says what the clause denies: its verb of the same thing, or most of the clause."""
    alike = passage.likeness(said)
    # a head without a meaning of its own (`done`) is not among what they share
    least = 1 if head in STOPWORDS else 2
    if alike >= least and any(_is_same(head, word) for word in words(passage.text)):
        return True
    return is_verbal and alike >= max(_LEAST, _ALIKE * said.likeness(said))


def _denies(passage: Passage, head: str) -> bool:
    """A “not” at the same word, whatever else is said of it."""
    return any(_is_same(head, word) for word in _under_negation(passage.text))


def _is_same(one: str, other: str) -> bool:
    return bare_stem(one) == bare_stem(other) or same_meaning(one, other)


def _turned_round(claim: str, everything: Sequence[Passage]) -> str | None:
    """A verb that the sources only say under a “not”, and the claim without anything like it."""
    if negates(claim) or lacks_in(claim):
        return None
    denied: set[str] = set()
    told: set[str] = set()
    for passage in everything:
        under = {bare_stem(word) for word in _under_negation(passage.text)}
        denied |= under
        told |= {bare_stem(word) for word in words(passage.text)} - under
    return next(
        (w for w in words(claim) if w not in STOPWORDS and bare_stem(w) in denied - told), None
    )


@lru_cache(maxsize=8192)
def _under_negation(text: str) -> tuple[str, ...]:
    """The words that each “not” stands before."""
    plain = without_limits(text)
    heads = []
    for found in NEGATION.finditer(plain):
        after = words(plain[found.end() :])[:1]
        if after and after[0] not in _OF_ALL and (head := _head(plain, found)):
            heads.append(head)
    return tuple(heads)

"""Compares yes and no: a “not” that was put in or left out.

Whoever retells a message says “not” for many things (`empty`, `refused`, `all green`), and leaves
it out as often. So a sentence is only refused where it contradicts: it denies what a message says,
or says what every message with that word denies.
"""

import re
from collections.abc import Sequence

from copilot.ports import WindowMessage
from copilot.reviews.denials import VERBAL, Denial, Sources, asks, head_of, is_same
from copilot.reviews.evidence import Passage, clauses_of, parts_of, passage_of
from copilot.reviews.lacks import NEGATION, lacks_in, negates, without_limits
from copilot.reviews.words import (
    REPORTING,
    STOPWORDS,
    bare_stem,
    normalised,
    sentences,
    word_set,
    words,
)

_REPORTED = "|".join(sorted(REPORTING, key=len, reverse=True))
_NEVER_SAID = re.compile(
    rf"^\S+ (?:never|did not|didn't|had not|has not) (?:{_REPORTED}|ask|report|say|think"
    rf"|propose|suggest|warn|note|confirm|announce|found|counted|pointed out"
    r"|established|revealed)\b",
    re.IGNORECASE,
)
_UNSAID = re.compile(
    r"(?:\b(?:not|never|no one|nobody|dont|didnt|doesnt|hasnt)|n't)\b.{0,20}"
    r"\b(?:said|say|told|tell|asked|ask|report"
    r"|mention|warn)",
    re.I,
)
_ONLY = re.compile(
    r"\b(?:only|just|alone|merely|throughout|kept|continued|steady|for (?:want|lack) of"
    r"|yet to|still to|open|pending|undecided)\b",
    re.IGNORECASE,
)
_WHETHER = re.compile(r"\b(?:whether|if)\b", re.IGNORECASE)
_ALIKE_TURNED = 2.0
_NONE = re.compile(r"\W*(?:no|nobody|none) ", re.IGNORECASE)
_LIMIT = re.compile(
    r"\b(?:or (?:more|less|fewer)|above|below|over|under|exceed\w*|(?:more|less|fewer) than)\b",
    re.IGNORECASE,
)
_NEXT = 80
"""Letters in which the next word stands."""
_NO_VERBS = word_set(
    "all every each everything everyone always only just a an the in on for from to at by of one"
    " any sure yet"
)
"""What stands before them is no verb: `not on ns2`, `not every call`."""


def problem_with_negation(claim: str, cited: Sequence[WindowMessage]) -> str | None:
    plain = re.sub(r"[“\"][^”\"]*[”\"]", " ", normalised(claim))
    everything = [clause for message in cited for clause in clauses_of(message.text)]
    told = [sentence for message in cited for sentence in sentences(normalised(message.text))]
    stated = _stated(told)
    if _NEVER_SAID.search(plain) and not any(_UNSAID.search(p.text) for p in everything):
        return "it says “not” where its source does not"
    lacks = frozenset(bare_stem(lack) for lack in lacks_in(plain))
    sources = Sources(everything, stated, told, lacks)
    if sources.have_less(plain):
        return "it says “not” where its source does not"
    for part in parts_of(plain):
        for found in NEGATION.finditer(without_limits(part)):
            no = Denial(part, found)
            if sources.contradict(no) if no.is_verbal else _denies_flatly(no, sources):
                return "it says “not” where its source does not"
    return None


def _denies_flatly(no: Denial, sources: Sources) -> bool:
    """`No data was lost` where a source says that data was lost; other ways in which there is none
    of a thing are carried by too much."""
    is_subject = _NONE.match(no.part) is not None and _LIMIT.search(no.part) is None
    return is_subject and sources.says_flatly(no, least=1)


def problem_with_left_out_not(claim: str, cited: Sequence[WindowMessage]) -> str | None:
    plain = re.sub(r"[“\"][^”\"]*[”\"]", " ", normalised(claim))
    told = [sentence for message in cited for sentence in sentences(normalised(message.text))]
    if word := _turned_round(plain, _stated(told)):
        return f"it leaves out the “not” of its source at “{word}”"
    return None


def _stated(told: Sequence[str]) -> list[Passage]:
    """The clauses of what is no question."""
    return [clause for text in told if not asks(text) for clause in clauses_of(text)]


def _turned_round(claim: str, stated: Sequence[Passage]) -> str | None:
    """A verb of which the sources only say “not”, of the same thing, and the claim does not."""
    for part in parts_of(claim):
        if negates(part) or lacks_in(part) or _ONLY.search(part):
            continue
        said = passage_of(part)
        for at, passage in enumerate(stated):
            # `It did not work` has but one word to be alike in
            if passage.likeness(said) < min(_ALIKE_TURNED, max(1, len(passage.words))):
                continue
            if any(_affirms(later) and later.likeness(said) > 0 for later in stated[at + 1 :]):
                continue  # `chrony not running`, and then `chrony started`
            for head in _verbs_denied(passage.text):
                if any(is_same(head, word) for word in words(part)) and not any(
                    _affirms(p) and any(is_same(head, word) for word in words(p.text))
                    for p in stated
                    if p is not passage
                ):
                    return head
    return None


def _affirms(passage: Passage) -> bool:
    return _WHETHER.search(passage.text) is None and NEGATION.search(passage.text) is None


def _verbs_denied(text: str) -> list[str]:
    plain = without_limits(text)
    return [
        head
        for found in NEGATION.finditer(plain)
        if VERBAL.fullmatch(found[0])
        and (after := words(plain[found.end() : found.end() + _NEXT])[:1])
        and after[0] not in _NO_VERBS
        and (head := head_of(plain, found)) not in STOPWORDS
    ]

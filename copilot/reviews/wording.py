"""Compares the sense of a claim with its sources: negation, order, certainty, cause."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from copilot.ports import WindowMessage
from copilot.reviews.words import (
    REPORTING,
    bare_stem,
    clauses,
    content_stems,
    normalised,
    sentences,
    stem,
    words,
)

_NEGATION = re.compile(
    r"\b(?:not|never|no|none|nobody|nothing|neither|nor|cannot|without|nowhere)\b|n't\b|\bcant\b|\bwont\b"
    r"|\b(?:dont|didnt|doesnt|isnt|wasnt|arent|werent|couldnt|shouldnt|wouldnt|hasnt|havent|hadnt)\b",
    re.IGNORECASE,
)
_NO_NEGATION = re.compile(r"\b(?:not only|no problem|no worries|no doubt|why not|not sure)\b", re.I)
_SOFT_NEGATION = re.compile(
    r"\b(?:fail(?!over|ing over|ed over)\w*|unable|broken?|stuck|still|refus\w*|missing|lacks?"
    r"|lacking|stopped|gone|unresponsive|non-\w+|un\w+ed|unclear|denied|rejected)\b",
    re.IGNORECASE,
)
_HEDGE = re.compile(
    r"\b(?:maybe|might|may|perhaps|possibl[ey]|probabl[ey]|likely|unlikely|suspect\w*|guess\w*"
    r"|i think|we think"
    r"|thinks?|i believe|believe[sd]?|seem\w*|appear\w*|looks? like|looked like|could be"
    r"|could have|not sure"
    r"|unsure|assum\w*|hypothes\w*|theory|wonder\w*|apparently|presumably|if|unclear|not convinced"
    r"|thought|supposed\w*|imagine|feels like|sounds like|potential\w*|convinced"
    r"|not certain|doubt\w*)\b",
    re.IGNORECASE,
)
_REPORTED_HEDGE = re.compile(
    r"\b(?:suggested|proposed|considered|question\w*|asked)\b", re.IGNORECASE
)
_ASKING = re.compile(
    r"\?|\b(?:ask\w*|question\w*|wonder\w*|whether|queried|requested|proposed)\b", re.I
)
_CAUSE = re.compile(
    r"\b(?:because|caus(?:e|es|ed|ing)|due to|owing to|result(?:ed|s|ing)? (?:of|in|from)"
    r"|led to|leads? to"
    r"|thanks to|root cause|trigger(?:ed|s)?|reason|brought about|therefore|consequently|hence"
    r"|culprit"
    r"|to blame|responsible for|stem(?:s|med) from|as a result)\b",
    re.IGNORECASE,
)
_SAYS_CAUSE = re.compile(
    rf"{_CAUSE.pattern}|\b(?:since(?! \d)|so|why|which is|makes?|made|turns? out|bug"
    r"|the issue is)\b",
    re.IGNORECASE,
)
_OPPOSITES = tuple(
    (frozenset(map(bare_stem, left.split())), frozenset(map(bare_stem, right.split())))
    for left, right in (
        ("worked works working succeeded success successful", "failed fails fail failing failure"),
        ("healthy", "unhealthy"),
        ("increased increase rose grew climbed", "decreased decrease fell dropped shrank"),
        ("enabled enable", "disabled disable"),
        ("started start", "stopped stop"),
        ("recovered recovering recovers recover", "broke broken crashed"),
        ("above", "below"),
        ("before", "after"),
        ("faster", "slower"),
        ("high higher", "low lower"),
        ("resolved", "unresolved"),
        ("up", "down"),
        ("correct", "incorrect wrong"),
        ("added", "removed deleted"),
        ("more", "less fewer"),
        ("available", "unavailable"),
        ("accepted approved", "rejected declined denied"),
        ("old older", "new newer"),
        ("first", "last"),
        ("inside", "outside"),
        ("internal", "external"),
        ("primary", "secondary replica"),
        ("production prod", "staging"),
    )
)  # fmt: skip
_ORDER = re.compile(
    r"\s(before|until|then|followed by|prior to|after|once|following)\s", re.IGNORECASE
)
_EARLIER_FIRST = frozenset({"before", "until", "then", "followed by", "prior to"})
_LEADING = re.compile(r"^(after|once|following|before|prior to)\s+([^,]+),\s*(.+)$", re.IGNORECASE)


_REPORTING_STEMS = frozenset(stem(word) for word in REPORTING)


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence or clause of one cited message."""

    message: WindowMessage
    text: str


def problem_with_wording(claim: str, cited: Sequence[WindowMessage]) -> str | None:
    """The first way in which `claim` says something else than its sources, or None."""
    plain = normalised(claim)
    checks = (
        _order_problem,
        _negation_problem,
        _opposite_problem,
        _certainty_problem,
        _cause_problem,
    )
    for check in checks:
        if problem := check(plain, cited):
            return problem
    return None


def _negation_problem(claim: str, cited: Sequence[WindowMessage]) -> str | None:
    sources = " ".join(normalised(message.text) for message in cited)
    if _negates(claim) and not _negates(sources) and not _SOFT_NEGATION.search(sources):
        return "it says “not” where its source does not"
    for part in clauses(claim):
        stems = content_stems(part)
        passage = _closest(stems, _clauses_of(cited))
        if passage is None or _negates(part) == _negates(passage.text):
            continue
        shared = len(stems & content_stems(passage.text))
        if shared < max(2, len(stems) / 2) and not passage.text.lower().endswith(part.lower()):
            continue  # too far apart to be about the same thing
        if _negates(part):
            if not _SOFT_NEGATION.search(passage.text) and not _negates(_sentence_of(passage)):
                return "it says “not” where its source does not"
        elif not (_SOFT_NEGATION.search(part) or _negates(claim)):
            return "it leaves out the “not” of its source"
    return None


def _opposite_problem(claim: str, cited: Sequence[WindowMessage]) -> str | None:
    said = {bare_stem(word) for word in words(claim)}
    sources = {bare_stem(word) for message in cited for word in words(message.text)}
    if _negates(claim) or any(_negates(message.text) for message in cited):
        negated = {bare_stem("before"), bare_stem("after")}
        said &= negated
    for left, right in _OPPOSITES:
        for one, other in ((left, right), (right, left)):
            if said & one and not said & other and sources & other and not sources & one:
                return f"it says “{_spoken(claim, one)}” where its source says the opposite"
    return None


def _certainty_problem(claim: str, cited: Sequence[WindowMessage]) -> str | None:
    passage = _closest(content_stems(claim), _sentences_of(cited))
    if passage is None:
        return None
    if passage.text.rstrip(" \"')”").endswith("?") and not _ASKING.search(claim):
        return "its source asks, it does not state"
    hedged = _HEDGE.search(passage.text) is not None
    if hedged and not (_HEDGE.search(claim) or _REPORTED_HEDGE.search(claim)):
        return "its source supposes what the sentence states as fact"
    return None


def _cause_problem(claim: str, cited: Sequence[WindowMessage]) -> str | None:
    """One and the same message has to name what was caused, what caused it, and that it did."""
    stated = _CAUSE.search(claim)
    if stated is None:
        return None
    names = {stem(word) for message in cited for word in words(message.author_name)}
    known = names | _REPORTING_STEMS
    sides = [
        own
        for side in (claim[: stated.start()], claim[stated.end() :])
        if (own := {word for word in content_stems(side) if not word[0].isdigit()} - known)
    ]
    for message in cited:
        stems = content_stems(message.text)
        if _SAYS_CAUSE.search(message.text) and all(side & stems for side in sides):
            return None
    return f"it states a cause (“{stated[0]}”) that no source of its states"


def _order_problem(claim: str, cited: Sequence[WindowMessage]) -> str | None:
    if leading := _LEADING.match(claim):
        word, left, right = leading[1].lower(), leading[3], leading[2]
    elif found := _ORDER.search(claim):
        word, left, right = found[1].lower(), claim[: found.start()], claim[found.end() :]
    else:
        return None
    first = _closest(content_stems(left), _sentences_of(cited))
    second = _closest(content_stems(right), _sentences_of(cited))
    if first is None or second is None or first.message.number == second.message.number:
        return None
    earlier, later = (first, second) if word in _EARLIER_FIRST else (second, first)
    if _when(earlier.message) <= _when(later.message):
        return None
    return f"“{word}” contradicts the times of the cited messages"


def _when(message: WindowMessage) -> tuple[float, int]:
    return message.occurred_at.timestamp(), message.number


def _negates(text: str) -> bool:
    return _NEGATION.search(_NO_NEGATION.sub(" ", text)) is not None


def _closest(stems: set[str], passages: Sequence[Passage]) -> Passage | None:
    """The passage that shares most words with `stems`, or None where none shares any."""
    best, best_score = None, 0.0
    for passage in passages:
        shared = stems & (own := content_stems(passage.text))
        score = len(shared) - len(own) / 1000  # the shorter of two equally close
        if shared and score > best_score:
            best, best_score = passage, score
    return best


def _sentences_of(cited: Sequence[WindowMessage]) -> list[Passage]:
    return [
        Passage(message, normalised(sentence))
        for message in cited
        for sentence in sentences(message.text)
    ]


def _clauses_of(cited: Sequence[WindowMessage]) -> list[Passage]:
    return [
        Passage(passage.message, clause)
        for passage in _sentences_of(cited)
        for clause in clauses(passage.text)
    ]


def _sentence_of(passage: Passage) -> str:
    for sentence in _sentences_of([passage.message]):
        if passage.text in sentence.text:
            return sentence.text
    return passage.text


def _spoken(claim: str, stems: frozenset[str]) -> str:
    return next((word for word in words(claim) if bare_stem(word) in stems), "")

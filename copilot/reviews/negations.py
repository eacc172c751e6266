"""Compares yes and no: a “not” that was put in or left out."""

import re
from collections.abc import Sequence
from functools import lru_cache

from copilot.ports import WindowMessage
from copilot.reviews.evidence import Passage, clauses_of, closest, parts_of, passage_of
from copilot.reviews.meanings import same_meaning
from copilot.reviews.words import (
    REPORTING,
    STOPWORDS,
    bare_stem,
    normalised,
    word_set,
    words,
)

_NEGATION = re.compile(
    r"\b(?:not|never|no|none|nobody|nothing|neither|nor|cannot|without|nowhere|hardly|nope)\b"
    r"|n't\b|\b(?:cant|wont|dont|didnt|doesnt|isnt|wasnt|arent|werent|couldnt|shouldnt|wouldnt|hasnt"
    r"|havent|hadnt)\b",
    re.IGNORECASE,
)
_NO_NEGATION = re.compile(
    r"\b(?:not only|no problem|no worries|no doubt|why not|not sure|no longer than|no later than"
    r"|not certain|not yet clear|nothing but)\b",
    re.IGNORECASE,
)
_SOFT = re.compile(
    r"\b(?:fail(?!over|ing over|ed over)\w*|unable|broken?|refus\w*|missing|missed|lack\w*"
    r"|gone|lost"
    r"|unresponsive|non-\w+|un\w+(?:ed|able|ing)|denied|deny|reject\w*|dead|dark|empty|emptied|zero"
    r"|false|off|silent|ignor\w*|disabled|exclud\w*|hidden|instead|too late|only|avoid\w*|stopped"
    r"|prevent\w*|removed|(?:taken?|taking|going) (?:\w+ )?out|out of|NXDOMAIN|declined"
    r"|cleared|without|expired|stable|40[34]|\w+-free|stuck|hung|rather than|skip\w*|null|blank"
    r"|object\w*|oppos\w*|against|forb[ia]\w*|ban(?:s|ned)?|prohibit\w*|revok\w*"
    r"|takes? away|took away|abolish\w*|absen\w*|omit\w*|forg[oe]t\w*|except|other than"
    r"|before|too \w+ to|NotReady|unlike|ruled out|doubt\w*|pending|waiting)\b"
    r"|(?<![\d.,])0\b",
    re.IGNORECASE,
)
"""What may stand for a “not”: `unreachable` carries “could not be reached”."""
_TROUBLE = re.compile(
    r"\b(?:errors?|crash\w*|down|time[ds]? ?out\w*|stale|outdated|old|wrong|late|5\d\d|in(?:valid"
    r"|active|complete|correct)\w*|mis\w{3,}|dis\w{3,}|cancel\w*|abort\w*|block\w*|drop\w*|hang\w*"
    r"|still|too)\b",
    re.IGNORECASE,
)
"""For a person also what only suggests it: `timed out` for “did not answer”."""
_HARMED = re.compile(
    r"\b(?:affect|harm|hit|hurt|impact|problem|notic|lost|lose|damage|concern|reproduc)", re.I
)
_UNHARMED = re.compile(
    r"\b(?:works for|fine|ok|okay|safe|good|healthy|flat|normal|unaffected|green)\b", re.I
)
_NOT_YET = re.compile(r"\b(?:yet|still|so far|until)\b", re.IGNORECASE)
_TO_DO = re.compile(r"\b(?:need to|todo|to do|will|should|waiting|pending|going to|'ll)\b", re.I)
_REPORTED = "|".join(sorted(REPORTING, key=len, reverse=True))
_NEVER_SAID = re.compile(
    rf"^\S+ (?:never|did not|didn't|had not|has not) (?:{_REPORTED}|ask|report|say|think"
    rf"|propose|suggest"
    r"|warn|note|confirm|announce)\b",
    re.IGNORECASE,
)
_UNSAID = re.compile(
    r"\b(?:not|never|no one|nobody|n't)\b.{0,20}\b(?:said|say|told|tell|asked|ask|report"
    r"|mention|warn)",
    re.I,
)
_NEGATED = re.compile(
    r"\b(?:not|never|cannot|hardly)\b|n't\b|\b(?:cant|wont|dont|didnt|doesnt|isnt|wasnt|arent)\b",
    re.I,
)


_HELPING = word_set("be been being have had to get got the a an any yet longer quite really all")


@lru_cache(maxsize=8192)
def negates(text: str) -> bool:
    return _NEGATION.search(_NO_NEGATION.sub(" ", text)) is not None


def problem_with_negation(
    claim: str, cited: Sequence[WindowMessage], *, strict: bool = True
) -> str | None:
    claim = normalised(claim)
    outside = re.sub(r"[“\"][^”\"]*[”\"]", " ", claim)
    everything = [clause for message in cited for clause in clauses_of(message.text)]
    if _NEVER_SAID.search(outside) and not any(_UNSAID.search(p.text) for p in everything):
        return "it says “not” where its source does not"
    if word := _turned_round(claim, everything, strict=strict):
        return f"it leaves out the “not” of its source at “{word}”"
    for part in parts_of(claim):
        said = passage_of(part)
        close = closest(said, everything)
        if negates(part):
            if not _is_carried(part, said, close or everything, everything, strict=strict):
                return "it says “not” where its source does not"
        elif close and all(negates(passage.text) for passage in close):
            if _SOFT.search(claim) or negates(claim) or not _is_near(said, close):
                continue
            return "it leaves out the “not” of its source"
    return None


def _is_carried(
    part: str,
    said: Passage,
    close: Sequence[Passage],
    everything: Sequence[Passage],
    *,
    strict: bool,
) -> bool:
    """A source says the “not” of this clause, in one way or another."""
    if _negates_a_lack(part, everything):
        return False
    if any(negates(passage.text) for passage in close):
        return True
    about = [p for p in everything if p.likeness(said) > 0] or list(everything)
    if any(negates(p.text) for p in about) and not _is_contradicted(part, close):
        return True
    if _HARMED.search(part) and any(_UNHARMED.search(p.text) for p in about):
        return True
    if _NOT_YET.search(part) and any(_TO_DO.search(p.text) for p in about):
        return True
    if re.search(r"\bnever\b", part, re.I):
        return False
    if not strict and any(_TROUBLE.search(p.text) or _SOFT.search(p.text) for p in everything):
        return not _is_contradicted(part, everything)
    return any(_SOFT.search(p.text) for p in close) and not _is_contradicted(part, close)


def _negates_a_lack(part: str, everything: Sequence[Passage]) -> bool:
    """`not stuck`, `not unable`: only where a source says just that, or that all is well."""
    for found in _NEGATED.finditer(part):
        after = [word for word in words(part[found.end() :])[:3] if word not in _HELPING]
        lack = next((w for w in after[:2] if _SOFT.fullmatch(w) and w != "only"), None)
        if lack and not any(
            _UNHARMED.search(p.text)
            or (negates(p.text) and any(same_meaning(lack, word) for word in words(p.text)))
            for p in everything
        ):
            return True
    return False


def _turned_round(claim: str, everything: Sequence[Passage], *, strict: bool) -> str | None:
    """A word that the sources only say under a “not”, and the claim without one."""
    denied = _only_denied(everything)
    if not denied or negates(claim):
        return None
    for part in parts_of(claim):
        if negates(part) or _SOFT.search(part) or "“" in part or '"' in part:
            continue
        near = closest(passage_of(part), everything)
        if not strict and any(not negates(passage.text) for passage in near):
            continue
        for word in words(part):
            if word not in STOPWORDS and bare_stem(word) in denied:
                return word
    return None


def _only_denied(everything: Sequence[Passage]) -> set[str]:
    denied: set[str] = set()
    told: set[str] = set()
    for passage in everything:
        under = {bare_stem(word) for word in _under_negation(passage.text)}
        denied |= under
        told |= {bare_stem(word) for word in words(passage.text)} - under
    return denied - told


@lru_cache(maxsize=8192)
def _under_negation(text: str) -> tuple[str, ...]:
    """The words that a “not” stands before, as far as its clause and four words go."""
    found = _NEGATION.search(_NO_NEGATION.sub(" ", text))
    if found is None:
        return ()
    after = [w for w in words(text[found.end() :]) if w not in STOPWORDS]
    return tuple(after[:2])


def _is_contradicted(part: str, close: Sequence[Passage]) -> bool:
    """The very words that it negates, a source says without a “not”."""
    for found in _NEGATED.finditer(part):
        after = [w for w in words(part[found.end() :])[:3] if w not in _HELPING]
        for word in after[:1]:
            for passage in close:
                if re.search(r"\bonly\b", passage.text, re.I) or negates(passage.text):
                    continue
                spoken = words(passage.text)
                if any(bare_stem(word) == bare_stem(other) for other in spoken):
                    return True
                if any(same_meaning(word, other) for other in spoken):
                    return True
    return False


def _is_near(said: Passage, close: Sequence[Passage]) -> bool:
    least = max(1.5, 0.4 * said.likeness(said))
    return any(passage.likeness(said) >= least for passage in close)

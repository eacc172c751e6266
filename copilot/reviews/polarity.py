"""Compares yes and no: a “not” put in or left out, and words that say the opposite."""

import re
from collections.abc import Sequence

from copilot.ports import WindowMessage
from copilot.reviews.evidence import Passage, clauses_of, passage_of
from copilot.reviews.meanings import meanings_of, same_meaning
from copilot.reviews.words import (
    REPORTING,
    STOPWORDS,
    bare_stem,
    clauses,
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
    r"\b(?:fail(?!over|ing over|ed over)\w*|unable|broken?|refus\w*|missing|missed|lack\w*|gone|lost"
    r"|unresponsive|non-\w+|un\w+(?:ed|able|ing)|denied|deny|reject\w*|dead|dark|empty|emptied|zero"
    r"|false|off|silent|ignor\w*|disabled|exclud\w*|hidden|instead|too late|only|avoid\w*|stopped"
    r"|prevent\w*|removed|(?:taken?|taking|going) (?:\w+ )?out|out of|NXDOMAIN|declined|cleared|without|expired|stable|40[34]|\w+-free|stuck|hung|rather than)\b"
    r"|(?<![\d.,])0\b",
    re.IGNORECASE,
)
"""What may stand for a “not”: `unreachable` carries “could not be reached”."""
_HARMED = re.compile(
    r"\b(?:affect|harm|hit|hurt|impact|problem|notic|lost|lose|damage|concern)", re.I
)
_UNHARMED = re.compile(r"\b(?:fine|ok|okay|safe|good|healthy|flat|normal|unaffected|green)\b", re.I)
_NOT_YET = re.compile(r"\b(?:yet|still|so far|until)\b", re.IGNORECASE)
_TO_DO = re.compile(r"\b(?:need to|todo|to do|will|should|waiting|pending|going to|'ll)\b", re.I)
_REPORTED = "|".join(sorted(REPORTING, key=len, reverse=True))
_NEVER_SAID = re.compile(
    rf"^\S+ (?:never|did not|didn't|had not|has not) (?:{_REPORTED}|ask|report|say|think|propose|suggest"
    r"|warn|note|confirm|announce)\b",
    re.IGNORECASE,
)
_UNSAID = re.compile(
    r"\b(?:not|never|no one|nobody|n't)\b.{0,20}\b(?:said|say|told|tell|asked|ask|report|mention|warn)",
    re.I,
)
_NEGATED = re.compile(
    r"\b(?:not|never|cannot|hardly)\b|n't\b|\b(?:cant|wont|dont|didnt|doesnt|isnt|wasnt|arent)\b",
    re.I,
)
_FLIPS = (
    ("ok okay fine normal good green back work working worked works succeed succeeded success pass passed passing passes healthy alive",
     "fail failed failing fails failure failures broke broken breaking error errors unhealthy"),
    ("up rose rise rises rising grew grow grows growing grown increased increase increasing climbed"
     " climbing climb climbs raised raise raising higher piled doubled",
     "down fell fall falls falling dropped dropping drops decreased decrease decreasing shrank shrink"
     " lower lowered lowering reduced reduce declined removing"),
    ("enabled enable enables on activated allowed allows", "disabled disable disables off deactivated"),
    ("started start starting starts began begun", "stopped stop stops stopping ended halted"),
    ("recovered recovering recovers recover restored resolved fixed healed",
     "broke broken crashed worsened failed"),
    ("above over exceeded", "below under"),
    ("faster quicker", "slower"),
    ("high higher highest", "low lower lowest"),
    ("resolved", "unresolved"),
    ("correct right valid", "incorrect wrong invalid stale broken"),
    ("added add adds adding", "removed remove removes removing deleted delete dropped"),
    ("more", "less fewer"),
    ("available reachable accessible", "unavailable unreachable inaccessible"),
    ("able", "unable"),
    ("accepted accept accepts approved agreed acceptable allowed allows",
     "rejected rejects reject declined denied refused refuse refuses refusing"),
    ("old older", "new newer"),
    ("first", "last"),
    ("inside", "outside"),
    ("internal", "external"),
    ("primary", "secondary replica"),
    ("production prod", "staging"),
    ("manual manually hand", "automatic automatically"),
    ("moving moved moves", "stuck"),
    ("extended extend prolong prolonged", "shortened shorten reduced"),
    ("missing absent lacked", "present"),
    ("found gained kept", "lost"),
    ("behind late later delayed", "ahead early"),
    ("full", "empty"),
    ("satisfied happy pleased", "dissatisfied unhappy annoyed angry"),
    ("opened open reopened", "closed closing"),
    ("better improved", "worse worsened"),
    ("same identical", "different"),
    ("most majority", "few minority"),
    ("largest biggest longest", "smallest shortest"),
)  # fmt: skip
_OPPOSITES = tuple(
    (frozenset(left.split()), frozenset(right.split()))
    for pair in _FLIPS
    for left, right in (pair, pair[::-1])
)
_PHRASES = (
    (re.compile(r"\b(?:turn|switch|go|goes|went|set)\w* (?:\w+ ){0,4}off\b", re.I), " disabled "),
    (re.compile(r"\b(?:turn|switch)\w* (?:\w+ ){0,4}on\b", re.I), " enabled "),
    (re.compile(r"\b(?:on|back on) again\b|\bback on\b", re.I), " enabled "),
    (re.compile(r"\b(?:scaled?|backed|rolled|piled|went|is|are|was|were|back|be|going|cpu|set)"
                r" (?P<way>up|down)\b", re.I), r" \g<way> "),
    (re.compile(r"\b(?:follow(?:ed)?|set|look(?:ed)?|end(?:ed)?|clean(?:ed)?|start(?:ed)?|time|pick(?:ed)?)"
                r"[ -]up\b|\bup to\b|\bup until\b|\btear\w* down\b|\bbreak\w* down\b", re.I), " "),
    (re.compile(r"\bover (?:the|a|an|to|for|again)\b|\b(?:run|hand|fail|rolled?|take)\w* over\b"
                r"|\bis over\b|\bwas over\b", re.I), " "),
    (re.compile(r"\bmore than\b|\bmore or less\b|\bno more\b|\bless than\b|\bany more\b", re.I), " "),
    (re.compile(r"\b(?:back|again) to\b", re.I), " "),
    (re.compile(r"\bon(?= (?!again|for|now|at)\w)", re.I), " "),
    (re.compile(r"\boff (?:of|the)\b", re.I), " "),
)  # fmt: skip
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3})")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|_|(?<=SERV)(?=FAIL)")
_RISE = _OPPOSITES[2][0]
_FALL = _OPPOSITES[2][1]
_FROM_TO = re.compile(
    r"(\d[\d,.]{0,12})[ ]?(ms|s|%|[kKMGT]?i?B|min|h)?\s*(?:->|→|to|down to|up to)\s*(\d[\d,.]{0,12})"
    r"[ ]?(ms|s|%|[kKMGT]?i?B|min|h)?"
)


def problem_with_polarity(claim: str, cited: Sequence[WindowMessage]) -> str | None:
    plain = normalised(claim)
    return _negation_problem(plain, cited) or _opposite_problem(plain, cited)


def negates(text: str) -> bool:
    return _NEGATION.search(_NO_NEGATION.sub(" ", text)) is not None


def _negation_problem(claim: str, cited: Sequence[WindowMessage]) -> str | None:
    outside = re.sub(r"[“\"][^”\"]*[”\"]", " ", claim)
    everything = [clause for message in cited for clause in clauses_of(message.text)]
    if _NEVER_SAID.search(outside) and not any(_UNSAID.search(p.text) for p in everything):
        return "it says “not” where its source does not"
    if word := _turned_round(claim, everything):
        return f"it leaves out the “not” of its source at “{word}”"
    for part in _parts(claim):
        said = passage_of(part)
        close = _closest(said, everything)
        if negates(part):
            if not _is_carried(part, said, close or everything, everything):
                return "it says “not” where its source does not"
        elif close and all(negates(passage.text) for passage in close):
            if not (_SOFT.search(claim) or negates(claim)) and _is_near(said, close):
                return "it leaves out the “not” of its source"
    return None


def _is_carried(
    part: str, said: Passage, close: Sequence[Passage], everything: Sequence[Passage]
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


def _turned_round(claim: str, everything: Sequence[Passage]) -> str | None:
    """A word that the sources only say under a “not”, and the claim without one."""
    denied: set[str] = set()
    told: set[str] = set()
    for passage in everything:
        under = {bare_stem(word) for word in _under_negation(passage.text)}
        denied |= under
        told |= {bare_stem(word) for word in words(passage.text)} - under
    denied -= told
    if not denied:
        return None
    for part in _parts(claim):
        if negates(part) or _SOFT.search(part) or "“" in part or '"' in part:
            continue
        for word in words(part):
            if word not in STOPWORDS and bare_stem(word) in denied:
                return word
    return None


def _under_negation(text: str) -> list[str]:
    """The words that a “not” stands before, as far as its clause and four words go."""
    found = _NEGATION.search(_NO_NEGATION.sub(" ", text))
    if found is None:
        return []
    after = [w for w in words(text[found.end() :]) if w not in STOPWORDS]
    return after[:3]


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


def _parts(claim: str) -> list[str]:
    """Clauses; where one is too short to be placed, the whole sentence."""
    parts = clauses(_THOUSANDS.sub("", claim))
    return parts if all(len(words(part)) >= 3 for part in parts) else [claim]


def _is_near(said: Passage, close: Sequence[Passage]) -> bool:
    least = max(1.5, 0.4 * said.likeness(said))
    return any(passage.likeness(said) >= least for passage in close)


def _closest(said: Passage, passages: Sequence[Passage]) -> list[Passage]:
    """Those that share most with `said`, more than one where they share as much."""
    scored = [(passage.likeness(said), passage) for passage in passages]
    best = max((score for score, _ in scored), default=0.0)
    return [passage for score, passage in scored if score == best > 0]


def _opposite_problem(claim: str, cited: Sequence[WindowMessage]) -> str | None:
    passages = [clause for message in cited for clause in clauses_of(message.text)]
    for part in (claim, *_parts(claim)):
        said = _turns(part)
        if not said or negates(part):
            continue
        about = " ".join(word for word in words(part) if word not in _ALL_TURNS)
        near = _closest(passage_of(about), passages) or passages
        for where in (near, passages) if part == claim or len(passages) < 3 else (near,):
            if any(negates(passage.text) for passage in where):
                continue
            sources = frozenset().union(*(_turns(_CAMEL.sub(" ", p.text)) for p in where))
            for one, other in _OPPOSITES:
                if said & one and not said & other and sources & other and not sources & one:
                    return (
                        f"it says “{_spoken(part, said & one)}” where its source says the opposite"
                    )
    meanings = frozenset().union(*(passage.meanings for passage in passages))
    for word in words(claim):
        if word in _MUST_BE_SAID and meanings.isdisjoint(meanings_of(word)):
            return f"its sources do not say “{word}”"
    return _direction_problem(claim, _turns(claim), passages)


def _direction_problem(claim: str, said: frozenset[str], passages: Sequence[Passage]) -> str | None:
    """`rose from 180 ms to 2.1 s` must rise."""
    found = _FROM_TO.search(claim)
    if not found or bool(said & _RISE) == bool(said & _FALL):
        return None
    first, last = _amount(found[1], found[2] or found[4]), _amount(found[3], found[4] or found[2])
    if first != last and (last > first) != bool(said & _RISE):
        return f"it says “{_spoken(claim, said & (_RISE | _FALL))}”, the numbers go the other way"
    return None


def _amount(digits: str, unit: str | None) -> float:
    scale = {"ms": 0.001, "s": 1, "min": 60, "h": 3600}.get(unit or "", 1.0)
    value = digits.replace(",", "").rstrip(".")
    return (float(value) if value.count(".") <= 1 else 0.0) * scale


def _turns(text: str) -> frozenset[str]:
    """The words of a text, in lower case, fit to look opposites up."""
    for pattern, put in _PHRASES:
        text = pattern.sub(put, text)
    return frozenset(words(text.lower())) & _ALL_TURNS


_MUST_BE_SAID = word_set(
    """
    stopped halted ceased failed broke crashed disabled rejected fewer worse worsened unhealthy
    dissatisfied unhappy angry succeeded approved denied shrank
    """
)
_HELPING = word_set("be been being have had to get got the a an any yet longer quite really all")
_ALL_TURNS = frozenset().union(*(one | other for one, other in _OPPOSITES))


def _spoken(claim: str, found: frozenset[str]) -> str:
    stems = {bare_stem(word) for word in found}
    return next((word for word in words(claim) if word in found or bare_stem(word) in stems), "")

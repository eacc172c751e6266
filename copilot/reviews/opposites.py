"""Finds words that say the opposite of what the sources say: rose and fell, on and off."""

import re
from collections.abc import Sequence
from functools import lru_cache

from copilot.ports import WindowMessage
from copilot.reviews.evidence import Passage, clauses_of, parts_of, passage_of
from copilot.reviews.lacks import negates
from copilot.reviews.words import bare_stem, normalised, words

_FLIPS = (
    ("ok okay fine normal good green back work working worked works succeed succeeded"
     " success successful pass passed passing passes healthy alive",
     "fail failed failing fails failure failures broke broken breaking error errors unhealthy"
     " abended crashed dead died dying hung hanging offline exception fatal refused timeout"
     " timeouts"),
    ("up rose rise rises rising grew grow grows growing grown increased increase increasing climbed"
     " climbing climb climbs raised raise raising higher piled doubled peaked jumped grown spiked",
     "down fell fall falls falling dropped dropping drops decreased decrease decreasing"
     " shrank shrink"
     " lower lowered lowering reduced reduce declined removing"),
    ("enabled enable enables on activated allowed allows",
    "disabled disable disables off deactivated"),
    ("started start starting starts began begun", "stopped stop stops stopping ended halted"),
    ("recovered recovering recovers recover restored resolved fixed healed",
     "broke broken crashed worsened failed"),
    ("above over exceeded", "below under"),
    ("faster quicker", "slower"),
    ("high higher highest", "low lower lowest"),
    ("resolved", "unresolved"),
    ("correct right valid", "incorrect wrong invalid stale broken"),
    ("added add adds adding", "removed remove removes removing deleted delete dropped cleared"
     " gone"),
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
    ("moving moved moves", "stuck hanging hung waiting"),
    ("grew rose increased climbed", "removed deleted lifted"),
    ("extended extend prolong prolonged", "shortened shorten reduced"),
    ("missing absent lacked empty gone", "present"),
    ("found gained kept", "lost"),
    ("behind late later delayed delay lag lagging trailing", "ahead early"),
    ("full", "empty"),
    ("started start", "stopped failed"),
    ("satisfied happy pleased", "dissatisfied unhappy annoyed angry"),
    ("opened open reopened", "closed closing"),
    ("matches matched match equal same", "differ differs differed different"),
    ("better improved", "worse worsened"),
    ("most majority", "few minority"),
    ("largest biggest longest", "smallest shortest"),
)  # fmt: skip
_KEPT = frozenset(("keep", "keeps", "kept", "valid"))
_DROPPED = frozenset(
    ("drop", "dropped", "remove", "removed", "lift", "lifted", "lose", "lost", "expire", "expires")
)
"""Too loose to refuse by; enough to stand for a “not”."""
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
    (re.compile(r"\b(?:over|under|above|below|within)(?= (?:\w+ ){0,2}?(?:\d|half|an? |one"
                r"|two|three|four|five|six|seven|eight|nine|ten|\w+teen|\w+ty|\w+-\w+))"
                r"|\b(?:higher|lower|highest|lowest|high|low|more|less|fewer|most|few)(?= \w)"
                r"|\b(?:free|clear|clean|instead|empty) of \w+", re.I), " "),
    (re.compile(r"\b(?:went|go|goes|gone) (?:thru|through)\b", re.I), " worked "),
    (re.compile(r"\b(?:faster|quicker|slower|better|worse|later|earlier|higher|lower) than\b"
        r"|\b(?:after|before|since|until) (?:the|its|their) (?:first |last )?\w+s\b", re.I),
     " "),
    (re.compile(r"\bmore than\b|\bmore or less\b|\bno more\b|\bless than\b"
        r"|\bany more\b", re.I), " "),
    (re.compile(r"\b(?:back|again) to\b"
        r"|\bright (?:where|at|before|after|now|away|there|in|on|when|then)\b", re.I), " "),
    (re.compile(r"\bon(?= (?!again|for|now|at)\w)", re.I), " "),
    (re.compile(r"\boff (?:of|the)\b|\bstop(?:ped|s)? (?:respond|answer)ing\b", re.I), " "),
    (re.compile(r"\bby (?:itself|themselves)\b|\bon its own\b", re.I), " automatic "),
    (re.compile(r"(?<![\d.])0 ?(?:of|/) ?\d{1,6}\b[^.,;]{0,30}", re.I), " ok "),
    (re.compile(r"\berrors?\b[^.,]{0,24}\b0 ?%|\b(?:0|no|without) (?:errors|failures)\b", re.I),
     " ok "),
    (re.compile(r"\b(?:error|failure) (?:rates?|ratios?|counts?|logs?|codes?)"
                r"(?! (?:is |was )?(?:at )?0)", re.I), " "),
)  # fmt: skip
_SAME_THING = 1.0
"""Words in common, a number or identifier counting as two, that make two clauses of one thing."""
_NEARLY = 1.0
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|_|(?<=SERV)(?=FAIL)")
_PLAIN = re.compile(r"[A-Za-z]{2,30}")
_RISE = _OPPOSITES[2][0]
_FALL = _OPPOSITES[2][1]
_FROM_TO = re.compile(
    r"(\d[\d,.]{0,12})[ ]?(ms|s|%|[kKMGT]?i?B|min|h)?\s*(?:->|→|to|down to"
    r"|up to)\s*(\d[\d,.]{0,12})"
    r"[ ]?(ms|s|%|[kKMGT]?i?B|min|h)?"
)


def problem_with_opposites(claim: str, cited: Sequence[WindowMessage]) -> str | None:
    claim = normalised(claim)
    passages = [clause for message in cited for clause in clauses_of(message.text)]
    sources = frozenset().union(*(_turns(_CAMEL.sub(" ", p.text)) for p in passages))
    stems = {bare_stem(word) for p in passages for word in _PLAIN.findall(p.text)}
    for part in (claim, *parts_of(claim)):
        # `hanging` of `it hangs`
        said = frozenset(word for word in _turns(part) if bare_stem(word) not in stems)
        if not said or negates(part):
            continue
        about = passage_of(" ".join(word for word in words(part) if word not in _ALL_TURNS))
        best = max((p.likeness(about) for p in passages), default=0.0)
        near = [p for p in passages if p.likeness(about) >= max(_SAME_THING, best - _NEARLY)]
        if turned := _turned(said, near, sources):
            spoken = _spoken(part, turned)
            return f"it says “{spoken}” where its source says the opposite"
    return _direction_problem(claim, _turns(claim))


def _turned(
    said: frozenset[str], near: Sequence[Passage], sources: frozenset[str]
) -> frozenset[str]:
    """Words of the claim of which what is nearest has the opposite, and no source them."""
    if not near or any(negates(passage.text) for passage in near):
        return frozenset()
    there = frozenset().union(*(_turns(_CAMEL.sub(" ", p.text)) for p in near))
    for one, other in _OPPOSITES:
        if said & one and not said & other and there & other and not sources & one:
            return said & one
    return frozenset()


def _direction_problem(claim: str, said: frozenset[str]) -> str | None:
    """`rose from 180 ms to 2.1 s` must rise."""
    found = _FROM_TO.search(claim)
    if not found or bool(said & _RISE) == bool(said & _FALL):
        return None
    first, last = _amount(found[1], found[2] or found[4]), _amount(found[3], found[4] or found[2])
    if first != last and (last > first) != bool(said & _RISE):
        return f"it says “{_spoken(claim, said & (_RISE | _FALL))}”, the numbers go the other way"
    return None


_SIZES = {"ms": 0.001, "min": 60, "h": 3600, "k": 1e3, "m": 1e6, "g": 1e9, "t": 1e12}


def _amount(digits: str, unit: str | None) -> float:
    scale = _SIZES.get((unit or "").lower().removesuffix("b").removesuffix("i"), 1.0)
    value = digits.replace(",", "").rstrip(".")
    return (float(value) if value.count(".") <= 1 else 0.0) * scale


@lru_cache(maxsize=8192)
def _turns(text: str) -> frozenset[str]:
    """The words of a text, in lower case, fit to look opposites up."""
    for pattern, put in _PHRASES:
        text = pattern.sub(put, text)
    return frozenset(words(text.lower())) & _ALL_TURNS


_ALL_TURNS = frozenset().union(*(one | other for one, other in _OPPOSITES))


@lru_cache(maxsize=8192)
def against(word: str) -> frozenset[str]:
    """The words that say the opposite of one."""
    found = [other for one, other in _OPPOSITES if word in one]
    return frozenset(_KEPT if word in _DROPPED else ()).union(*found)


def _spoken(claim: str, found: frozenset[str]) -> str:
    stems = {bare_stem(word) for word in found}
    return next((word for word in words(claim) if word in found or bare_stem(word) in stems), "")

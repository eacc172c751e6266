"""Finds in a statement the phrases of `phrases`, and who and what they are about."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from copilot.local.lexicon import IMMEDIATE_VERBS, LEADING_ADVERBS, WORK_VERBS, base_form
from copilot.local.people import People
from copilot.local.phrases import CUES, MARKER, WHO, Cue
from copilot.local.terse import TERSE


@dataclass(frozen=True, slots=True)
class CueMatch:
    """A cue found in a statement. `do` is what is to be done, in the statement's own words."""

    cue: Cue
    do: str
    before: str
    what: str
    who: str


_NOBODYS = re.compile(
    r"\b(?:i|you|we|they|he|she|don't|not|doesn't)(?: \w+ly| \w+n't)?$", re.IGNORECASE
)
"""`You need a reboot` is no need of the system's."""
_NO_WORK = re.compile(
    r"(?:be (?!able|sure)|have (?:\w+(?:ed|en)|been|had|done|known|thought|seen|got|gone|put)\b"
    r"|have$)",
    re.IGNORECASE,
)
"""`I'll be back`, `we should have tested`: no work ahead."""
_HAVING_WRITTEN = re.compile(
    r"do\b|make (?:a|an|the|it|this|sure|another|one|those|these)\b"
    r"|have (?:a|an|the|my) (?:[\w-]+ ){0,2}(?:pr|patch|fix|ticket|draft|doc|change|write-?up"
    r"|proposal|report|test)\b",
    re.IGNORECASE,
)
ALL_CUES = (*CUES, *TERSE)
_BYGONE = re.compile(r"\b(?:supposed|used) to\b", re.IGNORECASE)
"""In the phrase itself: `somebody was supposed to` do it, and hasn't."""
_TOKEN = re.compile(r"[a-z']+")
_NO_PLAN = frozenset(
    [
        "put",
        "set",
        "cut",
        "read",
        "let",
        "split",
        "see",
        "use",
        "run",
        "come",
        "think",
        "mean",
        "figure",
        "support",
        "plan",
        "question",
        "record",
        "like",
        "want",
        "depend",
        "love",
        "know",
        "live",
        "work",
    ]
)
"""After `i` these are as often past as present, or say no work: `i put`, `i think`."""
_ASSIGNED = re.compile(
    rf"^{WHO}\s*(?:(?:to|will|should|please|needs to|is to|can)\s|[:,-]\s+(?:will )?)(?P<do>\w.*)",
    re.IGNORECASE,
)


def cue_matches(text: str, people: People) -> Iterator[CueMatch]:
    """Every cue of a statement's text, the clearest kind of phrase first."""
    words = set(_TOKEN.findall(text.lower()))
    for cue in ALL_CUES:
        if cue.words and words.isdisjoint(cue.words):
            continue
        found = cue.pattern.search(text)
        if not found:
            continue
        groups = found.groupdict()
        who = (groups.get("who") or "").strip()
        do = LEADING_ADVERBS.sub("", groups["do"].strip())
        if cue.kind == MARKER:
            who, do = _assigned(do, who, people)
        what = (groups.get("what") or "").strip()
        if (
            not do
            or _BYGONE.search(text, found.end("what") if what else found.start(), found.start("do"))
            or _NO_WORK.match(do)
            or _NOBODYS.search(what)
            or not _follows(cue, do, who, people)
        ):
            continue
        yield CueMatch(
            cue=cue,
            do=do,
            before=text[: found.start()],
            what=what,
            who=who,
        )


def names_in(who: str) -> list[str]:
    return [name for name in re.split(r"[,/&\s]+", who) if name and name.lower() != "and"]


def _assigned(do: str, who: str, people: People) -> tuple[str, str]:
    """Splits `dana to file a ticket` of a marker into whom and what."""
    found = _ASSIGNED.match(do)
    if not found or who:
        return who, do
    first = found["do"].split(" ")[0].lower()
    is_name = any(people.find(name) for name in names_in(found["who"]))
    if is_name or (first in WORK_VERBS | IMMEDIATE_VERBS and base_form(names_in(do)[0]) is None):
        return found["who"], LEADING_ADVERBS.sub("", found["do"])
    return who, do


def _follows(cue: Cue, do: str, who: str, people: People) -> bool:
    first = do.split(" ")[0].lower().strip(",.:;")
    if cue.needs == "work":
        return first in WORK_VERBS
    if cue.needs == "working":
        return first.endswith("ing") and base_form(first) in WORK_VERBS
    if cue.needs == "verb":
        return (
            first in WORK_VERBS or first in IMMEDIATE_VERBS or _HAVING_WRITTEN.match(do) is not None
        )
    if cue.needs == "base":
        return (
            first in WORK_VERBS or first in IMMEDIATE_VERBS or _HAVING_WRITTEN.match(do) is not None
        ) and first not in _NO_PLAN
    if cue.needs == "name":
        return any(people.find(name) for name in names_in(who))
    return True

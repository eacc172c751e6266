"""A short imperative title in the author's words.

What is to be done is theirs; only the verb that makes an order of it may be added: "the probe needs
an owner" becomes "give the probe an owner". What can't be understood alone has no title.
"""

import re
from dataclasses import replace

from copilot.local.cues import CueMatch
from copilot.local.lexicon import ARTEFACTS, base_form, content_stems, words_of
from copilot.local.phrases import MARKER
from copilot.local.trimming import MAX_TITLE, polished

__all__ = ["MAX_TITLE", "polished", "title_of"]

MAX_WORDS_OF_THING = 8

_DETERMINED = re.compile(
    r"^(?:a|an|some|more|better|proper|another|new|our own|its own|additional|further|the|our|no"
    r"|fewer|less)\s",
    re.IGNORECASE,
)
_LACKING = frozenset({"we_need_a", "there_should_be", "gap", "need_thing", "also_thing"})
_FILED = re.compile(
    r"^(?:(?:a|an|another|new|some|the) )?(?:[\w-]+ ){0,2}?(?:ticket|bug|issue|jira)s?\b", re.I
)
_OPENED = re.compile(
    r"^have (a|an|the|my) (pr|patch|mr|pull request|fix)\b(?: (?:up|out|ready|open))*", re.I
)
_WRITTEN = re.compile(
    r"^have (a|an|the|my) ((?:[\w-]+ ){0,2}(?:draft|doc|write-?up|proposal|report))\b"
    r"(?: (?:up|out|ready))*",
    re.I,
)
_BEFORE_THING = re.compile(
    r"[,;:(]\s|\b(?:that|think|guess|so|but|because|since|and|if|when|note|looks like|means"
    r"|says|implies|saying|also|again|but|well)\s",
    re.IGNORECASE,
)
_STATE = re.compile(
    r"\s(?:is|are|was|were|isn't|aren't|has|have|doesn't|don't|does|didn't|did)\b", re.IGNORECASE
)
_NO_THING = re.compile(
    r"^(?:i|you|we|they|he|she|it|this|that|these|those|there|what|which|who|one|no|everyone"
    r"|people|someone|somebody|nobody|all|both)\b(?:\s|$)",
    re.IGNORECASE,
)
_LACK = re.compile(r"^(?:(?:get|have) )?((?:an?|some|more|better|proper|another) )", re.IGNORECASE)
_PEOPLE = re.compile(
    r"^(?:\w+ ){0,2}?(?:some(?:one|body)|any(?:one|body)|we|i|you)$", re.IGNORECASE
)
_LEADING = re.compile(
    r"^(?:@[\w.|-]+,? +|(?:please|pls) +|(?:we|i)(?:'ll| will| should| need to| have to| must) +)",
    re.IGNORECASE,
)
_READY = re.compile(
    r"\s(?:up|out|ready)(?=\s*$|\s+(?:by|on|for|until|before|today|tomorrow|this|next)\b)"
)
_ASKED_WHAT = re.compile(
    r"^\W*(?:(?:so|and|ok|but) )?(?:what|which|who|why|how|where|when)\b", re.I
)
_SOME_DAY = re.compile(
    r"^(?:talk|think|chat|discuss|worry)\b.*"
    r"\b(?:at some point|some ?(?:day|time)|eventually|one day)\b",
    re.IGNORECASE,
)
"""A wish that nobody will know how to tick off."""
_PRONOUN = (
    r"(?:it|them|so|(?:that|this|these|those)(?: ones?)?(?=$"
    r"| (?:better|more|further|again|now|things?|stuff|down|up|out|on|off|back|to|for|in"
    r"|into|with|at|by|and|after|before|as|from|over|too|properly|together|first)\b))"
)
_OPEN_OBJECT = re.compile(
    rf"^(?P<verb>[\w-]+(?: (?:up|out|on|off|down|into|at|with|for|about|over|through|after|in))?) "
    rf"{_PRONOUN}\b(?P<rest> .*)?$",
    re.IGNORECASE,
)
_OPEN_END = re.compile(rf" (?:for|about|on|with|to|into|of|in) {_PRONOUN}$", re.IGNORECASE)
_CLAUSE = re.compile(
    r"\b(?:is|are|was|were|has|have|had|isn't|aren't|wasn't|doesn't|don't|falls?|fell|keeps?|reads?|got|gets"
    r"|needs?|fails?|failed|broke|breaks|looks?|went|goes|sits?|should|must|can't|cannot|ought"
    r"|says|said|expires?|runs? out|lags|leaks|flaps|misses|happens)\b",
    re.IGNORECASE,
)
_STATE_OF = re.compile(
    r"^(?P<thing>.{3,60}?) (?:is|are|was|were) (?P<state>(?:still |quite |very |so |too |totally )?"
    r"(?:[\w-]+)(?: [\w-]+)?)$",
    re.IGNORECASE,
)
_PARTICLE = frozenset(["up", "out", "off", "down"])


def title_of(match: CueMatch, about: str = "") -> str:
    """What is to be done, as an order. Empty if that would not be understood alone.

    `about` is what `it` means, in words said before.
    """
    is_question = match.cue.name in {"shall_we", "can_you"} and _ASKED_WHAT.match(match.before)
    is_nothing = match.do.lower().startswith(("not ", "never ", "to not "))
    if is_question or is_nothing or _SOME_DAY.match(match.do):
        return ""
    title = polished(_order_of(match, about))
    if about:
        title = _with_thing(title, polished(about))
    elif match.cue.kind != MARKER:
        title = "" if _is_left_open(title) else _OPEN_END.sub("", title)
    return _started(_as_order(title)[:MAX_TITLE].rstrip(" ,.;:-(")) if _tells(title) else ""


def _order_of(match: CueMatch, about: str) -> str:
    if match.do.lower().startswith("to "):
        return match.do[3:]
    match = replace(match, do=_LEADING.sub("", match.do))
    name = match.cue.name
    if name == "passive":
        return _from_passive(match, about)
    if name in {"needs_a", "it_should"}:
        return _from_need(match, about)
    if name in _LACKING or _DETERMINED.match(match.do):
        return _from_lack(match.do)
    if found := _OPENED.match(match.do):
        rest = _READY.sub("", match.do[found.end() :])
        return f"open {found[1].replace('my', 'a')} {found[2]}{rest}"
    if found := _WRITTEN.match(match.do):
        rest = _READY.sub("", match.do[found.end() :])
        return f"write {found[1].replace('my', 'the')} {found[2]}{rest}"
    if _LACK.match(match.do):
        return _from_lack(_LACK.sub(r"\1", match.do))
    return match.do


def _with_thing(title: str, about: str) -> str:
    """`fix it` and `step 4 of the runbook is stale`: the pronoun gives way to the thing."""
    thing, state = about, ""
    if found := _STATE_OF.match(about):
        thing, state = found["thing"], f" ({found['state']})"
    is_clause = bool(_CLAUSE.search(thing))
    thing = _as_object(thing)
    if found := _OPEN_OBJECT.match(title):
        rest = found["rest"] or ""
        if is_clause:
            return f"{found['verb']}{rest}: {_lowered(about)}"
        verb, _, particle = found["verb"].partition(" ")
        if rest.strip().lower() in _PARTICLE:
            return f"{verb} {rest.strip()} {thing}{state}"
        return f"{verb}{' ' + particle if particle else ''} {thing}{rest}{state}"
    if found := _OPEN_END.search(title):
        head = title[: found.start()]
        return (
            f"{head}: {_lowered(about)}"
            if is_clause
            else f"{head}{found[0].rsplit(' ', 1)[0]} {thing}{state}"
        )
    return title


def _as_object(thing: str) -> str:
    """`my b2.5` of another's mouth becomes `the b2.5`."""
    thing = re.sub(r"^(?:my|your|our|this|that) ", "the ", thing, flags=re.IGNORECASE)
    thing = re.sub(r"^(?:these|those|some) ", "the ", thing, flags=re.IGNORECASE)
    return _lowered(thing)


def _is_left_open(title: str) -> bool:
    found = _OPEN_OBJECT.match(title)
    if found:
        return len(content_stems(found["rest"] or "")) < 3 or (found["rest"] or "").startswith(
            " to "
        )
    end = _OPEN_END.search(title)
    words = {word.lower() for word in words_of(title)}
    return bool(end) and not (words & ARTEFACTS or len(content_stems(title)) > 2)


def _tells(title: str) -> bool:
    return bool(content_stems(title)) and not _NO_THING.match(title)


def _as_order(text: str) -> str:
    """`filing a ticket` becomes `file a ticket`, if we know the verb."""
    first, _, rest = text.partition(" ")
    if first.lower().endswith("ing") and rest and (base := base_form(first)):
        return f"{base} {rest}"
    return text


def _started(title: str) -> str:
    """With a capital, unless it begins with a name that is written its own way."""
    first = title.split(" ")[0]
    is_name = any(c in first for c in "_./0123456789") or first[1:] != first[1:].lower()
    is_name = is_name and base_form(first.split("-")[0]) is None
    return title if is_name else title[:1].upper() + title[1:]


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:] if text[1:2].islower() and not _is_name(text) else text


def _is_name(text: str) -> bool:
    first = text.split(" ")[0]
    return first[1:] != first[1:].lower() or any(c in first for c in "_./0123456789")


def _from_passive(match: CueMatch, about: str) -> str:
    """`the runbook should be updated with x` becomes `update the runbook with x`."""
    participle, _, rest = match.do.partition(" ")
    base = base_form(participle.strip(",.;:!?"))
    what = _thing(match.what) or _named_by(about)
    if not what:
        return ""
    if base and base != "do":
        return f"{base} {what} {rest}"
    return f"have {what} {match.do}"


def _from_need(match: CueMatch, about: str) -> str:
    """`the cron job needs fixing` becomes `fix the cron job`, `x needs a y` `give x a y`."""
    if _PEOPLE.match(match.what):
        return match.do
    what = _thing(match.what) or _named_by(about)
    if not what:
        return _from_lack(re.sub(r"^(?:get|have) ", "", match.do)) if _LACK.match(match.do) else ""
    first, _, rest = match.do.partition(" ")
    base = base_form(first) if first.lower().endswith(("ing", "ed")) else None
    if base:
        return f"{base} {what} {rest}"
    if match.cue.name != "it_should":
        return f"give {what} {match.do}"
    if first.lower() in {"have", "get"} and _DETERMINED.match(rest):
        return f"give {what} {rest}"
    if first.lower() == "be":
        return f"make {what} {rest}"
    return f"make {what} {match.do}"


def _named_by(about: str) -> str:
    """The thing of "step 4 is stale"; of a longer clause only that it is said: `that`."""
    found = _STATE_OF.match(about)
    thing = found["thing"] if found else about
    return "that" if thing and _CLAUSE.search(thing) else _as_object(thing)


def _from_lack(do: str) -> str:
    """`we need an alert for x` becomes `add an alert for x`."""
    do = re.sub(r"^(?:to have|some sort of|some kind of|something like|be)\s+", "", do)
    if base_form(do.split(" ")[0]) and not _is_artefact(do):
        return do
    return f"file {do}" if _FILED.match(do) else f"add {do}"


def _is_artefact(do: str) -> bool:
    """`alert on disk usage` after "no" is a thing, though `alert` is a verb, too."""
    return do.split(" ")[0].lower() in ARTEFACTS


def _thing(what: str) -> str:
    """The last noun phrase before a verb: what the sentence is about."""
    pieces = _BEFORE_THING.split(what.rstrip(" ,;:-"))
    what = _STATE.split(pieces[-1])[0].strip(" ,.;:-")
    if not 0 < len(words_of(what)) <= MAX_WORDS_OF_THING or _NO_THING.match(what):
        return ""
    return re.sub(r"^(?:The|A|An|Our|This|That) ", lambda found: found[0].lower(), what)

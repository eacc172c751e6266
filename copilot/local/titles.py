"""A short imperative title in the author's words: words are left out, never made up."""

import re

from copilot.incidents.due import without_due
from copilot.local.cues import CueMatch
from copilot.local.lexicon import base_form, words_of

MAX_TITLE = 90
MAX_WORDS_OF_THING = 8

_NEW_CLAUSE = re.compile(
    r"(?:\s*[,;:(–—-]\s*|\s+)(?:because|since|so that|so we|so you|so i|so they|so it|as (?:it"
    r"|we|i|they|this|that)\b|but|although|though"
    r"|which|where (?:we|i|it)|if|unless|otherwise|or else|in case|until then|while (?:i|we"
    r"|you)|when (?:i|we|you)\b|before i"
    r"|instead of me|thanks|thx|please|pls|right\?|ok\?|and (?:then )?(?:i|we|you|they|see|it"
    r"|that|this)\b|maybe\b)",
    re.IGNORECASE,
)
_COMMENT = re.compile(
    r"\s*(?:,|;|:\)|;\)|:\(|\()\s*(?:(?:i|we|you|they|it|that|this|he|she|there|the|our|my"
    r"|\d\w*|what|so|also|just|only|not|or|and then|clearly|obviously|needs?|can|could|will)\b"
    r"(?=.*\b(?:is|are|was|were|would|will|'ll|should|could|can|has|have|had|'s|'re|don't"
    r"|didn't|might|may|want|think|guess|needs?|hotfix|workaround|nobody|nothing|for now)\b).*"
    r"|.*\?$)",
    re.IGNORECASE,
)
_TAG = re.compile(
    r",\s*(?:(?:do|does|did|is|are|has|have|was|were)(?:n't)? (?:we|it|you|they|there)|right|no"
    r"|ok)\W*$",
    re.IGNORECASE,
)
_FILLER = re.compile(
    r"\b(?:please|pls|plz|kindly|really|probably|definitely|certainly|actually|basically|just"
    r"|maybe|perhaps|hopefully|lol|haha|imo"
    r"|imho|tbh|fwiw|btw|fyi|seriously|also|kinda|sort of|i think|i guess)\b[, ]*",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"```|[*_~`]{1,2}(?=\S)|(?<=\S)[*_~`]{1,2}|<[^>]{0,300}>|:[a-z0-9_+-]{2,40}:")
_MENTION = re.compile(r"@[\w.|-]+")
_SMILEY = re.compile(
    r"(?:\(\s*\)|[:;]-?[)(PpDd/|]|\bxD\b|[<>]"
    r"|[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff])"
)
_SHORTENED_TAIL = re.compile(
    r"(?:\s+(?:and|or|to|the|a|an|of|for|with|in|on|at|as|by|from|but|so|it's|before|after"
    r"|until))+$",
    re.IGNORECASE,
)
_BEFORE_THING = re.compile(
    r"[,;:(]\s|\b(?:that|think|guess|so|but|because|since|and|if|when|note|looks like|means"
    r"|says|implies|saying)\s",
    re.IGNORECASE,
)
_STATE = re.compile(
    r"\s(?:is|are|was|were|isn't|aren't|has|have|doesn't|don't|does)\b", re.IGNORECASE
)
_NO_THING = re.compile(
    r"^(?:i|you|we|they|he|she|it|this|that|these|those|there|what|which|who|one|no)\b(?:\s|$)",
    re.IGNORECASE,
)
_URLISH = re.compile(r"\S*(?:://|www\.)\S*", re.IGNORECASE)


def title_of(match: CueMatch, about: str = "") -> str:
    """What is to be done, as an order, and what about. Empty if nothing readable is left."""
    title = _order_of(match)
    if not title or not about:
        return title
    return (
        f"{title}: {about[:1].lower()}{about[1:]}" if about[1:2].islower() else f"{title}: {about}"
    )


def _order_of(match: CueMatch) -> str:
    name = match.cue.name
    if name == "passive":
        phrase = _from_passive(match)
    elif name in {"needs_a", "it_should"}:
        phrase = _from_need(match)
    elif name in {"we_need_a", "there_should_be", "gap"}:
        phrase = _from_lack(match.do)
    else:
        phrase = match.do
    return polished(phrase)


def polished(phrase: str) -> str:
    """Cuts a phrase at the end of its first thought and makes a title of it."""
    text = clean(phrase)
    text = re.split(r"(?<=[a-z\d)])[.!?]+\s", text)[0]
    text = _TAG.sub("", _first_thought(text))
    text = without_due(text)
    text = _FILLER.sub("", text).strip(" ,.;:!?-–—(\"'")
    if text.count("(") != text.count(")"):
        text = text.replace("(", "").replace(")", "")
    if len(text) > MAX_TITLE:
        text = text[: MAX_TITLE + 1].rsplit(" ", 1)[0][:MAX_TITLE]
    text = _SHORTENED_TAIL.sub("", text).strip(" ,.;:!?-–—(\"'")
    text = _as_order(text)
    return text[:1].upper() + text[1:]


def clean(phrase: str) -> str:
    """No links, mentions, markup, smileys or control characters."""
    for pattern in (_URLISH, _MENTION, _MARKUP, _SMILEY, _URLISH):
        phrase = pattern.sub(" ", phrase)
    return " ".join(phrase.replace("@", " ").split())


def _first_thought(text: str) -> str:
    for pattern in (_NEW_CLAUSE, _COMMENT):
        found = pattern.search(text, 8)
        if found and len(words_of(text[: found.start()])) >= 2:
            text = text[: found.start()]
    return text


def _as_order(text: str) -> str:
    """`filing a ticket` becomes `file a ticket`, if we know the verb."""
    first, _, rest = text.partition(" ")
    if first.lower().endswith("ing") and rest and (base := base_form(first)):
        return f"{base} {rest}"
    return text


def _from_passive(match: CueMatch) -> str:
    """`the runbook should be updated with x` becomes `update the runbook with x`."""
    participle, _, rest = match.do.partition(" ")
    base = base_form(participle.strip(",.;:!?"))
    what = _thing(match.what)
    if base and what and base != "do":
        return f"{base} {what} {rest}"
    return f"{what or match.what} to be {match.do}"


def _from_need(match: CueMatch) -> str:
    """`the cron job needs fixing` becomes `fix the cron job`; else it stays as it was said."""
    what = _thing(match.what)
    first, _, rest = match.do.partition(" ")
    base = base_form(first) if first.lower().endswith(("ing", "ed")) else None
    if base and what:
        return f"{base} {what} {rest}"
    if match.cue.name == "it_should":
        return f"{what or match.what} to {match.do}"
    return f"{what or match.what} needs {match.do}"


def _from_lack(do: str) -> str:
    """`we need a ticket for x` becomes `a ticket for x`."""
    return re.sub(r"^(?:to have|some sort of|some kind of|something like)\s+", "", do)


def _thing(what: str) -> str:
    """The last noun phrase before a verb: what the sentence is about."""
    pieces = _BEFORE_THING.split(what.rstrip(" ,;:-"))
    what = _STATE.split(pieces[-1])[0].strip(" ,.;:-")
    if not 0 < len(words_of(what)) <= MAX_WORDS_OF_THING or _NO_THING.match(what):
        return ""
    return what

"""Statements that may name follow-up work, and what speaks for and against each."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from copilot.local.cues import COMMITMENT, MARKER, CueMatch, cue_matches, names_in
from copilot.local.due import due_in
from copilot.local.lexicon import (
    ARTEFACTS,
    COMPLETION,
    CONFIRMATION,
    IMMEDIATE_VERBS,
    LATER,
    NOW,
    TODAY,
    VAGUE_VERBS,
    WORK_VERBS,
    base_form,
    content_stems,
    words_of,
)
from copilot.local.people import People
from copilot.local.statements import URL, Statement, statements_of
from copilot.ports import WindowMessage

_PRONOUN_OBJECT = re.compile(
    r"^(?:\w+ (?:up |out |on |at |into |with |for |over )?)?(?:it|that|this|them|these|those|one|so|something|stuff|things?)\b",
    re.I,
)
_CONDITION = re.compile(
    r"(?:^|[,;(] ?|\b(?:and|but|so|or|then|well) )(?:if|unless|in case|assuming|suppose)\b", re.I
)
_CONDITION_AFTER = re.compile(
    r"\b(?:if|unless|in case|otherwise|or else|as long as|only when)\b", re.I
)
_NEGATED = re.compile(
    r"\b(?:not|never|no need|don't|doesn't|won't|can't|cannot|couldn't|wouldn't|shouldn't|isn't|nothing|nobody|no one|dont|wont|cant)\b",
    re.I,
)
_HEDGED = re.compile(
    r"\b(?:maybe|perhaps|might|may|guess|possibly|probably|think|wonder|suppose|seems?|not sure|dunno|could)\b",
    re.I,
)
_PAST = re.compile(
    r"\b(?:should(?:n't)? (?:not )?have|could have|would have|ought (?:not )?to have|had to|was going to|were going to|used to|already|yesterday|"
    r"last (?:week|night|time|month|year)|ago|did|didn't|was|were|wasn't|would've|should've)\b",
    re.I,
)
_WH = re.compile(
    r"^(?:why|what|how|where|when|which|who|whose|is|are|was|were|do|does|did|has|have|had|am|isn't|doesn't|any|whats|hows)\b",
    re.I,
)
_LAUGH = re.compile(
    r"(?:\blol\b|\blmao\b|\bha(?:ha)+\b|\bhehe\b|\brofl\b|[:;]-?[)PpD](?!\w)|/s\b|:(?:joy|laughing|sweat_smile|upside_down_face|stuck_out_tongue|wink|thisisfine\w*):)",
    re.I,
)
_SECOND_PERSON = re.compile(r"\b(?:you|your|you're|you'll|yours|yourself|u|ur)\b", re.I)
_REFERENCE = re.compile(r"(?:#\d{2,}|\b[A-Z][A-Z0-9]{1,9}-\d+|\b(?:bug|issue|pr|ticket|lp) ?#?\d+)")
_CODE = re.compile(r"`[^`]+`|[\w.-]+/[\w./-]+|--\w+|[=<>|$\\]{1,2}|\w+\(\)|\w_\w")
_GENERIC = re.compile(
    r"\b(?:you can|one can|people|users?|anyone who|everyone|they|he|she)\b", re.I
)
_REPORTED = re.compile(
    r"\b(?:said|says|told|asked|asks|wrote|the docs? says?|according to)\b|^[\"“']", re.I
)
_PURPOSE = re.compile(
    r"\b(?:so (?:that )?(?:we|it|this|that|i|they)|to (?:prevent|avoid|catch|make sure|detect|ensure)|next time|in future|happen(?:s|ing)? again|again)\b",
    re.I,
)
_THANKS = re.compile(r"\b(?:thanks|thank you|thx|ty|cheers|welcome|good luck|congrats)\b", re.I)
_REACH = 6
_HECTIC = 8.0


@dataclass(frozen=True, slots=True)
class Clue:
    """One statement read through one cue."""

    message: WindowMessage
    statement: Statement
    match: CueMatch
    addressees: tuple[str, ...]
    features: dict[str, float]
    stems: frozenset[str]
    due: str | None

    @property
    def kind(self) -> str:
        if self.match.cue.kind != MARKER:
            return self.match.cue.kind
        return "request" if self.addressees else "proposal"


def clues_in(messages: Sequence[WindowMessage], people: People) -> list[list[Clue]]:
    """For every statement with a cue, its readings."""
    found: list[list[Clue]] = []
    for position, message in enumerate(messages):
        if message.is_bot:
            continue
        for statement in statements_of(message):
            readings = _readings(messages, position, statement, people)
            if readings:
                found.append(readings)
    return found


def _readings(
    messages: Sequence[WindowMessage], position: int, statement: Statement, people: People
) -> list[Clue]:
    message = messages[position]
    called, text = people.addressed(statement.text)
    if not called and not statement.is_first:
        called, _ = people.addressed(_first_line(message.text))
    has_call = text != statement.text
    context = None
    readings = []
    for match in cue_matches(text, people):
        if context is None:
            context = _context_features(messages, position, statement, people)
        named = [u for name in names_in(match.who) if (u := people.find(name))]
        addressees = tuple(dict.fromkeys(named or called))
        features = _features(text, match, statement, message) | context
        if addressees:
            features["addressed"] = 1.0
        if named:
            features["named"] = 1.0
        if has_call and not addressees:
            features["called_stranger"] = 1.0
        due = due_in(text)
        readings.append(
            Clue(
                message,
                statement,
                match,
                addressees,
                features,
                content_stems(match.what + " " + match.do),
                due,
            )
        )
    return readings


def _first_line(text: str) -> str:
    return text[:80].split("\n")[0]


def _features(
    text: str, match: CueMatch, statement: Statement, message: WindowMessage
) -> dict[str, float]:
    features = {"bias": 1.0, f"cue:{match.cue.name}": 1.0, f"kind:{match.cue.kind}": 1.0}
    features |= _verb_features(match)
    features |= _thing_features(match)
    features |= _time_features(text, match)
    flags = {
        "question": statement.is_question,
        "wh": bool(_WH.match(text)),
        "condition": bool(_CONDITION.search(match.before + " ") or _CONDITION.match(text)),
        "condition_after": bool(_CONDITION_AFTER.search(match.do)),
        "alternative": bool(re.search(r"\bor\b", match.do, re.I)),
        "negated": bool(_NEGATED.search(match.before[-40:] + " " + " ".join(match.do.split()[:3]))),
        "hedged": bool(_HEDGED.search(match.before)),
        "past": bool(_PAST.search(text)),
        "laugh": bool(_LAUGH.search(message.text)),
        "you_after": bool(_SECOND_PERSON.search(match.do)),
        "you_before": bool(_SECOND_PERSON.search(match.before)),
        "reference": bool(_REFERENCE.search(text)),
        "url": bool(URL.search(message.text)),
        "code": bool(_CODE.search(match.do)),
        "generic": bool(_GENERIC.search(text)),
        "reported": bool(_REPORTED.search(text)),
        "purpose": bool(_PURPOSE.search(match.do)),
        "thanks": bool(_THANKS.search(text)),
        "perfect": bool(re.match(r"have (?:\w+ed|been|had|gotten|done)\b", match.do, re.I)),
        "shouting": text.count("!") > 1 or "??" in text,
    }
    return features | {name: 1.0 for name, value in flags.items() if value}


def _verb_features(match: CueMatch) -> dict[str, float]:
    words = words_of(match.do)
    first = words[0].lower() if words else ""
    base = base_form(first) or first
    if base == "follow" or (base == "set" and "up" in words[:5]):
        return {"verb:work": 1.0}
    if base in WORK_VERBS:
        return {"verb:work": 1.0}
    if base in IMMEDIATE_VERBS:
        return {"verb:immediate": 1.0}
    if base in VAGUE_VERBS:
        return {"verb:vague": 1.0}
    return {"verb:other": 1.0}


def _thing_features(match: CueMatch) -> dict[str, float]:
    stems = content_stems(match.what + " " + match.do)
    words = words_of(match.what + " " + match.do)
    features = {"length": min(len(words), 25) / 10}
    rest = words_of(match.do)[1:]
    if any(word.lower() in ARTEFACTS for word in (rest + words_of(match.what))):
        features["artefact"] = 1.0
    if not match.what and (_PRONOUN_OBJECT.match(match.do) or not rest):
        features["pronoun"] = 1.0
    features["content"] = min(len(stems), 6) / 3
    if len(stems) <= 1:
        features["bare"] = 1.0
    if len(words) > 30:
        features["long"] = 1.0
    return features


def _time_features(text: str, match: CueMatch) -> dict[str, float]:
    features = {}
    if LATER.search(match.do) or LATER.search(match.before):
        features["later"] = 1.0
    if TODAY.search(text):
        features["today"] = 1.0
    if NOW.search(match.do):
        features["now"] = 1.0
    if features.get("later") and match.cue.kind == COMMITMENT:
        features["promised_later"] = 1.0
    return features


def _context_features(
    messages: Sequence[WindowMessage], position: int, statement: Statement, people: People
) -> dict[str, float]:
    message = messages[position]
    features: dict[str, float] = {}
    for later in messages[position + 1 : position + 1 + _REACH]:
        if later.author_id == message.author_id or later.is_bot:
            continue
        if CONFIRMATION.match(later.text[:120]):
            features["confirmed"] = 1.0
        elif COMPLETION.search(later.text[:120]) and content_stems(
            later.text[:200]
        ) & content_stems(statement.text):
            features["answered_done"] = 1.0
    for earlier in messages[max(0, position - _REACH) : position]:
        if earlier.author_id == message.author_id or earlier.is_bot:
            continue
        called, rest = people.addressed(earlier.text[:200])
        if message.author_id in called and rest.rstrip().endswith("?"):
            features["asked_before"] = 1.0
    if _messages_per_minute(messages, position) >= _HECTIC:
        features["hectic"] = 1.0
    return features


def _messages_per_minute(messages: Sequence[WindowMessage], position: int) -> float:
    """Over the last three minutes."""
    now = messages[position].occurred_at
    count = 0
    for message in reversed(messages[: position + 1]):
        if now - message.occurred_at > timedelta(minutes=3):
            break
        count += 1
    return count / 3

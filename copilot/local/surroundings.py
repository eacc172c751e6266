"""What the messages around a statement say of it: who asked, agreed, did it or laughed."""

import re
from collections.abc import Sequence

from copilot.local.lexicon import COMPLETION, CONFIRMATION, content_stems, stem
from copilot.local.people import People
from copilot.local.statements import Statement
from copilot.ports import WindowMessage

_REACH = 6
_SOON = 5
_READ = 200
"""Characters of a neighbour that are read: an answer says what it is at once."""
_CALM_REACH = 12
_AGREEING_REACTIONS = frozenset(
    [
        "+1",
        "thumbsup",
        "ok_hand",
        "white_check_mark",
        "heavy_check_mark",
        "raised_hand",
        "saluting_face",
        "100",
        "pray",
        "memo",
        "heavy_plus_sign",
    ]
)
_LAUGHING_REACTIONS = frozenset(
    ["joy", "rolling_on_the_floor_laughing", "laughing", "sweat_smile", "grin", "smile"]
)
_AGREES = re.compile(
    r"^\W*(?:makes sense|good (?:point|call|one|idea|catch)|agree|true\b|fair\b|works for me|same\b"
    r"|please do|do that|definitely|exactly|yes\b|yep|yup|yeah|mine\b|noted|me\b|i can\b|i'll\b"
    r"|:\+1:|:thumbsup:|cool\b|great\b|sweet\b|perfect\b|thanks\b|thank you|ty\b|thx\b)",
    re.I,
)
_OBJECTS = re.compile(
    r"^\W*(?:no\b|nah|nope|eh\b|meh|not (?:now|a fan|sure|really|needed)|overkill|might be overkill"
    r"|too (?:late|much)|but\b|hm+\b|careful|wait|or\b|we could also|that(?:'s| is) (?:a whole"
    r"|overkill|not))",
    re.I,
)
_LAUGHS = re.compile(r"^\W*(?:lol|lmao|ha(?:ha)*\b|hehe|rofl|:joy:|:laughing:|:d\b|xd\b)", re.I)
_CALM = re.compile(
    r"\b(?:recover(?:ed|ing)|back to normal|resolved|all (?:good|green|clear|done)|green again"
    r"|stable|mitigated|(?:works?|fine|ok|good|quiet|green) (?:now|again)|is over|calling it"
    r"|closing|errors (?:are )?gone|back (?:up|again)|looks (?:good|stable|ok)|dropp(?:ed|ing)"
    r"|going down|verified|draining|catching up|thanks (?:all|everyone)|nice work|phew|ok again)\b",
    re.I,
)
_TROUBLE = re.compile(
    r"\b(?:down|failing|fails?|5\d\ds?|errors?|timeouts?|time out|stuck|spike|spiking|climbing"
    r"|broken|crash(?:ing|loop\w*)|oom\w*|outage|unreachable|p99|latency|alerts? firing|full)\b",
    re.I,
)

_DOING = re.compile(
    r"^\W*(?:ok |and |now )?(?:re-?)?(\w+(?:ed|ing))\b|^\W*(done|on it|paged)\b", re.I
)


def context_features(
    messages: Sequence[WindowMessage], position: int, statement: Statement, people: People
) -> dict[str, float]:
    """Observations about who asked before, who answered after, and how the incident stands."""
    message = messages[position]
    before = _others(messages[max(0, position - _REACH) : position], message)
    later = messages[position + 1 : position + 1 + _REACH]
    after = [m.text[:_READ] for m in _others(later, message)]
    near = after[:2]
    reactions = set(message.reactions)
    flags = {
        "confirmed": bool(_AGREEING_REACTIONS & reactions)
        or any(CONFIRMATION.match(text) for text in after),
        "agreed": any(_AGREES.match(text) for text in near),
        "objected": any(_OBJECTS.match(text) for text in near),
        "laughed_at": bool(_LAUGHING_REACTIONS & reactions)
        or any(_LAUGHS.match(text) for text in near),
        "answered_done": any(_says_done(text, statement) for text in after),
        "done_at_once": _is_done_at_once(later[:_SOON], statement),
        "asked_before": any(_asks(earlier, message, people) for earlier in before),
        "in_thread": message.thread_ts not in {None, message.message_ts},
    }
    features = {name: 1.0 for name, value in flags.items() if value}
    features[_mood(messages, position)] = 1.0
    return features


def _mood(messages: Sequence[WindowMessage], position: int) -> str:
    """Whether people last said that it is over, or that it is bad."""
    for message in reversed(messages[max(0, position - _CALM_REACH) : position]):
        text = message.text[:_READ]
        if _CALM.search(text):
            return "mood:calm"
        if _TROUBLE.search(text):
            return "mood:trouble"
    return "mood:unknown"


def _others(messages: Sequence[WindowMessage], message: WindowMessage) -> list[WindowMessage]:
    return [m for m in messages if m.author_id != message.author_id and not m.is_bot]


def _says_done(text: str, statement: Statement) -> bool:
    if CONFIRMATION.match(text) or not COMPLETION.search(text):
        return False
    return bool(content_stems(text) & content_stems(statement.text))


def _is_done_at_once(later: Sequence[WindowMessage], statement: Statement) -> bool:
    """`please restart it` … `restarted`: said and done, nothing is left to follow up."""
    stems = content_stems(statement.text)
    for message in later:
        found = _DOING.match(message.text[:_READ]) if not message.is_bot else None
        if found and (found[2] or stem(found[1]) in stems):
            return True
    return False


def _asks(earlier: WindowMessage, message: WindowMessage, people: People) -> bool:
    called, rest = people.addressed(earlier.text[:_READ])
    return message.author_id in called and rest.rstrip().endswith("?")

"""What `it` and `that` mean: the nearest thing named before that work can be about."""

import re
from collections.abc import Sequence

from copilot.local.cues import CueMatch
from copilot.local.lexicon import ARTEFACTS, content_stems, words_of
from copilot.local.statements import Statement, statements_of
from copilot.local.titles import polished
from copilot.ports import WindowMessage

_LEAD = re.compile(
    r"^(?:(?:so|and|but|ok|okay|hm+|yes|yeah|also|well|right|oh|good question|one more"
    r"|note)[,:.]? +)*"
    r"(?:what(?:'s| is| are)|where(?:'s| is| are)|who(?:'s| is)|is there|are there|do we have"
    r"|does anyone have|did (?:you|we|anyone)|ha(?:s|ve) (?:you|we|anyone)"
    r"|(?:can|could|shall|should|will|would|must) (?:you|we|someone|somebody|anyone|i)"
    r"|we (?:should|need to|have to|must|could)|how about|let's|we (?:also |really )?need"
    r"|please|there should be"
    r"|we don't have|someone (?:should|needs to|must)) +",
    re.IGNORECASE,
)
_PERSONAL = re.compile(
    r"^(?:i|i'm|i'd|i've|you|we|they|he|she|my|thanks|if|no|nope|not|yes|did|do|does|is|are|was"
    r"|has|had|why|how|when)\b",
    re.IGNORECASE,
)
_CALL = re.compile(r"^@?[\w.|-]+[:,] ")
_REACH = 4
_MOST_WORDS = 12


def antecedent_of(
    match: CueMatch, statement: Statement, messages: Sequence[WindowMessage], position: int
) -> tuple[str, tuple[WindowMessage, Statement] | None]:
    """The words for it, and where they stand if that is another statement."""
    before = _thing_in(match.before)
    if before:
        return before, None
    message = messages[position]
    for earlier in reversed(statements_of(message)):
        if earlier.start < statement.start and (thing := _thing_in(earlier.text)):
            return thing, (message, earlier)
    for other in reversed(messages[max(0, position - _REACH) : position]):
        if other.is_bot:
            continue
        for earlier in reversed(statements_of(other)):
            if thing := _thing_in(earlier.text):
                return thing, (other, earlier)
    return "", None


def _thing_in(text: str) -> str:
    thing = polished(_LEAD.sub("", _CALL.sub("", text)))
    words = words_of(thing)
    if (
        _PERSONAL.match(thing)
        or not 2 <= len(words) <= _MOST_WORDS
        or len(content_stems(thing)) < 2
    ):
        return ""
    return thing if any(word.lower() in ARTEFACTS for word in words) else ""

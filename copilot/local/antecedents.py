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
    own = [s for s in statements_of(message) if s.start < statement.start]
    if any(len(content_stems(s.text)) > 1 for s in own):
        return _nearest([(message, s) for s in own[-2:]], needs_artefact=False)
    talk = [
        (other, said)
        for other in messages[max(0, position - _REACH) : position]
        if not other.is_bot
        for said in statements_of(other)
    ]
    return _nearest(talk, needs_artefact=True)


def _nearest(
    talk: Sequence[tuple[WindowMessage, Statement]], *, needs_artefact: bool
) -> tuple[str, tuple[WindowMessage, Statement] | None]:
    for message, statement in reversed(talk):
        if thing := _thing_in(statement.text, needs_artefact=needs_artefact):
            return thing, (message, statement)
    return "", None


def _thing_in(text: str, *, needs_artefact: bool = True) -> str:
    thing = polished(_LEAD.sub("", _CALL.sub("", text)))
    words = words_of(thing)
    if _PERSONAL.match(thing) or not 2 <= len(words) <= _MOST_WORDS:
        return ""
    if len(content_stems(thing)) < 2:
        return ""
    return thing if not needs_artefact or any(w.lower() in ARTEFACTS for w in words) else ""

"""What `it` and `that` mean: the nearest thing named before that work can be about."""

import re
from collections.abc import Sequence

from copilot.local.cues import CueMatch
from copilot.local.lexicon import ARTEFACTS, base_form, content_stems, words_of
from copilot.local.noun_phrases import is_noun_phrase, is_plain_clause
from copilot.local.statements import Statement, statements_of
from copilot.local.trimming import polished
from copilot.ports import WindowMessage

_LEAD = re.compile(
    r"^(?:(?:so|and|but|ok|okay|hm+|yes|yeah|also|well|right|oh|good question|one more"
    r"|note|btw|fyi|fwiw|argh|ugh)[,:.]? +)*"
    r"(?:what(?:'s| is| are)|where(?:'s| is| are)|who(?:'s| is| has| owns| maintains| runs)"
    r"|is there|are there|do we have"
    r"|does anyone have|did (?:you|we|anyone)|ha(?:s|ve) (?:you|we|anyone)"
    r"|(?:can|could|shall|should|will|would|must) (?:you|we|someone|somebody|anyone|i)"
    r"|we (?:should|need to|have to|must|could)|how about|let's|we (?:also |really )?need"
    r"|please|there should be|none of (?:this|it|that) [\w' ]{1,30}? (?:if|once|when)"
    r"|we don't have|someone (?:should|needs to|must)|i (?:saw|noticed|found|think)(?: that)?"
    r"|i (?:have |just )?(?:made|changed|pushed|merged|added|wrote|updated|reverted|disabled|muted)"
    r"|looks like|turns out(?: that)?|the problem is(?: that)?|since|because"
    r"|there(?:'s| is| are|'re)"
    r"|i'm seeing|we(?:'re| are) (?:missing|seeing|lacking)) +",
    re.IGNORECASE,
)
_PERSONAL = re.compile(
    r"^(?:i|i'm|i'd|i've|you|we|they|he|she|it|it's|its|this|that|these|those"
    r"|my (?:bad|reading|suggestion|guess|view|point|take|understanding|opinion|idea|question)"
    r"|thanks|if|no"
    r"|nope|not|yes|did|do|does|is|are|was|has|had|why|how|when|what|which|where|who|same|sorry)\b",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"(?:^|[,;:] |\b(?:so|and|but|that|because|since) )(?P<thing>(?:(?:the|my|our|a|an|this|that"
    r"|one of the|some) )?(?:[\w./#'-]+ ){0,4}?[\w./#-]+)"
    r" (?:(?:is|are|was|were)(?: still| totally| so)? (?:down|broken"
    r"|stale|wrong|missing|outdated|full|flaky|noisy|muted|dead|gone|failing|slow|expired|red|off"
    r"|out of date|not \w+)|fails?|failed|broke|flaps?|leaks?)\b(?:[^,;.]*)$",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"\b(?:can|could|shall|should|will|would|must|please|let's|need to|have to)\b", re.I
)
_LACKS = re.compile(
    r"\b(?:has|have|had|with) no\b|\bno (?:\w+ ){0,2}(?:for|on)\b|\black(?:s|ing)?\b|\bmissing\b"
    r"|\b(?:does|do|did|is|are|was)n't\b|\bnever\b|\bonly\b",
    re.IGNORECASE,
)
"""Says what is wrong with a thing, so that it is what the work is on."""
_CALL = re.compile(r"^@?[\w.|-]+[:,] ")
_REACH = 4
_MOST_WORDS = 12


def names_nothing(match: CueMatch) -> bool:
    """`it needs further testing`: what the work is on is left to the words before."""
    last = (match.what.lower().split() or [""])[-1]
    return last in {"it", "that", "this", "they", "those", "these", "them"}


def antecedent_of(
    match: CueMatch, statement: Statement, messages: Sequence[WindowMessage], position: int
) -> tuple[str, tuple[WindowMessage, Statement] | None]:
    """The words for it, and where they stand if that is another statement."""
    is_subject = names_nothing(match)
    before = _thing_in(
        f"{match.before} {match.what}" if is_subject else match.before,
        needs_artefact=not is_subject,
    )
    if before:
        return before, None
    message = messages[position]
    own = [s for s in statements_of(message) if s.start < statement.start]
    if any(len(content_stems(s.text)) > 1 for s in own):
        found = _nearest([(message, s) for s in own[-2:]], needs_artefact=False)
        if found[0]:
            return found
    talk = [
        (other, said)
        for other in messages[max(0, position - _REACH) : position]
        if not other.is_bot and in_one_thread(other, message)
        for said in statements_of(other)
    ]
    return _nearest(talk, needs_artefact=True)


def in_one_thread(earlier: WindowMessage, later: WindowMessage) -> bool:
    """Both in the channel, or both in one thread, its first message included."""
    root = later.thread_ts if later.thread_ts != later.message_ts else None
    earlier_root = earlier.thread_ts if earlier.thread_ts != earlier.message_ts else None
    return root == earlier_root or root == earlier.message_ts


def _nearest(
    talk: Sequence[tuple[WindowMessage, Statement]], *, needs_artefact: bool
) -> tuple[str, tuple[WindowMessage, Statement] | None]:
    for message, statement in reversed(talk):
        is_enough = not needs_artefact or bool(_LACKS.search(statement.text))
        if thing := _thing_in(statement.text, needs_artefact=not is_enough):
            return thing, (message, statement)
    return "", None


def _thing_in(text: str, *, needs_artefact: bool = True) -> str:
    text = _CALL.sub("", text.strip(" ,").rsplit(": ", 1)[-1])
    if found := _SUBJECT.search(text):
        thing = polished(found[0].lstrip(" ,;:"))
        thing = re.sub(r"^(?:so|and|but|that|because|since) ", "", thing)
        if not _PERSONAL.match(thing) and content_stems(thing) and _is_told(thing):
            return thing
    rest = _LEAD.sub("", text)
    thing = polished(rest)
    if _ASKED.search(text[: len(text) - len(rest)]):
        thing = _object_of(thing)
    words = words_of(thing)
    if _PERSONAL.match(thing) or not 2 <= len(words) <= _MOST_WORDS:
        return ""
    if len(content_stems(thing)) < 2 or not _is_told(thing):
        return ""
    return thing if not needs_artefact or _is_named(words) else ""


def _is_told(thing: str) -> bool:
    return is_noun_phrase(thing) or is_plain_clause(thing)


def _object_of(thing: str) -> str:
    """Of "(shall we) close bug 4812?" what was to be closed."""
    verb, _, rest = thing.partition(" ")
    is_order = base_form(verb) == verb.lower() and content_stems(rest)
    return re.sub(r"^(?:up|out|off|on|down|into|at) ", "", rest) if is_order else thing


def _is_named(words: Sequence[str]) -> bool:
    """Work is written, tracked, tested or alerted on; a numbered host or ticket is work, too."""
    return any(w.lower() in ARTEFACTS or re.search(r"[a-z#-]\d", w, re.I) for w in words)

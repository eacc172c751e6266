"""Follow-ups said where nobody has looked for them yet, as in an incident that was just imported.

Else a review would call them *not in the timeline* for no better reason than that.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from copilot.local.drafter_elsewhere import Elsewhere, is_all_elsewhere, quotes_elsewhere
from copilot.local.drafter_selection import Selection
from copilot.local.drafter_wording import Wordings
from copilot.local.on_the_spot import is_on_the_spot
from copilot.local.proposer import LocalProposer
from copilot.ports import Candidate, Person, Quote, Window, WindowMessage
from copilot.reviews.cues import Cue
from copilot.reviews.cues_abroad import DENIED_ABROAD
from copilot.reviews.models import Section
from copilot.reviews.salience import sentences_of

AHEAD = re.compile(
    r"\b(?:will|shall|should|must|needs?|to do|todo|action|follow.?ups?|plan(?:s|ned)?|let's"
    r"|going to|gonna|to be|(?:can|could) (?:you|we|some\w+)|please|wants?|ought|next|later"
    r"|tomorrow|open(?:ed)? an? (?:issue|ticket)|propos\w+|suggest\w*|recommend\w*|consider"
    r"|remember|worth)\b|['’]ll\b",
    re.IGNORECASE,
)
"""What next to every word on work to come holds."""
_WANTED_ABROAD = re.compile(
    r"\b(?:wir (?:sollten|müssen|brauchen)|ich (?:werde|mache|schreibe|lege)|(?:on|il) (?:devrait"
    r"|faudrait|faut)|nous devrions|je vais|deberíamos|habría que|hay que|tenemos que|necesitamos"
    r"|voy a|deveríamos|temos que|precisamos|vou)\b.{0,200}?\b(?:runbooks?|alarm\w*|alert\w*"
    r"|monitor\w*"
    r"|dashboards?|tests?|tickets?|doku\w*|docu\w*|überwach\w*|pruebas?|testes?)(?!\w)",
    re.IGNORECASE,
)
_WANTED = 0.3
"""Probability, as calibrated, from which on one is worth a sentence of the review."""
_MOST = 10
_MOST_READ = 300
"""Messages; looking for follow-ups costs more than all the rest of a draft."""
_IN_A_WINDOW = 40
_RANK = 9.0


def take_unheard(selection: Selection, is_elsewhere: Elsewhere, words: Wordings) -> None:
    """In the words they were said in: nobody has suggested them yet."""
    unheard = [
        message
        for message in _unheard(selection.messages)[-_MOST_READ:]
        if message.number not in selection.used and not is_all_elsewhere(message, is_elsewhere)
    ]
    _take_abroad(selection, is_elsewhere, words)
    wanted = sorted(_candidates(unheard), key=lambda one: -one.confidence)
    taken = 0
    for candidate in wanted:
        if taken == _MOST:
            return
        quote = candidate.evidence[0]
        message = selection.by_number[quote.number]
        if not is_on_the_spot(candidate.title, [quote.text]) and not quotes_elsewhere(
            message, quote.text, is_elsewhere
        ):
            taken += _take(selection, quote, words)


def _take_abroad(selection: Selection, is_elsewhere: Elsewhere, words: Wordings) -> None:
    """In other languages than English only what names both the wish and a thing to be had."""
    wanted = [
        replace(sentence, score=_RANK)
        for message in selection.messages
        if message.is_new and not message.is_bot and _WANTED_ABROAD.search(message.text)
        for sentence in sentences_of(message)
        if _WANTED_ABROAD.search(sentence.text)
        and not DENIED_ABROAD.search(sentence.text.lower())
        and Cue.QUESTION not in sentence.cues
        and not is_elsewhere(sentence)
    ]
    selection.take(Section.FOLLOW_UPS, wanted, _MOST, words.timed, by_score=False)


def unheard_left_out(messages: Sequence[WindowMessage]) -> tuple[str, ...]:
    """In words, where there are more than are read."""
    found = len(_unheard(messages))
    if found <= _MOST_READ:
        return ()
    return (
        f"follow-ups in the oldest {found - _MOST_READ:,} of {found:,} messages that may hold one: "
        "nobody had looked for suggestions",
    )


def _unheard(messages: Sequence[WindowMessage]) -> list[WindowMessage]:
    return [
        message
        for message in messages
        if message.is_new and not message.is_bot and AHEAD.search(message.text)
    ]


def _candidates(messages: Sequence[WindowMessage]) -> list[Candidate]:
    people = tuple(
        Person(author, name)
        for author, name in sorted(
            {(m.author_id or m.author_name, m.author_name) for m in messages}
        )
    )
    proposer = LocalProposer()
    found: list[Candidate] = []
    for start in range(0, len(messages), _IN_A_WINDOW):
        window = Window(tuple(messages[start : start + _IN_A_WINDOW]), people)
        found += proposer.propose(window).candidates
    return [one for one in found if one.confidence >= _WANTED and not one.is_done]


def _take(selection: Selection, quote: Quote, words: Wordings) -> bool:
    message = selection.by_number[quote.number]
    for sentence in sentences_of(message):
        if quote.text in sentence.text or sentence.text in quote.text:
            ranked = replace(sentence, score=_RANK)
            if selection.take(Section.FOLLOW_UPS, [ranked], 1, words.timed):
                return True
    return False

"""Told together, since one message alone does not say it: a thought that went on in the next one,
an attempt that the line before names, a change that was shown before somebody said it fixes it."""

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import pairwise

from copilot.local.drafter_selection import Selection
from copilot.local.drafter_wording import Wordings
from copilot.ports import WindowMessage
from copilot.reviews.cues import Cue, cues_in
from copilot.reviews.models import Section
from copilot.reviews.salience import Sentence

_ONE_BREATH = timedelta(seconds=60)
_SHORT = 16
"""Words: who writes more at once does not cut a sentence in two."""
_MOST_TOGETHER = 4
_MORE_WHOLE = 0.5
_GOES_ON = re.compile(
    r"\W*(?:because|cause|cuz|bc|which (?:is|was) (?:why|because)|due to|since"
    r"|so that['’]?s why)\b",
    re.IGNORECASE,
)
_NO_PART = {Cue.QUESTION, Cue.END, Cue.PLAN}
_DENIES = re.compile(
    r"\W*(?:(?:but|and|no|nope|hm+|oh|wait|actually|ah|ok)\W+)*(?:(?:it|that|this) (?:did|was|is"
    r"|does)(?: not|n['’]?t)(?: it| that| the (?:case|cause|culprit|problem|issue|reason))?"
    r"|(?:it|that|this)['’]s not (?:it|that|the (?:case|cause|culprit|problem|issue|reason))"
    r"|not (?:it|that|the (?:cause|culprit|problem|reason))|was(?: not|n['’]?t) (?:it|that)"
    r"|scratch that|never ?mind(?: that)?|nvm|i was wrong|i take (?:it|that) back)\W*",
    re.IGNORECASE,
)
"""`But it did not`, as a message of its own."""
_LONGEST_DENIAL = 80
"""Letters."""
_UNNAMED = re.compile(
    r"(?:attempt|try|retry|run)\s+(?:fail|succeed|work|complet|tim|crash|hang|hung|stall|went"
    r"|was|is|did|has)\w*\b",
    re.IGNORECASE,
)
"""`Attempt fails`: which one the line before says."""
_ATTEMPTED = re.compile(
    r"\b(?P<what>attempt|try|retry|run) (?:at|of|to|for|on|with|in)\b", re.IGNORECASE
)
_NAMED_WITHIN, _LINES_BACK = timedelta(minutes=30), 3
_FIXES = re.compile(
    r"\b(?:this|that|the|my|your|it)(?: (?:pr|mr|patch|change|commit|one|pull request|fix))?"
    r"(?: (?:should|will|would|might|may|ought to))?(?: \w+ly)? "
    r"(?:fix|solve|resolve|address)(?:es|s|ed)?\b",
    re.IGNORECASE,
)
_LINK_TO_CHANGE = re.compile(
    r"<?https?://[^\s/|>]+/(?P<name>[\w.-]+/[\w./-]*?(?:pull|pulls|merge_requests|pull-requests"
    r"|commit|commits|changeset|-/merge_requests)/\w+)[^\s|>]*>?$"
)
_SHOWN_WITHIN, _SHOWN_BACK = timedelta(minutes=15), 15
_RANK_OF_FIX = 3.0


def take_whole_thoughts(
    selection: Selection, causes: Sequence[Sentence], most: int, words: Wordings
) -> int:
    """Causes that went on in the next message, and attempts with what the line before says of
    them; how many were added."""
    taken = 0
    for sentence in sorted(causes, key=lambda one: -one.score):
        if taken >= most:
            break
        if sentence.message.number in selection.used:
            continue
        if is_unnamed(sentence):
            taken += _take_attempt(selection, sentence, words)
        else:
            taken += _take_thought(selection, sentence, words)
    return taken


def is_unnamed(sentence: Sentence) -> bool:
    """An attempt, and no word of at what."""
    return _UNNAMED.match(sentence.text) is not None


def _take_attempt(selection: Selection, sentence: Sentence, words: Wordings) -> bool:
    what = sentence.text.split()[0].lower()
    for line in _before(selection, sentence.message, _NAMED_WITHIN, _LINES_BACK):
        if any(found["what"].lower() == what for found in _ATTEMPTED.finditer(line.text)):
            first = Sentence(line, line.text.strip(), frozenset(), sentence.score)
            sources = [(line, first.text), (sentence.message, sentence.text)]
            text = words.timed_with(first, sentence)
            return _add(selection, Section.CONTRIBUTING_FACTORS, text, sources, sentence.score)
    return False


def _take_thought(selection: Selection, sentence: Sentence, words: Wordings) -> bool:
    parts = _parts(selection, sentence)
    for some in (parts, _from(sentence, parts)):
        if len(some) < 2:
            continue
        sources = [(part.message, part.text) for part in some]
        rank = sentence.score + _MORE_WHOLE
        if _add(selection, Section.CONTRIBUTING_FACTORS, words.joined(some), sources, rank):
            for part in some:
                selection.mark_told(part)
            return True
    return False


def _parts(selection: Selection, sentence: Sentence) -> list[Sentence]:
    """What its author said in the same breath of why; `because …` with what went before it."""
    parts: list[Sentence] = []
    before: Sentence | None = None
    for message in breath_of(selection.messages, selection.at[sentence.message.number]):
        is_own = message.number == sentence.message.number
        text = sentence.text if is_own else message.text.strip()
        part = sentence if is_own else Sentence(message, text, cues_in(text), sentence.score)
        if message.number in selection.used or part.cues & _NO_PART:
            before = None
        elif Cue.CAUSE in part.cues or is_own:
            goes_on = before is not None and _GOES_ON.match(text)
            parts += [before, part] if goes_on and before and before not in parts else [part]
            before = part
        else:
            before = part
    return parts[:_MOST_TOGETHER]


def _from(sentence: Sentence, parts: Sequence[Sentence]) -> list[Sentence]:
    """The sentence and the part after it, or before it: where all of them are too long."""
    at = next((at for at, part in enumerate(parts) if part is sentence), None)
    if at is None:
        return []
    return list(parts[at : at + 2]) if at + 1 < len(parts) else list(parts[max(0, at - 1) : at + 1])


def breath_of(messages: Sequence[WindowMessage], at: int) -> list[WindowMessage]:
    """The short messages around one that its author wrote one right after the other."""
    first = last = at
    while first > 0 and _are_one_breath(messages[first - 1], messages[first]):
        first -= 1
    while last + 1 < len(messages) and _are_one_breath(messages[last], messages[last + 1]):
        last += 1
    return list(messages[first : last + 1])


def _are_one_breath(one: WindowMessage, other: WindowMessage) -> bool:
    return (
        one.author_id == other.author_id
        and not one.is_bot
        and other.occurred_at - one.occurred_at <= _ONE_BREATH
        and all(
            "```" not in each.text and len(each.text.split()) <= _SHORT for each in (one, other)
        )
    )


def denied_at_once(messages: Sequence[WindowMessage]) -> frozenset[int]:
    """Numbers of messages that their author's next one takes back: `but it did not`."""
    return frozenset(
        earlier.number
        for earlier, later in pairwise(messages)
        if earlier.author_id == later.author_id
        and later.occurred_at - earlier.occurred_at <= 2 * _ONE_BREATH
        and len(later.text) <= _LONGEST_DENIAL
        and _DENIES.fullmatch(later.text)
    )


def take_shown_fixes(selection: Selection, words: Wordings) -> None:
    """`That PR should fix it`, with the link that its author had shown just before."""
    for message in selection.messages:
        if (
            message.number in selection.used
            or message.is_bot
            or "?" in message.text
            or len(message.text.split()) > _SHORT
            or not _FIXES.search(message.text)
        ):
            continue
        for shown in _before(selection, message, _SHOWN_WITHIN, _SHOWN_BACK):
            if link := _LINK_TO_CHANGE.fullmatch(shown.text.strip()):
                said = Sentence(message, message.text.strip(), frozenset(), _RANK_OF_FIX)
                change = Sentence(shown, link["name"], frozenset(), _RANK_OF_FIX)
                sources = [(shown, change.text), (message, said.text)]
                text = words.timed_with(change, said)
                if _add(selection, Section.KEY_MOMENTS, text, sources, _RANK_OF_FIX):
                    break


def _before(
    selection: Selection, message: WindowMessage, within: timedelta, most: int
) -> Iterator[WindowMessage]:
    """What its author said before a message, the latest first."""
    at = selection.at[message.number]
    for earlier in reversed(selection.messages[max(0, at - most) : at]):
        if message.occurred_at - earlier.occurred_at > within:
            return
        if earlier.author_id == message.author_id:
            yield earlier


def _add(
    selection: Selection,
    section: Section,
    text: str | None,
    sources: Sequence[tuple[WindowMessage, str]],
    rank: float,
) -> bool:
    claim = selection.supported(section, text, sources)
    if claim is None:
        return False
    selection.add(claim, rank)
    selection.used.update(message.number for message, _ in sources)
    return True

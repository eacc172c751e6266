"""Chooses for the summary how it ended: with how long that took, and never before its time."""

import re
from bisect import bisect
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from copilot.local.drafter_log import opens_with_deed
from copilot.local.drafter_moments import UNSURE, WORTH_LEARNING
from copilot.local.drafter_selection import TITLE_OF_CHANGE, Selection, with_cue
from copilot.local.drafter_unfit import is_forbidden, is_no_harm, is_offered
from copilot.local.drafter_wording import Wordings
from copilot.ports import IncidentFacts, WindowMessage
from copilot.reviews.cues import Cue, cues_in
from copilot.reviews.models import Section
from copilot.reviews.salience import Sentence, points, sentences_of
from copilot.reviews.stated import stated_in

NO_TROUBLE = (*UNSURE, Cue.OUTCOME, Cue.END, Cue.WELL, Cue.STATUS, Cue.DECIDED)
_NEAR = timedelta(minutes=15)
_ONE_BREATH = timedelta(minutes=1)
_LAST_PART = 0.6
"""How far into the conversation the last deed must lie to be told for want of an end."""
_AHEAD = re.compile(
    r"\b(?:plan\w*|target\w*|schedul\w*|will|assigned|consider\w*|decid\w*|next)\b", re.IGNORECASE
)
_BEGUN = re.compile(
    r"\b(?:beg[aiu]n|start|continu)(?:s|ed|ning|ing|es)? (?:to|on|with|work|look|investigat"
    r"|discuss)",
    re.IGNORECASE,
)
"""What was only begun ends nothing."""
_NOT_ANEW = {*NO_TROUBLE, Cue.ACTION, Cue.CAUSE, Cue.FINDING, Cue.HARD}
_ANEW = re.compile(
    r"\b(?:again|still|another|new|more|now|once more|re-?appear\w*|return(?:s|ed)|came back"
    r"|is back)\b",
    re.IGNORECASE,
)
_PART = re.compile(r"\s+[-–—]+\s+|;\s+")


def take_end(
    selection: Selection,
    sentences: Sequence[Sentence],
    told: Sequence[Sentence],
    facts: IncidentFacts,
    words: Wordings,
) -> None:
    """Of what people told (`told` of `sentences`), how it ended; else what was done last."""
    ends = with_cue([*told, *_parts_left(selection, told)], Cue.END, without=[Cue.GUESS])
    late = [_as_end(one, selection, facts) for one in ends if not is_forbidden(one)]
    late = _not_outlived(late, told, selection, facts)
    plainly = [one for one in with_cue(late, *Cue, without=[Cue.WELL]) if not points(one)]
    (
        _take_end(selection, plainly, words)
        or _take_end(selection, [one for one in late if not points(one)], words)
        or _take_pointing_end(selection, late, words)
        or _take_end(selection, _last_deeds(selection, sentences), words)
    )


def _parts_left(selection: Selection, told: Sequence[Sentence]) -> list[Sentence]:
    """`Fine now - I'll write it up`: a follow-up took the one half, and left the other."""
    quoted = {quote.number: quote.text for claim in selection.claims for quote in claim.citations}
    return [
        replace(sentence, text=part, cues=cues_in(part))
        for sentence in told
        if Cue.END in sentence.cues and sentence.message.number in selection.used
        for part in _PART.split(sentence.text)
        if part != sentence.text and not _overlaps(part, quoted.get(sentence.message.number, ""))
    ]


def _overlaps(part: str, quoted: str) -> bool:
    return part in quoted or quoted in part


def _take_end(selection: Selection, ends: Sequence[Sentence], words: Wordings) -> bool:
    """The best one; with how long it came after the first sign, where that can be told: if not of
    that one, then of another one said at about the same time."""
    worth = [
        end
        for end in sorted(ends, key=lambda sentence: -sentence.score)
        if end.score >= WORTH_LEARNING and not _is_said(selection, end)
    ]
    first = selection.first_sign
    for end in worth:
        near = abs(end.message.occurred_at - worth[0].message.occurred_at) <= _NEAR
        if first is None or not near or first.message.occurred_at >= end.message.occurred_at:
            continue
        sources = [(end.message, end.text), (first.message, first.text)]
        if _add(selection, end, words.timed_after(end, first), sources):
            return True
    return any(_add(selection, end, words.timed(end), [(end.message, end.text)]) for end in worth)


def _add(
    selection: Selection,
    end: Sentence,
    text: str | None,
    sources: Sequence[tuple[WindowMessage, str]],
) -> bool:
    claim = selection.supported(Section.SUMMARY, text, sources)
    if claim is None:
        return False
    selection.add(claim, end.score)
    selection.mark_told(end)
    return True


def _not_outlived(
    ends: Sequence[Sentence],
    told: Sequence[Sentence],
    selection: Selection,
    facts: IncidentFacts,
) -> list[Sentence]:
    """Without those after which there was trouble anew, and an end of that."""
    at = selection.at
    anew = sorted(at[one.message.number] for one in told if _is_anew(one, selection))
    last = max((at[end.message.number] for end in ends), default=0)
    until = bisect(anew, last)
    return [
        end
        for end in ends
        if bisect(anew, at[end.message.number]) == until or _is_recorded(end, facts)
    ]


def _is_anew(sentence: Sentence, selection: Selection) -> bool:
    """Something is wrong again. Who talks says so; who keeps a log writes down what there is."""
    return (
        Cue.SYMPTOM in sentence.cues
        and not sentence.cues & _NOT_ANEW
        and not is_no_harm(sentence)
        and (
            sentence.message.author_id in selection.log_keepers
            or _ANEW.search(sentence.text) is not None
        )
    )


def _is_said(selection: Selection, end: Sentence) -> bool:
    """Of a message that is used up, a part that nothing quotes may still be told."""
    if end.message.number not in selection.used:
        return selection.is_told(end)
    if not _PART.search(end.message.text):
        return True
    return end.text in {sentence.text for sentence in sentences_of(end.message)}


def _take_pointing_end(selection: Selection, ends: Sequence[Sentence], words: Wordings) -> bool:
    """`This fixes it` says nothing without what `this` is: the change named just before it."""
    for end in ends:
        named = _named_before(selection, end)
        if named is None or selection.is_told(end):
            continue
        sources = [(named.message, named.text), (end.message, end.text)]
        claim = selection.supported(Section.SUMMARY, words.timed_with(named, end), sources)
        if claim:
            selection.add(claim, end.score)
            selection.mark_told(named)
            selection.mark_told(end)
            return True
    return False


def _named_before(selection: Selection, end: Sentence) -> Sentence | None:
    """The title of a change that its author showed in the same breath."""
    at = selection.at[end.message.number]
    for message in reversed(selection.messages[max(0, at - 4) : at]):
        is_near = end.message.occurred_at - message.occurred_at <= _ONE_BREATH
        is_theirs = message.author_id == end.message.author_id
        if is_near and is_theirs and TITLE_OF_CHANGE.match(message.text):
            text = message.text.strip().splitlines()[0]
            return Sentence(message, text, frozenset(), end.score)
    return None


def _last_deeds(selection: Selection, sentences: Sequence[Sentence]) -> list[Sentence]:
    """What was done last, where nobody says that it is over."""
    return [
        replace(sentence, score=sentence.score + 10 * place_of(sentence, selection))
        for sentence in sentences
        if (sentence.cues & {Cue.ACTION, Cue.OUTCOME} or opens_with_deed(sentence))
        and not sentence.cues & {*UNSURE, Cue.STATUS, Cue.OPEN, Cue.PLAN}
        and place_of(sentence, selection) >= _LAST_PART
        and not points(sentence)
        and not is_offered(sentence)
        and not _AHEAD.search(sentence.text)
        and not _BEGUN.search(sentence.text)
        and (sentence.message.author_id in selection.log_keepers or opens_with_deed(sentence))
    ]


def _as_end(sentence: Sentence, selection: Selection, facts: IncidentFacts) -> Sentence:
    """An end counts for more when it is late, on record, or looks back on how it went."""
    near = _is_recorded(sentence, facts)
    looks_back = len(stated_in(sentence.text).times) >= 2
    is_said = Cue.STATUS in sentence.cues
    more = place_of(sentence, selection) + 0.7 * near + 0.7 * is_said + 1.5 * looks_back
    return replace(sentence, score=sentence.score + more)


def _is_recorded(sentence: Sentence, facts: IncidentFacts) -> bool:
    recorded = [at for at in (facts.mitigated_at, facts.resolved_at) if at is not None]
    return any(abs(sentence.message.occurred_at - at) <= _NEAR for at in recorded)


def place_of(sentence: Sentence, selection: Selection) -> float:
    """How far into the conversation it was said, from 0 to 1."""
    return selection.at[sentence.message.number] / len(selection.messages)

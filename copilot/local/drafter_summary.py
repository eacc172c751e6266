"""Chooses for the summary: what was wrong, and how it ended, each in words that somebody said."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from copilot.local.drafter_log import opens_with_deed
from copilot.local.drafter_moments import UNSURE, WORTH_LEARNING
from copilot.local.drafter_selection import TITLE_OF_CHANGE, Selection, with_cue, with_substance
from copilot.local.drafter_unfit import is_about_telling, is_forbidden, is_no_harm, is_offered
from copilot.local.drafter_wording import Wordings
from copilot.ports import IncidentFacts
from copilot.reviews.cues import Cue, cues_in
from copilot.reviews.models import Section
from copilot.reviews.salience import Sentence, points, sentences_of
from copilot.reviews.stated import stated_in

_NEAR = timedelta(minutes=15)
_ONE_BREATH = timedelta(minutes=1)
_NO_TROUBLE = (*UNSURE, Cue.OUTCOME, Cue.END, Cue.WELL, Cue.STATUS, Cue.DECIDED)
_ELSEWHERE = {Cue.CAUSE: 1.6, Cue.FINDING: 1.2, Cue.ACTION: 1.4, Cue.DETECTED: 0.4}
"""What counts against a sentence as the plain statement of what was wrong: it belongs elsewhere."""
_GRAVE = re.compile(
    r"\b(?:fail\w*|errors?|down|outage|crash\w*|unavailable|unhealthy|stuck|broken?|unable|lost"
    r"|missing"
    r"|can['’]?t|cannot|not (?:work|respond|start|load)\w*|40[34]s?|50[0-4]s?|5xx|issues?)\b",
    re.IGNORECASE,
)
_LOOKING = re.compile(
    r"\binvestigat|\bdebugg|\blooking (?:at|into)\b"
    r"|^(?:we|i) (?:were |was |are |am )?(?:unable|could ?n|can['’]?t|cannot)",
    re.IGNORECASE,
)
_GRAVE_WEIGHT = 0.4
_EARLY = 0.8
"""What was wrong is said early; what is said late is often about what was done."""
_EARLY_PART = 0.75
"""What comes to light later is not the trouble in short."""
_LAST_PART = 0.6
"""How far into the conversation the last deed must lie to be told for want of an end."""
_AHEAD = re.compile(
    r"\b(?:plan\w*|target\w*|schedul\w*|will|assigned|consider\w*|decid\w*|next)\b", re.IGNORECASE
)
_PART = re.compile(r"\s+[-–—]+\s+|;\s+")


def take_summary(
    selection: Selection, sentences: Sequence[Sentence], facts: IncidentFacts, words: Wordings
) -> None:
    """What was wrong, and how it ended, each in one sentence that somebody said."""
    told = with_cue(sentences, *Cue, without=[Cue.QUESTION, Cue.OPEN, Cue.PLAN])
    ends = with_cue([*told, *_parts_left(selection, told)], Cue.END, without=[Cue.GUESS])
    late = [_as_end(one, selection, facts) for one in ends if not is_forbidden(one)]
    plainly = [one for one in with_cue(late, *Cue, without=[Cue.WELL]) if not points(one)]
    (
        _take_end(selection, plainly, words)
        or _take_end(selection, [one for one in late if not points(one)], words)
        or _take_pointing_end(selection, late, words)
        or _take_end(selection, _last_deeds(selection, told), words)
    )
    _take_trouble(selection, told, words)


def _take_trouble(selection: Selection, told: Sequence[Sentence], words: Wordings) -> None:
    """Before the end, if one was told: what comes to light after it is another trouble."""
    ended = [selection.at[one.citations[0].number] for one in selection.of(Section.SUMMARY)]
    until = min([_EARLY_PART * len(selection.messages), *ended])
    trouble = with_cue(told, Cue.SYMPTOM, without=_NO_TROUBLE)
    plain = [
        _as_trouble(sentence, selection)
        for sentence in with_substance(trouble)
        if not _is_about_work(sentence, selection)
        and not is_no_harm(sentence)
        and not points(sentence)
        and selection.at[sentence.message.number] <= until
    ]
    grave = [one for one in plain if _GRAVE.search(one.text) or Cue.IMPACT in one.cues]
    if selection.take(Section.SUMMARY, grave, 1, words.timed, least=WORTH_LEARNING):
        return
    hit = selection.of(Section.IMPACT)
    if len(hit) > 1:  # the other ones are left there
        first = min(hit, key=lambda claim: selection.at[claim.citations[0].number])
        selection.move(first, Section.SUMMARY)
    elif not selection.of(Section.SUMMARY):
        selection.take(Section.SUMMARY, plain, 1, words.timed, least=WORTH_LEARNING)


def _is_about_work(sentence: Sentence, selection: Selection) -> bool:
    """It tells what was done about the trouble; lines of a log seldom tell both."""
    is_logged = sentence.message.author_id in selection.log_keepers
    return (
        opens_with_deed(sentence)
        or is_about_telling(sentence)
        or _LOOKING.search(sentence.text) is not None
        or (is_logged and Cue.ACTION in sentence.cues)
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
    """The best one; with how long it came after the first sign, where that is known."""
    for end in sorted(ends, key=lambda sentence: -sentence.score):
        if end.score < WORTH_LEARNING or _is_said(selection, end):
            continue
        claim = None
        first = selection.first_sign
        if first is not None and first.message.occurred_at < end.message.occurred_at:
            sources = [(end.message, end.text), (first.message, first.text)]
            claim = selection.supported(Section.SUMMARY, words.timed_after(end, first), sources)
        if claim is None:
            text = words.timed(end)
            claim = selection.supported(Section.SUMMARY, text, [(end.message, end.text)])
        if claim:
            selection.add(claim, end.score)
            selection.mark_told(end)
            return True
    return False


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


def _last_deeds(selection: Selection, told: Sequence[Sentence]) -> list[Sentence]:
    """What was done last, where nobody says that it is over."""
    return [
        replace(sentence, score=sentence.score + 10 * _place(sentence, selection))
        for sentence in told
        if sentence.cues & {Cue.ACTION, Cue.OUTCOME}
        and not sentence.cues & {*UNSURE, Cue.STATUS}
        and _place(sentence, selection) >= _LAST_PART
        and not points(sentence)
        and not is_offered(sentence)
        and not _AHEAD.search(sentence.text)
        and (sentence.message.author_id in selection.log_keepers or opens_with_deed(sentence))
    ]


def _as_trouble(sentence: Sentence, selection: Selection) -> Sentence:
    elsewhere = sum(_ELSEWHERE.get(cue, 0) for cue in sentence.cues)
    early = _EARLY * (1 - _place(sentence, selection))
    grave = _GRAVE_WEIGHT * min(2, len(_GRAVE.findall(sentence.text)))
    return replace(sentence, score=sentence.score + early + grave - elsewhere)


def _as_end(sentence: Sentence, selection: Selection, facts: IncidentFacts) -> Sentence:
    """An end counts for more when it is late, on record, or looks back on how it went."""
    recorded = [at for at in (facts.mitigated_at, facts.resolved_at) if at is not None]
    near = any(abs(sentence.message.occurred_at - at) <= _NEAR for at in recorded)
    looks_back = len(stated_in(sentence.text).times) >= 2
    is_said = Cue.STATUS in sentence.cues
    more = _place(sentence, selection) + 0.7 * near + 0.7 * is_said + 1.5 * looks_back
    return replace(sentence, score=sentence.score + more)


def _place(sentence: Sentence, selection: Selection) -> float:
    return selection.at[sentence.message.number] / len(selection.messages)

"""Chooses for the sections that tell the course of an incident: summary, key moments, response."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import groupby

from copilot.local.drafter_log import is_deed, opens_with_deed
from copilot.local.drafter_selection import WITHOUT_SAYING, Selection, with_cue, with_substance
from copilot.local.drafter_wording import Wordings
from copilot.ports import IncidentFacts
from copilot.reviews.cues import Cue
from copilot.reviews.models import Section
from copilot.reviews.salience import Sentence, best_of, points
from copilot.reviews.stated import stated_in

UNSURE = (Cue.QUESTION, Cue.GUESS)
WORTH_TELLING = 1.2
WORTH_LEARNING = 0.7
_LOGGED = 0.2
_MOST_MARKED = 20
_NEAR = timedelta(minutes=15)
_STATUS_WORDS = 4
_FEWEST_LISTED, _MOST_LISTED = 3, 5
_RANK_OF_STATUS = 5.0
_NO_TROUBLE = (*UNSURE, Cue.OUTCOME, Cue.END, Cue.WELL, Cue.STATUS, Cue.DECIDED)
_ELSEWHERE = {Cue.CAUSE: 1.6, Cue.FINDING: 1.2, Cue.ACTION: 1.4, Cue.DETECTED: 0.4}
"""What counts against a sentence as the plain statement of what was wrong: it belongs elsewhere."""
_GRAVE = re.compile(
    r"\b(?:fail\w*|errors?|down|outage|crash\w*|unavailable|unhealthy|stuck|broken?|unable|lost|missing"
    r"|can['’]?t|cannot|not (?:work|respond|start|load)\w*|40[34]s?|50[0-4]s?|5xx|issues?)\b",
    re.IGNORECASE,
)
_SUPPOSED = re.compile(r"\b(?:if|should|would|could)\b", re.IGNORECASE)
"""Neither a turn nor a deed, but a thought of one."""
_LOOKING = re.compile(r"\binvestigat|\bdebugg|\blooking (?:at|into)\b", re.IGNORECASE)
_GRAVE_WEIGHT = 0.4
_EARLY = 0.8
"""What was wrong is said early; what is said late is often about what was done."""


def take_marked(selection: Selection, words: Wordings) -> None:
    """What people marked as key moments, before anything else can use it up."""
    marked = best_of(message for message in selection.messages if message.is_key_moment)
    selection.take(Section.KEY_MOMENTS, marked, _MOST_MARKED, words.timed)


def take_summary(
    selection: Selection, sentences: Sequence[Sentence], facts: IncidentFacts, words: Wordings
) -> None:
    """What was wrong, and how it ended, each in one sentence that somebody said."""
    told = with_cue(sentences, *Cue, without=[Cue.QUESTION, Cue.OPEN, Cue.PLAN])
    trouble = with_cue(told, Cue.SYMPTOM, without=_NO_TROUBLE)
    plain = [
        _as_trouble(sentence, selection)
        for sentence in with_substance(trouble)
        if not _is_about_work(sentence, selection)
    ]
    selection.take(Section.SUMMARY, plain, 1, words.timed, least=WORTH_LEARNING)
    ends = with_cue(told, Cue.END, without=[Cue.GUESS])
    late = [_as_end(sentence, selection, facts) for sentence in ends]
    plainly = [one for one in with_cue(late, *Cue, without=[Cue.WELL]) if not points(one)]
    if not _take_end(selection, plainly, words):
        _take_end(selection, late, words)


def _is_about_work(sentence: Sentence, selection: Selection) -> bool:
    """It tells what was done about the trouble; lines of a log seldom tell both."""
    is_logged = sentence.message.author_id in selection.log_keepers
    return (
        opens_with_deed(sentence)
        or _LOOKING.search(sentence.text) is not None
        or (is_logged and Cue.ACTION in sentence.cues)
    )


def _take_end(selection: Selection, ends: Sequence[Sentence], words: Wordings) -> bool:
    """The best one; with how long it came after the first sign, where that is known."""
    first = selection.first_sign
    for end in sorted(ends, key=lambda sentence: -sentence.score):
        if end.score < WORTH_LEARNING or selection.is_told(end):
            continue
        claim = None
        if first is not None and first.message.occurred_at < end.message.occurred_at:
            sources = [(end.message, end.text), (first.message, first.text)]
            claim = selection.supported(Section.SUMMARY, words.timed_after(end, first), sources)
        if claim:
            selection.add(claim, end.score)
            selection.mark_told(end)
            return True
        if selection.take(Section.SUMMARY, [end], 1, words.timed):
            return True
    return False


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


def take_status_list(selection: Selection, sentences: Sequence[Sentence], words: Wordings) -> None:
    """`First detected`, `Incident declared`, `Resolved`: what is hardly a sentence, in one line."""
    bare = [
        sentence
        for sentence in sentences
        if Cue.STATUS in sentence.cues
        and sentence.message.number not in selection.used
        and sentence.text == sentence.message.text.strip()
        and len(sentence.text.split()) < _STATUS_WORDS
    ]
    bare.sort(key=lambda sentence: str(sentence.message.author_id))
    for _, group in groupby(bare, key=lambda sentence: sentence.message.author_id):
        listed = _once_each(sorted(group, key=lambda one: selection.at[one.message.number]))
        if len(listed) < _FEWEST_LISTED:
            continue
        sources = [(one.message, one.text) for one in listed]
        claim = selection.supported(Section.KEY_MOMENTS, words.listed(listed), sources)
        if claim:
            selection.add(claim, _RANK_OF_STATUS)
            for one in listed:
                selection.mark_told(one)


def _once_each(sentences: Sequence[Sentence]) -> list[Sentence]:
    """The first of each meaning, as many as make a line."""
    by_meaning: dict[frozenset[str], Sentence] = {}
    for sentence in sentences:
        by_meaning.setdefault(sentence.bare_stems - WITHOUT_SAYING, sentence)
    return list(by_meaning.values())[:_MOST_LISTED]


def take_turns(
    selection: Selection,
    sentences: Sequence[Sentence],
    logged: Sequence[Sentence],
    most: int,
    words: Wordings,
) -> None:
    """Turns of the incident: what changed, what was done and how it came out.

    Of a log also what simply happened, and what nobody has a word of ours for.
    """
    turns = with_cue(
        sentences,
        *(Cue.ACTION, Cue.OUTCOME, Cue.ALERT, Cue.STATUS, Cue.DECIDED),
        without=[*UNSURE, Cue.PLAN],
    )
    turns += with_cue(sentences, Cue.STATUS, Cue.DECIDED, without=UNSURE)
    trouble = with_cue(sentences, Cue.SYMPTOM, without=[*UNSURE, Cue.PLAN, Cue.HARD, Cue.OPEN])
    turns += [sentence for sentence in trouble if not points(sentence)]
    numbers = {sentence.message.number for sentence in logged}
    worth = [
        sentence
        for sentence in turns
        if sentence.score >= WORTH_TELLING
        and sentence.message.number not in numbers
        and not _SUPPOSED.search(sentence.text)
    ]
    happened = [one for one in _worth_logging(logged) if not is_deed(one)]
    spread = spread_over([*worth, *happened], selection.episode_of)
    selection.take(Section.KEY_MOMENTS, spread, most, words.timed, by_score=False)


def take_deeds(
    selection: Selection,
    sentences: Sequence[Sentence],
    logged: Sequence[Sentence],
    most: int,
    words: Wordings,
) -> None:
    """What people did and decided."""
    deeds = with_cue(sentences, Cue.ACTION, Cue.DECIDED, without=[Cue.QUESTION, Cue.STATUS])
    numbers = {sentence.message.number for sentence in logged}
    worth = [
        sentence
        for sentence in deeds
        if sentence.score >= WORTH_TELLING
        and sentence.message.number not in numbers
        and not _SUPPOSED.search(sentence.text)
    ]
    done = [one for one in _worth_logging(logged) if is_deed(one)]
    selection.take(Section.RESPONSE, worth, most - len(done[:most]), words.reported)
    spread = spread_over(done, selection.episode_of)
    selection.take(Section.RESPONSE, spread, most, words.timed, by_score=False)


def _worth_logging(logged: Sequence[Sentence]) -> list[Sentence]:
    return [one for one in logged if one.score >= _LOGGED and not points(one)]


def logged_by(keepers: frozenset[str | None], sentences: Sequence[Sentence]) -> list[Sentence]:
    """The best sentence of each line of a log."""
    best: dict[int, Sentence] = {}
    for sentence in sentences:
        number = sentence.message.number
        if sentence.message.author_id in keepers and (
            number not in best or sentence.score > best[number].score
        ):
            best[number] = sentence
    return list(best.values())


def spread_over(sentences: Sequence[Sentence], episode_of: Mapping[int, int]) -> list[Sentence]:
    """The best two of every episode before the third of any, so that none is passed over."""
    by_episode: dict[int, list[Sentence]] = {}
    for sentence in sorted(sentences, key=lambda sentence: -sentence.score):
        by_episode.setdefault(episode_of[sentence.message.number], []).append(sentence)
    ranked = [
        (rank // 2, -sentence.score, sentence.message.number, sentence)
        for best in by_episode.values()
        for rank, sentence in enumerate(best)
    ]
    return [sentence for *_, sentence in sorted(ranked, key=lambda each: each[:3])]

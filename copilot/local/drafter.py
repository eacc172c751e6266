"""Drafts a review without a model: chooses the telling messages and reports them as said."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from math import log2

from copilot.local.drafter_sections import (
    Selection,
    first_signs,
    spread_over,
    take_decisions,
    take_follow_ups,
    unanswered,
    with_cue,
    with_substance,
)
from copilot.local.drafter_wording import reported, timed
from copilot.ports import (
    Draft,
    DraftedClaim,
    DraftRequest,
    IncidentFacts,
    WindowMessage,
)
from copilot.reviews.cues import Cue
from copilot.reviews.models import Section
from copilot.reviews.salience import Sentence, best_of, joking_run, sentences_of
from copilot.reviews.stated import stated_in

ENGINE = "local-1"
_MOST_MARKED = 20
_WORTH_TELLING = 1.2
_WORTH_LEARNING = 0.7
_WORTH_ASKING = -0.1
_NEAR = timedelta(minutes=15)
_ELSEWHERE = {Cue.CAUSE: 1.6, Cue.FINDING: 1.2, Cue.ACTION: 1.2}
"""What counts against a sentence as the plain statement of what was wrong: it belongs elsewhere."""
_UNSURE = (Cue.QUESTION, Cue.GUESS)
_ORDER = {section: at for at, section in enumerate(Section)}


class LocalDrafter:
    """Every claim reports one message, or a question and its answer, and passed the checks."""

    def draft(self, request: DraftRequest) -> Draft:
        """Chooses for all sections at once, since no message is told in two of them."""
        selection = Selection(request.episodes)
        messages = selection.messages
        joking = joking_run(messages)
        told = [message for message in messages if message.number not in joking]
        sentences = [sentence for message in told for sentence in sentences_of(message)]
        take_follow_ups(selection, request.follow_ups)
        _take_marked(selection, messages)
        scale = _scale(len(messages))
        _take_first_needs(selection, sentences, scale)
        _take_summary(selection, sentences, request.facts)
        _take_sections(selection, sentences, scale)
        wanted = {section.key for section in request.sections}
        claims = [claim for claim in _in_order(selection) if claim.section in wanted]
        return Draft(tuple(claims), ENGINE)


def _take_marked(selection: Selection, messages: Sequence[WindowMessage]) -> None:
    """What people marked as key moments, before anything else can use it up."""
    marked = best_of(message for message in messages if message.is_key_moment)
    selection.take(Section.KEY_MOMENTS, marked, _MOST_MARKED, timed)


def _take_first_needs(selection: Selection, sentences: Sequence[Sentence], scale: float) -> None:
    """How it was noticed, whom it hit and what brought it about, before all else."""
    selection.take(Section.DETECTION, first_signs(sentences), 2, timed, by_score=False)
    hit = with_cue(sentences, Cue.IMPACT, without=[*_UNSURE, Cue.PLAN, Cue.END])
    selection.take(Section.IMPACT, hit, _few(3, scale), reported, least=_WORTH_TELLING)
    causes = with_cue(sentences, Cue.CAUSE, Cue.FINDING, without=[Cue.QUESTION, Cue.END])
    most = _few(4, scale)
    selection.take(Section.CONTRIBUTING_FACTORS, causes, most, reported, least=_WORTH_TELLING)


def _take_summary(
    selection: Selection, sentences: Sequence[Sentence], facts: IncidentFacts
) -> None:
    """What was wrong, and how it ended, each in one sentence that somebody said."""
    told = with_cue(sentences, *Cue, without=[Cue.QUESTION, Cue.OPEN, Cue.PLAN])
    trouble = with_cue(told, Cue.SYMPTOM, without=[*_UNSURE, Cue.OUTCOME, Cue.END, Cue.WELL])
    plain = [
        replace(sentence, score=sentence.score - sum(_ELSEWHERE.get(c, 0) for c in sentence.cues))
        for sentence in with_substance(trouble)
    ]
    _take_first(selection, plain)
    ends = with_cue(told, Cue.END, without=[Cue.GUESS])
    late = [_weighted(sentence, selection, facts) for sentence in ends]
    _take_first(selection, with_cue(late, *Cue, without=[Cue.WELL]), late)


def _take_first(selection: Selection, *choices: Sequence[Sentence]) -> None:
    """One sentence for the summary, from the first choice that has one worth telling."""
    for sentences in choices:
        before = len(selection.claims)
        selection.take(Section.SUMMARY, sentences, 1, timed, least=_WORTH_LEARNING)
        if len(selection.claims) > before:
            return


def _weighted(sentence: Sentence, selection: Selection, facts: IncidentFacts) -> Sentence:
    """An end counts for more when it is late, on record, or looks back on how it went."""
    place = selection.at[sentence.message.number] / len(selection.messages)
    recorded = [at for at in (facts.mitigated_at, facts.resolved_at) if at is not None]
    near = any(abs(sentence.message.occurred_at - at) <= _NEAR for at in recorded)
    looks_back = len(stated_in(sentence.text).times) >= 2
    return replace(sentence, score=sentence.score + place + 0.7 * near + 1.5 * looks_back)


def _scale(messages: int) -> float:
    """How much longer than usual a review may be: 1 for 100 messages, 2 for 1,600."""
    return min(2.0, max(0.6, log2(max(messages, 2) / 6.25) / 4))


def _few(usual: int, scale: float) -> int:
    return max(1, round(usual * scale))


def _take_sections(selection: Selection, sentences: Sequence[Sentence], scale: float) -> None:
    """Fill the sections whose evidence is rarest first, so that common ones don't use it up."""
    take = selection.take
    stated = [sentence for sentence in sentences if not sentence.cues & set(_UNSURE)]
    well = with_substance(with_cue(stated, Cue.WELL))
    take(Section.WENT_WELL, well, 2, reported, least=_WORTH_LEARNING)
    hard = with_substance(with_cue(sentences, Cue.HARD, without=[Cue.QUESTION]))
    take(Section.WAS_HARD, hard, 3, reported, least=_WORTH_LEARNING)
    unclear = unanswered(selection, sentences)
    take(Section.OPEN_QUESTIONS, unclear, _few(3, scale), reported, least=_WORTH_ASKING)
    take_decisions(selection, sentences, _few(2, scale))
    turns = with_cue(
        sentences, Cue.ACTION, Cue.OUTCOME, Cue.ALERT, without=[Cue.QUESTION, Cue.PLAN]
    )
    spread = spread_over(turns, selection.episode_of)
    take(Section.KEY_MOMENTS, spread, _few(7, scale), timed, by_score=False, least=_WORTH_TELLING)
    deeds = with_cue(sentences, Cue.ACTION, without=[Cue.QUESTION])
    take(Section.RESPONSE, deeds, _few(4, scale), reported, least=_WORTH_TELLING)


def _in_order(selection: Selection) -> list[DraftedClaim]:
    """Section by section, each in time order."""
    return sorted(
        selection.claims,
        key=lambda claim: (_ORDER[Section(claim.section)], selection.at[claim.citations[0].number]),
    )

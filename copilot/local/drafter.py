"""Drafts a review without a model: chooses the telling messages and reports them as said.

All sections are planned at once, since no message is told in two of them, and whatever is asked
for is taken from that plan: sections asked for one by one are together what they are at once.
"""

import re
from collections.abc import Iterable, Sequence
from math import log2
from zoneinfo import ZoneInfo

from copilot.local.drafter_elsewhere import elsewhere_for
from copilot.local.drafter_log import common_stems, log_keepers, shared_labels
from copilot.local.drafter_moments import (
    UNSURE,
    WORTH_LEARNING,
    WORTH_TELLING,
    logged_by,
    marked_left_out,
    take_deeds,
    take_marked,
    take_status_list,
    take_turns,
)
from copilot.local.drafter_plan import (
    ENGINE,
    Planned,
    as_memory,
    digest_of,
    plan_of,
    remembered,
)
from copilot.local.drafter_sections import (
    first_signs,
    take_decisions,
    take_follow_ups,
    unanswered,
)
from copilot.local.drafter_selection import Selection, with_cue, with_substance
from copilot.local.drafter_summary import take_summary
from copilot.local.drafter_together import (
    denied_at_once,
    is_unnamed,
    take_shown_fixes,
    take_whole_thoughts,
)
from copilot.local.drafter_unfit import (
    explains_nothing,
    hits_in_its_cause,
    is_about_telling,
    is_ahead,
    is_bare_finding,
    is_no_harm,
    is_taken_back,
)
from copilot.local.drafter_unheard import take_unheard, unheard_left_out
from copilot.local.drafter_wording import Wordings
from copilot.ports import Draft, DraftedClaim, DraftRequest, SectionWish
from copilot.reviews.cues import Cue, tells_a_deed
from copilot.reviews.models import Section
from copilot.reviews.salience import (
    Sentence,
    in_context,
    joking_run,
    points,
    sentences_of,
    without_label,
)
from copilot.reviews.words import normalised

_SOON_PUT_RIGHT = 6
_WORTH_ASKING = -0.1
_NO_FACTOR = (Cue.QUESTION, Cue.END, Cue.PLAN)
_MOST_FOUND = 2
_GOOD = re.compile(
    r"\b(?:able to|again|solved|resolved|fixed|match(?:es)?|correctly|healthy|as expected)\b",
    re.IGNORECASE,
)
"""`Able to start because the volume was free again`: why it went well brought nothing about."""
_NOT = re.compile(r"\b(?:not|no|never)\b|n['’]t\b", re.IGNORECASE)
_VICTIM = re.compile(
    r"\b(?:users?|customers?|clients?|people|teams?|tenants?|requests?|jobs?|orders?|builds?)\b",
    re.IGNORECASE,
)
"""What was done in production hit nobody yet."""
_FLAW = re.compile(
    r"\b(?:malformed|bugs?|issues?|problems?|(?:in|mis)\w*compatib\w*|wrong|incorrect\w*|invalid"
    r"|mismatch\w*|mistake\w*|missing|without|broken|faulty|bad|stale)\b",
    re.IGNORECASE,
)
"""Of what was done before anything was known to be wrong."""
_NO_HIT = (*UNSURE, Cue.PLAN, Cue.OUTCOME, Cue.END, Cue.FINDING, Cue.STATUS)
_SHARE_OF_LOG, _MOST_TURNS = 0.4, 20
_SHARE_OF_DEEDS, _MOST_DEEDS = 0.33, 12


class LocalDrafter:
    """Every claim reports messages, and passed the checks."""

    def draft(self, request: DraftRequest) -> Draft:
        """Never raises for what people wrote. The plan is kept in mind from section to section."""
        digest = digest_of(request)
        plan = remembered(request.memory, digest)
        memory = request.memory
        if plan is None:
            plan = plan_of(_planned(request))
            memory = as_memory(digest, plan)
        claims: list[DraftedClaim] = []
        left_out: list[str] = []
        for wish in request.sections:
            wanted = [one for one in plan if one.section == wish.key]
            unsaid = [one for one in wanted if not _is_said(one, request.said)]
            kept = sorted(unsaid, key=lambda one: -one.rank)[: max(0, wish.most)]
            claims += [one.claim for one in sorted(kept, key=lambda one: one.place)]
            if len(kept) < len(unsaid):
                left_out.append(_too_many(wish, len(unsaid)))
            if wish.key == Section.FOLLOW_UPS:
                left_out += unheard_left_out(request.messages)
            if wish.key == Section.KEY_MOMENTS:
                title, messages = request.facts.title, request.messages
                left_out += marked_left_out(messages, elsewhere_for(title, messages))
        return Draft(tuple(claims), ENGINE, memory=memory, left_out=tuple(left_out))


def _planned(request: DraftRequest) -> Selection:
    """Sections whose evidence is rarest first, so that common ones don't use it up."""
    zone = ZoneInfo(request.facts.time_zone)
    messages = request.messages
    keepers = log_keepers(messages)
    joking = joking_run(messages)
    unsaid = joking | denied_at_once(messages)
    told = [message for message in messages if message.number not in unsaid]
    labels = shared_labels(messages)
    is_elsewhere = elsewhere_for(request.facts.title, messages)
    sentences = [
        without_label(sentence, labels.get(message.author_id, ""))
        for at, message in enumerate(told)
        for sentence in in_context(sentences_of(message))
        if not is_taken_back(sentence, told[at + 1 : at + 1 + _SOON_PUT_RIGHT])
        and not is_elsewhere(sentence)
    ]
    logged = logged_by(keepers, sentences)
    common = common_stems(logged)
    selection = Selection(request.episodes, zone, request.names, keepers, common, labels)
    words = Wordings.of(messages, zone)
    scale = _scale(len(messages))
    take_follow_ups(selection, request.follow_ups, is_elsewhere, words)
    take_unheard(selection, is_elsewhere, words)
    take_marked(selection, is_elsewhere, words)
    take_shown_fixes(selection, words)
    _take_first_needs(selection, sentences, scale + len(logged) / 40, words)
    take_summary(selection, sentences, request.facts, words)
    take_status_list(selection, sentences, words)
    _take_lessons(selection, sentences, scale, words)
    take_decisions(selection, sentences, _few(2, scale), words)
    # Some of what was done, before key moments use it up.
    talk = [sentence for sentence in sentences if sentence.message.author_id not in keepers]
    taken = take_deeds(selection, talk, [], _few(2, scale), words)
    turns = _few(7, scale) + round(_SHARE_OF_LOG * len(logged))
    take_turns(selection, sentences, logged, min(turns, _MOST_TURNS), words)
    deeds = _few(4, scale) + round(_SHARE_OF_DEEDS * len(logged))
    take_deeds(selection, sentences, logged, min(deeds, _MOST_DEEDS) - taken, words)
    return selection


def _take_first_needs(
    selection: Selection, sentences: Sequence[Sentence], scale: float, words: Wordings
) -> None:
    """How it was noticed, whom it hit and what brought it about, before all else."""
    signs = first_signs(sentences)
    selection.first_sign = signs[0] if signs else None
    selection.take(Section.DETECTION, signs, 2, words.timed, by_score=False)
    hit = [
        sentence
        for sentence in with_cue(sentences, Cue.IMPACT, without=_NO_HIT)
        if not points(sentence)
        and not is_about_telling(sentence)
        and not is_bare_finding(sentence)
        and not hits_in_its_cause(sentence)
        and (Cue.ACTION not in sentence.cues or _VICTIM.search(sentence.text))
    ]
    # That nobody was hit matters where nobody was.
    hit = [sentence for sentence in hit if not is_no_harm(sentence)] or hit
    selection.take(Section.IMPACT, hit, _few(3, scale), words.reported, least=WORTH_TELLING)
    _take_factors(selection, sentences, _few(4, scale), words)
    if signs and not selection.of(Section.IMPACT):
        _take_harm_seen(selection, signs[0], words)


def _take_harm_seen(selection: Selection, sign: Sentence, words: Wordings) -> None:
    """What people noticed may be what hit them: else a review would say that nothing tells whom
    it hit."""
    if Cue.IMPACT in sign.cues and _VICTIM.search(sign.text) and not is_no_harm(sign):
        text, quote = words.seen_in(sign) or (words.reported(sign), sign.text)
        claim = selection.supported(Section.IMPACT, text, [(sign.message, quote)])
        if claim:
            selection.add(claim, sign.score)


def _take_factors(
    selection: Selection, sentences: Sequence[Sentence], most: int, words: Wordings
) -> None:
    found = [
        sentence
        for sentence in with_cue(sentences, Cue.CAUSE, Cue.FINDING, without=_NO_FACTOR)
        if sentence.score >= WORTH_TELLING and _is_factor(sentence)
    ]
    brought_in = [
        sentence
        for sentence in with_cue(sentences, Cue.SYMPTOM, without=_NO_FACTOR)
        if selection.is_before_first_sign(sentence)
        and tells_a_deed(sentence.text)
        and _FLAW.search(sentence.text)
    ]
    causes = with_cue([*found, *brought_in], Cue.CAUSE) + brought_in
    section = Section.CONTRIBUTING_FACTORS
    parts = with_cue(sentences, Cue.CAUSE, without=_NO_FACTOR)
    whole = [one for one in parts if not explains_nothing(one)]
    taken = take_whole_thoughts(selection, whole, most, words)
    taken += selection.take(section, causes, most - taken, words.explained)
    # What was merely found is seldom a factor; it may be where nobody names one.
    positive = [sentence for sentence in found if not _NOT.search(sentence.text)]
    selection.take(section, positive, _MOST_FOUND - taken, words.reported)


def _is_factor(sentence: Sentence) -> bool:
    return not (
        points(sentence)
        or is_unnamed(sentence)
        or _GOOD.search(sentence.text)
        or explains_nothing(sentence)
        or is_ahead(sentence)
    )


def _take_lessons(
    selection: Selection, sentences: Sequence[Sentence], scale: float, words: Wordings
) -> None:
    stated = [sentence for sentence in sentences if not sentence.cues & set(UNSURE)]
    well = with_substance(with_cue(stated, Cue.WELL))
    selection.take(Section.WENT_WELL, well, 2, words.reported, least=WORTH_LEARNING)
    hard = with_substance(with_cue(sentences, Cue.HARD, without=[Cue.QUESTION]))
    selection.take(Section.WAS_HARD, hard, 3, words.reported, least=WORTH_LEARNING)
    unclear = unanswered(selection, sentences)
    selection.take(
        Section.OPEN_QUESTIONS, unclear, _few(3, scale), words.reported, least=_WORTH_ASKING
    )


def _scale(messages: int) -> float:
    """How much longer than usual a review may be: 1 for 100 messages, 2 for 1,600."""
    return min(2.0, max(0.6, log2(max(messages, 2) / 6.25) / 4))


def _few(usual: int, scale: float) -> int:
    return max(1, round(usual * scale))


def _is_said(planned: Planned, said: Iterable[DraftedClaim]) -> bool:
    """The review has it already, in these words or from the same messages in the same section."""
    numbers = _numbers(planned.claim)
    text = normalised(planned.claim.text)
    return any(
        normalised(other.text) == text
        or (other.section == planned.section and _numbers(other) == numbers)
        or (
            other.citations == planned.claim.citations
            and Section.IMPACT not in (other.section, planned.section)
        )
        for other in said
    )


def _numbers(claim: DraftedClaim) -> frozenset[int]:
    return frozenset(quote.number for quote in claim.citations)


def _too_many(wish: SectionWish, found: int) -> str:
    return f"{found - wish.most} of {found} sentences for {wish.title}, the least telling"

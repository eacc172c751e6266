"""Chooses for the summary: what was wrong, and how it ended, each in words that somebody said."""

import re
from collections.abc import Sequence
from dataclasses import replace

from copilot.local.drafter_ends import NO_TROUBLE, place_of, take_end
from copilot.local.drafter_log import opens_with_deed
from copilot.local.drafter_moments import WORTH_LEARNING
from copilot.local.drafter_selection import Selection, with_cue
from copilot.local.drafter_unfit import BECAUSE, is_about_telling, is_no_harm
from copilot.local.drafter_wording import Wordings
from copilot.ports import DraftedClaim, IncidentFacts
from copilot.reviews.cues import Cue
from copilot.reviews.models import Section
from copilot.reviews.plain_trouble import tells_a_lack, tells_what_is_down
from copilot.reviews.salience import FEW_WORDS, Sentence, points
from copilot.reviews.words import content_stems

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
_GRAVE_WEIGHT, _ALL_GONE = 0.4, 2.0
_OWN_VIEW = 0.5
_MORE_GRAVE = 0.7
_OF_SELF = re.compile(r"(?:i|i['’]m|we|we['’]re|seeing|getting|having)\b", re.IGNORECASE)
"""`I am having issues`: how it was for one of them, rather than how things stood."""
_EARLY = 0.8
"""What was wrong is said early; what is said late is often about what was done."""
_EARLY_PART = 0.75
"""What comes to light later is not the trouble in short."""
_OF_THE_TITLE = 2


def take_summary(
    selection: Selection, sentences: Sequence[Sentence], facts: IncidentFacts, words: Wordings
) -> None:
    """What was wrong, and how it ended, each in one sentence that somebody said."""
    told = with_cue(sentences, *Cue, without=[Cue.QUESTION, Cue.OPEN, Cue.PLAN])
    take_end(selection, sentences, told, facts, words)
    _take_trouble(selection, told, words)
    if not selection.of(Section.SUMMARY):
        _take_titled(selection, sentences, facts.title, words)


def _take_trouble(selection: Selection, told: Sequence[Sentence], words: Wordings) -> None:
    """Before the end, if one was told: what comes to light after it is another trouble."""
    ended = [selection.at[one.citations[0].number] for one in selection.of(Section.SUMMARY)]
    until = min([_EARLY_PART * len(selection.messages), *ended])
    trouble = with_cue(told, Cue.SYMPTOM, without=NO_TROUBLE)
    plain = [
        _as_trouble(sentence, selection)
        for sentence in trouble
        if _says_enough(sentence)
        and not _is_about_work(sentence, selection)
        and not is_no_harm(sentence)
        and not points(sentence)
        and selection.at[sentence.message.number] <= until
    ]
    grave = [
        one
        for one in plain
        if _GRAVE.search(one.text) or tells_a_lack(one.text) or Cue.IMPACT in one.cues
    ]
    hit = _gravest_hit(selection, until)
    used = selection.used
    best = max((one.score for one in grave if one.message.number not in used), default=0.0)
    if hit is not None and selection.ranks[hit] >= best + _MORE_GRAVE:
        selection.move(hit, Section.SUMMARY)
    elif selection.take(Section.SUMMARY, grave, 1, words.timed, least=WORTH_LEARNING):
        return
    elif not selection.of(Section.SUMMARY):
        selection.take(Section.SUMMARY, plain, 1, words.timed, least=WORTH_LEARNING)


def _says_enough(sentence: Sentence) -> bool:
    text = sentence.text
    is_full = len(sentence.bare_stems) >= FEW_WORDS
    return is_full or tells_a_lack(text) or tells_what_is_down(text)


def _gravest_hit(selection: Selection, until: float) -> DraftedClaim | None:
    """Of what was told of the impact, or of what went wrong and why, where that leaves something
    there."""
    hits = selection.of(Section.IMPACT)
    factors = selection.of(Section.CONTRIBUTING_FACTORS)
    found = hits if len(hits) > 1 else []
    if len(factors) > 1:
        found += [one for one in factors if _tells_what_and_why(one)]
    early = [one for one in found if selection.at[one.citations[0].number] <= until]
    return max(early, key=lambda claim: selection.ranks[claim], default=None)


def _tells_what_and_why(claim: DraftedClaim) -> bool:
    effect, *why = BECAUSE.split(claim.citations[0].text, maxsplit=1)
    return bool(why) and len(claim.citations) == 1 and _GRAVE.search(effect) is not None


def _take_titled(
    selection: Selection, sentences: Sequence[Sentence], title: str, words: Wordings
) -> None:
    """What says most of what the title says, where nobody has a word for what was wrong."""
    of_title = content_stems(title)
    named = [
        replace(one, score=one.score + len(of_title & one.stems))
        for one in sentences
        if len(of_title & one.stems) >= _OF_THE_TITLE
        and not one.cues & {Cue.QUESTION, Cue.OPEN, Cue.PLAN}
        and not points(one)
    ]
    selection.take(Section.SUMMARY, named, 1, words.timed, least=WORTH_LEARNING)


def _is_about_work(sentence: Sentence, selection: Selection) -> bool:
    """It tells what was done about the trouble; lines of a log seldom tell both."""
    is_logged = sentence.message.author_id in selection.log_keepers
    return (
        opens_with_deed(sentence)
        or is_about_telling(sentence)
        or _LOOKING.search(sentence.text) is not None
        or (is_logged and Cue.ACTION in sentence.cues)
    )


def _as_trouble(sentence: Sentence, selection: Selection) -> Sentence:
    elsewhere = sum(_ELSEWHERE.get(cue, 0) for cue in sentence.cues)
    early = _EARLY * (1 - place_of(sentence, selection))
    grave = _GRAVE_WEIGHT * min(2, len(_GRAVE.findall(sentence.text)))
    grave += _ALL_GONE * tells_a_lack(sentence.text)
    own = _OWN_VIEW * bool(_OF_SELF.match(sentence.text))
    return replace(sentence, score=sentence.score + early + grave - elsewhere - own)

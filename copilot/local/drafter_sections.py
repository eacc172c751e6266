"""Chooses for the sections of a review: first signs, follow-ups, decisions, open questions."""

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta

from copilot.local.drafter_elsewhere import Elsewhere, quotes_elsewhere
from copilot.local.drafter_selection import Selection, meant_by, with_substance
from copilot.local.drafter_unfit import is_asked_to_know, is_nothing_lost
from copilot.local.drafter_unheard import AHEAD
from copilot.local.drafter_wording import Wordings
from copilot.local.on_the_spot import is_on_the_spot
from copilot.ports import FollowUpFact, WindowMessage
from copilot.reviews.cues import Cue
from copilot.reviews.models import Section
from copilot.reviews.salience import Sentence, sentences_of
from copilot.reviews.words import STOPWORDS, content_stems, stem, words

_FAINT = 0.5
_SAME_MOMENT = timedelta(minutes=5)
_DETECTED = re.compile(r"\W*(?:first )?(?:detected|noticed|reported)\W*", re.IGNORECASE)
_SOON_NOTICED = timedelta(hours=6)
_YES = re.compile(
    r"^\W*(?:yes|yep|yeah|yup|agreed|do it|go ahead|sounds good|\+1|sgtm|please do|ship it"
    r"|sure)\b",
    re.I,
)
_NEXT_FEW = 5
_ANSWER_WITHIN = timedelta(minutes=20)
_ANSWER_MESSAGES = 12
_REPLY_WITHIN = timedelta(minutes=5)
_SURE = 10.0
"""Follow-ups outrank whatever else might be left out."""


def first_signs(sentences: Sequence[Sentence]) -> list[Sentence]:
    """The earliest words that something is wrong, those of somebody who took notice first.

    Of an alert and of a person if both came at once.
    """
    signs = [
        sentence
        for sentence in with_substance(sentences)
        if sentence.cues & {Cue.SYMPTOM, Cue.ALERT, Cue.DETECTED}
        and not sentence.cues & {Cue.END, Cue.WELL}
        and (Cue.ACTION not in sentence.cues or Cue.DETECTED in sentence.cues)
        and sentence.score > _FAINT
        and not is_nothing_lost(sentence)
    ]
    if not signs:  # `First detected`: when, if not what
        return [one for one in sentences if _DETECTED.fullmatch(one.text)][:1]
    until = signs[0].message.occurred_at + _SOON_NOTICED
    noticed = (
        sign
        for sign in signs
        if sign.cues & {Cue.ALERT, Cue.DETECTED} and sign.message.occurred_at <= until
    )
    first = next(noticed, signs[0])
    moment = first.message.occurred_at
    others = [
        sign
        for sign in signs
        if sign.message.is_bot != first.message.is_bot
        and abs(sign.message.occurred_at - moment) <= _SAME_MOMENT
    ]
    return [first, *others[:1]]


def take_follow_ups(
    selection: Selection,
    follow_ups: Sequence[FollowUpFact],
    is_elsewhere: Elsewhere,
    wordings: Wordings,
) -> None:
    """What people accepted; of what was suggested, what is of this incident and still to do."""
    told = set[tuple[frozenset[str], str | None]]()
    for follow_up in sorted(follow_ups, key=lambda one: not one.is_accepted):
        same = (meant_by(follow_up.title), follow_up.owner_name)
        if same in told and not follow_up.is_accepted:
            continue
        sources = [
            (selection.by_number[quote.number], quote.text)
            for quote in follow_up.evidence
            if quote.number in selection.by_number
        ]
        if not follow_up.is_accepted and (
            _is_past(selection, sources)
            or is_on_the_spot(follow_up.title, [quote for _, quote in sources])
            or (sources and all(quotes_elsewhere(*source, is_elsewhere) for source in sources))
        ):
            continue
        for text in _follow_up_texts(follow_up, sources, wordings):
            claim = selection.supported(Section.FOLLOW_UPS, text, sources)
            if claim:
                selection.add(claim, _SURE + follow_up.is_accepted)
                selection.used.update(message.number for message, _ in sources)
                told.add(same)
                break


def _is_past(selection: Selection, sources: Sequence[tuple[WindowMessage, str]]) -> bool:
    """Lines of a log tell what was done; only one that says so tells what is still to do."""
    return bool(sources) and all(
        message.author_id in selection.log_keepers and not AHEAD.search(message.text)
        for message, _ in sources
    )


def _follow_up_texts(
    follow_up: FollowUpFact, sources: Sequence[tuple[WindowMessage, str]], wordings: Wordings
) -> Iterable[str | None]:
    """From the fullest wording to the plainest; the first that its sources carry is used."""
    state = "Accepted follow-up" if follow_up.is_accepted else "Suggested follow-up"
    title = follow_up.title.rstrip(". ")
    if follow_up.is_accepted or _is_said_so(title, sources):
        if follow_up.owner_name:
            yield f"{state}: {title} ({follow_up.owner_name})"
        yield f"{state}: {title}"
    for message, quote in sources:
        for sentence in sentences_of(message):
            if quote in sentence.text or sentence.text in quote:
                yield wordings.timed(sentence)


def _is_said_so(title: str, sources: Sequence[tuple[WindowMessage, str]]) -> bool:
    """The words of the title come in one of its sources in the same order: what a machine turned
    round may have come out wrong, and nobody has agreed to it yet."""
    wanted = [stem(word) for word in words(title) if word not in STOPWORDS]
    for message, _ in sources:
        said = iter([stem(word) for word in words(message.text)])
        if all(one in said for one in wanted):
            return True
    return False


def take_decisions(
    selection: Selection, sentences: Sequence[Sentence], limit: int, wordings: Wordings
) -> None:
    """Questions about what to do that somebody else answered with a yes."""
    for question in sentences:
        if limit <= 0:
            return
        if Cue.QUESTION not in question.cues or not question.cues & {Cue.PLAN, Cue.ACTION}:
            continue
        if question.message.number in selection.used:
            continue
        answer = _yes_to(selection, question.message)
        if answer is None:
            continue
        sources = [(question.message, question.text), (answer, answer.text)]
        claim = selection.supported(
            Section.RESPONSE, wordings.agreed(question, answer), sources
        ) or (selection.supported(Section.RESPONSE, wordings.reported(question), sources[:1]))
        if claim:
            selection.add(claim, question.score + 1)
            selection.mark_told(question)
            limit -= 1


def _yes_to(selection: Selection, question: WindowMessage) -> WindowMessage | None:
    at = selection.at[question.number]
    for reply in selection.messages[at + 1 : at + 4]:
        in_time = reply.occurred_at - question.occurred_at <= _REPLY_WITHIN
        if not in_time or reply.author_id == question.author_id:
            continue
        if _YES.match(reply.text) and len(reply.text.split()) <= 8:
            return reply
    return None


def unanswered(selection: Selection, sentences: Sequence[Sentence]) -> list[Sentence]:
    """Questions nobody seems to have answered, and what people said they still did not know."""
    return [
        sentence
        for sentence in sentences
        if (Cue.OPEN in sentence.cues and Cue.OUTCOME not in sentence.cues)
        or (
            Cue.QUESTION in sentence.cues
            and is_asked_to_know(sentence)
            and len(sentence.stems) >= 3
            and not _was_answered(selection, sentence)
        )
    ]


def _was_answered(selection: Selection, question: Sentence) -> bool:
    """Somebody else spoke up soon, or later came back to it. When in doubt it was answered."""
    at = selection.at[question.message.number]
    stems = question.stems
    for step, reply in enumerate(selection.messages[at + 1 : at + 1 + _ANSWER_MESSAGES], 1):
        waited = reply.occurred_at - question.message.occurred_at
        if waited > _ANSWER_WITHIN:
            break
        if reply.author_id == question.message.author_id:
            continue
        spoke_up = step <= _NEXT_FEW and waited <= _REPLY_WITHIN and not reply.text.endswith("?")
        if spoke_up or len(stems & content_stems(reply.text)) >= 2:
            return True
    return False

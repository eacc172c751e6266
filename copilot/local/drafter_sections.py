"""Chooses which messages go into which section of a review, each into one at most."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import InitVar, dataclass, field
from datetime import timedelta

from copilot.local.drafter_wording import agreed, reported, timed
from copilot.ports import DraftedClaim, EpisodeMessages, FollowUpFact, Quote, WindowMessage
from copilot.reviews.citations import check_claim
from copilot.reviews.cues import Cue
from copilot.reviews.models import Section
from copilot.reviews.salience import FEW_WORDS, Sentence, is_told, sentences_of, whole_of
from copilot.reviews.words import content_stems

_WHOLE_MESSAGE = 20
_FAINT = 0.5
_SAME_MOMENT = timedelta(minutes=5)
_YES = re.compile(
    r"^\W*(?:yes|yep|yeah|yup|agreed|do it|go ahead|sounds good|\+1|sgtm|please do|ship it"
    r"|sure)\b",
    re.I,
)
_NEXT_FEW = 5
_ANSWER_WITHIN = timedelta(minutes=20)
_ANSWER_MESSAGES = 12
_REPLY_WITHIN = timedelta(minutes=5)

Wording = Callable[[Sentence], str | None]


@dataclass(slots=True)
class Selection:
    """The claims so far, and what they already tell."""

    episodes: InitVar[Sequence[EpisodeMessages]]
    claims: list[DraftedClaim] = field(default_factory=list)
    used: set[int] = field(default_factory=set)
    told: list[frozenset[str]] = field(default_factory=list)
    messages: list[WindowMessage] = field(init=False)
    names: frozenset[str] = field(init=False)
    by_number: dict[int, WindowMessage] = field(init=False)
    at: dict[int, int] = field(init=False)
    """Place of a message in the conversation, by number."""
    episode_of: dict[int, int] = field(init=False)

    def __post_init__(self, episodes: Sequence[EpisodeMessages]) -> None:
        self.messages = [message for episode in episodes for message in episode.messages]
        self.names = frozenset(message.author_name for message in self.messages)
        self.by_number = {message.number: message for message in self.messages}
        self.at = {message.number: at for at, message in enumerate(self.messages)}
        self.episode_of = {
            message.number: episode.number for episode in episodes for message in episode.messages
        }

    def take(
        self,
        section: Section,
        candidates: Iterable[Sentence],
        limit: int,
        wording: Wording,
        *,
        by_score: bool = True,
        least: float = 0.0,
    ) -> None:
        """Add up to `limit` claims, the most telling first, and leave them in time order."""
        pool = [sentence for sentence in candidates if sentence.score >= least]
        if by_score:
            pool.sort(key=lambda sentence: -sentence.score)
        added: list[DraftedClaim] = []
        for sentence in pool:
            if len(added) >= limit:
                break
            if self._is_told(sentence):
                continue
            claim = self._worded(section, sentence, wording)
            if claim:
                added.append(claim)
                self.mark_told(sentence)
        added.sort(key=lambda claim: self.at[claim.citations[0].number])
        self.claims += added

    def _worded(
        self, section: Section, sentence: Sentence, wording: Wording
    ) -> DraftedClaim | None:
        """In the words around it too, where the message is short: less is out of context."""
        for one in (whole_of(sentence, _WHOLE_MESSAGE), sentence):
            if one is None:
                continue
            claim = self.supported(section, wording(one), [(one.message, one.text)])
            if claim:
                return claim
        return None

    def supported(
        self, section: Section, text: str | None, sources: Sequence[tuple[WindowMessage, str]]
    ) -> DraftedClaim | None:
        """The claim, if the same checks that judge every drafter let it pass."""
        if text is None:
            return None
        quotes = tuple(Quote(message.number, quote) for message, quote in sources)
        check = check_claim(text, quotes, self.by_number, self.names)
        return DraftedClaim(section, text, quotes) if check.is_supported else None

    def mark_told(self, sentence: Sentence) -> None:
        self.used.add(sentence.message.number)
        self.told.append(sentence.bare_stems)

    def _is_told(self, sentence: Sentence) -> bool:
        return sentence.message.number in self.used or is_told(sentence, self.told)


def first_signs(sentences: Sequence[Sentence]) -> list[Sentence]:
    """The earliest words that something is wrong; of an alert and of a person if both came."""
    signs = [
        sentence
        for sentence in sentences
        if sentence.cues & {Cue.SYMPTOM, Cue.ALERT}
        and not sentence.cues & {Cue.END, Cue.WELL}
        and (Cue.ACTION not in sentence.cues or Cue.IMPACT in sentence.cues)
        and sentence.score > _FAINT
    ]
    if not signs:
        return []
    first = signs[0]
    latest = first.message.occurred_at + _SAME_MOMENT
    others = [
        sentence
        for sentence in signs
        if sentence.message.is_bot != first.message.is_bot
        and sentence.message.occurred_at <= latest
    ]
    return [first, *others[:1]]


def with_cue(
    sentences: Iterable[Sentence], *cues: Cue, without: Iterable[Cue] = ()
) -> list[Sentence]:
    unwanted = frozenset(without)
    return [
        sentence
        for sentence in sentences
        if sentence.cues & set(cues) and not sentence.cues & unwanted
    ]


def with_substance(sentences: Iterable[Sentence]) -> list[Sentence]:
    return [sentence for sentence in sentences if len(sentence.bare_stems) >= FEW_WORDS]


def take_follow_ups(selection: Selection, follow_ups: Sequence[FollowUpFact]) -> None:
    for follow_up in follow_ups:
        sources = [
            (selection.by_number[quote.number], quote.text)
            for quote in follow_up.evidence
            if quote.number in selection.by_number
        ]
        for text in _follow_up_texts(follow_up, sources):
            claim = selection.supported(Section.FOLLOW_UPS, text, sources)
            if claim:
                selection.claims.append(claim)
                selection.used.update(message.number for message, _ in sources)
                break


def _follow_up_texts(
    follow_up: FollowUpFact, sources: Sequence[tuple[WindowMessage, str]]
) -> Iterable[str | None]:
    """From the fullest wording to the plainest; the first that its sources carry is used."""
    state = "Accepted" if follow_up.is_accepted else "Suggested, not yet decided"
    title = follow_up.title.rstrip(". ")
    if follow_up.owner_name:
        yield f"{state}: {title} ({follow_up.owner_name})"
    yield f"{state}: {title}"
    for message, quote in sources:
        for sentence in sentences_of(message):
            if quote in sentence.text or sentence.text in quote:
                yield timed(sentence)


def take_decisions(selection: Selection, sentences: Sequence[Sentence], limit: int) -> None:
    """Questions about what to do that somebody else answered with a yes."""
    asked = with_cue(sentences, Cue.QUESTION)
    for question in asked:
        if limit <= 0:
            return
        if not question.cues & {Cue.PLAN, Cue.ACTION} or question.message.number in selection.used:
            continue
        answer = _yes_to(selection, question.message)
        if answer is None:
            continue
        sources = [(question.message, question.text), (answer, answer.text)]
        claim = selection.supported(Section.RESPONSE, agreed(question, answer), sources) or (
            selection.supported(Section.RESPONSE, reported(question), sources[:1])
        )
        if claim:
            selection.claims.append(claim)
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

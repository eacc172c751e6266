"""Chooses for the sections that tell the course of an incident: key moments and response."""

import re
from collections.abc import Mapping, Sequence, Set
from itertools import groupby

from copilot.local.drafter_elsewhere import Elsewhere, is_all_elsewhere
from copilot.local.drafter_log import is_deed, opens_with_deed
from copilot.local.drafter_selection import TITLE_OF_CHANGE, WITHOUT_SAYING, Selection, with_cue
from copilot.local.drafter_unfit import came_to_nothing, is_forbidden, is_offered
from copilot.local.drafter_wording import Wordings
from copilot.ports import WindowMessage
from copilot.reviews.cues import Cue, tells_a_deed
from copilot.reviews.models import Section
from copilot.reviews.salience import Sentence, points, sentences_of

UNSURE = (Cue.QUESTION, Cue.GUESS)
WORTH_TELLING = 1.2
WORTH_LEARNING = 0.7
_LOGGED = 0.2
_MOST_MARKED = 20
_STATUS_WORDS = 4
_FEWEST_LISTED, _MOST_LISTED = 3, 5
_RANK_OF_STATUS = 5.0
_ENOUGH_TALK = 7
_WORTH_A_THOUGHT = 0.5
_SEEN = re.compile(
    r"\b(?:looks? like|it (?:seems|appears) (?:that|like)|(?:seems|appears) to be)\b", re.IGNORECASE
)
"""A guess at how things stand, rather than a piece of advice."""
_DID = re.compile(
    r"^(?:i|we)(?:['’]ve| have)? (?:just |now |also |already |then |manually )*"
    r"(?!need|want|tri|look|wonder|assum|thought|guess|expect|hop)(?:\w+ed|ran|put|sent|made"
    r"|built)\b",
    re.IGNORECASE,
)
"""Somebody tells their own deed in words that no list of ours has."""
_AT_A_LOSS = re.compile(
    r"\b(?:(?:not|un)[ -]?(?:sure|certain)|no (?:idea|clue)|don['’]?t know|who knows|that (?:will"
    r"|would)"
    r" be|whatever|maybe|perhaps|good idea|prefer|rather|you|your)\b",
    re.IGNORECASE,
)
_WHEN = re.compile(
    r"\b(?:after|since|before|following|during|until) (?:(?:the|an?|our|that|this|last|latest|first"
    r"|previous|new|next) )+(?:\w+ )?\w+",
    re.IGNORECASE,
)
"""`It began after the last deploy`: nobody deployed anything to mend it."""
_THOUGHT = {Cue.ACTION, Cue.SYMPTOM, Cue.CAUSE, Cue.FINDING, Cue.OUTCOME, Cue.ALERT}
_FULL_THOUGHT = 4
_ROOM_FOR_A_DEED = 12
"""Letters: reading a message again for another sentence takes long."""


def take_marked(selection: Selection, is_elsewhere: Elsewhere, words: Wordings) -> None:
    """What people marked as key moments, before anything else can use it up."""
    marked = [
        max(here, key=lambda sentence: sentence.score)
        for message in selection.messages
        if message.is_key_moment
        and (here := [one for one in sentences_of(message) if not is_elsewhere(one)])
    ]
    selection.take(Section.KEY_MOMENTS, marked, _MOST_MARKED, words.timed)


def marked_left_out(messages: Sequence[WindowMessage], is_elsewhere: Elsewhere) -> tuple[str, ...]:
    """In words, where people marked what is not of this incident."""
    found = sum(
        message.is_key_moment and is_all_elsewhere(message, is_elsewhere) for message in messages
    )
    if not found:
        return ()
    marked = "a message that was marked" if found == 1 else f"{found} messages that were marked"
    return (f"{marked} as key moment, about another time, place or incident",)


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

    Of a log also what simply happened, and what nobody has a word of ours for. Where people
    talk and little of it is worded as a turn, what they found and thought fills the room.
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
        and not is_offered(sentence)
        and not points(sentence)
    ]
    happened = [one for one in _worth_logging(logged) if _response_in(one, selection) is None]
    spread = spread_over([*worth, *happened], selection.episode_of)
    selection.take(Section.KEY_MOMENTS, spread, most, words.timed, by_score=False)
    room = min(_ENOUGH_TALK, most) - len(selection.of(Section.KEY_MOMENTS))
    selection.take(Section.KEY_MOMENTS, _thoughts(sentences, numbers), room, words.timed)


def _thoughts(sentences: Sequence[Sentence], logged: Set[int]) -> list[Sentence]:
    """What people saw, found and thought, and the changes that they showed."""
    return [
        sentence
        for sentence in sentences
        if sentence.score >= _WORTH_A_THOUGHT
        and sentence.message.number not in logged
        and len(sentence.bare_stems) >= _FULL_THOUGHT
        and (sentence.cues & _THOUGHT or _tells(sentence.text))
        and not sentence.cues & {Cue.QUESTION, Cue.OPEN, Cue.HARD, Cue.PLAN}
        and not points(sentence)
        and not is_offered(sentence)
        and not _AT_A_LOSS.search(sentence.text)
    ]


def _tells(text: str) -> bool:
    return any(pattern.search(text) is not None for pattern in (_DID, _SEEN, TITLE_OF_CHANGE))


def take_deeds(
    selection: Selection,
    sentences: Sequence[Sentence],
    logged: Sequence[Sentence],
    most: int,
    words: Wordings,
) -> int:
    """What people did and decided, once something was known to be wrong."""
    unwanted = [Cue.QUESTION, Cue.STATUS, Cue.GUESS]
    deeds = with_cue(sentences, Cue.ACTION, Cue.DECIDED, without=unwanted)
    numbers = {sentence.message.number for sentence in logged}
    worth = [
        sentence
        for sentence in deeds
        if sentence.score >= WORTH_TELLING
        and sentence.message.number not in numbers
        and not is_offered(sentence)
        and not sentence.message.is_bot
        and not points(sentence)
        and not came_to_nothing(sentence)
        and not _is_dated_by_deed(sentence)
        and not selection.is_before_first_sign(sentence)
    ]
    done = [
        deed for one in _worth_logging(logged) if (deed := _response_in(one, selection)) is not None
    ]
    taken = selection.take(Section.RESPONSE, worth, most - len(done[:most]), words.reported)
    spread = spread_over(done, selection.episode_of)
    return taken + selection.take(Section.RESPONSE, spread, most, words.timed, by_score=False)


def _is_dated_by_deed(sentence: Sentence) -> bool:
    """The only deed in it tells when something was."""
    without = _WHEN.sub(" ", sentence.text)
    return without != sentence.text and not tells_a_deed(without)


def _response_in(logged: Sentence, selection: Selection) -> Sentence | None:
    """The deed of a line, be it not its best sentence. What was done before anything was wrong
    may have brought it about, but answered none."""
    if selection.is_before_first_sign(logged):
        return None
    if is_deed(logged):
        return None if came_to_nothing(logged) else logged
    if len(logged.message.text) < len(logged.text) + _ROOM_FOR_A_DEED:
        return None
    return next(
        (
            one
            for one in sentences_of(logged.message)
            if one.text not in logged.text
            and is_deed(one)
            and opens_with_deed(one)
            and not came_to_nothing(one)
        ),
        None,
    )


def _worth_logging(logged: Sequence[Sentence]) -> list[Sentence]:
    return [
        one for one in logged if one.score >= _LOGGED and not points(one) and not is_forbidden(one)
    ]


def logged_by(keepers: frozenset[str | None], sentences: Sequence[Sentence]) -> list[Sentence]:
    """The best sentence of each line of a log."""
    best: dict[int, Sentence] = {}
    for sentence in sentences:
        number = sentence.message.number
        if sentence.message.author_id in keepers and (
            number not in best or _told_better(sentence, best[number])
        ):
            best[number] = sentence
    return list(best.values())


def _told_better(one: Sentence, other: Sentence) -> bool:
    if points(one) != points(other):
        return points(other)
    return one.score > other.score


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

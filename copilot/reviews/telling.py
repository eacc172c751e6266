"""The few lines of a conversation that bring somebody up to date. Pure.

The same sense of what matters as a review has; here it is told in the words that were said.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from copilot.ports import WindowMessage
from copilot.reviews.cues import Cue
from copilot.reviews.salience import Sentence, best_of, is_told, joking_run, whole_of

_WORTH_TELLING = 0.7
_NEWNESS = 0.6
"""What is said last counts for more: how it stands now is what one comes back for."""
_WHOLE_MESSAGE = 25
_MOST_ALERTS = 2
_SIGNALS = {Cue.ALERT, Cue.END}


def most_telling_lines(messages: Sequence[WindowMessage], limit: int) -> list[Sentence]:
    """At most `limit`, in time order: what people marked, alerts, then what matters most."""
    joking = joking_run(messages)
    sentences = [
        _weighted(sentence, messages)
        for sentence in best_of(each for each in messages if each.number not in joking)
    ]
    ranked = sorted(sentences, key=lambda sentence: -sentence.score)
    marked = [sentence for sentence in ranked if sentence.message.is_key_moment]
    alerts = [each for each in sentences if each.message.is_bot and each.cues & _SIGNALS]
    rest = [each for each in ranked if each.score >= _WORTH_TELLING]
    chosen: dict[int, Sentence] = {}
    told: list[frozenset[str]] = []
    for candidates, most in (
        (marked, limit),
        (_first_and_last(alerts), min(_MOST_ALERTS, limit // 2)),
        (rest, limit),
    ):
        _take(candidates, min(most, limit - len(chosen)), chosen, told)
    return [_in_full(chosen[number]) for number in sorted(chosen)]


def is_heard(message: WindowMessage) -> bool:
    """Whether it may come into question: of what bots say, alerts do, and their end."""
    return not message.is_bot or any(each.cues & _SIGNALS for each in best_of([message]))


def _weighted(sentence: Sentence, messages: Sequence[WindowMessage]) -> Sentence:
    first, last = messages[0].occurred_at, messages[-1].occurred_at
    length = (last - first).total_seconds()
    place = (sentence.message.occurred_at - first).total_seconds() / length if length else 0.0
    return replace(sentence, score=sentence.score + _NEWNESS * place)


def _first_and_last(alerts: Sequence[Sentence]) -> list[Sentence]:
    return [alerts[0], *reversed(alerts[1:])] if alerts else []


def _take(
    candidates: Iterable[Sentence],
    most: int,
    chosen: dict[int, Sentence],
    told: list[frozenset[str]],
) -> None:
    for sentence in candidates:
        if most <= 0:
            return
        if sentence.message.number not in chosen and not is_told(sentence, told):
            chosen[sentence.message.number] = sentence
            told.append(sentence.bare_stems)
            most -= 1


def _in_full(sentence: Sentence) -> Sentence:
    """All of a short message: one sentence of it may be out of context."""
    return whole_of(sentence, _WHOLE_MESSAGE) or sentence

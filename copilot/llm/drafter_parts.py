"""Cuts an incident into parts that each fit a question to a model. Pure.

Small episodes go together, a long one is cut. Of a conversation that is longer than a draft may
cost, each episode gives what tells most: marked by people, reacted to, then what reads as telling.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from copilot.llm.prompting import most_shown
from copilot.ports import EpisodeMessages, WindowMessage
from copilot.reviews.salience import sentences_of

MOST_IN_PART = 16_000
"""Characters: some 4,000 tokens, so that question and answer fit a context of 8,192."""
MOST_READ = 160_000
"""Characters of all parts. With the sections that are written from them, and with what finding
follow-ups costs, a draft stays below the tokens that an incident may use by default."""
_HEAD = 25
"""Characters before what was said: number, time, who."""
_READ_BY = "which only the built-in engine read"
_MOST_NAMED = 4
_LEAST_OF_EPISODE = 1_500
"""Characters that even a small episode keeps: a short one may hold the turn of the incident."""


@dataclass(frozen=True)
class Part:
    messages: tuple[WindowMessage, ...]

    @cached_property
    def key(self) -> str:
        """The same as long as the same words stand in it, whatever happened elsewhere since."""
        said = ",".join(f"{one.event_id}:{one.revision_id}" for one in self.messages)
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(message.number for message in self.messages)


@dataclass(frozen=True, slots=True)
class Cut:
    parts: tuple[Part, ...]
    left_out: tuple[str, ...]
    """What does not fit, in words with numbers."""


def cut_into_parts(
    episodes: Sequence[EpisodeMessages],
    *,
    most_read: int = MOST_READ,
    most_in_part: int = MOST_IN_PART,
) -> Cut:
    lengths = [_length(episode.messages) for episode in episodes]
    total = sum(lengths)
    kept: list[Sequence[WindowMessage]] = []
    missing: dict[int, tuple[int, int]] = {}
    for episode, length in zip(episodes, lengths, strict=True):
        chosen: Sequence[WindowMessage] = episode.messages
        if total > most_read:
            share = max(most_read * length // total, _LEAST_OF_EPISODE)
            chosen = _most_telling(episode.messages, share)
        if len(chosen) < len(episode.messages):
            said = len(episode.messages)
            missing[episode.number] = said - len(chosen), said
        kept.append(chosen)
    parts = tuple(Part(tuple(each)) for each in _packed(kept, most_in_part))
    return Cut(parts, tuple(_left_out(missing)))


def _left_out(missing: Mapping[int, tuple[int, int]]) -> Iterable[str]:
    """By episode, how many messages of how many; as one sum where they are many."""
    if len(missing) > _MOST_NAMED:
        count, said = (sum(each) for each in zip(*missing.values(), strict=True))
        yield f"{count} of {said} messages of {len(missing)} episodes, {_READ_BY}"
        return
    for number, (count, said) in missing.items():
        yield f"{count} of {said} messages of episode {number}, {_READ_BY}"


def _packed(
    episodes: Iterable[Sequence[WindowMessage]], room: int
) -> Iterable[Sequence[WindowMessage]]:
    """Whole episodes together while they fit; one that is longer, in pieces of its own."""
    together: list[WindowMessage] = []
    for episode in episodes:
        if together and _length(together) + _length(episode) > room:
            yield together
            together = []
        together += episode
        if _length(together) > room:
            *full, together = _pieces(together, room)
            yield from full
    if together:
        yield together


def _pieces(messages: Sequence[WindowMessage], room: int) -> list[list[WindowMessage]]:
    pieces: list[list[WindowMessage]] = [[]]
    left = room
    for message in messages:
        needed = _length([message])
        if needed > left and pieces[-1]:
            pieces.append([])
            left = room
        pieces[-1].append(message)
        left -= needed
    return pieces


def _most_telling(messages: Sequence[WindowMessage], room: int) -> list[WindowMessage]:
    by_worth = sorted(messages, key=_worth, reverse=True)
    chosen = set()
    for message in by_worth:
        needed = _length([message])
        if needed <= room:
            chosen.add(message.number)
            room -= needed
    return [message for message in messages if message.number in chosen]


def _worth(message: WindowMessage) -> tuple[bool, bool, float, int]:
    score = max((sentence.score for sentence in sentences_of(message)), default=-1.0)
    return message.is_key_moment, bool(message.reactions), score, message.number


def _length(messages: Iterable[WindowMessage]) -> int:
    return sum(most_shown(message) + _HEAD for message in messages)

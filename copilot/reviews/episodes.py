"""Cuts a conversation into episodes: at lulls and where the incident itself changed."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from copilot.ports import EpisodeMessages, WindowMessage
from copilot.reviews.salience import most_telling

SHORTEST_LULL = timedelta(minutes=10)
LONGEST_LULL = timedelta(days=1)
_LULL_IN_GAPS = 8
"""A lull is this many times the usual gap between messages, so that slow talk stays together."""
_MAX_EPISODES = 40
_KEY_MOMENTS = 3
_TITLE_LETTERS = 70


@dataclass(frozen=True, slots=True)
class Episode:
    """A stretch of the timeline that belongs together."""

    number: int
    starts_at: datetime
    ends_at: datetime
    messages: tuple[WindowMessage, ...]
    people: tuple[str, ...]
    """Who spoke, most active first."""
    key_moments: tuple[WindowMessage, ...]
    title: str
    """Words of its most telling message."""

    def for_drafter(self) -> EpisodeMessages:
        return EpisodeMessages(self.number, self.starts_at, self.ends_at, self.messages)


def cut_episodes(
    messages: Sequence[WindowMessage], changes: Sequence[datetime] = ()
) -> list[Episode]:
    """Episodes in time order, every message in exactly one.

    `changes` are the instants at which status or severity changed: the message after one opens
    a new episode.
    """
    ordered = sorted(messages, key=lambda message: (message.occurred_at, message.number))
    lull = usual_lull(ordered)
    stretches = _cut(ordered, lull, changes)
    while len(stretches) > _MAX_EPISODES and lull < LONGEST_LULL:
        lull *= 2
        stretches = _cut(ordered, lull, changes)
    return [_episode(number, stretch) for number, stretch in enumerate(stretches, 1)]


def usual_lull(ordered: Sequence[WindowMessage]) -> timedelta:
    """How long silence must last to count as a lull in this conversation."""
    gaps = [
        (later.occurred_at - earlier.occurred_at).total_seconds()
        for earlier, later in pairwise(ordered)
    ]
    if not gaps:
        return SHORTEST_LULL
    usual = timedelta(seconds=_LULL_IN_GAPS * median(gaps))
    return min(max(usual, SHORTEST_LULL), LONGEST_LULL)


def _cut(
    ordered: Sequence[WindowMessage], lull: timedelta, changes: Sequence[datetime]
) -> list[list[WindowMessage]]:
    stretches: list[list[WindowMessage]] = []
    waiting = sorted(changes)
    at = 0
    for message in ordered:
        passed = at
        while passed < len(waiting) and waiting[passed] <= message.occurred_at:
            passed += 1
        after_change, at = passed > at, passed
        after_lull = bool(stretches) and message.occurred_at - stretches[-1][-1].occurred_at >= lull
        if not stretches or after_change or after_lull:
            stretches.append([])
        stretches[-1].append(message)
    return stretches


def _episode(number: int, stretch: Sequence[WindowMessage]) -> Episode:
    telling = most_telling(stretch, _KEY_MOMENTS)
    best = max(telling, key=lambda sentence: sentence.score, default=None)
    speakers = Counter(message.author_name for message in stretch)
    return Episode(
        number=number,
        starts_at=stretch[0].occurred_at,
        ends_at=stretch[-1].occurred_at,
        messages=tuple(stretch),
        people=tuple(name for name, _ in speakers.most_common()),
        key_moments=tuple(sentence.message for sentence in telling),
        title=_shortened(best.text if best else stretch[0].text),
    )


def _shortened(text: str) -> str:
    """The first words of `text` that fit a heading."""
    plain = " ".join(text.split())
    if len(plain) <= _TITLE_LETTERS:
        return plain
    return plain[:_TITLE_LETTERS].rsplit(" ", 1)[0].rstrip(",;:-") + "…"

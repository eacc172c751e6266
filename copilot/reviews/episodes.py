"""Cuts a conversation into episodes: at lulls and where the incident itself changed."""

from bisect import bisect_left
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


def cut_episodes(
    messages: Sequence[WindowMessage], changes: Sequence[datetime] = ()
) -> list[Episode]:
    """Episodes in time order, each with a title and its key moments."""
    stretches = cut_stretches(messages, changes)
    return [_episode(number, stretch) for number, stretch in enumerate(stretches, 1)]


def episodes_for_drafter(
    messages: Sequence[WindowMessage], changes: Sequence[datetime] = ()
) -> tuple[EpisodeMessages, ...]:
    """The same episodes bare: a drafter finds out by itself what they are about."""
    return tuple(
        EpisodeMessages(number, stretch[0].occurred_at, stretch[-1].occurred_at, tuple(stretch))
        for number, stretch in enumerate(cut_stretches(messages, changes), 1)
    )


def cut_stretches(
    messages: Sequence[WindowMessage], changes: Sequence[datetime]
) -> list[list[WindowMessage]]:
    """Every message in exactly one stretch, in time order.

    `changes` are the instants at which status or severity changed: the message after one opens
    a new stretch.
    """
    ordered = sorted(messages, key=lambda message: (message.occurred_at, message.number))
    cuts = sorted(_longest_lulls(ordered) | _after_changes(ordered, changes))
    return [ordered[start:end] for start, end in pairwise([0, *cuts, len(ordered)]) if start < end]


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


def _longest_lulls(ordered: Sequence[WindowMessage]) -> set[int]:
    """Places of messages that end a lull; only the longest ones where there are many."""
    lull = usual_lull(ordered)
    gaps = [
        (later.occurred_at - earlier.occurred_at, at)
        for at, (earlier, later) in enumerate(pairwise(ordered), 1)
        if later.occurred_at - earlier.occurred_at >= lull
    ]
    longest = sorted(gaps, key=lambda gap: (-gap[0], gap[1]))[: _MAX_EPISODES - 1]
    return {at for _, at in longest}


def _after_changes(ordered: Sequence[WindowMessage], changes: Sequence[datetime]) -> set[int]:
    """Places of the first message after each change."""
    instants = [message.occurred_at for message in ordered]
    return {bisect_left(instants, change) for change in changes}


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

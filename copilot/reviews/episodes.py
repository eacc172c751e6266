"""Cuts a conversation into episodes: at lulls, at turns of the incident, around long threads.

Turns are changes of status and severity and the command passing on. An episode is a stretch of
time: whatever was said in it belongs to it, so a reply is where it was said and not where its
thread began. Pure.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush
from itertools import islice, pairwise
from statistics import median

from copilot.ports import EpisodeMessages, WindowMessage
from copilot.reviews.salience import most_telling

SHORTEST_LULL = timedelta(minutes=10)
LONGEST_LULL = timedelta(days=1)
MAX_EPISODES = 40
"""As many as a person reads through, however long the timeline is."""
_LULL_IN_GAPS = 8
"""A lull is this many times the usual gap between messages, so that slow talk stays together."""
_THREAD_PATIENCE = 2
"""Between two messages of one thread a lull lasts longer: people answer there when they can."""
_MOST_TURNS = 20
"""So many turns cut for sure; with more of them some room is left for lulls."""
_LONG_THREAD = 12
"""Messages from which on a thread that is talked in alone is an episode of its own."""
_ASIDES = 2
"""Messages of others in a row that do not end such a thread."""
_ALONE = 0.75
"""The share of messages that must be its own."""
_LARGE = 250
"""Messages from which on an episode is cut at its longest pause though that is no lull."""
_KEPT_FOR_LARGE = 10
"""So many cuts are kept for those while there are any."""
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
    """Every message in exactly one stretch, in time order; at most `MAX_EPISODES` of them.

    `changes` are the instants of the incident's turns: the message after one opens a new stretch.
    """
    ordered = sorted(messages, key=lambda message: (message.occurred_at, message.number))
    candidates = list(dict.fromkeys(_cuts(ordered, changes)))
    cuts = set(candidates[: MAX_EPISODES - 1 - _KEPT_FOR_LARGE])
    cuts |= _halved(ordered, cuts, MAX_EPISODES - 1 - len(cuts))
    more = (at for at in candidates if at not in cuts)
    cuts |= set(islice(more, MAX_EPISODES - 1 - len(cuts)))
    return [ordered[start:end] for start, end in pairwise(_bounds(ordered, cuts)) if start < end]


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


def _cuts(ordered: Sequence[WindowMessage], changes: Sequence[datetime]) -> Iterator[int]:
    """Places of messages that open a stretch, those that matter most first."""
    turns = _by_gap(ordered, _after_changes(ordered, changes))
    yield from turns[:_MOST_TURNS]
    yield from _by_gap(ordered, _after_lulls(ordered))
    yield from _around_threads(ordered)
    yield from turns[_MOST_TURNS:]


def _by_gap(ordered: Sequence[WindowMessage], places: set[int]) -> list[int]:
    """The ones after the longest silence first."""
    return sorted(places, key=lambda at: (-_gap(ordered, at), at))


def _gap(ordered: Sequence[WindowMessage], at: int) -> timedelta:
    return ordered[at].occurred_at - ordered[at - 1].occurred_at


def _after_lulls(ordered: Sequence[WindowMessage]) -> set[int]:
    lull = usual_lull(ordered)
    return {
        at
        for at, (earlier, later) in enumerate(pairwise(ordered), 1)
        if later.occurred_at - earlier.occurred_at
        >= lull * (_THREAD_PATIENCE if _are_of_one_thread(earlier, later) else 1)
    }


def _after_changes(ordered: Sequence[WindowMessage], changes: Sequence[datetime]) -> set[int]:
    """Places of the first message after each change, where something was said before it."""
    instants = [message.occurred_at for message in ordered]
    return {bisect_left(instants, change) for change in changes} - {0, len(ordered)}


def _around_threads(ordered: Sequence[WindowMessage]) -> Iterator[int]:
    """Where a long thread, in which people talk while little else is said, begins and ends."""
    places: dict[str, list[int]] = {}
    for at, message in enumerate(ordered):
        if message.message_ts:
            places.setdefault(_thread(message), []).append(at)
    for found in places.values():
        for run in _runs(found):
            length = run[-1] - run[0] + 1
            if len(run) >= _LONG_THREAD and len(run) / length >= _ALONE:
                yield from ({run[0], run[-1] + 1} - {0, len(ordered)})


def _runs(places: Sequence[int]) -> Iterator[list[int]]:
    """Cut where more than a few others spoke in between."""
    run = list(places[:1])
    for earlier, later in pairwise(places):
        if later - earlier - 1 > _ASIDES:
            yield run
            run = []
        run.append(later)
    yield run


def _thread(message: WindowMessage) -> str:
    """The message that its thread began with; of one outside of threads the message itself."""
    return message.thread_ts or message.message_ts


def _are_of_one_thread(one: WindowMessage, other: WindowMessage) -> bool:
    return bool(_thread(one)) and _thread(one) == _thread(other)


def _halved(ordered: Sequence[WindowMessage], cuts: set[int], room: int) -> set[int]:
    """Further cuts in the largest stretches, until none is large or there is no room."""
    bounds = _bounds(ordered, cuts)
    stretches = [(start - end, start, end) for start, end in pairwise(bounds)]
    heapify(stretches)
    found: set[int] = set()
    while stretches and len(found) < room and -stretches[0][0] > _LARGE:
        _, start, end = heappop(stretches)
        quarter = (end - start) // 4
        middle = (start + end) // 2
        inner = range(start + quarter, end - quarter)
        at = max(inner, key=lambda at: (_gap(ordered, at), -abs(at - middle), -at))
        found.add(at)
        heappush(stretches, (start - at, start, at))
        heappush(stretches, (at - end, at, end))
    return found


def _bounds(ordered: Sequence[WindowMessage], cuts: set[int]) -> list[int]:
    return [0, *sorted(cuts), len(ordered)]


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
        title=_shortened(best.text if best else _first_words(stretch)),
    )


def _first_words(stretch: Sequence[WindowMessage]) -> str:
    """Empty where nothing but files was posted."""
    return next((message.text for message in stretch if message.text.strip()), "")


def _shortened(text: str) -> str:
    """The first words of `text` that fit a heading."""
    plain = " ".join(text.split())
    if len(plain) <= _TITLE_LETTERS:
        return plain
    cut = plain[:_TITLE_LETTERS]
    whole_words = cut.rsplit(" ", 1)[0]
    # An address or a path may be all there is of the line.
    shown = whole_words if len(whole_words) >= _TITLE_LETTERS // 2 else cut
    return shown.rstrip(",;:- ") + "…"

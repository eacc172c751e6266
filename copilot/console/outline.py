"""An incident in outline: its episodes and their density, without what was said.

A short incident is cut by what was said in it, just as its review is. A long one is cut by how
much was said in each ten minutes, which the database counts: a page must not cost more because
more is stored.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select, text
from sqlalchemy.orm import Session

from copilot.console import words
from copilot.ports import WindowMessage
from copilot.reviews.episodes import Episode as SpokenEpisode
from copilot.reviews.episodes import cut_episodes
from copilot.reviews.turns import TURN_KINDS, is_turn
from copilot.timeline.models import SPOKEN_KINDS, TimelineEvent
from copilot.timeline.mrkdwn import to_plain
from copilot.timeline.reading import Span, author_of, is_from_bot, within

_SOON = timedelta(minutes=10)
_DAWN = datetime(2000, 1, 1, tzinfo=UTC)
_MOST_READ = 2000
"""Up to so many messages are read to cut and name the episodes."""
IS_SPOKEN = and_(TimelineEvent.kind.in_(SPOKEN_KINDS), TimelineEvent.deleted_at.is_(None))


@dataclass(frozen=True, slots=True)
class Episode:
    """What happened between two lulls or changes; `span` is the part of the timeline it owns."""

    number: int
    starts_at: datetime
    ends_at: datetime
    spoken_at: Sequence[datetime]
    span: Span
    title: str = ""
    """Its most telling words; empty in a long incident."""
    people: Sequence[str] = ()
    """Most active first; empty in a long incident."""

    @property
    def messages(self) -> int:
        return len(self.spoken_at)


@dataclass(frozen=True, slots=True)
class Outline:
    episodes: Sequence[Episode]
    messages: int
    deleted: int
    voices: int

    def by_clocks(self, zone: tzinfo) -> "Outline":
        """With the ends of its episodes as clocks in `zone` show them."""
        return replace(
            self,
            episodes=[
                replace(
                    each,
                    starts_at=words.by_clocks(each.starts_at, zone),
                    ends_at=words.by_clocks(each.ends_at, zone),
                )
                for each in self.episodes
            ],
        )

    def episode_at(self, instant: datetime) -> Episode | None:
        for episode in reversed(self.episodes):
            if episode.span.from_ is None or episode.span.from_ <= instant:
                return episode
        return None


def read_outline(session: Session, span: Span, names: Mapping[str, str]) -> Outline:
    is_said = TimelineEvent.kind.in_(SPOKEN_KINDS)
    is_deleted = TimelineEvent.deleted_at.is_not(None)
    voice = func.coalesce(TimelineEvent.author_id, TimelineEvent.author_name, "")
    messages, deleted, voices = session.execute(
        select(
            _count(and_(is_said, ~is_deleted)),
            _count(and_(is_deleted, TimelineEvent.message_ts.is_not(None))),
            func.count(case((and_(is_said, ~is_deleted), voice)).distinct()),
        ).where(*within(span))
    ).one()
    turns = _turns(session, span)
    if messages <= _MOST_READ:
        episodes = _cut_by_words(session, span, names, turns)
    else:
        episodes = _cut_by_density(session, span, turns)
    if not episodes:
        episodes = _silent_episode(session, span)
    return Outline(_placed(episodes, turns), messages, deleted, voices)


def _turns(session: Session, span: Span) -> list[datetime]:
    found = session.execute(
        select(TimelineEvent.occurred_at, TimelineEvent.kind, TimelineEvent.details)
        .where(*within(span), TimelineEvent.kind.in_(TURN_KINDS))
        .order_by(TimelineEvent.occurred_at)
    )
    return [at for at, kind, details in found if is_turn(kind, details)]


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((condition, 1)))


def _cut_by_words(
    session: Session, span: Span, names: Mapping[str, str], turns: Sequence[datetime]
) -> list[Episode]:
    spoken = session.scalars(
        select(TimelineEvent)
        .where(*within(span), IS_SPOKEN)
        .order_by(TimelineEvent.occurred_at, TimelineEvent.id)
    )
    messages = [_as_message(number, event, names) for number, event in enumerate(spoken, 1)]
    return [
        _episode(cut, [m.occurred_at for m in cut.messages], span)
        for cut in cut_episodes(messages, turns)
    ]


def _as_message(number: int, event: TimelineEvent, names: Mapping[str, str]) -> WindowMessage:
    return WindowMessage(
        number=number,
        event_id=event.id,
        revision_id=0,  # nothing is quoted from here
        author_id=event.author_id,
        author_name=author_of(event, names) or "somebody",
        text=to_plain(event.text, names),
        occurred_at=event.occurred_at,
        message_ts=event.message_ts or "",
        thread_ts=event.thread_ts,
        is_bot=is_from_bot(event),
        is_new=False,
    )


def _cut_by_density(session: Session, span: Span, turns: Sequence[datetime]) -> list[Episode]:
    at = TimelineEvent.occurred_at
    if session.get_bind().dialect.name == "sqlite":
        # `2026-03-04 14:0`: ten minutes. A lull is no shorter, so none hides inside.
        minutes: ColumnElement[Any] = func.substr(at, 1, 15)
    else:
        minutes = func.date_bin(text("interval '10 minutes'"), at, _DAWN)
    first, last = func.min(at), func.max(at)
    found = session.execute(
        select(first, last, func.count())
        .where(*within(span), IS_SPOKEN)
        .group_by(minutes)
        .order_by(first)
    ).all()
    ends = sorted({instant for first_at, last_at, _ in found for instant in (first_at, last_at)})
    cut = cut_episodes([_silent_message(n, instant) for n, instant in enumerate(ends, 1)], turns)
    starts = [each.starts_at for each in cut]
    spoken_at: list[list[datetime]] = [[] for _ in cut]
    for first_at, _, messages in found:
        spoken_at[bisect_right(starts, first_at) - 1] += [first_at] * messages
    return [
        replace(_episode(each, said, span), people=(), title="")
        for each, said in zip(cut, spoken_at, strict=True)
    ]


def _silent_message(number: int, instant: datetime) -> WindowMessage:
    """Stands for the messages of ten minutes where only their times matter."""
    return WindowMessage(
        number=number,
        event_id=0,
        revision_id=0,
        author_id=None,
        author_name="",
        text="",
        occurred_at=instant,
        message_ts="",
        thread_ts=None,
        is_bot=False,
        is_new=False,
    )


def _episode(cut: SpokenEpisode, spoken_at: Sequence[datetime], span: Span) -> Episode:
    return Episode(cut.number, cut.starts_at, cut.ends_at, spoken_at, span, cut.title, cut.people)


def _silent_episode(session: Session, span: Span) -> list[Episode]:
    """Where nobody spoke there may still be something to show: joins, changes."""
    first, last = session.execute(
        select(func.min(TimelineEvent.occurred_at), func.max(TimelineEvent.occurred_at)).where(
            *within(span)
        )
    ).one()
    return [Episode(1, first, last, [], span)] if first is not None else []


def _placed(episodes: Sequence[Episode], turns: Sequence[datetime]) -> list[Episode]:
    """Divide the timeline among the episodes, so that each event is in exactly one.

    A change opens the episode that follows it, unless that one is a long way off.
    """
    if not episodes:
        return []
    begins: list[datetime | None] = [None]
    for earlier, later in pairwise(episodes):
        between = [t for t in turns if earlier.ends_at < t <= later.starts_at]
        near = [t for t in between if later.starts_at - t < _SOON]
        begins.append(min(near, default=later.starts_at))
    ends = [*begins[1:], None]
    return [
        replace(e, span=replace(e.span, from_=since or e.span.from_, until=until or e.span.until))
        for e, since, until in zip(episodes, begins, ends, strict=True)
    ]

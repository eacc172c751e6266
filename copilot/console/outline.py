"""The whole timeline of an incident in a few small columns: enough to draw it, not to read it."""

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.ports import WindowMessage
from copilot.reviews.episodes import Episode as SpokenEpisode
from copilot.reviews.episodes import cut_episodes
from copilot.timeline.models import SPOKEN_KINDS, EventKind, Revision, TimelineEvent
from copilot.timeline.mrkdwn import to_plain
from copilot.timeline.reading import Span, within

_SOON = timedelta(minutes=10)
_MOST_TEXTS = 2000
"""Up to so many messages, episodes are named from what was said in them."""
_CHANGES = frozenset(
    {EventKind.INCIDENT_DECLARED, EventKind.SEVERITY_CHANGED, EventKind.STATUS_CHANGED}
)
_MARK_KINDS = frozenset(
    {
        EventKind.REACTION_ADDED,
        EventKind.REACTION_REMOVED,
        EventKind.PIN_ADDED,
        EventKind.PIN_REMOVED,
    }
)


@dataclass(frozen=True, slots=True)
class Row:
    id: int
    kind: str
    at: datetime
    message_ts: str | None
    thread_ts: str | None
    target_ts: str | None
    author_id: str | None
    author_name: str | None
    is_deleted: bool

    @property
    def is_spoken(self) -> bool:
        return self.kind in SPOKEN_KINDS and not self.is_deleted

    @property
    def is_mark(self) -> bool:
        return self.kind in _MARK_KINDS

    @property
    def is_turn(self) -> bool:
        """A change at which the conversation is cut."""
        return self.is_change and self.kind != EventKind.INCIDENT_DECLARED

    @property
    def is_change(self) -> bool:
        return self.kind in _CHANGES

    @property
    def is_reply(self) -> bool:
        return self.thread_ts not in (None, self.message_ts)


@dataclass(frozen=True, slots=True)
class Episode:
    """What happened between two lulls; rows are in order and without reactions and pins."""

    number: int
    rows: Sequence[Row]
    title: str
    """Its most telling words; empty in very long incidents."""

    @property
    def starts_at(self) -> datetime:
        return (self.spoken or self.rows)[0].at

    @property
    def ends_at(self) -> datetime:
        # Not the last row's: decisions on suggestions may come days later.
        return (self.spoken or self.rows)[-1].at

    @property
    def spoken(self) -> list[Row]:
        return [row for row in self.rows if row.is_spoken]


@dataclass(frozen=True, slots=True)
class Outline:
    rows: Sequence[Row]
    episodes: Sequence[Episode]

    def episode_of(self, message_ts: str) -> Episode | None:
        for episode in self.episodes:
            if any(row.message_ts == message_ts for row in episode.rows):
                return episode
        return None

    def marks_on(self, shown: Collection[str]) -> list[int]:
        """Ids of the reactions and pins on messages, oldest first."""
        return [row.id for row in self.rows if row.is_mark and row.target_ts in shown]


def read_outline(session: Session, span: Span, names: Mapping[str, str]) -> Outline:
    """One pass over slim rows: reading 50,000 of them is a fraction of a second."""
    event = TimelineEvent
    found = session.execute(
        select(
            event.id,
            event.kind,
            event.occurred_at,
            event.message_ts,
            event.thread_ts,
            event.target_ts,
            event.author_id,
            event.author_name,
            event.deleted_at.is_not(None),
        ).where(*within(span))
    )
    rows = sorted((Row(*each) for each in found), key=_place)
    spoken = [row for row in rows if row.is_spoken]
    texts = _texts(session, spoken) if len(spoken) <= _MOST_TEXTS else {}
    messages = [_as_message(n, row, texts, names) for n, row in enumerate(spoken, 1)]
    changes = [row.at for row in rows if row.is_turn]
    cut = cut_episodes(messages, changes)
    return Outline(rows, _with_all_rows(cut, [row for row in rows if not row.is_mark]))


def _place(row: Row) -> tuple[datetime, str, int]:
    # What is no message comes after the message of the same instant, as in `events_in`.
    return row.at, row.message_ts or "~", row.id


def _texts(session: Session, spoken: Sequence[Row]) -> dict[int, str]:
    found = session.execute(
        select(TimelineEvent.id, TimelineEvent.text).where(
            TimelineEvent.id.in_([row.id for row in spoken])
        )
    )
    return dict(found.all())


def _as_message(
    number: int, row: Row, texts: Mapping[int, str], names: Mapping[str, str]
) -> WindowMessage:
    return WindowMessage(
        number=number,
        event_id=row.id,
        revision_id=0,  # nothing is quoted from here
        author_id=row.author_id,
        author_name=names.get(row.author_id or "") or row.author_name or row.author_id or "",
        text=to_plain(texts.get(row.id, ""), names),
        occurred_at=row.at,
        message_ts=row.message_ts or "",
        thread_ts=row.thread_ts,
        is_bot=row.kind == EventKind.BOT_MESSAGE,
        is_new=False,
    )


def _with_all_rows(cut: Sequence[SpokenEpisode], rows: Sequence[Row]) -> list[Episode]:
    """Add to each stretch of talk what nobody said: joins, changes, messages since deleted."""
    if not cut:
        return [Episode(1, rows, "")] if rows else []
    parts: list[list[Row]] = [[] for _ in cut]
    starts = [episode.starts_at for episode in cut]
    for row in rows:
        at = max(0, bisect_right(starts, row.at) - 1)
        # A change opens the stretch that follows it, unless that one is a long way off.
        if row.is_turn and row.at >= starts[0] and at + 1 < len(cut):
            at += starts[at + 1] - row.at < _SOON
        parts[at].append(row)
    return [Episode(e.number, part, e.title) for e, part in zip(cut, parts, strict=True)]


def events_by_id(session: Session, ids: Sequence[int]) -> list[TimelineEvent]:
    """The events, in the order of `ids`."""
    found = session.scalars(select(TimelineEvent).where(TimelineEvent.id.in_(ids)))
    by_id = {event.id: event for event in found}
    return [by_id[each] for each in ids if each in by_id]


def earlier_texts(session: Session, events: Sequence[TimelineEvent]) -> dict[int, list[str]]:
    """What edited messages said before, oldest first."""
    edited = {event.id: event for event in events if event.edited_ts and not event.deleted_at}
    if not edited:
        return {}
    found = session.execute(
        select(Revision.event_id, Revision.text)
        .where(Revision.event_id.in_(edited))
        .order_by(Revision.event_id, Revision.revision_ts)
    )
    texts: dict[int, list[str]] = {}
    for event_id, text in found:
        if text and text != edited[event_id].text:
            texts.setdefault(event_id, []).append(text)
    return texts

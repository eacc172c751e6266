"""Reads the timeline: events in order, as an engine's numbered window, as rows to export."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy import ColumnElement, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from copilot.db import UtcDateTime
from copilot.ports import WindowMessage
from copilot.timeline.marks import standing_marks
from copilot.timeline.marks_on import reactions_on, threads_of
from copilot.timeline.models import SPOKEN_KINDS, EventKind, MarkKind, Revision, TimelineEvent
from copilot.timeline.mrkdwn import to_plain
from copilot.timeline.permalinks import permalink, ts_order
from copilot.workspaces.directory import channel_name, names_of, workspace_of

_PAGE = 500
# After every stamp: what is no message comes after the message of the same instant.
_NO_TS = "9999999999999"


MOST_READ = 4_000
"""Characters of one message that engines and checks read: Slack's own limit for what people type.
What is longer is a paste, and the rules' patterns grow with the square of an unbroken one."""


WITHHELD = "[withheld by the workspace's own encryption keys]"
"""Stands for words that Slack may not show us."""


@dataclass(frozen=True, slots=True)
class Span:
    """A channel's timeline, open-ended where a bound is None; `until` is not part of it."""

    team_id: str
    channel_id: str
    from_: datetime | None = None
    until: datetime | None = None


class TimelineRow(BaseModel):
    """One line of an exported timeline."""

    kind: str
    channel: str
    message_ts: str | None
    thread_ts: str | None
    author: str | None
    text: str
    occurred_at: datetime
    permalink: str | None
    edited: bool
    deleted: bool


def within(span: Span) -> list[ColumnElement[bool]]:
    """The conditions under which a TimelineEvent belongs to the span."""
    conditions = [
        TimelineEvent.team_id == span.team_id,
        TimelineEvent.channel_id == span.channel_id,
        # A gap that was filled is nothing that happened.
        or_(TimelineEvent.kind != EventKind.GAP, TimelineEvent.deleted_at.is_(None)),
    ]
    if span.from_ is not None:
        conditions.append(TimelineEvent.occurred_at >= span.from_)
    if span.until is not None:
        conditions.append(TimelineEvent.occurred_at < span.until)
    return conditions


def events_in(
    session: Session, span: Span, *, after_id: int | None = None, limit: int | None = None
) -> list[TimelineEvent]:
    """The events of the span in order; from the one that follows the event `after_id` on."""
    stamp = func.coalesce(TimelineEvent.message_ts, _NO_TS)
    query = (
        select(TimelineEvent)
        .where(*within(span))
        .order_by(TimelineEvent.occurred_at, stamp, TimelineEvent.id)
        .limit(limit)
    )
    if after_id is not None:
        last = session.get_one(TimelineEvent, after_id)
        place = tuple_(
            literal(last.occurred_at, UtcDateTime()),
            literal(last.message_ts or _NO_TS),
            literal(last.id),
        )
        query = query.where(
            # Says nothing more than the next line, but an index can find it.
            TimelineEvent.occurred_at >= last.occurred_at,
            tuple_(TimelineEvent.occurred_at, stamp, TimelineEvent.id) > place,
        )
    return list(session.scalars(query))


def window_messages(
    session: Session, events: Iterable[TimelineEvent], names: Mapping[str, str]
) -> list[WindowMessage]:
    """What was said and not taken back, in plain text, numbered from 1.

    Without what a person marked to be ignored; of a message longer than `MOST_READ` characters
    its beginning.
    """
    spoken = [event for event in events if event.kind in SPOKEN_KINDS and not event.deleted_at]
    revision_ids = latest_revision_ids(session, [event.id for event in spoken])
    reactions = reactions_on(session, spoken)
    marks = _marks_on(session, spoken)
    said = [
        event
        for event in spoken
        if event.message_ts
        and event.id in revision_ids
        and MarkKind.IGNORED not in marks.get(event.id, ())
    ]
    return [
        WindowMessage(
            number=number,
            event_id=event.id,
            revision_id=revision_ids[event.id],
            author_id=event.author_id,
            author_name=author_of(event, names) or "someone",
            text=to_plain(event.text, names)[:MOST_READ],
            occurred_at=event.occurred_at,
            message_ts=event.message_ts or "",
            thread_ts=event.thread_ts,
            is_bot=is_from_bot(event),
            is_new=event.considered_at is None,
            reactions=reactions.get(event.message_ts or "", ()),
            is_key_moment=MarkKind.KEY_MOMENT in marks.get(event.id, ()),
        )
        for number, event in enumerate(said, 1)
    ]


def timeline_rows(session: Session, span: Span) -> Iterator[TimelineRow]:
    """Every event of the span once, in order, with names instead of ids; read page by page."""
    workspace_url = workspace_of(session, span.team_id).url
    channel = channel_name(session, span.team_id, span.channel_id)
    names = names_of(session, span.team_id)
    after_id: int | None = None
    while page := events_in(session, span, after_id=after_id, limit=_PAGE):
        after_id = page[-1].id
        threads = threads_of(session, [event for event in page if event.target_ts])
        for event in page:
            yield TimelineRow(
                kind=event.kind,
                channel=channel,
                message_ts=event.message_ts,
                thread_ts=event.thread_ts,
                author=author_of(event, names),
                text=_shown_text(event, names),
                occurred_at=event.occurred_at,
                permalink=_link(event, workspace_url, threads),
                edited=event.edited_ts is not None,
                deleted=event.deleted_at is not None,
            )
            session.expunge(event)  # memory stays flat however long the timeline


def author_of(event: TimelineEvent, names: Mapping[str, str]) -> str | None:
    """A member's name; for a bot the name it posted under, which it may change each time."""
    member_name = names.get(event.author_id or "")
    if is_from_bot(event):
        return event.author_name or member_name or event.author_id
    return member_name or event.author_name or event.author_id


def is_from_bot(event: TimelineEvent) -> bool:
    return is_bots(event.kind, event.details)


def is_bots(kind: str, details: Mapping[str, Any]) -> bool:
    """Whether a row of that kind and those details is a bot's."""
    return kind == EventKind.BOT_MESSAGE or "bot_id" in details


def latest_revision_ids(session: Session, event_ids: Sequence[int]) -> dict[int, int]:
    """For each event the id of the revision that people see now."""
    latest: dict[int, tuple[tuple[int, int], int]] = {}
    for start in range(0, len(event_ids), _PAGE):
        found: Iterable[Any] = session.execute(
            select(Revision.event_id, Revision.revision_ts, Revision.id).where(
                Revision.event_id.in_(event_ids[start : start + _PAGE])
            )
        )
        for event_id, revision_ts, revision_id in found:
            candidate = (ts_order(revision_ts), revision_id)
            latest[event_id] = max(candidate, latest.get(event_id, candidate))
    return {event_id: revision_id for event_id, (_, revision_id) in latest.items()}


def _marks_on(session: Session, spoken: Sequence[TimelineEvent]) -> dict[int, frozenset[MarkKind]]:
    """By event, what people marked it as."""
    found: dict[int, frozenset[MarkKind]] = {}
    for place in sorted({(event.team_id, event.channel_id) for event in spoken}):
        there = {e.message_ts: e.id for e in spoken if (e.team_id, e.channel_id) == place}
        stamps = [stamp for stamp in there if stamp]
        for stamp, marks in standing_marks(session, *place, stamps).items():
            found[there[stamp]] = marks
    return found


def _shown_text(event: TimelineEvent, names: Mapping[str, str]) -> str:
    text = to_plain(event.text, names)
    if event.deleted_at is None and not text:
        if reaction := event.details.get("reaction"):
            return f":{reaction}:"
        if event.details.get("withheld"):
            return WITHHELD
        return ", ".join(f"[file: {name}]" for name in event.details.get("files", ()))
    return text


def _link(
    event: TimelineEvent, workspace_url: str, threads: Mapping[str, str | None]
) -> str | None:
    """A reaction or pin leads to the message that it is about."""
    if event.message_ts:
        return permalink(workspace_url, event.channel_id, event.message_ts, event.thread_ts)
    if event.target_ts:
        thread_ts = threads.get(event.target_ts)
        return permalink(workspace_url, event.channel_id, event.target_ts, thread_ts)
    return None

"""Reads in full the events that a page shows, and what belongs to them."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from copilot.timeline.models import EventKind, Revision, TimelineEvent
from copilot.timeline.permalinks import ts_to_instant
from copilot.timeline.reading import Span, within

_MARKS = (
    EventKind.REACTION_ADDED,
    EventKind.REACTION_REMOVED,
    EventKind.PIN_ADDED,
    EventKind.PIN_REMOVED,
)
_IS_LINE = TimelineEvent.kind.not_in(_MARKS)
_IN_ORDER = (
    TimelineEvent.occurred_at,
    # What is no message comes after the message of the same instant, as in `events_in`.
    func.coalesce(TimelineEvent.message_ts, "9999999999999"),
    TimelineEvent.id,
)


def lines_in(session: Session, span: Span, *, offset: int, limit: int) -> list[TimelineEvent]:
    """Events that are lines of the conversation: reactions and pins stand on messages."""
    query = select(TimelineEvent).where(*within(span), _IS_LINE).order_by(*_IN_ORDER)
    return list(session.scalars(query.offset(offset).limit(limit)))


def lines_of(session: Session, span: Span, stamps: Collection[str]) -> list[TimelineEvent]:
    """The messages with these stamps, in order."""
    query = select(TimelineEvent).where(
        *within(span), _IS_LINE, TimelineEvent.message_ts.in_(stamps)
    )
    return list(session.scalars(query.order_by(*_IN_ORDER)))


def count_lines(session: Session, span: Span) -> int:
    return session.scalar(select(func.count()).where(*within(span), _IS_LINE)) or 0


def lines_before(session: Session, span: Span, message_ts: str) -> int:
    """How many lines of the span come before the message."""
    query = select(func.count()).where(
        *within(span), _IS_LINE, TimelineEvent.occurred_at < ts_to_instant(message_ts)
    )
    return session.scalar(query) or 0


def line_exists(session: Session, span: Span, at: str) -> bool:
    """Whether there is a message with that stamp, or a record of that very instant."""
    is_message = TimelineEvent.natural_key == f"message:{at}"
    is_record = and_(
        TimelineEvent.message_ts.is_(None), TimelineEvent.occurred_at == ts_to_instant(at)
    )
    query = select(TimelineEvent.id).where(*within(span), _IS_LINE, or_(is_message, is_record))
    return session.scalar(query.limit(1)) is not None


def first_spoken(session: Session, span: Span) -> TimelineEvent | None:
    query = select(TimelineEvent).where(
        *within(span), _IS_LINE, TimelineEvent.message_ts.is_not(None), TimelineEvent.text != ""
    )
    return session.scalar(query.order_by(TimelineEvent.occurred_at).limit(1))


def around(
    session: Session, span: Span, event: TimelineEvent, *, before: int, after: int
) -> list[TimelineEvent]:
    """A message with those said just before and after it."""
    messages = select(TimelineEvent).where(
        *within(span), _IS_LINE, TimelineEvent.message_ts.is_not(None)
    )
    at = TimelineEvent.occurred_at
    earlier = session.scalars(
        messages.where(at < event.occurred_at).order_by(at.desc()).limit(before)
    ).all()
    later = session.scalars(messages.where(at > event.occurred_at).order_by(at).limit(after)).all()
    return [*reversed(earlier), event, *later]


def marks_on(session: Session, span: Span, shown: Collection[str]) -> Sequence[TimelineEvent]:
    """Reactions and pins on the messages with these stamps, in the order they came and went."""
    query = select(TimelineEvent).where(
        *within(span), TimelineEvent.kind.in_(_MARKS), TimelineEvent.target_ts.in_(shown)
    )
    return session.scalars(query.order_by(TimelineEvent.occurred_at, TimelineEvent.id)).all()


def earlier_texts(session: Session, events: Sequence[TimelineEvent]) -> Mapping[int, list[str]]:
    """What edited messages said before, oldest first."""
    edited = {event.id: event for event in events if event.edited_ts and not event.deleted_at}
    texts: dict[int, list[str]] = {}
    if not edited:
        return texts
    found = session.execute(
        select(Revision.event_id, Revision.text)
        .where(Revision.event_id.in_(edited))
        .order_by(Revision.event_id, Revision.revision_ts)
    )
    for event_id, text in found:
        if text and text != edited[event_id].text:
            texts.setdefault(event_id, []).append(text)
    return texts

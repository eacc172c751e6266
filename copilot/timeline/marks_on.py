"""What stands on messages: the reactions left on them, and the threads they are in."""

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.timeline.models import EventKind, TimelineEvent

_CHUNK = 500


def reactions_on(session: Session, messages: Sequence[TimelineEvent]) -> dict[str, tuple[str, ...]]:
    """By message stamp, the reactions that are there now, in the order they came."""
    standing: dict[str, dict[tuple[str, str | None], None]] = {}
    for mark in _marks_about(session, messages):
        on_message = standing.setdefault(mark.target_ts or "", {})
        key = (str(mark.details.get("reaction", "")), mark.author_id)
        if mark.kind == EventKind.REACTION_ADDED:
            on_message[key] = None
        else:
            on_message.pop(key, None)
    return {
        target_ts: tuple(dict.fromkeys(name for name, _ in on_message))
        for target_ts, on_message in standing.items()
        if on_message
    }


def threads_of(session: Session, marks: Sequence[TimelineEvent]) -> dict[str, str | None]:
    """By target stamp, the thread of the message that a mark is about."""
    found: dict[str, str | None] = {}
    for chunk in _chunks(sorted({mark.target_ts for mark in marks if mark.target_ts})):
        query = select(TimelineEvent.message_ts, TimelineEvent.thread_ts).where(
            TimelineEvent.team_id == marks[0].team_id,
            TimelineEvent.channel_id == marks[0].channel_id,
            TimelineEvent.natural_key.in_([f"message:{ts}" for ts in chunk]),
        )
        found.update({ts: thread_ts for ts, thread_ts in session.execute(query) if ts})
    return found


def _marks_about(session: Session, messages: Sequence[TimelineEvent]) -> Iterator[TimelineEvent]:
    places = sorted({(message.team_id, message.channel_id) for message in messages})
    for team_id, channel_id in places:
        stamps = [
            message.message_ts
            for message in messages
            if message.message_ts and (message.team_id, message.channel_id) == (team_id, channel_id)
        ]
        for chunk in _chunks(stamps):
            yield from session.scalars(
                select(TimelineEvent)
                .where(
                    TimelineEvent.team_id == team_id,
                    TimelineEvent.channel_id == channel_id,
                    TimelineEvent.target_ts.in_(chunk),
                    TimelineEvent.kind.in_([EventKind.REACTION_ADDED, EventKind.REACTION_REMOVED]),
                )
                .order_by(TimelineEvent.occurred_at, TimelineEvent.id)
            )


def _chunks(stamps: Sequence[str]) -> Iterator[Sequence[str]]:
    """Databases bound the number of parameters of one statement."""
    for start in range(0, len(stamps), _CHUNK):
        yield stamps[start : start + _CHUNK]

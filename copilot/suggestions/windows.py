"""What a proposer is given: new messages, and enough of the earlier ones to understand them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.incidents.models import Incident
from copilot.incidents.privacy import is_private
from copilot.incidents.queries import span_of
from copilot.ports import Debounce, Window
from copilot.suggestions.models import Evidence, Suggestion
from copilot.suggestions.settling import Ready, is_silent, readiness
from copilot.suggestions.vocabulary import Outcome
from copilot.timeline.models import SPOKEN_KINDS, TimelineEvent
from copilot.timeline.reading import events_in, window_messages, within
from copilot.workspaces.directory import names_of, people_of
from copilot.workspaces.models import Channel

NEW_MESSAGES = 200
CONTEXT_MESSAGES = 20
"""Earlier messages of the channel; and as many each of the threads that new replies stand in, and
of those that waiting suggestions quote, so that "done" is seen when it is said."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A window and the rows that are seen to once it was proposed on."""

    window: Window
    versions: dict[int, tuple[str | None, datetime | None]]
    """Per new row its edit stamp and deletion when it was read."""
    last_id: int
    """The last row that was looked at."""
    is_reread: bool

    @property
    def is_full(self) -> bool:
        """There may be more where it came from."""
        return len(self.versions) >= NEW_MESSAGES

    @property
    def has_news(self) -> bool:
        return any(message.is_new for message in self.window.messages)


def read_batch(
    session: Session, incident: Incident, debounce: Debounce | None, now: datetime
) -> Batch | None:
    """The next rows that nobody considered, oldest first, or None where there are none.

    While people talk, and `debounce` would let them, only the rows in which nobody does.
    """
    ready = readiness(session, incident, debounce, now) if debounce else Ready.ALL
    if ready is Ready.NONE:
        return None
    query = select(TimelineEvent).where(
        *within(span_of(incident)), TimelineEvent.considered_at.is_(None)
    )
    if ready is Ready.SILENT:
        query = query.where(is_silent())
    query = query.order_by(TimelineEvent.occurred_at, TimelineEvent.id).limit(NEW_MESSAGES)
    fresh = list(session.scalars(query))
    return _batch(session, incident, fresh, fresh[-1].id, is_reread=False) if fresh else None


def read_next(session: Session, incident: Incident, after_id: int | None) -> Batch | None:
    """The next rows of the whole timeline after the row `after_id`, to be read again.

    What no worker has seen of a live incident is theirs; nobody else sees to an imported one.
    """
    rows = events_in(session, span_of(incident), after_id=after_id, limit=NEW_MESSAGES)
    again = [row for row in rows if incident.is_imported or row.considered_at is not None]
    return _batch(session, incident, again, rows[-1].id, is_reread=True) if rows else None


def _batch(
    session: Session,
    incident: Incident,
    fresh: Sequence[TimelineEvent],
    last_id: int,
    *,
    is_reread: bool,
) -> Batch:
    new_ids = {event.id for event in fresh}
    said = [event for event in fresh if event.kind in SPOKEN_KINDS and event.deleted_at is None]
    shown = list(said)
    if said:
        context = _context(session, incident, said)
        shown += {event.id: event for event in context if event.id not in new_ids}.values()
    shown.sort(key=lambda event: (event.occurred_at, event.id))
    messages = window_messages(session, shown, names_of(session, incident.team_id))
    return Batch(
        Window(
            tuple(replace(message, is_new=message.event_id in new_ids) for message in messages),
            people_of(session, incident.team_id),
            incident.team_id,
            incident.id,
            _is_private(session, incident),
        ),
        {event.id: (event.edited_ts, event.deleted_at) for event in fresh},
        last_id,
        is_reread,
    )


def _is_private(session: Session, incident: Incident) -> bool:
    """Also of an imported one, which an operator may read anyway: a model may not."""
    channel = select(Channel.is_private).where(
        Channel.team_id == incident.team_id, Channel.channel_id == incident.channel_id
    )
    return is_private(session, incident.id) or session.scalar(channel) is True


def _context(
    session: Session, incident: Incident, said: Sequence[TimelineEvent]
) -> Iterable[TimelineEvent]:
    spoken = (
        select(TimelineEvent)
        .where(
            *within(span_of(incident)),
            TimelineEvent.kind.in_(SPOKEN_KINDS),
            TimelineEvent.deleted_at.is_(None),
            TimelineEvent.occurred_at < said[-1].occurred_at,
            TimelineEvent.id.not_in([event.id for event in said]),
        )
        .order_by(TimelineEvent.occurred_at.desc(), TimelineEvent.id.desc())
        .limit(CONTEXT_MESSAGES)
    )
    yield from session.scalars(spoken.where(TimelineEvent.occurred_at <= said[0].occurred_at))
    # Rows that came late stand among others that were considered before.
    yield from session.scalars(spoken.where(TimelineEvent.occurred_at > said[0].occurred_at))
    threads = {event.thread_ts for event in said if event.thread_ts}
    if threads:
        in_threads = TimelineEvent.thread_ts.in_(threads) | TimelineEvent.message_ts.in_(threads)
        yield from session.scalars(spoken.where(in_threads))
    waiting = (
        select(Evidence.event_id)
        .join(Suggestion, Suggestion.id == Evidence.suggestion_id)
        .where(
            Suggestion.incident_id == incident.id,
            Suggestion.decision.is_(None),
            Suggestion.delivery_id.is_(None),
            Suggestion.outcome.in_((Outcome.DIGEST, Outcome.HOLD)),
        )
    )
    yield from session.scalars(spoken.where(TimelineEvent.id.in_(waiting)))

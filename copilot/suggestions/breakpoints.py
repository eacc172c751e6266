"""Moments at which a digest disturbs least, each of which releases at most one."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from copilot.incidents.models import Incident, Status
from copilot.incidents.queries import span_of
from copilot.suggestions.breakpoint_rules import (
    CHANGES,
    END_STAYS_OPEN,
    LULL,
    breakpoint_of,
    stays_open,
)
from copilot.suggestions.models import Pacing
from copilot.suggestions.vocabulary import Breakpoint
from copilot.timeline.models import SPOKEN_KINDS, EventKind, TimelineEvent
from copilot.timeline.reading import is_from_bot, within

_RECENT_MESSAGES = 50
_AT_THE_END = (EventKind.STATUS_CHANGED,)


@dataclass(frozen=True, slots=True)
class OpenBreakpoint:
    kind: Breakpoint
    change_id: int | None = None
    lull_from: datetime | None = None


def open_breakpoint(
    session: Session, incident: Incident, pacing: Pacing | None, now: datetime
) -> OpenBreakpoint | None:
    """The breakpoint at which a digest may be released now, or None."""
    served_change_id = pacing.served_change_id if pacing else 0
    change = _newest_change(session, incident)
    if change is not None and change.id > served_change_id and _is_open(change, now):
        return OpenBreakpoint(_kind_of(change), change_id=change.id)
    if incident.status == Status.RESOLVED:
        return None
    lull_from = _last_word(session, incident)
    if lull_from is None or not LULL <= now - lull_from <= LULL + END_STAYS_OPEN:
        return None
    served_from = pacing.served_lull_from if pacing else None
    if served_from is not None and lull_from <= served_from:
        return None
    return OpenBreakpoint(Breakpoint.LULL, lull_from=lull_from)


def meets_the_end(
    session: Session,
    incident: Incident,
    pacing: Pacing,
    event_ids: Collection[int],
    now: datetime,
) -> bool:
    """Whether all of it was said before the incident was resolved, and the last digest is to come.

    Finding takes a moment, or a minute where a model is asked; whoever resolves an incident right
    after the last word must not lose what was said in it.
    """
    end = open_breakpoint(session, incident, pacing, now)
    if end is None or end.kind is not Breakpoint.RESOLVED:
        return False
    resolved_at = session.get_one(TimelineEvent, end.change_id).occurred_at
    said_later = exists().where(
        TimelineEvent.id.in_(event_ids), TimelineEvent.occurred_at > resolved_at
    )
    return not session.scalar(select(said_later))


def mark_served(pacing: Pacing, served: OpenBreakpoint) -> None:
    if served.change_id is not None:
        pacing.served_change_id = served.change_id
    if served.lull_from is not None:
        pacing.served_lull_from = served.lull_from


def _newest_change(session: Session, incident: Incident) -> TimelineEvent | None:
    """After the end only the end itself counts, whatever else is put in order then."""
    is_over = incident.status == Status.RESOLVED
    kinds = _AT_THE_END if is_over else CHANGES
    return session.scalar(
        select(TimelineEvent)
        .where(
            *within(span_of(incident)),
            TimelineEvent.kind.in_(kinds),
            TimelineEvent.occurred_at >= incident.declared_at,
        )
        .order_by(TimelineEvent.occurred_at.desc(), TimelineEvent.id.desc())
        .limit(1)
    )


def _is_open(change: TimelineEvent, now: datetime) -> bool:
    return now - change.occurred_at <= stays_open(_kind_of(change))


def _kind_of(change: TimelineEvent) -> Breakpoint:
    return breakpoint_of(change.kind, change.details)


def _last_word(session: Session, incident: Incident) -> datetime | None:
    """When a person last said something; alerts that go on make no conversation."""
    recent = session.scalars(
        select(TimelineEvent)
        .where(*within(span_of(incident)), TimelineEvent.kind.in_(SPOKEN_KINDS))
        .order_by(TimelineEvent.occurred_at.desc(), TimelineEvent.id.desc())
        .limit(_RECENT_MESSAGES)
    )
    return next((event.occurred_at for event in recent if not is_from_bot(event)), None)

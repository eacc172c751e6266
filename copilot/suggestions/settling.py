"""Whether people have said their say, so that an engine whose calls cost may be asked.

Rows in which nobody says anything never wait, and neither does anything once the incident moved
on: what changes its status, severity or command opens a breakpoint, whose digest should have
what was said before.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, exists, not_, or_, select
from sqlalchemy.orm import Session

from copilot.incidents.models import Incident
from copilot.incidents.queries import span_of
from copilot.ports import Debounce
from copilot.timeline.models import SPOKEN_KINDS, EventKind, TimelineEvent
from copilot.timeline.permalinks import instant_to_ts
from copilot.timeline.reading import within

UNHEARD_HOLDS_BACK = timedelta(seconds=90)
"""How long a digest waits for what was said before its breakpoint to be proposed on. A call may
take half a minute; a breakpoint stays open for five."""

_MOVES_ON = (EventKind.STATUS_CHANGED, EventKind.SEVERITY_CHANGED, EventKind.HANDED_OVER)


class Ready(StrEnum):
    """Which of an incident's unseen rows may be seen to now."""

    NONE = "none"
    SILENT = "silent"
    """Those in which nobody says anything."""
    ALL = "all"


def readiness(session: Session, incident: Incident, debounce: Debounce, now: datetime) -> Ready:
    """One small read; in a storm it is made for every message."""
    unseen = _unseen(incident)
    silent = exists().where(*unseen, not_(_is_said()))
    is_settled, has_silent = session.execute(select(_settled(unseen, debounce, now), silent)).one()
    if is_settled:
        return Ready.ALL
    return Ready.SILENT if has_silent else Ready.NONE


def has_work(
    unseen: Sequence[ColumnElement[bool]], debounce: Debounce | None, now: datetime
) -> ColumnElement[bool]:
    """The same as a condition on incidents; `unseen` picks the unseen rows of one."""
    if debounce is None:
        return exists().where(*unseen)
    return or_(exists().where(*unseen, not_(_is_said())), _settled(unseen, debounce, now))


def is_unheard(session: Session, incident: Incident, change_id: int | None, now: datetime) -> bool:
    """Whether what was said before a change is yet to be proposed on, and worth waiting for."""
    if change_id is None:
        return False
    change = session.get_one(TimelineEvent, change_id, populate_existing=True)
    if change.considered_at is not None or now - change.occurred_at >= UNHEARD_HOLDS_BACK:
        return False
    said = (*_unseen(incident), _is_said(), TimelineEvent.occurred_at <= change.occurred_at)
    return bool(session.scalar(select(exists().where(*said))))


def is_silent() -> ColumnElement[bool]:
    """A row in which nobody says anything, or nothing any more."""
    return not_(_is_said())


def _unseen(incident: Incident) -> list[ColumnElement[bool]]:
    return [*within(span_of(incident)), TimelineEvent.considered_at.is_(None)]


def _settled(
    unseen: Sequence[ColumnElement[bool]], debounce: Debounce, now: datetime
) -> ColumnElement[bool]:
    said = (*unseen, _is_said())
    return and_(
        exists().where(*said),
        or_(
            exists().where(*unseen, TimelineEvent.kind.in_(_MOVES_ON)),
            ~exists().where(*said, _is_later_than(now - debounce.quiet)),
            exists().where(*said, not_(_is_later_than(now - debounce.longest))),
        ),
    )


def _is_said() -> ColumnElement[bool]:
    return and_(TimelineEvent.kind.in_(SPOKEN_KINDS), TimelineEvent.deleted_at.is_(None))


def _is_later_than(instant: datetime) -> ColumnElement[bool]:
    """Said, or edited, after it.

    By the earlier of Slack's clock and ours: what is read back or played back long after it was
    said has settled, and a Slack whose clock is ahead makes nobody wait. Stamps are texts of
    equal length and so in the order of time.
    """
    return or_(
        and_(TimelineEvent.occurred_at > instant, TimelineEvent.recorded_at > instant),
        and_(
            TimelineEvent.edited_ts.is_not(None), TimelineEvent.edited_ts > instant_to_ts(instant)
        ),
    )

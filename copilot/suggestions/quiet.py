"""Quiet that somebody asked for: nothing uninvited is posted until it ends, by itself."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy.orm import Session

from copilot.errors import BadInputError
from copilot.incidents.queries import get_incident
from copilot.jobs import Job, enqueue
from copilot.suggestions.models import Pacing
from copilot.suggestions.pacing import LONGEST_QUIET, lock_pacing
from copilot.suggestions.wording import clock_time
from copilot.timeline.models import EventKind
from copilot.timeline.recording import record_change

DEFAULT_QUIET = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Quiet:
    until: datetime
    by: str


def set_quiet(
    session: Session, incident_id: int, *, until: datetime, by: str, now: datetime
) -> None:
    """Keep quiet until then, in place of what was asked before. Raises BadInputError."""
    if not now < until <= now + LONGEST_QUIET:
        hours = round(LONGEST_QUIET.total_seconds() / 3600)
        raise BadInputError(f"Quiet lasts {hours} hours at most, so nothing was changed.")
    pacing = lock_pacing(session, incident_id)
    pacing.quiet_until, pacing.quiet_by = until, by[:64]
    _record(session, incident_id, f"Quiet until {clock_time(until)} UTC", until, by, now)


def end_quiet(session: Session, incident_id: int, *, by: str, now: datetime) -> bool:
    """Speak again from now on; False where it was not quiet."""
    pacing = lock_pacing(session, incident_id)
    if pacing.quiet_until is None or pacing.quiet_until <= now:
        return False
    pacing.quiet_until = pacing.quiet_by = None
    _record(session, incident_id, "Quiet ended", None, by, now)
    enqueue(session, Job.RELEASE_DIGEST, incident_id)
    return True


def quiet_until(session: Session, incident_id: int) -> datetime | None:
    """Until when quiet was asked for last; an instant that has passed means nothing any more."""
    pacing = session.get(Pacing, incident_id)
    return pacing.quiet_until if pacing else None


def quiet_at(session: Session, incident_id: int, now: datetime) -> Quiet | None:
    """The quiet that holds now, or None."""
    return quiet_in(session.get(Pacing, incident_id), now)


def quiet_in(pacing: Pacing | None, now: datetime) -> Quiet | None:
    if pacing is None or pacing.quiet_until is None or pacing.quiet_until <= now:
        return None
    return Quiet(pacing.quiet_until, pacing.quiet_by or "")


def _record(
    session: Session, incident_id: int, text: str, until: datetime | None, by: str, now: datetime
) -> None:
    incident = get_incident(session, incident_id)
    record_change(
        session,
        team_id=incident.team_id,
        channel_id=incident.channel_id,
        kind=EventKind.QUIET_CHANGED,
        natural_key=f"{EventKind.QUIET_CHANGED}:{incident_id}:{uuid4().hex}",
        author_id=by,
        text=text,
        details={"until": until.isoformat() if until else None},
        occurred_at=now,
        now=now,
    )

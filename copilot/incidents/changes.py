"""What every change of an incident has in common: who was first, a line in the timeline, and a
headline that has to be drawn anew.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from copilot.incidents.headline import headline_changed
from copilot.incidents.models import Incident
from copilot.timeline.models import EventKind
from copilot.timeline.recording import record_change
from copilot.timeline.redaction import redact

_MAX_NOTE = 500


@dataclass(frozen=True, slots=True)
class Change:
    old: str | None
    new: str | None

    @property
    def is_made(self) -> bool:
        """False if it was so already."""
        return self.old != self.new


def hold(session: Session, incident: Incident) -> None:
    """Read it anew and let nobody change it before we have: what was is written down, too."""
    session.refresh(incident, with_for_update={"key_share": True})


def hold_row(session: Session, incident_id: int) -> None:
    """Let nobody change it before we have, where what it says does not matter."""
    query = select(Incident.id).where(Incident.id == incident_id)
    session.execute(query.with_for_update(key_share=True))


def change_column(
    session: Session,
    incident: Incident,
    column: str,
    value: str,
    also: dict[str, Any] | None = None,
) -> bool:
    """One conditional UPDATE, so that of two people who say the same only one is recorded."""
    changed = session.scalar(
        update(Incident)
        .where(Incident.id == incident.id, getattr(Incident, column).is_distinct_from(value))
        .values({column: value, **(also or {})})
        .returning(Incident.id),
        execution_options={"synchronize_session": False},
    )
    session.refresh(incident)
    return changed is not None


def record(
    session: Session,
    incident: Incident,
    kind: EventKind,
    text: str,
    details: dict[str, Any],
    by: str | None,
    now: datetime,
) -> int:
    """Write it in the timeline and on the headline. Returns the event's id."""
    event_id = record_change(
        session,
        team_id=incident.team_id,
        channel_id=incident.channel_id,
        kind=kind,
        natural_key=f"{kind}:{incident.id}:{uuid4().hex}",
        author_id=by,
        text=text,
        details=details,
        occurred_at=now,
        now=now,
    )
    headline_changed(session, incident.id)
    return event_id


def one_line(text: str, limit: int = 200) -> str:
    """Printable and short; what looks like a secret is taken out before anything is cut."""
    printable = "".join(c if c.isprintable() else " " for c in redact(text))
    return " ".join(printable.split())[:limit].strip()


def with_note(text: str, details: dict[str, Any], note: str) -> tuple[str, dict[str, Any]]:
    """What somebody said about a change, behind what was changed."""
    said = one_line(note, _MAX_NOTE)
    return (f"{text}: {said}", {**details, "note": said}) if said else (text, details)

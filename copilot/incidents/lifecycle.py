"""Declaring an incident and what changes about it; each change stands in the timeline."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Table, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from copilot.errors import BadInputError
from copilot.incidents.models import Incident, Severity, Status
from copilot.incidents.queries import get_incident, latest_incident_in, open_incident_in
from copilot.jobs import Job, enqueue
from copilot.timeline.models import EventKind
from copilot.timeline.recording import record_change
from copilot.timeline.redaction import redact
from copilot.workspaces.syncing import request_sync

LEAD_IN = timedelta(hours=2)
"""How much of what was said before it was declared belongs to an incident."""


@dataclass(frozen=True, slots=True)
class Declared:
    incident: Incident
    is_new: bool
    """False if an incident was open in that channel already; it is returned unchanged."""


def declare(
    session: Session,
    *,
    team_id: str,
    channel_id: str,
    title: str,
    severity: Severity | None,
    by: str | None,
    now: datetime,
) -> Declared:
    """Make the channel the channel of an incident: from now on it is recorded."""
    title = _one_line(redact(title))
    if not title:
        raise BadInputError("Give the incident a title: what is wrong, in a few words.")
    before = latest_incident_in(session, team_id, channel_id)
    incident_id = _insert_unless_open(
        session,
        {
            "team_id": team_id,
            "channel_id": channel_id,
            "title": title,
            "severity": severity,
            "status": Status.INVESTIGATING,
            "declared_at": now,
            "declared_by": by[:64] if by else None,
            "is_imported": False,
            "backfill_due_at": now,
            "timeline_from": _starts_after(before, now),
        },
    )
    if incident_id is None:
        standing = open_incident_in(session, team_id, channel_id)
        if standing is None:
            raise BadInputError("The incident of this channel was resolved just now; try again.")
        return Declared(standing, is_new=False)
    incident = get_incident(session, incident_id)
    if before is not None and before.timeline_until is None:
        before.timeline_until = incident.timeline_from
    details = {"title": title, "severity": severity}
    _record(
        session, incident, EventKind.INCIDENT_DECLARED, _declared_text(incident), details, by, now
    )
    enqueue(session, Job.BACKFILL_CHANNEL, incident.id)
    request_sync(session, team_id, now)
    return Declared(incident, is_new=True)


def set_severity(
    session: Session, incident: Incident, severity: Severity, by: str | None, now: datetime
) -> None:
    """Change how bad it is; setting what it is already changes nothing."""
    _hold(session, incident)
    old = incident.severity
    if _change(session, incident, "severity", severity, {}):
        text = f"Severity {old.upper() if old else 'not set'} → {severity.upper()}"
        details = {"old": old, "new": severity}
        _record(session, incident, EventKind.SEVERITY_CHANGED, text, details, by, now)
        enqueue(session, Job.RELEASE_DIGEST, incident.id)


def set_status(
    session: Session, incident: Incident, status: Status, by: str | None, now: datetime
) -> None:
    """Move it on. Monitoring means mitigated; any status but resolved opens it again."""
    _hold(session, incident)
    old = incident.status
    also: dict[str, Any] = {"resolved_at": now if status == Status.RESOLVED else None}
    if status == Status.MONITORING and incident.mitigated_at is None:
        also["mitigated_at"] = now
    if old == Status.RESOLVED and status != Status.RESOLVED:
        _refuse_second_open(session, incident)
    if _change(session, incident, "status", status, also):
        details = {"old": old, "new": status}
        text = f"Status {old} → {status}"
        _record(session, incident, EventKind.STATUS_CHANGED, text, details, by, now)
        enqueue(session, Job.RELEASE_DIGEST, incident.id)


def _hold(session: Session, incident: Incident) -> None:
    """Read it anew and let nobody change it before we have: what was is written down, too."""
    session.refresh(incident, with_for_update={"key_share": True})


def _change(
    session: Session, incident: Incident, column: str, value: str, also: dict[str, Any]
) -> bool:
    """One conditional UPDATE, so that of two people who say the same only one is recorded."""
    changed = session.scalar(
        update(Incident)
        .where(Incident.id == incident.id, getattr(Incident, column).is_distinct_from(value))
        .values({column: value, **also})
        .returning(Incident.id),
        execution_options={"synchronize_session": False},
    )
    session.refresh(incident)
    return changed is not None


def _record(
    session: Session,
    incident: Incident,
    kind: EventKind,
    text: str,
    details: dict[str, Any],
    by: str | None,
    now: datetime,
) -> None:
    record_change(
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


def _insert_unless_open(session: Session, values: dict[str, Any]) -> int | None:
    """The new row's id, or None where an index found an open incident in that channel."""
    dialect: Any = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    incident: Table = Incident.__table__  # type: ignore[assignment]
    session.flush()
    insert = dialect.insert(incident).values(values).on_conflict_do_nothing()
    found: int | None = session.execute(insert.returning(incident.c.id)).scalar_one_or_none()
    return found


def _starts_after(before: Incident | None, now: datetime) -> datetime | None:
    """Where an earlier incident in the channel ends; without one, everything belongs to this.

    Not before its review was asked for: what that cites must stay in its timeline.
    """
    if before is None:
        return None
    ended_at = before.resolved_at or before.declared_at
    return max(ended_at, before.review_requested_at or ended_at, now - LEAD_IN)


def _refuse_second_open(session: Session, incident: Incident) -> None:
    standing = open_incident_in(session, incident.team_id, incident.channel_id)
    if standing is not None and standing.id != incident.id:
        raise BadInputError(
            f"Incident {standing.id}, “{standing.title}”, is open in this channel; "
            f"resolve it before opening incident {incident.id} again."
        )


def _declared_text(incident: Incident) -> str:
    severity = f" · {incident.severity.upper()}" if incident.severity else ""
    return f"Declared: {incident.title}{severity}"


def _one_line(text: str) -> str:
    printable = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(printable.split())[:200].strip()

"""Declaring an incident and what changes about it; each change stands in the timeline."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from copilot.errors import BadInputError
from copilot.incidents.changes import Change, change_column, hold, one_line, record, with_note
from copilot.incidents.inviting import invite
from copilot.incidents.models import Incident, Severity, Status
from copilot.incidents.queries import get_incident, latest_incident_in, open_incident_in
from copilot.incidents.refilling import LEAD_IN, request_refill
from copilot.jobs import Job, enqueue
from copilot.timeline.coverage import RefillCause
from copilot.timeline.models import EventKind
from copilot.workspaces.syncing import request_sync


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
    people: Sequence[str] = (),
    has_own_channel: bool = False,
) -> Declared:
    """Make the channel the channel of an incident: from now on it is recorded.

    `people` are brought into the channel, and who declares is if it was made for this.
    """
    title = one_line(title)
    if not title:
        raise BadInputError("Give the incident a title: what is wrong, in a few words.")
    before = latest_incident_in(session, team_id, channel_id)
    if before is not None:
        hold(session, before)  # who reopens it holds it first, too: neither waits for the other
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
            "has_own_channel": has_own_channel,
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
    declarer = [by] if by and has_own_channel else []
    invite(session, incident, [*declarer, *people], now)
    record(
        session, incident, EventKind.INCIDENT_DECLARED, _declared_text(incident), details, by, now
    )
    request_refill(session, incident, RefillCause.DECLARED, now)
    request_sync(session, team_id, now)
    return Declared(incident, is_new=True)


def set_severity(
    session: Session,
    incident: Incident,
    severity: Severity,
    by: str | None,
    now: datetime,
    note: str = "",
) -> Change:
    """Change how bad it is; setting what it is already changes nothing."""
    hold(session, incident)
    old = incident.severity
    if change_column(session, incident, "severity", severity):
        text = f"Severity {old.upper() if old else 'not set'} → {severity.upper()}"
        text, details = with_note(text, {"old": old, "new": severity}, note)
        record(session, incident, EventKind.SEVERITY_CHANGED, text, details, by, now)
        enqueue(session, Job.RELEASE_DIGEST, incident.id)
    return Change(old, severity)


def set_status(
    session: Session,
    incident: Incident,
    status: Status,
    by: str | None,
    now: datetime,
    note: str = "",
) -> Change:
    """Move it on. Monitoring means mitigated; any status but resolved opens it again.

    Raises BadInputError where it would be the second open incident of its channel.
    """
    hold(session, incident)
    old = incident.status
    also: dict[str, Any] = {"resolved_at": now if status == Status.RESOLVED else None}
    if status == Status.MONITORING and incident.mitigated_at is None:
        also["mitigated_at"] = now
    if old == Status.RESOLVED and status != Status.RESOLVED:
        _refuse_second_open(session, incident)
    if _move(session, incident, status, also):
        text, details = with_note(f"Status {old} → {status}", {"old": old, "new": status}, note)
        record(session, incident, EventKind.STATUS_CHANGED, text, details, by, now)
        enqueue(session, Job.RELEASE_DIGEST, incident.id)
    return Change(old, status)


def reopen(
    session: Session, incident: Incident, by: str | None, now: datetime, note: str = ""
) -> Change:
    """Take up a resolved incident again; one that is open stays as it is.

    Raises BadInputError for one that was imported, or where another is open in its channel.
    """
    if incident.is_imported:
        raise BadInputError(
            f"“{incident.title}” came from an archive, so it stays as it was. "
            "`/incident declare` starts a new incident here."
        )
    hold(session, incident)
    if incident.status != Status.RESOLVED:
        return Change(incident.status, incident.status)
    return set_status(session, incident, Status.INVESTIGATING, by, now, note)


def rename(
    session: Session, incident: Incident, title: str, by: str | None, now: datetime
) -> Change:
    """Give it another title. Raises BadInputError if nothing of it can be shown."""
    title = one_line(title)
    if not title:
        raise BadInputError(
            "A title says in a few words what is wrong: `/incident rename checkout errors`."
        )
    hold(session, incident)
    old = incident.title
    if change_column(session, incident, "title", title):
        details = {"old": old, "new": title}
        text = f"Title {old} → {title}"
        record(session, incident, EventKind.TITLE_CHANGED, text, details, by, now)
    return Change(old, title)


def _move(session: Session, incident: Incident, status: Status, also: dict[str, Any]) -> bool:
    try:
        with session.begin_nested():
            return change_column(session, incident, "status", status, also)
    except IntegrityError:
        # Somebody declared another one in this very moment.
        session.refresh(incident)
        _refuse_second_open(session, incident)
        raise


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

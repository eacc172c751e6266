"""Who commands, who speaks for the incident, who writes; and passing the command on."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from copilot.errors import BadInputError
from copilot.incidents.changes import Change, hold, record, with_note
from copilot.incidents.inviting import invite
from copilot.incidents.models import Handover, Incident, Role, RoleAssignment, Status
from copilot.jobs import Job, enqueue
from copilot.timeline.models import EventKind


@dataclass(frozen=True, slots=True)
class HandedOver:
    change: Change
    handover_id: int | None
    """None if the command was theirs already."""


def roles_of(session: Session, incident_id: int) -> dict[Role, str]:
    """The user id of each role's holder, in the order in which roles are named."""
    query = select(RoleAssignment.role, RoleAssignment.user_id)
    found = dict(list(session.execute(query.where(RoleAssignment.incident_id == incident_id))))
    return {role: found[role] for role in Role if role in found}


def assign(
    session: Session, incident: Incident, role: Role, user_id: str, by: str, now: datetime
) -> Change:
    """Give somebody a role, and bring them into the channel. Raises BadInputError once it is over.

    A role has one holder; who held it before holds it no more.
    """
    hold(session, incident)
    _refuse_over(incident)
    change = Change(roles_of(session, incident.id).get(role), user_id)
    if change.is_made:
        _set(session, incident, role, user_id, by, now)
        invite(session, incident, [user_id], now)
        _record_role(session, incident, role, change, by, now)
    return change


def clear(session: Session, incident: Incident, role: Role, by: str, now: datetime) -> Change:
    """Let nobody have the role. Raises BadInputError once the incident is over."""
    hold(session, incident)
    _refuse_over(incident)
    change = Change(roles_of(session, incident.id).get(role), None)
    if change.is_made:
        session.execute(
            delete(RoleAssignment).where(
                RoleAssignment.incident_id == incident.id, RoleAssignment.role == role
            )
        )
        _record_role(session, incident, role, change, by, now)
    return change


def hand_over(
    session: Session, incident: Incident, to: str, by: str, now: datetime, note: str = ""
) -> HandedOver:
    """Pass the command on and have the new commander told how it stands.

    Raises BadInputError once the incident is over.
    """
    hold(session, incident)
    _refuse_over(incident)
    change = Change(roles_of(session, incident.id).get(Role.COMMANDER), to)
    if not change.is_made:
        return HandedOver(change, None)
    _set(session, incident, Role.COMMANDER, to, by, now)
    invite(session, incident, [to], now)
    text, details = with_note(
        f"Command handed over: {_mention(change.old)} → {_mention(to)}",
        {"old": change.old, "new": to},
        note,
    )
    record(session, incident, EventKind.HANDED_OVER, text, details, by, now)
    handover = Handover(
        incident_id=incident.id,
        from_id=change.old,
        to_id=to,
        handed_by=by[:64],
        note=details.get("note", ""),
        handed_at=now,
    )
    session.add(handover)
    session.flush()
    enqueue(session, Job.BRIEF_COMMANDER, handover.id)
    enqueue(session, Job.RELEASE_DIGEST, incident.id)
    return HandedOver(change, handover.id)


def _set(
    session: Session, incident: Incident, role: Role, user_id: str, by: str, now: datetime
) -> None:
    dialect: Any = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    holder = {"user_id": user_id[:64], "assigned_by": by[:64], "assigned_at": now}
    insert = dialect.insert(RoleAssignment).values(incident_id=incident.id, role=role, **holder)
    session.execute(
        insert.on_conflict_do_update(index_elements=["incident_id", "role"], set_=holder)
    )


def _record_role(
    session: Session, incident: Incident, role: Role, change: Change, by: str, now: datetime
) -> None:
    text = f"{role.capitalize()}: {_mention(change.old)} → {_mention(change.new)}"
    details = {"role": role, "old": change.old, "new": change.new}
    record(session, incident, EventKind.ROLE_ASSIGNED, text, details, by, now)


def _mention(user_id: str | None) -> str:
    """As Slack writes it, so that a person who is renamed is still named right."""
    return f"<@{user_id}>" if user_id else "nobody"


def _refuse_over(incident: Incident) -> None:
    if incident.status == Status.RESOLVED or incident.is_imported:
        raise BadInputError(
            f"“{incident.title}” is over, so nobody needs a role in it and nothing was changed. "
            "`/incident reopen` takes it up again."
        )

"""Who may open which incident: whoever may read its channel in Slack, and nobody by accident.

See docs/decisions/0009-private-channels-stay-private.md.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Depends
from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.console.addresses import IncidentId
from copilot.console.login import SlackUser
from copilot.console.sessions import SignedIn, Viewer
from copilot.db import Database
from copilot.errors import NotFoundError
from copilot.incidents.models import Incident
from copilot.incidents.privacy import is_private, private_incidents
from copilot.workspaces.membership import may_read, readable_channels

_FOR_SLACK_USERS = "There is no incident {id} that you may read."
_FOR_OPERATORS = "Incident {id} is in a private channel, so it opens for the people in there only."


class NotReadableError(NotFoundError):
    """Not for this viewer, or not there at all: people from Slack are not told which."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """An incident of which a list may say only that it exists."""

    id: int
    declared_at: datetime


@dataclass(frozen=True, slots=True)
class Visible:
    ids: frozenset[int]
    hidden: tuple[Hidden, ...]
    """Told to operators alone; nobody else learns how many there are."""


def incident_router(db: Database) -> APIRouter:
    """For addresses below `/incidents/{incident_id}`: each route asks first who is there.

    So does one that is added later, without a line of its own.
    """
    return APIRouter(dependencies=[Depends(_guard(db))])


def require_visible(session: Session, viewer: Viewer, incident_id: int) -> None:
    """Raises NotReadableError, or NotFoundError to an operator where there is none.

    Who comes from Slack and may not read an incident is not told whether there is one.
    """
    incident = session.get(Incident, incident_id)
    if viewer.user is not None:
        if incident is None or not _may_open(session, viewer.user, incident):
            raise NotReadableError(_FOR_SLACK_USERS.format(id=incident_id))
    elif incident is None:
        raise NotFoundError(f"There is no incident {incident_id}.")
    elif is_private(session, incident_id):
        raise NotReadableError(_FOR_OPERATORS.format(id=incident_id))


def visible_to(session: Session, viewer: Viewer) -> Visible:
    """Of all incidents those that the viewer may open."""
    if viewer.user is not None:
        return Visible(_open_to(session, viewer.user), ())
    private = private_incidents(session)
    declared = session.execute(
        select(Incident.id, Incident.declared_at).order_by(Incident.declared_at.desc())
    ).all()
    return Visible(
        frozenset(row.id for row in declared) - private,
        tuple(Hidden(row.id, row.declared_at) for row in declared if row.id in private),
    )


def _guard(db: Database) -> Callable[[Viewer, int], None]:
    def only_who_may_read(viewer: SignedIn, incident_id: IncidentId) -> None:
        with db.reading() as session:
            require_visible(session, viewer, incident_id)

    return only_who_may_read


def _open_to(session: Session, user: SlackUser) -> frozenset[int]:
    readable = readable_channels(session, user.team_id, user.user_id)
    found = session.execute(
        select(Incident.id, Incident.channel_id).where(Incident.team_id == user.team_id)
    )
    return frozenset(row.id for row in found if row.channel_id in readable)


def _may_open(session: Session, user: SlackUser, incident: Incident) -> bool:
    return user.team_id == incident.team_id and may_read(
        session, incident.team_id, incident.channel_id, user.user_id
    )

"""Incidents in private channels: nobody is shown them who only happens to run the copilot.

See docs/decisions/0009-private-channels-stay-private.md.
"""

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from copilot.incidents.models import Incident
from copilot.workspaces.models import Channel


def is_private(session: Session, incident_id: int) -> bool:
    """Whether it is played out in a private channel, or in one that is not known.

    Not so what was imported: an operator has the archive at hand anyway.
    """
    return session.scalar(_private().where(Incident.id == incident_id)) is not None


def private_incidents(session: Session) -> frozenset[int]:
    return frozenset(session.scalars(_private()))


def _private() -> Select[int]:
    return (
        select(Incident.id)
        .outerjoin(
            Channel,
            (Channel.team_id == Incident.team_id) & (Channel.channel_id == Incident.channel_id),
        )
        .where(Incident.is_imported.is_(False), Channel.is_private.is_not(False))
    )

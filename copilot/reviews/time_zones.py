"""In which time zone clock times of an incident are written, and in which a person lives."""

from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.errors import BadInputError
from copilot.incidents.changes import hold
from copilot.incidents.models import Incident
from copilot.reviews.policies import policy_of
from copilot.suggestions.noise_policy import read_zone
from copilot.workspaces.models import Member

_UTC = "UTC"


def zone_of(session: Session, incident: Incident) -> ZoneInfo:
    """The incident's own, else its workspace's, else UTC."""
    own = _zone(incident.time_zone)
    return own or _zone(policy_of(session, incident.team_id).time_zone) or ZoneInfo(_UTC)


def zone_of_person(session: Session, team_id: str, user_id: str) -> ZoneInfo | None:
    """As they set it in Slack; None where that is not known."""
    name = session.scalar(
        select(Member.time_zone).where(Member.team_id == team_id, Member.user_id == user_id)
    )
    return _zone(name)


def zones_in(session: Session, team_id: str) -> list[str]:
    """Where people of the workspace live, by name; what a person is offered to choose from."""
    found = session.scalars(
        select(Member.time_zone).where(Member.team_id == team_id, Member.time_zone != "").distinct()
    )
    return sorted({*found, _UTC})


def set_zone(session: Session, incident: Incident, name: str) -> None:
    """Write its review by the clocks of `name`; empty means the workspace's.

    Raises BadInputError.
    """
    wanted = name.strip()
    try:
        zone = read_zone(wanted) if wanted else None
    except ValueError:
        raise BadInputError(
            "That is no time zone, so nothing was changed. Give one such as Europe/Berlin or UTC."
        ) from None
    hold(session, incident)
    incident.time_zone = zone


def _zone(name: str | None) -> ZoneInfo | None:
    """None for a zone that this machine's tables do not have (any more)."""
    try:
        return ZoneInfo(read_zone(name)) if name else None
    except ValueError:
        return None

"""Finding incidents."""

from datetime import datetime

from pydantic import BaseModel
from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from copilot.errors import NotFoundError
from copilot.incidents.models import Incident
from copilot.timeline.models import TimelineEvent
from copilot.timeline.reading import Span
from copilot.workspaces.models import Channel


class IncidentView(BaseModel):
    """An incident as lists show it."""

    id: int
    title: str
    channel: str
    severity: str | None
    status: str
    declared_at: datetime
    resolved_at: datetime | None
    messages: int


def get_incident(session: Session, incident_id: int) -> Incident:
    """Raises NotFoundError."""
    incident = session.get(Incident, incident_id)
    if incident is None:
        raise NotFoundError(
            f"There is no incident {incident_id}. `incident-copilot incidents list` shows them."
        )
    return incident


def open_incident_in(session: Session, team_id: str, channel_id: str) -> Incident | None:
    """The incident that is being worked on in the channel; there is never more than one."""
    query = _newest_in(team_id, channel_id)
    return session.scalar(
        query.where(Incident.resolved_at.is_(None), Incident.is_imported.is_(False))
    )


def latest_incident_in(session: Session, team_id: str, channel_id: str) -> Incident | None:
    """The open incident of the channel, or else the one that was declared last."""
    standing = open_incident_in(session, team_id, channel_id)
    return standing or session.scalar(_newest_in(team_id, channel_id))


def incident_at(
    session: Session, team_id: str, channel_id: str, instant: datetime
) -> Incident | None:
    """The incident that what was said then belongs to; the newest where several overlap."""
    query = _newest_in(team_id, channel_id).where(
        or_(Incident.timeline_from.is_(None), Incident.timeline_from <= instant),
        or_(Incident.timeline_until.is_(None), Incident.timeline_until > instant),
    )
    return session.scalar(query)


def list_incidents(session: Session) -> list[IncidentView]:
    """All incidents, the newest first."""
    messages = (
        select(func.count())
        .select_from(TimelineEvent)
        .where(
            TimelineEvent.team_id == Incident.team_id,
            TimelineEvent.channel_id == Incident.channel_id,
            TimelineEvent.message_ts.is_not(None),
            or_(
                Incident.timeline_from.is_(None),
                TimelineEvent.occurred_at >= Incident.timeline_from,
            ),
            or_(
                Incident.timeline_until.is_(None),
                TimelineEvent.occurred_at < Incident.timeline_until,
            ),
        )
        .correlate(Incident)
        .scalar_subquery()
    )
    in_same_channel = and_(
        Channel.team_id == Incident.team_id, Channel.channel_id == Incident.channel_id
    )
    query = (
        select(Incident, func.coalesce(Channel.name, Incident.channel_id), messages)
        .outerjoin(Channel, in_same_channel)
        .order_by(Incident.declared_at.desc(), Incident.id.desc())
    )
    return [
        IncidentView(
            id=incident.id,
            title=incident.title,
            channel=channel,
            severity=incident.severity,
            status=incident.status,
            declared_at=incident.declared_at,
            resolved_at=incident.resolved_at,
            messages=count,
        )
        for incident, channel, count in session.execute(query)
    ]


def span_of(incident: Incident) -> Span:
    """The part of its channel's timeline that is the incident's."""
    return Span(
        incident.team_id, incident.channel_id, incident.timeline_from, incident.timeline_until
    )


def _newest_in(team_id: str, channel_id: str) -> Select[Incident]:
    return (
        select(Incident)
        .where(Incident.team_id == team_id, Incident.channel_id == channel_id)
        .order_by(Incident.declared_at.desc(), Incident.id.desc())
        .limit(1)
    )

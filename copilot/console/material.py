"""What every part of an incident's page is made from, and the surroundings of shown messages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from copilot.console.conversation import Surroundings, reaction_counts
from copilot.console.highlights import Highlight, marks_of, read_highlights
from copilot.console.shown_events import earlier_texts, marks_on
from copilot.incidents.models import Incident
from copilot.incidents.queries import get_incident, span_of
from copilot.reviews.time_zones import zone_of
from copilot.timeline.models import TimelineEvent
from copilot.timeline.reading import Span
from copilot.workspaces.directory import names_of, workspace_of


@dataclass(frozen=True, slots=True)
class Material:
    session: Session
    incident: Incident
    span: Span
    highlights: Sequence[Highlight]
    names: Mapping[str, str]
    workspace_url: str
    zone: ZoneInfo
    """By whose clocks its times are told."""


def gather(session: Session, incident_id: int, zone: ZoneInfo | None = None) -> Material:
    """`zone` is the incident's, where that is known already. Raises NotFoundError."""
    incident = get_incident(session, incident_id)
    span = span_of(incident)
    return Material(
        session=session,
        incident=incident,
        span=span,
        highlights=read_highlights(session, incident.id, span),
        names=names_of(session, incident.team_id),
        workspace_url=workspace_of(session, incident.team_id).url,
        zone=zone or zone_of(session, incident),
    )


def surroundings(
    material: Material,
    events: Sequence[TimelineEvent],
    quotes: Mapping[int, Sequence[str]] | None = None,
) -> Surroundings:
    """What the conversation of `events` needs to know; `quotes` are cited words by event id."""
    shown = {event.message_ts for event in events if event.message_ts}
    return Surroundings(
        workspace_url=material.workspace_url,
        zone=material.zone,
        names=material.names,
        reactions=reaction_counts(marks_on(material.session, material.span, shown)),
        earlier=earlier_texts(material.session, events),
        marks=marks_of(material.highlights),
        quotes=quotes or {},
    )

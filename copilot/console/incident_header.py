"""What stands on top of every page of an incident."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.console import words
from copilot.console.waiting import Waiting, waiting_of
from copilot.incidents.models import Incident, Status
from copilot.incidents.queries import get_incident, span_of
from copilot.reviews.versions import newest_review
from copilot.suggestions.models import Pacing
from copilot.suggestions.vocabulary import Tempo
from copilot.timeline.models import TimelineEvent
from copilot.timeline.reading import within
from copilot.workspaces.directory import channel_name


@dataclass(frozen=True, slots=True)
class Header:
    incident_id: int
    title: str
    channel: str
    severity: str | None
    status: str
    tempo: str | None
    """None where nothing is going on any more."""
    elapsed: str
    is_over: bool
    declared_at: datetime
    waiting: Waiting
    newest_event_id: int
    review_id: int
    """0 before the first draft."""
    is_drafting: bool
    """A draft was asked for and is not there yet."""

    @property
    def state(self) -> str:
        """Differs once a page of this incident would show something else."""
        parts = (
            self.newest_event_id,
            self.waiting.suggestions,
            self.waiting.claims_checked,
            self.review_id,
        )
        return "-".join(str(part) for part in parts)


def read_header(session: Session, incident_id: int, now: datetime) -> Header:
    """Raises NotFoundError."""
    incident = get_incident(session, incident_id)
    is_over = incident.status == Status.RESOLVED or incident.is_imported
    newest_id, last_at = _newest_event(session, incident)
    review = newest_review(session, incident_id)
    requested_at = incident.review_requested_at
    return Header(
        incident_id=incident.id,
        title=incident.title,
        channel=channel_name(session, incident.team_id, incident.channel_id),
        severity=incident.severity,
        status=incident.status,
        tempo=None if is_over else _tempo_of(session, incident_id),
        elapsed=_elapsed(incident, last_at, now),
        is_over=is_over,
        declared_at=incident.declared_at,
        waiting=waiting_of(session, [incident_id])[incident_id],
        newest_event_id=newest_id,
        review_id=review.id if review else 0,
        is_drafting=requested_at is not None
        and (review is None or review.drafted_at < requested_at),
    )


def _newest_event(session: Session, incident: Incident) -> tuple[int, datetime | None]:
    """Its id, and when something was last said. Both are found from the end of an index."""
    at = TimelineEvent.occurred_at
    newest = select(TimelineEvent.id).where(*within(span_of(incident)))
    said = select(at).where(*within(span_of(incident)), TimelineEvent.message_ts.is_not(None))
    newest_id = session.scalar(newest.order_by(at.desc(), TimelineEvent.id.desc()).limit(1))
    return newest_id or 0, session.scalar(said.order_by(at.desc()).limit(1))


def _tempo_of(session: Session, incident_id: int) -> str:
    tempo = session.scalar(select(Pacing.tempo).where(Pacing.incident_id == incident_id))
    return tempo or Tempo.CALM


def _elapsed(incident: Incident, last_at: datetime | None, now: datetime) -> str:
    if incident.resolved_at is not None:
        return f"lasted {words.duration(incident.resolved_at - incident.declared_at)}"
    if incident.is_imported:
        # An archive does not say when it was over; the last words are what is known.
        return f"covers {words.duration((last_at or incident.declared_at) - incident.declared_at)}"
    return f"open for {words.duration(now - incident.declared_at)}"

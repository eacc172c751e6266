"""The newest review as people and programs read it."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.incidents.models import Incident
from copilot.incidents.queries import get_incident, span_of
from copilot.reviews.models import Claim, ClaimState, Review, Section
from copilot.reviews.review_policy import TITLES
from copilot.reviews.sources import Source, sources_of
from copilot.reviews.versions import newest_review
from copilot.reviews.written_down import WrittenDown, written_down
from copilot.timeline.gaps import gaps_in
from copilot.workspaces.directory import channel_name

_WITHHELD = "Withheld: a message it rests on was deleted."


class ReviewedIncident(BaseModel):
    id: int
    title: str
    channel: str
    severity: str | None
    status: str
    declared_at: datetime
    mitigated_at: datetime | None
    resolved_at: datetime | None


class CitationView(BaseModel):
    message_ts: str
    quote: str
    """Verbatim; empty once the message was deleted."""
    permalink: str

    event_id: int = Field(exclude=True)
    author_name: str = Field(exclude=True)
    occurred_at: datetime = Field(exclude=True)
    text: str = Field(exclude=True)
    """The message as it read when it was cited."""
    is_changed: bool = Field(exclude=True)
    is_deleted: bool = Field(exclude=True)


class ClaimView(BaseModel):
    """One sentence with its sources, what code found and what a person said."""

    text: str
    citations: list[CitationView]
    supported: bool

    id: int = Field(exclude=True)
    section: Section = Field(exclude=True)
    state: ClaimState = Field(exclude=True)
    checked_by: str | None = Field(exclude=True)
    checked_at: datetime | None = Field(exclude=True)
    drafted_text: str = Field(exclude=True)
    why: str | None = Field(exclude=True)
    """What is wrong with it, in words; None for a supported claim."""
    source_changed: bool = Field(exclude=True)

    @property
    def is_checked(self) -> bool:
        return self.state in (ClaimState.VERIFIED, ClaimState.EDITED)


class SectionView(BaseModel):
    key: Section = Field(exclude=True)
    title: str
    claims: list[ClaimView]
    """Empty where the timeline says nothing."""


class ReviewView(BaseModel):
    id: int
    incident: ReviewedIncident
    version: int
    engine: str
    drafted_at: datetime
    events_read: int
    events_left_out: int
    gaps: list[str] = []
    """Stretches of the timeline in which messages may be missing, in words, as they are now."""
    sections: list[SectionView]
    """All ten, in order, with what may be published."""
    written_down: list[WrittenDown] = []
    """Notes and the like, which rest on no message and so are no claims."""
    unsupported: list[ClaimView]
    """Kept apart: what its sources do not carry, or no longer."""
    rejected: list[ClaimView]
    """What a person marked wrong."""

    @property
    def claims(self) -> list[ClaimView]:
        return [claim for section in self.sections for claim in section.claims]

    @property
    def checked(self) -> int:
        """Published claims that a named person verified or wrote."""
        return sum(claim.is_checked for claim in self.claims)


def current_review(session: Session, incident_id: int) -> ReviewView | None:
    """None before the first draft. Raises NotFoundError for an unknown incident."""
    incident = get_incident(session, incident_id)
    review = newest_review(session, incident_id)
    if review is None:
        return None
    rows = session.scalars(
        select(Claim).where(Claim.review_id == review.id).order_by(Claim.position, Claim.id)
    ).all()
    sources = sources_of(session, incident, [row.id for row in rows])
    return _review_view(session, incident, review, [_claim_view(r, sources[r.id]) for r in rows])


def _review_view(
    session: Session, incident: Incident, review: Review, claims: Sequence[ClaimView]
) -> ReviewView:
    rejected = [claim for claim in claims if claim.state == ClaimState.WRONG]
    others = [claim for claim in claims if claim.state != ClaimState.WRONG]
    published = sorted(filter(_may_be_published, others), key=_first_cited_at)
    return ReviewView(
        id=review.id,
        incident=ReviewedIncident(
            id=incident.id,
            title=incident.title,
            channel=channel_name(session, incident.team_id, incident.channel_id),
            severity=incident.severity,
            status=incident.status,
            declared_at=incident.declared_at,
            mitigated_at=incident.mitigated_at,
            resolved_at=incident.resolved_at,
        ),
        version=review.version,
        engine=review.engine,
        drafted_at=review.drafted_at,
        events_read=review.events_read,
        events_left_out=review.events_left_out,
        gaps=[gap.text for gap in gaps_in(session, span_of(incident))],
        sections=[
            SectionView(
                key=section,
                title=TITLES[section],
                claims=[claim for claim in published if claim.section == section],
            )
            for section in Section
        ],
        written_down=written_down(session, incident),
        unsupported=[claim for claim in others if not _may_be_published(claim)],
        rejected=rejected,
    )


def _may_be_published(claim: ClaimView) -> bool:
    """What its sources carry; or a person's own words, as long as the sources are still there."""
    is_persons = claim.state == ClaimState.EDITED and not claim.source_changed
    return claim.supported or (is_persons and bool(claim.citations))


def _first_cited_at(claim: ClaimView) -> datetime:
    return min(citation.occurred_at for citation in claim.citations)


def _claim_view(row: Claim, sources: Sequence[Source]) -> ClaimView:
    is_deleted = any(source.is_deleted for source in sources)
    is_changed = any(source.is_changed for source in sources)
    state = ClaimState(row.state)
    is_withheld = is_deleted and state != ClaimState.EDITED
    return ClaimView(
        id=row.id,
        section=Section(row.section),
        text=_WITHHELD if is_withheld else row.text,
        drafted_text=_WITHHELD if is_deleted else row.drafted_text,
        citations=[_citation_view(source) for source in sources],
        supported=row.is_supported and not is_changed and bool(sources),
        state=state,
        checked_by=row.checked_by,
        checked_at=row.checked_at,
        why=_why(row, sources, is_deleted=is_deleted, is_changed=is_changed),
        source_changed=is_changed,
    )


def _why(
    row: Claim, sources: Sequence[Source], *, is_deleted: bool, is_changed: bool
) -> str | None:
    if is_deleted:
        return "source changed: a message it cites was deleted"
    if is_changed:
        return "source changed: a message it cites was edited"
    if row.is_supported and not sources:
        return "the messages it cited are gone"
    return row.failed_check


def _citation_view(source: Source) -> CitationView:
    return CitationView(
        message_ts=source.message.message_ts,
        quote="" if source.is_deleted else source.citation.quote,
        permalink=source.permalink,
        event_id=source.message.event_id,
        author_name=source.message.author_name,
        occurred_at=source.message.occurred_at,
        text="" if source.is_deleted else source.message.text,
        is_changed=source.is_changed,
        is_deleted=source.is_deleted,
    )

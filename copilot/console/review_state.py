"""A mark that differs once a review page would show something else; asked for often."""

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.selectable import ScalarSelect

from copilot.incidents.models import Incident
from copilot.incidents.queries import span_of
from copilot.reviews.models import (
    Amendment,
    Citation,
    Claim,
    Comment,
    MilestoneRecord,
    Review,
    SignOff,
    VerificationAct,
)
from copilot.timeline.models import EventKind, Revision, TimelineEvent
from copilot.timeline.reading import within


def review_state(session: Session, incident: Incident) -> str:
    """Acts, drafts, comments, sign-off, amendments, milestones, notes, and edits of sources."""
    asked = incident.review_requested_at
    drafted = session.execute(_last_draft(incident.id)).one_or_none()
    left = len(drafted.sections_left or ()) if drafted else 0
    is_waiting = bool(drafted and drafted.waits_for_people)
    counts = session.execute(select(*_counts(incident))).one()
    parts = [asked.timestamp() if asked else 0, left, int(is_waiting), *counts]
    return "-".join(str(part or 0) for part in parts)


def _last_draft(incident_id: int) -> "Select[tuple[list[object], bool]]":
    return (
        select(Review.sections_left, Review.waits_for_people)
        .where(Review.incident_id == incident_id)
        .order_by(Review.version.desc())
        .limit(1)
    )


def _counts(incident: Incident) -> "list[ScalarSelect[int]]":
    reviews = select(Review.id).where(Review.incident_id == incident.id).scalar_subquery()
    claims = select(Claim.id).where(Claim.review_id.in_(reviews)).scalar_subquery()
    cited = select(Citation.event_id).where(Citation.claim_id.in_(claims)).scalar_subquery()
    return [
        _one(func.max(Review.id), Review.incident_id == incident.id),
        _one(func.max(Claim.id), Claim.review_id.in_(reviews)),
        _one(func.count(Claim.withdrawn_in_id), Claim.review_id.in_(reviews)),
        _one(func.max(VerificationAct.id), VerificationAct.claim_id.in_(claims)),
        _one(func.max(Comment.id), Comment.incident_id == incident.id),
        _one(func.count(Comment.settled_at), Comment.incident_id == incident.id),
        _one(func.max(SignOff.id), SignOff.incident_id == incident.id),
        select(func.max(Amendment.id))
        .join(SignOff, SignOff.id == Amendment.sign_off_id)
        .where(SignOff.incident_id == incident.id)
        .scalar_subquery(),
        _one(func.max(MilestoneRecord.id), MilestoneRecord.incident_id == incident.id),
        _one(func.max(Revision.id), Revision.event_id.in_(cited)),
        _one(func.count(TimelineEvent.deleted_at), TimelineEvent.id.in_(cited)),
        _one(
            func.max(TimelineEvent.id),
            *within(span_of(incident)),
            TimelineEvent.kind == EventKind.NOTE,
        ),
    ]


def _one(counted: ColumnElement[int], *where: ColumnElement[bool]) -> "ScalarSelect[int]":
    return select(counted).where(*where).scalar_subquery()

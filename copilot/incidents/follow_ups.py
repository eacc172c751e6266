"""Work agreed for after the incident."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from copilot.errors import BadInputError
from copilot.incidents.models import FollowUp
from copilot.timeline.message_text import clean


def add_follow_up(
    session: Session,
    *,
    incident_id: int,
    title: str,
    owner_id: str | None,
    due: str | None,
    suggestion_id: int | None,
    by: str,
    now: datetime,
) -> FollowUp:
    """Add it; a suggestion that became a follow-up before is not added again."""
    title = " ".join(clean(title).split())
    if not title:
        raise BadInputError("A follow-up needs a title: the work, in a few words.")
    follow_up = FollowUp(
        incident_id=incident_id,
        title=title,
        owner_id=owner_id,
        due=clean(due)[:100] if due else None,
        suggestion_id=suggestion_id,
        created_by=by[:64],
        created_at=now,
    )
    try:
        with session.begin_nested():
            session.add(follow_up)
    except IntegrityError:
        standing = session.scalar(select(FollowUp).where(FollowUp.suggestion_id == suggestion_id))
        if suggestion_id is None or standing is None:
            raise
        return standing
    return follow_up


def follow_ups_of(session: Session, incident_id: int) -> list[FollowUp]:
    """In the order they were agreed."""
    query = select(FollowUp).where(FollowUp.incident_id == incident_id).order_by(FollowUp.id)
    return list(session.scalars(query))

"""A follow-up gets better words, an owner, a day by which it is done."""

from datetime import datetime

from sqlalchemy.orm import Session

from copilot.incidents.follow_ups import check_owner, find_follow_up, revise, written_title
from copilot.incidents.models import FollowUp, Incident
from copilot.timeline.redaction import redact


def change_follow_up(
    session: Session,
    incident: Incident,
    follow_up_id: int,
    *,
    title: str,
    owner_id: str | None,
    due: str | None,
    by: str,
    now: datetime,
) -> FollowUp:
    """Say better what it is, who does it or by when; nothing new leaves no trace.

    Raises BadInputError, NotFoundError, and AlreadyDecidedError once it is done.
    """
    title = written_title(title)
    owner_id, due = owner_id or None, redact(" ".join(due.split())) if due else None
    before = find_follow_up(session, incident, follow_up_id)
    if (title, owner_id, due or None) == (before.title, before.owner_id, before.due or None):
        return before
    if owner_id != before.owner_id:
        check_owner(session, incident.team_id, owner_id)
    return revise(session, incident, before, title, owner_id, due or None, by, now)

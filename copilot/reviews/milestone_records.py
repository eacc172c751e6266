"""What people say about the milestones of an incident; all of it is kept."""

import re
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.errors import BadInputError
from copilot.incidents.changes import one_line
from copilot.incidents.models import Incident
from copilot.incidents.queries import span_of
from copilot.reviews.milestone_reading import milestones_of
from copilot.reviews.milestones import Origin
from copilot.reviews.models import MilestoneRecord, SignOff
from copilot.reviews.reviewers import Reviewer
from copilot.reviews.versions import lock_incident
from copilot.reviews.vocabulary import MilestoneKind
from copilot.timeline.models import TimelineEvent
from copilot.timeline.permalinks import is_stamp
from copilot.timeline.reading import within

_LONGEST_WHY = 300
_CLOCKS_DIFFER = timedelta(minutes=1)
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_PERMALINK = re.compile(r"https?://[^/\s]+/archives/(\w{1,32})/p(\d{7,17})(?:[?#]\S*)?", re.ASCII)


def set_milestone(
    session: Session,
    incident_id: int,
    kind: MilestoneKind,
    *,
    at: datetime | None = None,
    message: str = "",
    why: str = "",
    by: Reviewer,
    now: datetime,
) -> None:
    """A person says when it was, by a time or a message (permalink or ts) or both.

    The newest word holds. Raises BadInputError and NotFoundError; nothing is changed then.
    """
    incident = lock_incident(session, incident_id)
    _refuse_signed(session, incident_id)
    shown_by = _message(session, incident, message) if message.strip() else None
    instant = at or (shown_by.occurred_at if shown_by else None)
    if instant is None:
        raise BadInputError("Give a time, or the link of a message that shows it.")
    if not _EARLIEST <= instant <= now + _CLOCKS_DIFFER:
        raise BadInputError("That time has not come yet, or is long gone; nothing was changed.")
    reason = one_line(why, _LONGEST_WHY)
    if shown_by is None and not reason:
        raise BadInputError(
            "Say why, or name a message that shows it: others will ask where the time is from."
        )
    _add(session, incident_id, kind, by, now, instant, shown_by.id if shown_by else None, reason)


def take_back_milestone(
    session: Session,
    incident_id: int,
    kind: MilestoneKind,
    *,
    why: str = "",
    by: Reviewer,
    now: datetime,
) -> None:
    """What a person said no longer holds; records and messages tell again. Raises BadInputError."""
    lock_incident(session, incident_id)
    _refuse_signed(session, incident_id)
    standing = milestones_of(session, incident_id).found.get(kind)
    if standing is None or standing.origin is not Origin.PERSON:
        raise BadInputError(f"Nobody has said when it was {kind}, so there is nothing to undo.")
    _add(session, incident_id, kind, by, now, None, None, one_line(why, _LONGEST_WHY))


def _add(
    session: Session,
    incident_id: int,
    kind: MilestoneKind,
    by: Reviewer,
    now: datetime,
    at: datetime | None,
    event_id: int | None,
    why: str,
) -> None:
    session.add(
        MilestoneRecord(
            incident_id=incident_id,
            kind=kind,
            occurred_at=at,
            event_id=event_id,
            why=why,
            set_by=by.signature,
            user_id=by.user_id,
            set_at=now,
        )
    )
    session.flush()


def is_signed(session: Session, incident_id: int) -> bool:
    """Whether its review was signed, after which milestones stay as they are, too."""
    return _signature(session, incident_id) is not None


def _signature(session: Session, incident_id: int) -> SignOff | None:
    return session.scalar(select(SignOff).where(SignOff.incident_id == incident_id))


def _refuse_signed(session: Session, incident_id: int) -> None:
    signed = _signature(session, incident_id)
    if signed is not None:
        raise BadInputError(
            f"{signed.signed_by} signed the review, so what stands on it stays. "
            "Write an amendment to it instead."
        )


def _message(session: Session, incident: Incident, given: str) -> TimelineEvent:
    """The message of this incident that a permalink or ts names. Raises BadInputError."""
    wanted = given.strip()
    link = _PERMALINK.fullmatch(wanted)
    if link and link[1] != incident.channel_id:
        raise BadInputError("That message is of another channel; name one of this incident.")
    stamp = f"{link[2][:-6]}.{link[2][-6:]}" if link else wanted
    event = None
    if is_stamp(stamp):
        event = session.scalar(
            select(TimelineEvent).where(
                *within(span_of(incident)),
                TimelineEvent.natural_key == f"message:{stamp}",
                TimelineEvent.deleted_at.is_(None),
            )
        )
    if event is None:
        raise BadInputError(
            "There is no such message in this incident. In Slack, choose “Copy link” on the "
            "message and paste that here."
        )
    return event

"""Asking for a draft of the review: one pass over an incident at a time, and no wish is lost."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from copilot.clock import Clock
from copilot.incidents.models import Incident
from copilot.incidents.queries import span_of
from copilot.jobs import Job, enqueue
from copilot.reviews.models import Review, ReviewPolicyVersion
from copilot.reviews.versions import lock_unsigned, newest_review
from copilot.suggestions.leases import LONGEST_LEASE, WALL_CLOCK
from copilot.timeline.models import Revision, TimelineEvent
from copilot.timeline.reading import within


class Wish(StrEnum):
    """What comes of asking for a draft."""

    BEGINS = "A draft is being written."
    RUNS = "A draft is being written already, with all that was said so far. It is not begun twice."
    FOLLOWS = (
        "A draft is being written already, and more was said since it began. Once it is done, "
        "another one follows by itself."
    )


def request_review(
    session: Session, incident_id: int, now: datetime, lease_clock: Clock = WALL_CLOCK
) -> Wish:
    """Ask for a draft; the wish stands on the incident until one is drafted.

    Who asks wants it now, however long the last failure would have had it wait. What is being
    drafted is not drafted a second time beside that. Raises NotFoundError, and BadInputError once
    the review is signed.
    """
    wish = wish_for_draft(session, incident_id, now, lease_clock.now())
    enqueue(session, Job.DRAFT_REVIEW, incident_id)
    return wish


def wish_for_draft(session: Session, incident_id: int, now: datetime, wall_now: datetime) -> Wish:
    """Note on the incident what is wanted, and send nobody."""
    incident = lock_unsigned(session, incident_id)
    newest = newest_review(session, incident_id)
    is_held = is_being_drafted(incident, wall_now)
    began_at = _began_at(incident, newest, is_held=is_held)
    if not is_held:
        incident.review_due_at, incident.review_attempts = None, 0
    if began_at is not None and not _is_changed_since(session, incident, began_at):
        return Wish.RUNS
    incident.review_requested_at = now
    return Wish.BEGINS if began_at is None else Wish.FOLLOWS


def is_being_drafted(incident: Incident, wall_now: datetime) -> bool:
    """A worker holds it; while drafting only rests after a failure, attempts are negative."""
    until = incident.review_due_at
    is_ahead = until is not None and wall_now < until <= wall_now + LONGEST_LEASE
    return is_ahead and incident.review_attempts > 0


def _began_at(incident: Incident, newest: Review | None, *, is_held: bool) -> datetime | None:
    """When the draft that is being written began, or was asked for; None where none is."""
    asked_at = incident.review_requested_at
    is_asked = asked_at is not None and (newest is None or newest.drafted_at < asked_at)
    if is_held and is_asked:
        return asked_at
    is_unfinished = (
        newest is not None and bool(newest.sections_left) and not newest.waits_for_people
    )
    return newest.drafted_at if newest is not None and is_unfinished and not is_asked else None


def _is_changed_since(session: Session, incident: Incident, at: datetime) -> bool:
    """Whether a draft that began then can have missed something: what was said or done, an edit,
    a deletion, another template. At the very instant is late enough to count."""
    of_incident = within(span_of(incident))
    events = exists().where(
        *of_incident,
        or_(
            TimelineEvent.recorded_at >= at,
            TimelineEvent.occurred_at >= at,
            TimelineEvent.deleted_at >= at,
        ),
    )
    edits = exists().where(
        Revision.event_id == TimelineEvent.id, Revision.recorded_at >= at, *of_incident
    )
    templates = exists().where(
        ReviewPolicyVersion.team_id == incident.team_id, ReviewPolicyVersion.set_at >= at
    )
    return bool(session.scalar(select(or_(events, edits, templates))))

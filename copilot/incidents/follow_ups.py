"""Work agreed for after the incident."""

from datetime import datetime
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from copilot.errors import AlreadyDecidedError, BadInputError, NotFoundError
from copilot.incidents.changes import hold_row
from copilot.incidents.headline import headline_changed
from copilot.incidents.models import FollowUp, Incident
from copilot.timeline.message_text import clean
from copilot.timeline.models import EventKind
from copilot.timeline.recording import record_change
from copilot.timeline.redaction import redact
from copilot.workspaces.directory import people_of

LONGEST_TITLE = 300
_SAID = {
    EventKind.FOLLOW_UP_ADDED: "Follow-up added",
    EventKind.FOLLOW_UP_CHANGED: "Follow-up changed",
    EventKind.FOLLOW_UP_DONE: "Follow-up done",
}


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
    source_ts: str | None = None,
) -> FollowUp:
    """Add it; what a suggestion or a message became a follow-up of before is not added again."""
    title = " ".join(clean(title).split())
    if not title:
        raise BadInputError("A follow-up needs a title: the work, in a few words.")
    follow_up = FollowUp(
        incident_id=incident_id,
        title=title,
        owner_id=owner_id,
        due=clean(due)[:100] if due else None,
        suggestion_id=suggestion_id,
        source_ts=source_ts,
        created_by=by[:64],
        created_at=now,
    )
    try:
        with session.begin_nested():
            session.add(follow_up)
    except IntegrityError:
        standing = _made_before(session, incident_id, suggestion_id, source_ts)
        if standing is None:
            raise
        return standing
    headline_changed(session, incident_id)
    return follow_up


def write_follow_up(
    session: Session,
    incident: Incident,
    *,
    title: str,
    owner_id: str | None,
    due: str | None,
    by: str,
    now: datetime,
    source_ts: str | None = None,
) -> FollowUp:
    """Add what a person wrote down, and say so in the timeline.

    Raises BadInputError if it has no title, or an owner who is no person of the workspace.
    """
    title = written_title(title)
    check_owner(session, incident.team_id, owner_id)
    due = redact(due) if due else None
    before = made_of(session, incident.id, source_ts) if source_ts else None
    if before is not None:
        return revise(session, incident, before, title, owner_id, due, by, now)
    follow_up = add_follow_up(
        session,
        incident_id=incident.id,
        title=title,
        owner_id=owner_id,
        due=due,
        suggestion_id=None,
        source_ts=source_ts,
        by=by,
        now=now,
    )
    _record(session, incident, EventKind.FOLLOW_UP_ADDED, follow_up, by, now)
    return follow_up


def revise(
    session: Session,
    incident: Incident,
    before: FollowUp,
    title: str,
    owner_id: str | None,
    due: str | None,
    by: str,
    now: datetime,
) -> FollowUp:
    """Somebody says better what a message was made into; what is done stays as it was."""
    if not title:
        raise BadInputError("A follow-up needs a title: the work, in a few words.")
    hold_row(session, incident.id)
    revised = session.scalars(
        update(FollowUp)
        .where(FollowUp.id == before.id, FollowUp.done_at.is_(None))
        .values(
            title=title,
            owner_id=owner_id,
            due=clean(due)[:100] if due else None,
            withdrawn_at=None,
        )
        .returning(FollowUp),
        execution_options={"populate_existing": True},
    ).one_or_none()
    if revised is None:
        raise AlreadyDecidedError(f"“{before.title}” is done already; it stays as it is.")
    _record(session, incident, EventKind.FOLLOW_UP_CHANGED, revised, by, now)
    headline_changed(session, incident.id)
    return revised


def written_title(typed: str) -> str:
    title = redact(" ".join(clean(typed).split()))
    if len(title) > LONGEST_TITLE:
        raise BadInputError(f"Say it in at most {LONGEST_TITLE} characters. Nothing was saved.")
    return title


def check_owner(session: Session, team_id: str, owner_id: str | None) -> None:
    """Raises BadInputError unless the owner is a person who is known here."""
    if owner_id and owner_id not in {person.user_id for person in people_of(session, team_id)}:
        raise BadInputError("The owner must be a person of this workspace. Nothing was saved.")


def complete(
    session: Session, incident: Incident, follow_up_id: int, *, by: str, now: datetime
) -> tuple[FollowUp, bool]:
    """The follow-up, done, and whether it was open until now. Who was first stands.

    Raises NotFoundError, also for a follow-up of another incident.
    """
    # Before the follow-up, as everybody takes them: its headline is written in the end.
    hold_row(session, incident.id)
    is_first = session.scalar(
        update(FollowUp)
        .where(
            FollowUp.id == follow_up_id,
            FollowUp.incident_id == incident.id,
            FollowUp.withdrawn_at.is_(None),
            FollowUp.done_at.is_(None),
        )
        .values(done_at=now, done_by=by[:64])
        .returning(FollowUp.id),
        execution_options={"synchronize_session": False},
    )
    follow_up = find_follow_up(session, incident, follow_up_id)
    if is_first is not None:
        _record(session, incident, EventKind.FOLLOW_UP_DONE, follow_up, by, now)
        headline_changed(session, incident.id)
    return follow_up, is_first is not None


def find_follow_up(session: Session, incident: Incident, follow_up_id: int) -> FollowUp:
    """Raises NotFoundError, also for a follow-up of another incident."""
    follow_up = session.scalar(
        select(FollowUp).where(
            FollowUp.id == follow_up_id,
            FollowUp.incident_id == incident.id,
            FollowUp.withdrawn_at.is_(None),
        ),
        execution_options={"populate_existing": True},
    )
    if follow_up is None:
        raise NotFoundError(f"This incident has no follow-up {follow_up_id}. Nothing was changed.")
    return follow_up


def made_of(session: Session, incident_id: int, source_ts: str) -> FollowUp | None:
    """The follow-up made of a message, withdrawn or not."""
    query = select(FollowUp).where(
        FollowUp.incident_id == incident_id, FollowUp.source_ts == source_ts
    )
    return session.scalar(query, execution_options={"populate_existing": True})


def withdraw(session: Session, follow_up_id: int, now: datetime) -> bool:
    """Take it back; what is done stays, since somebody has said so. Whether anything changed."""
    withdrawn = session.scalar(
        update(FollowUp)
        .where(
            FollowUp.id == follow_up_id,
            FollowUp.done_at.is_(None),
            FollowUp.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now)
        .returning(FollowUp.incident_id)
    )
    if withdrawn is not None:
        headline_changed(session, withdrawn)
    return withdrawn is not None


def restore(session: Session, follow_up_id: int) -> None:
    restored = session.scalar(
        update(FollowUp)
        .where(FollowUp.id == follow_up_id)
        .values(withdrawn_at=None)
        .returning(FollowUp.incident_id)
    )
    if restored is not None:
        headline_changed(session, restored)


def follow_ups_of(session: Session, incident_id: int) -> list[FollowUp]:
    """In the order they were agreed; what was taken back is left out."""
    query = (
        select(FollowUp)
        .where(FollowUp.incident_id == incident_id, FollowUp.withdrawn_at.is_(None))
        .order_by(FollowUp.id)
    )
    return list(session.scalars(query))


def open_for(session: Session, team_id: str, user_id: str) -> list[tuple[FollowUp, Incident]]:
    """What a person has still to do, the longest agreed first."""
    query = (
        select(FollowUp, Incident)
        .join(Incident, Incident.id == FollowUp.incident_id)
        .where(
            Incident.team_id == team_id,
            FollowUp.owner_id == user_id,
            FollowUp.done_at.is_(None),
            FollowUp.withdrawn_at.is_(None),
        )
        .order_by(FollowUp.created_at, FollowUp.id)
    )
    return [(follow_up, incident) for follow_up, incident in session.execute(query)]


def _made_before(
    session: Session, incident_id: int, suggestion_id: int | None, source_ts: str | None
) -> FollowUp | None:
    if suggestion_id is not None:
        return session.scalar(select(FollowUp).where(FollowUp.suggestion_id == suggestion_id))
    return made_of(session, incident_id, source_ts) if source_ts else None


def _record(
    session: Session,
    incident: Incident,
    kind: EventKind,
    follow_up: FollowUp,
    by: str,
    now: datetime,
) -> None:
    record_change(
        session,
        team_id=incident.team_id,
        channel_id=incident.channel_id,
        kind=kind,
        natural_key=f"{kind}:{follow_up.id}:{uuid4().hex}",
        author_id=by,
        text=f"{_SAID[kind]}: {follow_up.title}",
        details={"follow_up_id": follow_up.id, "source_ts": follow_up.source_ts},
        occurred_at=now,
        now=now,
    )

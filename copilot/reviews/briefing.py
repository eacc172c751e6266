"""Tells a new commander in private how it stands; the handover's row is the queue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from copilot.clock import Clock
from copilot.db import Database
from copilot.errors import PermanentError, TemporaryError
from copilot.incidents.follow_ups import follow_ups_of
from copilot.incidents.headline import role_holders
from copilot.incidents.inviting import mark_invited
from copilot.incidents.models import Handover, Incident
from copilot.incidents.queries import get_incident
from copilot.ports import Briefing, CitedLine, IncidentChannel
from copilot.reviews.catchup import read_catchup
from copilot.suggestions.models import Suggestion
from copilot.suggestions.waiting import waiting_ids
from copilot.workspaces.directory import names_of
from copilot.workspaces.retrying import MAX_ATTEMPTS, POSTING_LEASE, back_off


@dataclass(frozen=True, slots=True)
class _Claim:
    handover: Handover
    incident: Incident
    briefing: Briefing


def read_briefing(
    session: Session,
    incident: Incident,
    *,
    console_url: str | None,
    from_id: str | None = None,
    note: str = "",
) -> Briefing:
    """What stands now. `console_url` ends in a slash."""
    names = names_of(session, incident.team_id)
    told = read_catchup(session, incident, None)
    return Briefing(
        incident_id=incident.id,
        title=incident.title,
        severity=incident.severity,
        status=incident.status,
        declared_at=incident.declared_at,
        from_name=names.get(from_id, from_id) if from_id else None,
        note=note,
        roles=role_holders(session, incident.id, names),
        lines=tuple(
            CitedLine(
                at=line.at,
                author=line.author,
                text=line.text,
                event_id=line.event_id,
                permalink=line.permalink,
                is_key_moment=line.is_key_moment,
                is_alert=line.is_alert,
            )
            for line in told.lines
        ),
        covered=told.covered,
        messages=told.messages,
        follow_ups=tuple(
            (each.title, names.get(each.owner_id or "", each.owner_id))
            for each in follow_ups_of(session, incident.id)
            if each.done_at is None
        ),
        waiting=_waiting(session, incident),
        console_url=f"{console_url}incidents/{incident.id}" if console_url else None,
    )


def handovers_to_brief(session: Session, wall_now: datetime) -> list[int]:
    query = select(Handover.id).where(
        Handover.briefed_at.is_(None),
        or_(Handover.brief_due_at.is_(None), Handover.brief_due_at <= wall_now),
    )
    return list(session.scalars(query.order_by(Handover.id)))


def brief_commander(
    db: Database,
    handover_id: int,
    channel: IncidentChannel,
    *,
    console_url: str | None,
    clock: Clock,
    lease_clock: Clock,
) -> None:
    """Bring the new commander into the channel and tell them there, once.

    Raises TemporaryError when Slack can't now; it is due again after a pause.
    """
    claim = _claim(db, handover_id, console_url, lease_clock.now())
    if claim is None:
        return
    failures: list[str] = []
    try:
        _tell(db, channel, claim, clock, failures)
    except TemporaryError as error:
        if claim.handover.attempts < MAX_ATTEMPTS:
            _put_off(db, handover_id, claim.handover.attempts, error, lease_clock.now())
            raise
        failures.append(str(error))
    _end(db, handover_id, failures, clock.now())


def _waiting(session: Session, incident: Incident) -> tuple[str, ...]:
    query = select(Suggestion.title).where(Suggestion.id.in_(waiting_ids(session, incident)))
    return tuple(session.scalars(query.order_by(Suggestion.id)))


def _claim(
    db: Database, handover_id: int, console_url: str | None, wall_now: datetime
) -> _Claim | None:
    with db.transaction() as session:
        handover = session.scalars(
            update(Handover)
            .where(
                Handover.id == handover_id,
                Handover.briefed_at.is_(None),
                or_(Handover.brief_due_at.is_(None), Handover.brief_due_at <= wall_now),
            )
            .values(brief_due_at=wall_now + POSTING_LEASE, attempts=Handover.attempts + 1)
            .returning(Handover),
            execution_options={"populate_existing": True},
        ).one_or_none()
        if handover is None:
            return None
        incident = get_incident(session, handover.incident_id)
        briefing = read_briefing(
            session,
            incident,
            console_url=console_url,
            from_id=handover.from_id,
            note=handover.note,
        )
        return _Claim(handover, incident, briefing)


def _tell(
    db: Database, channel: IncidentChannel, claim: _Claim, clock: Clock, failures: list[str]
) -> None:
    incident, to_id = claim.incident, claim.handover.to_id
    try:
        channel.invite(incident.team_id, incident.channel_id, [to_id])
    except PermanentError:
        pass  # the headline says so; perhaps they are there already
    else:
        with db.transaction() as session:
            mark_invited(session, incident.id, [to_id], clock.now())
    try:
        channel.brief(incident.team_id, incident.channel_id, to_id, claim.briefing)
    except PermanentError as error:
        failures.append(str(error))


def _put_off(
    db: Database, handover_id: int, attempts: int, error: TemporaryError, wall_now: datetime
) -> None:
    with db.transaction() as session:
        session.execute(
            update(Handover)
            .where(Handover.id == handover_id)
            .values(brief_due_at=wall_now + back_off(attempts, error.retry_after_s))
        )


def _end(db: Database, handover_id: int, failures: Sequence[str], now: datetime) -> None:
    with db.transaction() as session:
        session.execute(
            update(Handover)
            .where(Handover.id == handover_id)
            .values(briefed_at=now, brief_due_at=None, failure=" ".join(failures) or None)
        )

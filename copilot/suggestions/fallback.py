"""The model gave no answer, so the built-in engine does its work: said once, to one person.

Nobody can do anything about it in the middle of an incident, and nothing is lost, so it is told to
who commands, or declared, alone, and never again in that incident. Recovery is told to nobody. The
incident's pacing row is the queue.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from copilot.clock import Clock
from copilot.db import Database
from copilot.errors import PermanentError, TemporaryError
from copilot.incidents.models import Incident, Role, Status
from copilot.incidents.queries import get_incident
from copilot.incidents.roles import roles_of
from copilot.jobs import Job, enqueue
from copilot.ports import IncidentChannel, Proposal
from copilot.suggestions.leases import is_over
from copilot.suggestions.models import Pacing
from copilot.suggestions.wording import clock_time
from copilot.workspaces.retrying import MAX_ATTEMPTS, POSTING_LEASE, back_off


@dataclass(frozen=True, slots=True)
class _Claim:
    team_id: str
    channel_id: str
    user_ids: tuple[str, ...]
    """Who is to be told; the next one if Slack can't reach the one before."""
    words: str
    attempts: int


def note_fallback(session: Session, pacing: Pacing, proposal: Proposal, now: datetime) -> None:
    """Remember since when, and have it told; an answer of the model ends it.

    A window in which there was nothing to ask the model about says neither.
    """
    if proposal.fell_back_because is not None:
        if pacing.fallback_since is None:
            pacing.fallback_since = now
            pacing.fallback_because = proposal.fell_back_because[:200]
        if pacing.fallback_told_at is None:
            enqueue(session, Job.TELL_FALLBACK, pacing.incident_id)
    elif proposal.runs:
        pacing.fallback_since = pacing.fallback_because = None


def fallback_words(session: Session, incident_id: int) -> str | None:
    """A line for those who ask how it stands, or None while nothing is amiss."""
    pacing = session.get(Pacing, incident_id)
    if pacing is None or pacing.fallback_since is None:
        return None
    return _words(pacing.fallback_since, pacing.fallback_because)


def fallbacks_to_tell(session: Session, wall_now: datetime, limit: int = 100) -> list[int]:
    query = select(Pacing.incident_id).join(Incident, Incident.id == Pacing.incident_id)
    query = query.where(
        _untold(wall_now), Incident.is_imported.is_(False), Incident.status != Status.RESOLVED
    )
    return list(session.scalars(query.order_by(Pacing.incident_id).limit(limit)))


def tell_fallback(
    db: Database, incident_id: int, channel: IncidentChannel, clock: Clock, lease_clock: Clock
) -> None:
    """Raises TemporaryError when Slack can't now; it is due again after a pause."""
    claim = _claim(db, incident_id, lease_clock.now())
    if claim is None:
        return
    try:
        _tell(channel, claim)
    except TemporaryError as error:
        if claim.attempts < MAX_ATTEMPTS:
            due_at = lease_clock.now() + back_off(claim.attempts, error.retry_after_s)
            _set(db, incident_id, fallback_due_at=due_at)
            raise
    _set(db, incident_id, fallback_told_at=clock.now(), fallback_due_at=None)


def _claim(db: Database, incident_id: int, wall_now: datetime) -> _Claim | None:
    with db.transaction() as session:
        incident = get_incident(session, incident_id)
        if incident.is_imported or incident.status == Status.RESOLVED:
            return None
        pacing = session.scalars(
            update(Pacing)
            .where(Pacing.incident_id == incident_id, _untold(wall_now))
            .values(
                fallback_due_at=wall_now + POSTING_LEASE,
                fallback_attempts=Pacing.fallback_attempts + 1,
            )
            .returning(Pacing),
            execution_options={"populate_existing": True},
        ).one_or_none()
        if pacing is None or pacing.fallback_since is None:
            return None
        commander = roles_of(session, incident_id).get(Role.COMMANDER)
        asked = dict.fromkeys(one for one in (commander, incident.declared_by) if one)
        return _Claim(
            incident.team_id,
            incident.channel_id,
            tuple(asked),
            _words(pacing.fallback_since, pacing.fallback_because),
            pacing.fallback_attempts,
        )


def _untold(wall_now: datetime) -> ColumnElement[bool]:
    return (
        Pacing.fallback_since.is_not(None)
        & Pacing.fallback_told_at.is_(None)
        & is_over(Pacing.fallback_due_at, wall_now)
    )


def _tell(channel: IncidentChannel, claim: _Claim) -> None:
    for user_id in claim.user_ids:
        try:
            channel.tell(claim.team_id, claim.channel_id, user_id, claim.words)
        except PermanentError:
            continue  # not in the channel any more, say; `/incident held` tells whoever asks
        return


def _words(since: datetime, because: str | None) -> str:
    why = f": {because}" if because else ""
    return (
        f"Since {clock_time(since)} UTC follow-ups are found by the built-in engine alone{why}. "
        "Every message is recorded and read, and nobody needs to do anything."
    )


def _set(db: Database, incident_id: int, **values: datetime | None) -> None:
    with db.transaction() as session:
        session.execute(update(Pacing).where(Pacing.incident_id == incident_id).values(values))

"""Releases what waits, a few at a time, at moments when it disturbs least."""

from datetime import datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from copilot.clock import Clock
from copilot.db import Database
from copilot.incidents.models import Incident
from copilot.incidents.queries import get_incident
from copilot.suggestions.breakpoints import mark_served, open_breakpoint
from copilot.suggestions.clearing import open_delivery, pick_for_post
from copilot.suggestions.models import Pacing, Suggestion
from copilot.suggestions.pacing import has_unposted, lock_pacing, measure, state_of
from copilot.suggestions.policies import policy_of
from copilot.suggestions.quiet import quiet_in
from copilot.suggestions.standing import read_standing
from copilot.suggestions.vocabulary import Outcome, Tempo


def release_digest(db: Database, incident_id: int, clock: Clock) -> None:
    """Clear the best that wait, if a breakpoint is open, nobody wants quiet and the budget allows.

    A breakpoint that released nothing stays open until its time is over, so that what is found
    a moment later, or frees itself of a hectic minute, still meets it.
    """
    with db.transaction() as session:
        incident = get_incident(session, incident_id)
        if incident.is_imported:
            return
        policy = policy_of(session, incident)
        pacing = lock_pacing(session, incident_id)
        now = clock.now()
        if quiet_in(pacing, now) is not None:
            return
        moment = open_breakpoint(session, incident, pacing, now)
        if moment is None:
            return
        reading = measure(session, incident, pacing, now)
        if reading.tempo is Tempo.HECTIC:
            return
        standing = read_standing(session, incident_id)
        waiting = [one for one in standing.suggestions.values() if one.outcome == Outcome.DIGEST]
        state = state_of(session, incident, pacing, reading, now, policy)
        picked = pick_for_post(session, standing, waiting, state, policy, now)
        delivery = open_delivery(
            session,
            incident_id,
            picked,
            breakpoint_=moment.kind,
            tempo=reading.tempo,
            policy=policy,
            now=now,
        )
        if delivery is not None:
            mark_served(pacing, moment)


def incidents_due_for_digest(session: Session, now: datetime) -> list[int]:
    """Incidents at an open breakpoint with something waiting and a post left."""
    waiting = exists().where(
        Suggestion.incident_id == Incident.id,
        Suggestion.outcome == Outcome.DIGEST,
        Suggestion.decision.is_(None),
        Suggestion.delivery_id.is_(None),
    )
    query = (
        select(Incident, Pacing)
        .outerjoin(Pacing, Pacing.incident_id == Incident.id)
        .where(
            Incident.is_imported.is_(False),
            waiting,
            or_(Pacing.next_post_at.is_(None), Pacing.next_post_at <= now),
            or_(Pacing.quiet_until.is_(None), Pacing.quiet_until <= now),
        )
        .order_by(Incident.id)
    )
    return [
        incident.id
        for incident, pacing in session.execute(query)
        if open_breakpoint(session, incident, pacing, now)
        and not has_unposted(session, incident.id)
    ]

"""Releases what waits, a few at a time, at moments when it disturbs least."""

from datetime import datetime
from itertools import islice

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from copilot.clock import Clock
from copilot.db import Database
from copilot.incidents.models import Incident
from copilot.incidents.queries import get_incident
from copilot.suggestions.backlog import is_behind
from copilot.suggestions.breakpoint_rules import END_STAYS_OPEN
from copilot.suggestions.breakpoints import mark_served, open_breakpoint
from copilot.suggestions.clearing import open_delivery, pick_for_post
from copilot.suggestions.models import Pacing, Suggestion
from copilot.suggestions.pacing import has_unposted, lock_pacing, measure, settle, state_of
from copilot.suggestions.policies import policy_of
from copilot.suggestions.quiet import quiet_in
from copilot.suggestions.settling import is_unheard
from copilot.suggestions.standing import read_standing
from copilot.suggestions.vocabulary import Outcome, Tempo

DIGESTS_AT_ONCE = 100


def release_digest(
    db: Database, incident_id: int, clock: Clock, *, awaits_unheard: bool = False
) -> None:
    """Clear the best that wait, if a breakpoint is open, nobody wants quiet, the budget allows and
    people are not behind with what they saw already.

    `awaits_unheard`: not before what was said until then was proposed on, which takes a moment
    where a model is asked; it is due again right after.

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
        settle(pacing, policy, now)
        if quiet_in(pacing, now) is not None or policy.quiet_until(now) is not None:
            return
        moment = open_breakpoint(session, incident, pacing, now)
        if moment is None:
            return
        if awaits_unheard and is_unheard(session, incident, moment.change_id, now):
            return
        reading = measure(session, incident, pacing, now)
        if reading.tempo is Tempo.HECTIC:
            return
        standing = read_standing(session, incident_id)
        waiting = [one for one in standing.suggestions.values() if one.outcome == Outcome.DIGEST]
        state = state_of(session, incident, pacing, reading, now, policy)
        if state.backlog_minutes > policy.backlog_cap_minutes:
            return
        picked = pick_for_post(session, standing, waiting, state, policy, now)
        opening = open_delivery(
            session, incident, picked, state, breakpoint_=moment.kind, policy=policy, now=now
        )
        if opening.delivery is not None:
            mark_served(pacing, moment)


def incidents_due_for_digest(
    session: Session, now: datetime, limit: int = DIGESTS_AT_ONCE
) -> list[int]:
    """Incidents at an open breakpoint with something waiting and a post left.

    An incident that is long over is not even looked at: what waits there waits for the review.
    """
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
            or_(Incident.resolved_at.is_(None), Incident.resolved_at >= now - END_STAYS_OPEN),
            or_(Pacing.next_post_at.is_(None), Pacing.next_post_at <= now),
            or_(Pacing.quiet_until.is_(None), Pacing.quiet_until <= now),
        )
        .order_by(Incident.id)
    )
    due = (
        incident.id
        for incident, pacing in session.execute(query)
        if open_breakpoint(session, incident, pacing, now)
        and not has_unposted(session, incident.id)
        and (policy := policy_of(session, incident)).quiet_until(now) is None
        and not is_behind(session, incident, policy)
    )
    return list(islice(due, limit))

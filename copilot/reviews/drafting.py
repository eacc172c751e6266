"""Drafts a review: read, let the drafter write, check every sentence, save a version."""

import time
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from copilot.clock import Clock
from copilot.db import Database
from copilot.errors import CopilotError
from copilot.incidents.models import Incident
from copilot.incidents.queries import get_incident
from copilot.jobs import Job, enqueue
from copilot.ports import Draft, Drafter, DraftRequest
from copilot.reviews.citations import Check, check_claim, is_verbatim
from copilot.reviews.material import Material, read_material
from copilot.reviews.models import Review, Section
from copilot.reviews.review_policy import SHIPPED
from copilot.reviews.versions import CheckedClaim, Cited, newest_review, save_version
from copilot.suggestions.leases import WALL_CLOCK
from copilot.suggestions.models import ModelRun
from copilot.suggestions.runs import storable
from copilot.workspaces.retrying import back_off

_MOST_CLAIMS = 200
"""More would be no review; a drafter gone wild is cut off."""
_MOST_CITATIONS = 20
_SECTIONS = frozenset(Section)
_LEASE = timedelta(minutes=10)
"""Longer than drafting takes; who has not saved or failed by then has died."""


def request_review(session: Session, incident_id: int, now: datetime) -> None:
    """Ask for a draft; the wish stands on the incident until one is drafted.

    Who asks wants it now, however long the last failure would have had it wait.
    """
    incident = get_incident(session, incident_id)
    incident.review_requested_at = now
    incident.review_due_at, incident.review_attempts = None, 0
    enqueue(session, Job.DRAFT_REVIEW, incident_id)


def reviews_to_draft(session: Session, lease_clock: Clock = WALL_CLOCK) -> list[int]:
    """Incidents whose newest draft is older than the newest request, and that nobody drafts."""
    drafted = (
        select(Review.incident_id, func.max(Review.drafted_at).label("at"))
        .group_by(Review.incident_id)
        .subquery()
    )
    query = (
        select(Incident.id)
        .outerjoin(drafted, drafted.c.incident_id == Incident.id)
        .where(
            Incident.review_requested_at.is_not(None),
            or_(drafted.c.at.is_(None), drafted.c.at < Incident.review_requested_at),
            or_(Incident.review_due_at.is_(None), Incident.review_due_at <= lease_clock.now()),
        )
        .order_by(Incident.review_requested_at, Incident.id)
    )
    return list(session.scalars(query))


def draft_requested_review(
    db: Database,
    incident_id: int,
    drafter: Drafter,
    clock: Clock,
    lease_clock: Clock = WALL_CLOCK,
) -> int | None:
    """Draft it if somebody asked since the newest draft began: a nudge may come twice.

    Raises what the drafter raises; it is then left alone for a while, longer each time.
    """
    attempts = _claim(db, incident_id, lease_clock)
    if attempts is None:
        return None
    try:
        review_id = draft_review(db, incident_id, drafter, clock)
    except Exception:
        _give_back(db, incident_id, attempts, lease_clock.now() + back_off(attempts))
        raise
    _give_back(db, incident_id, 0, None)
    return review_id


def _claim(db: Database, incident_id: int, lease_clock: Clock) -> int | None:
    """Which attempt this is, ours until the lease ends; None if there is nothing to do."""
    with db.transaction() as session:
        if incident_id not in reviews_to_draft(session, lease_clock):
            return None
        now = lease_clock.now()
        return session.scalar(
            update(Incident)
            .where(
                Incident.id == incident_id,
                or_(Incident.review_due_at.is_(None), Incident.review_due_at <= now),
            )
            .values(review_due_at=now + _LEASE, review_attempts=Incident.review_attempts + 1)
            .returning(Incident.review_attempts)
        )


def _give_back(db: Database, incident_id: int, attempts: int, due_at: datetime | None) -> None:
    with db.transaction() as session:
        session.execute(
            update(Incident)
            .where(Incident.id == incident_id)
            .values(review_due_at=due_at, review_attempts=attempts)
        )


def draft_review(db: Database, incident_id: int, drafter: Drafter, clock: Clock) -> int:
    """Save a new version and return its id. What people checked or wrote is carried into it.

    The drafter works outside any transaction. If another worker saved a version meanwhile, that
    one stands. Raises NotFoundError, and what the drafter raises, after recording the failure.
    """
    now = clock.now()
    with db.reading() as session:
        before = newest_review(session, incident_id)
        material = read_material(session, incident_id)
    started_s = time.perf_counter()
    try:
        draft = drafter.draft(
            DraftRequest(
                facts=material.facts,
                episodes=material.episodes,
                follow_ups=material.follow_ups,
                sections=SHIPPED,
                names=material.names,
                team_id=material.team_id,
                incident_id=incident_id,
                is_private=material.is_private,
            )
        )
    except CopilotError as error:
        failed = Draft((), engine=type(drafter).__name__)
        with db.transaction() as session:
            session.add(_run(incident_id, material, failed, now, started_s, f"failed: {error}"))
        raise
    run = _run(incident_id, material, draft, now, started_s, "ok")
    with db.transaction() as session:
        session.add(run)
        return save_version(
            session,
            incident_id,
            claims=_checked(draft, material),
            engine=draft.engine[:64],
            drafted_at=now,
            events_read=len(material.messages),
            events_left_out=material.left_out,
            names=material.names,
            seen_version=before.version if before else 0,
        ).id


def _checked(draft: Draft, material: Material) -> list[CheckedClaim]:
    messages = material.by_number
    checked = []
    for claim in draft.claims[:_MOST_CLAIMS]:
        quotes = claim.citations[:_MOST_CITATIONS]
        check = (
            check_claim(claim.text, quotes, messages, material.names)
            if claim.section in _SECTIONS
            else Check("it belongs to no section of a review")
        )
        cited = [
            Cited(message.event_id, message.revision_id, quote.text)
            for quote in quotes
            if (message := messages.get(quote.number)) and is_verbatim(quote.text, message.text)
        ]
        section = claim.section if claim.section in _SECTIONS else Section.SUMMARY
        checked.append(CheckedClaim(section, storable(claim.text), tuple(cited), check))
    return checked


def _run(
    incident_id: int,
    material: Material,
    draft: Draft,
    started_at: datetime,
    started_s: float,
    outcome: str,
) -> ModelRun:
    output: list[Any] = [storable(asdict(claim)) for claim in draft.claims[:_MOST_CLAIMS]]
    return ModelRun(
        incident_id=incident_id,
        purpose="draft",
        engine=draft.engine[:64],
        inputs=[[message.event_id, message.revision_id] for message in material.messages],
        output=output,
        outcome=outcome[:32],
        latency_ms=(time.perf_counter() - started_s) * 1000,
        tokens=draft.tokens,
        started_at=started_at,
    )

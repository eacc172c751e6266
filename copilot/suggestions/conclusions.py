"""What follows from people's decisions for the whole workspace; a newer decision is the queue.

Kinds that nobody wants are muted as soon as it is sure. Calibration is fitted anew once a day at
most: it needs many decisions, and few more say little more.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from copilot.clock import Clock
from copilot.db import Database
from copilot.errors import AlreadyDecidedError
from copilot.incidents.models import Incident
from copilot.suggestions.learned_models import Learning
from copilot.suggestions.models import Suggestion
from copilot.suggestions.muting import mute_unwanted
from copilot.suggestions.refitting import fit_anew
from copilot.workspaces.models import Workspace

FIT_EVERY = timedelta(days=1)
FEWEST_NEW = 10
"""Decisions since the last fit, for another one to be worth it."""
_LATELY = timedelta(days=1)
"""The sweeper asks every few seconds, and must not go through the decisions of years."""
_PATIENCE = 5


def workspaces_to_learn(session: Session, now: datetime) -> list[int]:
    """Those where somebody decided something lately, and since it was last looked at.

    All decisions are looked at each time, so one that a later one overtook, or that came while
    no worker ran for days, counts with the next.
    """
    query = (
        select(Workspace.id)
        .join(Incident, Incident.team_id == Workspace.team_id)
        .join(Suggestion, Suggestion.incident_id == Incident.id)
        .outerjoin(Learning, Learning.team_id == Workspace.team_id)
        .where(
            Suggestion.decided_at > now - _LATELY,
            or_(
                Learning.learned_through.is_(None),
                Suggestion.decided_at > Learning.learned_through,
            ),
        )
        .distinct()
        .order_by(Workspace.id)
    )
    return list(session.scalars(query))


def learn(db: Database, workspace_id: int, clock: Clock) -> None:
    """Mute what is not wanted, and fit calibration anew where it is time."""
    with db.reading() as session:
        team_id = session.scalar(select(Workspace.team_id).where(Workspace.id == workspace_id))
    if team_id is None:
        return
    for _ in range(_PATIENCE):
        try:
            with db.transaction() as session:
                _mute(session, team_id, clock.now())
        except AlreadyDecidedError:
            continue  # somebody set the policy meanwhile: what they set stays, look again
        break
    _fit(db, team_id, clock.now())


def _mute(session: Session, team_id: str, now: datetime) -> None:
    learning = _lock(session, team_id)
    newest = select(func.max(Suggestion.decided_at)).join(Incident)
    learned_through = session.scalar(newest.where(Incident.team_id == team_id))
    mute_unwanted(session, team_id, now)
    learning.learned_through = learned_through


def _fit(db: Database, team_id: str, now: datetime) -> None:
    """Reading and fitting takes a while, so nothing is locked meanwhile; the first one counts."""
    with db.reading() as session:
        learning = session.get(Learning, team_id)
        fitted_at = learning.fitted_at if learning else None
        if not _is_time_to_fit(session, team_id, fitted_at, now):
            return
        rows = fit_anew(session, team_id, now)
    with db.transaction() as session:
        learning = _lock(session, team_id)
        if learning.fitted_at == fitted_at:
            learning.fitted_at = now
            session.add_all(rows)


def _is_time_to_fit(
    session: Session, team_id: str, fitted_at: datetime | None, now: datetime
) -> bool:
    if fitted_at is not None and now - fitted_at < FIT_EVERY:
        return False
    query = select(func.count()).select_from(Suggestion).join(Incident)
    query = query.where(Incident.team_id == team_id, Suggestion.decided_at.is_not(None))
    if fitted_at is not None:
        query = query.where(Suggestion.decided_at > fitted_at)
    return (session.scalar(query) or 0) >= FEWEST_NEW


def _lock(session: Session, team_id: str) -> Learning:
    """The workspace's row, made if need be, and nobody else's until the transaction ends."""
    dialect: Any = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    session.execute(dialect.insert(Learning).values(team_id=team_id).on_conflict_do_nothing())
    return session.scalars(
        update(Learning)
        .where(Learning.team_id == team_id)
        .values(team_id=team_id)
        .returning(Learning),
        execution_options={"populate_existing": True},
    ).one()

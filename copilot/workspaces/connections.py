"""Workspaces come and go: the app is installed, taken away, and installed again."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from copilot.workspaces.installations import find
from copilot.workspaces.models import Installation, Workspace


def connect(
    session: Session,
    *,
    team_id: str = "",
    enterprise_id: str = "",
    seen_at: datetime | None = None,
) -> list[str]:
    """The app is there (again), in one workspace or in all known ones of an organisation.

    `seen_at` is when it was seen there; if it was removed later, that stands. Returns the
    workspaces that had been disconnected: what was said meanwhile is to be read.
    """
    left: ColumnElement[bool] = Workspace.disconnected_at.is_not(None)
    if seen_at is not None:
        left = Workspace.disconnected_at < seen_at
    returned = session.scalars(
        update(Workspace)
        .where(_meant(team_id, enterprise_id), left)
        .values(disconnected_at=None)
        .returning(Workspace.team_id)
    )
    return sorted(returned)


def disconnect(
    session: Session, *, team_id: str = "", enterprise_id: str = "", now: datetime
) -> list[str]:
    """The app was taken away; returns the workspaces that were connected until now."""
    gone = session.scalars(
        update(Workspace)
        .where(_meant(team_id, enterprise_id), Workspace.disconnected_at.is_(None))
        .values(disconnected_at=now)
        .returning(Workspace.team_id)
    )
    return sorted(gone)


def revoke(
    session: Session, team_id: str, enterprise_id: str, *, happened_at: datetime, now: datetime
) -> list[str]:
    """End the workspace's own installation, or else its organisation's. Returns who is cut off.

    Slack may tell late: what was installed after `happened_at` stands.
    """
    found = find(session, team_id, enterprise_id)
    if found is None:
        # Nothing speaks for it, e.g. where one token is set for all: only the workspace is left.
        return disconnect(session, team_id=team_id, now=now) if team_id else []
    revoked = session.execute(
        update(Installation)
        .where(
            Installation.id == found.id,
            # Slack gives whole seconds.
            Installation.installed_at < happened_at + timedelta(seconds=1),
        )
        .values(
            revoked_at=now,
            bot_token="",
            refresh_token=None,
            token_expires_at=None,
            refreshing_until=None,
        )
        .returning(Installation.enterprise_id)
    ).scalar_one_or_none()
    if revoked is None:
        return []
    if found.is_organisation:
        return disconnect(session, enterprise_id=revoked, now=now)
    if find(session, team_id) is not None:
        return []  # its organisation has the app, too
    return disconnect(session, team_id=team_id, now=now)


def learn_of_team(
    session: Session, team_id: str, enterprise_id: str, *, url: str, now: datetime
) -> bool:
    """A workspace of an organisation shows itself for the first time; True if it was not known."""
    connection = session.connection()
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = (
        dialect.insert(Workspace)
        .values(team_id=team_id, name=team_id, url=url, enterprise_id=enterprise_id, created_at=now)
        .on_conflict_do_nothing(index_elements=["team_id"])
        .returning(Workspace.id)
    )
    if session.execute(statement).scalar() is not None:
        return True
    session.execute(
        update(Workspace)
        .where(Workspace.team_id == team_id, Workspace.enterprise_id != enterprise_id)
        .values(enterprise_id=enterprise_id)
    )
    return False


def _meant(team_id: str, enterprise_id: str) -> ColumnElement[bool]:
    """One workspace, or those of an organisation that have no installation of their own."""
    if team_id:
        return Workspace.team_id == team_id
    own = select(Installation.team_id).where(Installation.revoked_at.is_(None))
    return and_(
        Workspace.enterprise_id == enterprise_id,
        Workspace.enterprise_id != "",
        Workspace.team_id.not_in(own),
    )

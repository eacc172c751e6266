"""Removes a workspace, and with it everything that was ever read there."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from copilot.clock import Clock
from copilot.db import Base, Database
from copilot.workspaces.models import Installation, Workspace


def forget_workspace(session: Session, team_id: str) -> None:
    """Delete every row of the workspace; what hangs on those rows goes with them."""
    for table in reversed(Base.metadata.sorted_tables):
        if "team_id" in table.columns:
            session.execute(delete(table).where(table.c.team_id == team_id))
    session.execute(
        delete(Installation).where(
            Installation.team_id == "",
            Installation.revoked_at.is_not(None),
            Installation.enterprise_id.not_in(select(Workspace.enterprise_id)),
        )
    )
    session.expire_all()


def workspaces_to_forget(session: Session, now: datetime, keep: timedelta) -> list[int]:
    """Those that the app was taken from, and that did not take it back for as long as `keep`."""
    query = select(Workspace.id).where(Workspace.disconnected_at <= now - keep)
    return list(session.scalars(query.order_by(Workspace.disconnected_at)))


def forget_disconnected(db: Database, workspace_id: int, keep: timedelta, clock: Clock) -> None:
    """Forget it, unless the app was installed again after the row was found."""
    with db.transaction() as session:
        still_due = (Workspace.id == workspace_id) & (
            Workspace.disconnected_at <= clock.now() - keep
        )
        # Writing first holds the row, so that an installation waits until it is gone.
        team_id = session.scalar(
            update(Workspace).where(still_due).values(sync_due_at=None).returning(Workspace.team_id)
        )
        if team_id is not None:
            forget_workspace(session, team_id)

"""Removes a workspace, and with it everything that was ever read there."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from copilot.db import Base


def forget_workspace(session: Session, team_id: str) -> None:
    """Delete every row of the workspace; what hangs on those rows goes with them."""
    for table in reversed(Base.metadata.sorted_tables):
        if "team_id" in table.columns:
            session.execute(delete(table).where(table.c.team_id == team_id))
    session.expire_all()

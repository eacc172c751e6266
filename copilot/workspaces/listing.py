"""The workspaces an operator sees, and what becomes of them."""

from datetime import datetime, timedelta

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.workspaces.models import Workspace


class WorkspaceView(BaseModel):
    team_id: str
    name: str
    enterprise_id: str
    is_connected: bool
    forget_at: datetime | None
    """When what was recorded there is deleted, unless the app comes back."""


def list_workspaces(session: Session, keep: timedelta) -> list[WorkspaceView]:
    return [
        WorkspaceView(
            team_id=workspace.team_id,
            name=workspace.name,
            enterprise_id=workspace.enterprise_id,
            is_connected=workspace.disconnected_at is None,
            forget_at=workspace.disconnected_at + keep if workspace.disconnected_at else None,
        )
        for workspace in session.scalars(select(Workspace).order_by(Workspace.team_id))
    ]

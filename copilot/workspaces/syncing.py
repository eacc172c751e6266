"""Learns from Slack who is in a workspace and what it is called now."""

from copilot.clock import Clock
from copilot.db import Database
from copilot.ports import WorkspaceReader
from copilot.workspaces.directory import upsert_members, upsert_workspace


def sync_directory(db: Database, reader: WorkspaceReader, clock: Clock) -> None:
    """Refresh the workspace of the token and its members. Asks Slack outside any transaction."""
    workspace = reader.workspace()
    members = list(reader.members())
    with db.transaction() as session:
        upsert_workspace(session, workspace, clock.now())
        upsert_members(session, workspace.team_id, members)

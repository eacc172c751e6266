"""Learns from Slack who is in a workspace and what it is called now.

The workspace's row is the queue: `sync_due_at` says when to ask, and while somebody asks when to
take that one for dead.
"""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from copilot.clock import Clock
from copilot.db import Database
from copilot.errors import PermanentError, TemporaryError
from copilot.jobs import Job, enqueue
from copilot.ports import WorkspaceReader
from copilot.workspaces.connections import connect
from copilot.workspaces.directory import upsert_members, upsert_workspace
from copilot.workspaces.models import Workspace

_LEASE = timedelta(minutes=10)
"""Longer than listing a large workspace takes."""
_PAUSE = timedelta(seconds=30)


def request_sync(session: Session, team_id: str, now: datetime) -> None:
    """Have the workspace's names learnt; one that is not known yet has none to learn."""
    workspace_id = session.scalar(
        update(Workspace)
        .where(Workspace.team_id == team_id)
        .values(sync_due_at=now)
        .returning(Workspace.id),
        execution_options={"synchronize_session": False},
    )
    if workspace_id is not None:
        enqueue(session, Job.SYNC_DIRECTORY, workspace_id)


def request_sync_of_disconnected(session: Session, now: datetime) -> None:
    """See which workspaces answer again, after the one token of a deployment was replaced."""
    session.execute(
        update(Workspace).where(Workspace.disconnected_at.is_not(None)).values(sync_due_at=now),
        execution_options={"synchronize_session": False},
    )


def workspaces_to_sync(session: Session, now: datetime) -> list[int]:
    query = select(Workspace.id).where(Workspace.sync_due_at <= now)
    return list(session.scalars(query.order_by(Workspace.sync_due_at, Workspace.id)))


def sync_directory(db: Database, workspace_id: int, reader: WorkspaceReader, clock: Clock) -> None:
    """Refresh the workspace of the token and its members. Asks Slack outside any transaction.

    Raises TemporaryError, after which it is due again, or PermanentError.
    """
    claimed = _claim(db, workspace_id, clock.now())
    if claimed is None:
        return
    team_id, leased_until = claimed
    try:
        workspace = reader.workspace(team_id)
        members = list(reader.members(team_id))
    except TemporaryError as error:
        pause = max(_PAUSE, timedelta(seconds=error.retry_after_s or 0))
        _give_back(db, workspace_id, leased_until, due_at=clock.now() + pause)
        raise
    except PermanentError:
        _give_back(db, workspace_id, leased_until, due_at=None)
        raise
    with db.transaction() as session:
        upsert_workspace(session, workspace, clock.now())
        # It answered, so a token that was set anew has brought it back.
        connect(session, team_id=workspace.team_id, seen_at=leased_until - _LEASE)
        upsert_members(session, workspace.team_id, members)
    _give_back(db, workspace_id, leased_until, due_at=None)


def _claim(db: Database, workspace_id: int, now: datetime) -> tuple[str, datetime] | None:
    """Which workspace, and until when it is ours; None if another has it or nothing is due."""
    with db.transaction() as session:
        row = session.execute(
            update(Workspace)
            .where(Workspace.id == workspace_id, Workspace.sync_due_at <= now)
            .values(sync_due_at=now + _LEASE)
            .returning(Workspace.team_id)
        ).one_or_none()
        return (row.team_id, now + _LEASE) if row else None


def _give_back(
    db: Database, workspace_id: int, leased_until: datetime, due_at: datetime | None
) -> None:
    """Unless it was asked for anew meanwhile, which stands."""
    with db.transaction() as session:
        session.execute(
            update(Workspace)
            .where(Workspace.id == workspace_id, Workspace.sync_due_at == leased_until)
            .values(sync_due_at=due_at)
        )

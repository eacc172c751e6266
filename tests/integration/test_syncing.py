"""Learning names from Slack, once for each time that somebody asked for it."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest

from copilot.clock import ReplayClock
from copilot.db import Database
from copilot.errors import CopilotError, PermanentError, TemporaryError
from copilot.jobs import Job, QueuedJob
from copilot.ports import MemberInfo, WorkspaceInfo
from copilot.workspaces.connections import disconnect
from copilot.workspaces.directory import names_of, upsert_workspace, workspace_of
from copilot.workspaces.syncing import (
    request_sync,
    request_sync_of_disconnected,
    sync_directory,
    workspaces_to_sync,
)
from tests.fakes.channel_history import ChannelHistory

NOW = datetime(2026, 3, 4, 14, 0, tzinfo=UTC)
TEAM = "T0TEAM"


class ScriptedReader(ChannelHistory):
    """A `WorkspaceReader` that knows a workspace and one member, or fails."""

    def __init__(self, failure: CopilotError | None = None) -> None:
        super().__init__(ReplayClock(NOW))
        self.failure = failure
        self.times_asked = 0

    def workspace(self, team_id: str) -> WorkspaceInfo:
        self.times_asked += 1
        if self.failure:
            raise self.failure
        return WorkspaceInfo(TEAM, "Acme renamed", "https://acme.slack.com/", "U0BOT")

    def members(self, team_id: str) -> Iterable[MemberInfo]:
        yield MemberInfo("U0ANA", "ana", "Ana Costa", is_bot=False)


@pytest.fixture
def workspace_id(db: Database, sent_jobs: list[QueuedJob]) -> int:
    """A workspace whose names somebody asked for."""
    with db.transaction() as session:
        known = WorkspaceInfo(TEAM, "Acme", "https://acme.slack.com/", "U0BOT")
        workspace_id = upsert_workspace(session, known, NOW).id
        request_sync(session, TEAM, NOW)
    assert sent_jobs == [QueuedJob(Job.SYNC_DIRECTORY, workspace_id)]
    return workspace_id


def due(db: Database, clock: ReplayClock) -> list[int]:
    with db.reading() as session:
        return workspaces_to_sync(session, clock.now())


def test_a_lost_nudge_is_found_and_a_second_one_asks_nothing(
    db: Database, clock: ReplayClock, workspace_id: int
) -> None:
    reader = ScriptedReader()
    assert due(db, clock) == [workspace_id]
    sync_directory(db, workspace_id, reader, clock)
    sync_directory(db, workspace_id, reader, clock)
    assert reader.times_asked == 1
    assert due(db, clock) == []
    with db.reading() as session:
        assert names_of(session, TEAM) == {"U0ANA": "ana"}
        assert workspace_of(session, TEAM).name == "Acme renamed"


def test_after_a_failure_that_may_pass_it_is_due_again(
    db: Database, clock: ReplayClock, workspace_id: int
) -> None:
    with pytest.raises(TemporaryError):
        sync_directory(
            db, workspace_id, ScriptedReader(TemporaryError("busy", retry_after_s=60)), clock
        )
    clock.advance_to(NOW + timedelta(seconds=59))
    assert due(db, clock) == []
    clock.advance_to(NOW + timedelta(seconds=60))
    assert due(db, clock) == [workspace_id]


def test_a_refusal_is_not_repeated_until_somebody_asks_again(
    db: Database, clock: ReplayClock, workspace_id: int
) -> None:
    with pytest.raises(PermanentError):
        sync_directory(db, workspace_id, ScriptedReader(PermanentError("missing_scope")), clock)
    clock.advance_to(NOW + timedelta(days=1))
    assert due(db, clock) == []


def test_a_workspace_that_is_not_known_is_not_asked_for(
    db: Database, clock: ReplayClock, sent_jobs: list[QueuedJob]
) -> None:
    with db.transaction() as session:
        request_sync(session, "T0UNKNOWN", NOW)
    assert sent_jobs == []
    assert due(db, clock) == []


def test_a_workspace_whose_replaced_token_answers_is_connected_again(
    db: Database, clock: ReplayClock, workspace_id: int
) -> None:
    with db.transaction() as session:
        disconnect(session, team_id=TEAM, now=NOW)
    clock.advance_to(NOW + timedelta(hours=1))
    with db.transaction() as session:
        request_sync_of_disconnected(session, clock.now())
    sync_directory(db, workspace_id, ScriptedReader(), clock)
    with db.reading() as session:
        assert workspace_of(session, TEAM).disconnected_at is None


def test_a_removal_while_slack_was_asked_stands(
    db: Database, clock: ReplayClock, workspace_id: int
) -> None:
    class RemovedMeanwhile(ScriptedReader):
        def workspace(self, team_id: str) -> WorkspaceInfo:
            clock.advance_to(clock.now() + timedelta(seconds=1))
            with db.transaction() as session:
                disconnect(session, team_id=TEAM, now=clock.now())
            return super().workspace(team_id)

    sync_directory(db, workspace_id, RemovedMeanwhile(), clock)
    with db.reading() as session:
        assert workspace_of(session, TEAM).disconnected_at is not None

"""A job leaves only after the commit that made it necessary."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.orm import Session

from copilot.db import Database
from copilot.jobs import Job, QueuedJob, enqueue
from copilot.workspaces.models import Workspace

NOW = datetime(2026, 3, 4, 14, 0, tzinfo=UTC)


class OnPurposeError(Exception):
    pass


def test_a_commit_sends_what_was_enqueued_once_and_in_order(
    db: Database, sent_jobs: list[QueuedJob]
) -> None:
    with db.transaction() as session:
        enqueue(session, Job.CONSIDER_INCIDENT, 1)
        enqueue(session, Job.DRAFT_REVIEW, 2)
        enqueue(session, Job.CONSIDER_INCIDENT, 1)
        assert sent_jobs == []
    assert sent_jobs == [QueuedJob(Job.CONSIDER_INCIDENT, 1), QueuedJob(Job.DRAFT_REVIEW, 2)]


def test_a_rollback_sends_nothing(db: Database, sent_jobs: list[QueuedJob]) -> None:
    def fails_after_enqueueing(session: Session) -> None:
        enqueue(session, Job.CONSIDER_INCIDENT, 1)
        raise OnPurposeError

    with pytest.raises(OnPurposeError), db.transaction() as session:
        fails_after_enqueueing(session)
    assert sent_jobs == []


def test_a_released_savepoint_sends_nothing_yet(db: Database, sent_jobs: list[QueuedJob]) -> None:
    def fails_after_a_savepoint(session: Session) -> None:
        with session.begin_nested():
            session.execute(text("SELECT 1"))
            enqueue(session, Job.CONSIDER_INCIDENT, 1)
        assert sent_jobs == []
        raise OnPurposeError

    with pytest.raises(OnPurposeError), db.transaction() as session:
        fails_after_a_savepoint(session)
    assert sent_jobs == []


def test_a_commit_that_fails_sends_nothing(db: Database, sent_jobs: list[QueuedJob]) -> None:
    def cannot_be_committed(session: Session) -> None:
        enqueue(session, Job.CONSIDER_INCIDENT, 1)
        event.listen(session.connection(), "commit", _refuse)

    with pytest.raises(OnPurposeError), db.transaction() as session:
        cannot_be_committed(session)
    assert sent_jobs == []


def test_a_reading_session_writes_nothing(db: Database) -> None:
    with db.reading() as session:
        session.add(Workspace(team_id="T0", name="x", url="/", created_at=NOW))
        session.flush()
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Workspace)) == 0


def test_a_reading_session_sees_one_state_of_the_database(db: Database) -> None:
    count = select(func.count()).select_from(Workspace)
    with db.reading() as before:
        assert before.scalar(count) == 0
        with db.transaction() as session:
            session.add(Workspace(team_id="T0", name="x", url="/", created_at=NOW))
        assert before.scalar(count) == 0
    with db.reading() as after:
        assert after.scalar(count) == 1


def test_reading_leaves_the_connection_as_it_was(db: Database) -> None:
    with db.transaction() as session:
        before = session.connection().get_isolation_level()
    with db.reading() as session:
        session.scalar(select(Workspace.id))
    with db.transaction() as session:
        assert session.connection().get_isolation_level() == before


def _refuse(_: object) -> None:
    raise OnPurposeError

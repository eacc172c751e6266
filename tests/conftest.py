"""Fixtures every test may use."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from copilot.clock import ReplayClock
from copilot.db import Database, open_engine
from copilot.jobs import QueuedJob
from copilot.migrating import upgrade


@pytest.fixture
def sent_jobs() -> list[QueuedJob]:
    """What the database sent to workers, in order."""
    return []


@pytest.fixture
def clock() -> ReplayClock:
    return ReplayClock(datetime(2026, 3, 4, 14, 0, tzinfo=UTC))


@pytest.fixture
def db(tmp_path: Path, sent_jobs: list[QueuedJob]) -> Iterator[Database]:
    """A migrated database of the test's own."""
    engine = open_engine(f"sqlite:///{tmp_path / 'test.db'}")
    upgrade(engine)
    yield Database(engine, sent_jobs.append)
    engine.dispose()

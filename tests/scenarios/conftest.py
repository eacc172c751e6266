"""The worlds in which stories are told."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from copilot.clock import ReplayClock
from tests.scenarios.slack_world import SlackWorld, open_slack_world


@pytest.fixture
def world(sqlite_url: str, clock: ReplayClock) -> Iterator[SlackWorld]:
    """A pretend Slack with ana, ben and dana, the real web process, jobs on demand."""
    with open_slack_world(sqlite_url, clock) as world:
        yield world


@pytest.fixture(scope="module")
def lasting_world(
    migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SlackWorld]:
    """One for all tests of a module that send what changes nothing; building it is most of them."""
    path = tmp_path_factory.mktemp("lasting") / "copilot.db"
    path.write_bytes(migrated_sqlite.read_bytes())
    clock = ReplayClock(datetime(2026, 3, 4, 14, 0, tzinfo=UTC))
    with open_slack_world(f"sqlite:///{path}", clock) as world:
        yield world


@pytest.fixture
def socket_world(sqlite_url: str, clock: ReplayClock) -> Iterator[SlackWorld]:
    """The same over Socket Mode, with two sockets."""
    with open_slack_world(sqlite_url, clock, over_sockets=True) as world:
        yield world


@pytest.fixture(params=["http", "sockets"])
def world_either_way(
    request: pytest.FixtureRequest, sqlite_url: str, clock: ReplayClock
) -> Iterator[SlackWorld]:
    """The same, once over HTTP and once over Socket Mode."""
    with open_slack_world(sqlite_url, clock, over_sockets=request.param == "sockets") as world:
        yield world


@pytest.fixture
def world_on_both(database_url: str, clock: ReplayClock) -> Iterator[SlackWorld]:
    """The same, once on SQLite and once on PostgreSQL."""
    with open_slack_world(database_url, clock) as world:
        yield world

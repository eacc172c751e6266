"""The worlds in which stories are told."""

from collections.abc import Iterator

import pytest

from copilot.clock import ReplayClock
from tests.scenarios.slack_world import SlackWorld, open_slack_world


@pytest.fixture
def world(sqlite_url: str, clock: ReplayClock) -> Iterator[SlackWorld]:
    """A pretend Slack with ana, ben and dana, the real web process, jobs on demand."""
    with open_slack_world(sqlite_url, clock) as world:
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

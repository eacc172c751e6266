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
def world_on_both(database_url: str, clock: ReplayClock) -> Iterator[SlackWorld]:
    """The same, once on SQLite and once on PostgreSQL."""
    with open_slack_world(database_url, clock) as world:
        yield world

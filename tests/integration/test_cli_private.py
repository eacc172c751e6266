"""The command line shows no private channel by accident either."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from typer.testing import CliRunner

from copilot.cli import app
from copilot.db import Database, open_engine
from copilot.ports import ChannelInfo
from copilot.workspaces.directory import upsert_channel
from tests.console_world import CHANNEL, TEAM, build_world

TITLE = "Search shows old prices in Europe"
Run = Callable[..., Any]


@pytest.fixture
def run(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command, over an incident in a private channel."""
    engine = open_engine(sqlite_url)
    db = Database(engine, lambda _job: None)
    build_world(db)
    with db.transaction() as session:
        upsert_channel(session, TEAM, ChannelInfo(CHANNEL, "inc-search-stale", is_private=True))
    engine.dispose()
    monkeypatch.setenv("COPILOT_DATABASE_URL", sqlite_url)
    return lambda *arguments: CliRunner().invoke(app, arguments)


def test_the_list_names_no_private_incident_unless_asked(run: Run) -> None:
    (listed,) = json.loads(run("incidents", "list", "--format", "json").stdout)
    assert listed["title"] == "(in a private channel)"
    assert (listed["channel"], listed["messages"]) == ("", 0)
    assert TITLE not in run("incidents", "list").output
    (listed,) = json.loads(run("incidents", "list", "--private", "--format", "json").stdout)
    assert listed["title"] == TITLE


@pytest.mark.parametrize(
    "command",
    [
        ("timeline", "export"),
        ("suggestions", "list"),
        ("suggestions", "propose"),
        ("review", "draft"),
        ("review", "status"),
        ("review", "export"),
    ],
)
def test_each_command_asks_before_it_shows_a_private_channel(
    run: Run, command: tuple[str, str]
) -> None:
    refused = run(*command, "1")
    assert refused.exit_code == 1
    assert "--private" in refused.stderr
    assert "indexer" not in refused.output
    assert refused.stdout == ""
    shown = run(*command, "1", "--private")
    assert shown.exit_code == 0
    assert shown.stdout

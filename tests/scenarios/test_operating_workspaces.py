"""The commands of an operator who runs many workspaces."""

import json
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from copilot.cli import app
from copilot.clock import SystemClock
from copilot.db import Database, open_engine
from copilot.slack.token_box import TokenBox, new_key
from copilot.workspaces.connections import disconnect, learn_of_team
from copilot.workspaces.installations import NewInstallation, SealedTokens, find, save

NOW = SystemClock().now()


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, sqlite_url: str) -> CliRunner:
    for name in ("SLACK_BOT_TOKEN", "SLACK_CLIENT_ID", "COPILOT_TOKEN_KEYS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COPILOT_DATABASE_URL", sqlite_url)
    return CliRunner()


@pytest.fixture
def sqlite(sqlite_url: str) -> Database:
    return Database(open_engine(sqlite_url), lambda _: None)


def install(db: Database, team_id: str, box: TokenBox) -> None:
    tokens = SealedTokens(box.seal("xoxb-1"), box.seal("xoxe-1"), NOW + timedelta(hours=1))
    with db.transaction() as session:
        save(session, NewInstallation("", team_id, "A1", "U1", tokens, "", None), NOW)
        learn_of_team(session, team_id, "", url="https://slack.com/", now=NOW)


def bot_token(db: Database, box: TokenBox) -> str:
    with db.reading() as session:
        found = find(session, "T1")
        assert found is not None
        return box.open(found.tokens.bot)


def test_a_printed_key_can_be_used(run: CliRunner) -> None:
    printed = run.invoke(app, ["keys", "new"]).stdout.strip()
    assert TokenBox(printed).open(TokenBox(printed).seal("x")) == "x"


def test_after_renewing_the_old_key_is_not_needed(
    run: CliRunner, sqlite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = new_key(), new_key()
    install(sqlite, "T1", TokenBox(old))
    monkeypatch.setenv("COPILOT_TOKEN_KEYS", f"{new},{old}")
    renewed = run.invoke(app, ["keys", "renew"])
    assert renewed.exit_code == 0, renewed.output
    assert bot_token(sqlite, TokenBox(new)) == "xoxb-1"


def test_renewing_without_the_old_key_changes_nothing_and_says_why(
    run: CliRunner, sqlite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = new_key()
    install(sqlite, "T1", TokenBox(old))
    monkeypatch.setenv("COPILOT_TOKEN_KEYS", new_key())
    refused = run.invoke(app, ["keys", "renew"])
    assert refused.exit_code == 1
    assert "COPILOT_TOKEN_KEYS" in refused.output
    assert bot_token(sqlite, TokenBox(old)) == "xoxb-1"


def test_workspaces_are_listed_and_forgotten_when_asked_for(
    run: CliRunner, sqlite: Database
) -> None:
    box = TokenBox(new_key())
    install(sqlite, "T1", box)
    install(sqlite, "T2", box)
    with sqlite.transaction() as session:
        disconnect(session, team_id="T2", now=NOW)
    listed = json.loads(run.invoke(app, ["workspaces", "list", "--format", "json"]).stdout)
    assert [(one["team_id"], one["is_connected"]) for one in listed] == [
        ("T1", True),
        ("T2", False),
    ]
    assert listed[1]["forget_at"] is not None

    assert run.invoke(app, ["workspaces", "forget", "T1"], input="n\n").exit_code == 1
    with sqlite.reading() as session:
        assert find(session, "T1") is not None
    forgotten = run.invoke(app, ["workspaces", "forget", "T1", "--yes"])
    assert forgotten.exit_code == 0, forgotten.output
    with sqlite.reading() as session:
        assert find(session, "T1") is None
    unknown = run.invoke(app, ["workspaces", "forget", "T1", "--yes"])
    assert unknown.exit_code == 1
    assert "T1 is not known" in unknown.output

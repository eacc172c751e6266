"""The command that shows the gap, and what others compute it from."""

import csv
import io
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from typer.testing import CliRunner

from copilot.cli import app
from copilot.db import Database, open_engine
from copilot.ports import ChannelInfo
from copilot.reviews.gap_export import entry_from_json, gap_json, shown_from_json
from copilot.reviews.velocity_gap import velocity_gap
from copilot.workspaces.directory import upsert_channel
from tests.console_world import CHANNEL, TEAM, build_world

Run = Callable[..., Any]


@pytest.fixture
def database(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Database:
    database = Database(open_engine(sqlite_url), lambda _job: None)
    build_world(database)
    monkeypatch.setenv("COPILOT_DATABASE_URL", sqlite_url)
    return database


@pytest.fixture
def run(database: Database) -> Run:
    return lambda *arguments: CliRunner().invoke(app, ("gap", *arguments))


def test_it_says_it_in_a_sentence_and_in_numbers(run: Run) -> None:
    told = run("--incident", "1")
    assert told.exit_code == 0
    assert "words drafted" in told.stderr
    assert "Reading that waits" in told.stdout
    assert "too few to tell" in told.stdout


def test_who_has_the_json_computes_the_same(run: Run) -> None:
    told = json.loads(run("--incident", "1", "--format", "json").stdout)
    assert told["metrics"]["produced_words"]["value"] > 100
    again = velocity_gap(
        [entry_from_json(line) for line in told["ledger"]],
        [shown_from_json(line) for line in told["suggestions"]],
        now=datetime.fromisoformat(told["computed_at"]),
        seconds_per_source=told["seconds_per_source"],
    )
    assert gap_json(again) == told["metrics"]
    assert set(told["versions"]) == {"1"}


def test_the_csv_is_the_ledger(run: Run) -> None:
    lines = list(csv.DictReader(io.StringIO(run("--format", "csv").stdout)))
    assert {line["kind"] for line in lines} >= {"drafted"}
    assert all(line["words"].isdigit() for line in lines)


def test_a_week_is_an_iso_week(run: Run) -> None:
    assert "Nothing was drafted in 2020-W01." in run("--week", "2020-W01").stderr
    refused = run("--week", "next")
    assert refused.exit_code == 1
    assert "2026-W47" in refused.stderr


def test_no_private_channel_is_counted_by_accident(run: Run, database: Database) -> None:
    with database.transaction() as session:
        upsert_channel(session, TEAM, ChannelInfo(CHANNEL, "inc-search-stale", is_private=True))
    assert "--private" in run("--incident", "1").stderr
    assert "Nothing was drafted." in run().stderr
    assert "words drafted" in run("--private").stderr
    assert run("--incident", "1", "--private").exit_code == 0

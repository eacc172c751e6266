"""The command as a new user types it: real exports, a database of their own.

What plays or serves runs as a process of its own, as do two of the small commands. All other small
ones are called within this process: starting Python for each took longer than all they do.
"""

import json
import os
import re
import socket
import subprocess
import sys
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from copilot.cli import app
from copilot.db import open_engine
from copilot.suggestions.noise_policy import DEFAULT_NOISE_POLICY

COMMAND = Path(sys.executable).with_name("incident-copilot")
EXPORTS = Path(__file__).parents[2].parent / "shared" / "data" / "slack_exports"
NERVOUS = ("--deliveries", "3", "--shuffle", "7")
QUARTER_HOUR = timedelta(minutes=15)
PASTED_SECRET = b"Not-A-Real-Passw0rd"
PATIENCE_S = 300
"""Twenty seconds of computing may take minutes beside whatever else the machine does."""

OUR_VARIABLES = ("COPILOT_", "SLACK_", "OPENAI_")

pytestmark = pytest.mark.timeout(3 * PATIENCE_S)


OWN_PROCESS = {"demo", "serve", "--help"}
"""They handle signals, or are about the installed command itself."""


class CommandLine:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database_url = f"sqlite:///{folder / 'copilot.db'}"

    def run(self, *arguments: str | Path, fails: bool = False, **environment: str) -> str:
        """Standard output of the command; with `fails`, what it said on standard error."""
        words = list(map(str, arguments))
        runs = self.as_process if words[0] in OWN_PROCESS else self.called
        code, out, err = runs(words, environment)
        assert "Traceback" not in err, err
        assert (code != 0) == fails, err
        return err if fails else out

    def as_process(
        self, arguments: Sequence[str], environment: Mapping[str, str]
    ) -> tuple[int, str, str]:
        done = subprocess.run(
            [COMMAND, *arguments],
            env={"PATH": os.environ["PATH"], **self._environment(), **environment},
            capture_output=True,
            check=False,
            timeout=PATIENCE_S,
        )
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def called(
        self, arguments: Sequence[str], environment: Mapping[str, str]
    ) -> tuple[int, str, str]:
        unset = {name: None for name in os.environ if name.startswith(OUR_VARIABLES)}
        done = CliRunner(env={**unset, **self._environment(), **environment}).invoke(app, arguments)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
        return done.exit_code, done.stdout, done.stderr

    def _environment(self) -> dict[str, str]:
        return {
            "HOME": str(self.folder),
            "COPILOT_DATABASE_URL": self.database_url,
            "COLUMNS": "200",
        }

    def json(self, *arguments: str | Path) -> Any:
        return json.loads(self.run(*arguments, "--format", "json"))

    def query(self, sql: str) -> list[Any]:
        engine = open_engine(self.database_url)
        with engine.connect() as connection:
            found = connection.execute(text(sql)).all()
        engine.dispose()
        return list(found)


@pytest.fixture
def command_line(tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path)


def _export(name: str) -> Path:
    path = EXPORTS / f"{name}.zip"
    if not path.exists():
        pytest.skip(f"{path.name} is not beside the project (../shared/data)")
    return path


def _messages_of(export: Path) -> dict[tuple[str, str], dict[str, Any]]:
    """Every message of the export by channel and ts, read without our own reader."""
    found = {}
    with zipfile.ZipFile(export) as archive:
        for name in archive.namelist():
            channel, _, day = name.partition("/")
            if day.endswith(".json"):
                for message in json.loads(archive.read(name)):
                    found[channel, message["ts"]] = message
    return found


def _expected_link(message: dict[str, Any]) -> str:
    link = "/p" + message["ts"].replace(".", "")
    thread_ts = message.get("thread_ts")
    return link if thread_ts in (None, message["ts"]) else f"{link}?thread_ts={thread_ts}&cid="


@pytest.mark.parametrize("name", ["k8s-2019-02-08", "small-export"])
def test_a_replay_stores_each_message_once(command_line: CommandLine, name: str) -> None:
    """Thrice and shuffled; the bundled incident below is played once and in order."""
    export = _export(name)
    messages = _messages_of(export)

    result = command_line.json("demo", "--once", "--export", export, *NERVOUS)

    assert set(result) == {"events", "suggestions", "posts", "review"}
    assert set(result["suggestions"]) == {"deliver", "digest", "hold", "suppress"}
    assert result["events"] == len(messages)
    assert result["review"]["claims"] > 0
    assert result["review"]["unsupported"] == 0
    stored = [
        row
        for incident in command_line.json("incidents", "list")
        for row in _timeline(command_line, incident["id"])
    ]
    said = [row for row in stored if row["message_ts"] is not None]
    assert sorted((row["channel"], row["message_ts"]) for row in said) == sorted(messages)
    for row in said:
        assert _expected_link(messages[row["channel"], row["message_ts"]]) in row["permalink"]
    _assert_quiet(command_line)


def test_the_bundled_incident_is_quiet_and_its_review_is_proven(command_line: CommandLine) -> None:
    result = command_line.json("demo", "--once")

    assert result["events"] >= 150
    assert 1 <= result["posts"] <= 8
    assert result["review"]["unsupported"] == 0
    _assert_quiet(command_line)
    (incident,) = command_line.json("incidents", "list")
    said = {row["message_ts"]: row for row in _timeline(command_line, incident["id"])}
    review = json.loads(
        command_line.run("review", "export", str(incident["id"]), "--format", "json")
    )
    claims = [claim for section in review["sections"] for claim in section["claims"]]
    assert len(claims) == result["review"]["claims"]
    for claim in claims:
        assert len(claim["text"].split()) <= 25
        assert claim["supported"]
        assert claim["citations"]
        for citation in claim["citations"]:
            source = said[citation["message_ts"]]
            assert _plain(citation["quote"]) in _plain(source["text"])
            assert citation["permalink"] == source["permalink"]
    stored = b"".join(path.read_bytes() for path in command_line.folder.glob("copilot.db*"))
    assert b"checkout_ro" in stored
    assert PASTED_SECRET not in stored
    kept_back = command_line.json("suggestions", "list", str(incident["id"]))
    assert all(one["reason"] and one["tempo"] and one["evidence"] for one in kept_back)
    assert command_line.run("review", "export", str(incident["id"])).startswith("# ")
    assert command_line.run("timeline", "export", str(incident["id"]), "--format", "csv")


def test_an_imported_incident_can_be_worked_on(command_line: CommandLine) -> None:
    export = _export("k8s-2019-02-08")
    first = command_line.json("import", "slack-export", export)
    assert first["messages"] == len(_messages_of(export))
    again = command_line.json("import", "slack-export", export)
    assert (again["messages"], again["duplicates"]) == (0, first["messages"])

    incident_id = str(first["incidents"][0]["id"])
    proposed = command_line.json("suggestions", "propose", incident_id)
    assert proposed == command_line.json("suggestions", "propose", incident_id)
    review = command_line.json("review", "draft", incident_id)
    assert review["unsupported"] == []
    assert command_line.query("SELECT id FROM delivery") == []


def test_it_says_what_to_do_about_bad_input(command_line: CommandLine, tmp_path: Path) -> None:
    no_export = tmp_path / "notes.zip"
    with zipfile.ZipFile(no_export, "w") as archive:
        archive.writestr("notes.txt", "hello")

    run = command_line.run
    assert "channels.json" in run("import", "slack-export", no_export, fails=True)
    assert "nowhere.zip" in run("import", "slack-export", tmp_path / "nowhere.zip", fails=True)
    assert "incidents list" in run("review", "draft", "77", fails=True)
    assert "COPILOT_REDIS_URL" in run("worker", fails=True)
    assert "COPILOT_DATABASE_URL" in run(
        "incidents",
        "list",
        fails=True,
        COPILOT_DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing",
    )
    assert "COPILOT_PORT" in run("serve", fails=True, COPILOT_PORT="many")
    code, _, err = command_line.called(["serve", "--port", "99999"], {})
    assert code != 0
    assert "--port" in err
    assert "INCIDENT" in run("timeline", "export", "9" * 30, fails=True)
    assert "COPILOT_DATA_DIR" in run(
        "incidents", "list", fails=True, COPILOT_DATABASE_URL="", COPILOT_DATA_DIR=str(no_export)
    )
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert "--port" in run("serve", "--port", port, fails=True)
        assert "--sandbox-port" in run("demo", "--sandbox-port", port, fails=True)
    assert "SLACK_BOT_TOKEN" in command_line.run("doctor")


def test_a_small_command_is_the_same_as_a_process(command_line: CommandLine) -> None:
    """As the tests above call it, and as the installed command runs."""
    called = command_line.json("incidents", "list")
    code, out, err = command_line.as_process(["incidents", "list", "--format", "json"], {})
    assert (code, json.loads(out)) == (0, called)
    assert command_line.database_url.removeprefix("sqlite:///") in err
    code, out, err = command_line.as_process(["review", "draft", "77"], {})
    assert (code, out) == (1, "")
    assert "incidents list" in err
    assert "Traceback" not in err


def test_help_names_every_command(command_line: CommandLine) -> None:
    words = command_line.run("--help")
    for command in (
        "demo", "serve", "worker", "scheduler", "migrate", "doctor", "import", "incidents",
        "timeline", "suggestions", "review", "manifest", "keys", "workspaces",
    ):  # fmt: skip
        assert command in words


def _timeline(command_line: CommandLine, incident_id: int) -> list[dict[str, Any]]:
    lines = command_line.run("timeline", "export", str(incident_id), "--format", "jsonl")
    return [json.loads(line) for line in lines.splitlines()]


def _assert_quiet(command_line: CommandLine) -> None:
    """At most one post per quarter of an hour, none while hectic, none about the same thing."""
    posts = command_line.query(
        "SELECT incident_id, tempo, posted_at FROM delivery "
        "WHERE posted_at IS NOT NULL ORDER BY incident_id, posted_at"
    )
    assert "hectic" not in {tempo for _, tempo, _ in posts}
    for (incident, _, earlier), (other, _, later) in pairwise(posts):
        if incident == other:
            gap = datetime.fromisoformat(later) - datetime.fromisoformat(earlier)
            assert gap >= QUARTER_HOUR == DEFAULT_NOISE_POLICY.post_interval
    shown = command_line.query(
        "SELECT incident_id, fingerprint FROM suggestion WHERE delivery_id IS NOT NULL"
    )
    assert len(shown) == len(set(shown))


def _plain(words: str) -> str:
    return re.sub(r"\s+", " ", words.replace("“", '"').replace("”", '"').replace("’", "'")).strip()

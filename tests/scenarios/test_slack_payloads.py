"""Every shape that Slack is known to send is answered 2xx, and nothing raises."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from copilot.clock import ReplayClock
from tests.scenarios.slack_world import SlackWorld, open_slack_world

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "slack_payloads"
FILES = sorted(FOLDER.glob("*.json")) if FOLDER.is_dir() else []
EVENTS = [path for path in FILES if path.name.startswith("events__")]
INTERACTIONS = [path for path in FILES if path.name.startswith("app-backend__")]

pytestmark = pytest.mark.skipif(not FILES, reason="the folder of example payloads is not here")


@pytest.fixture(scope="module")
def world(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SlackWorld]:
    path = tmp_path_factory.mktemp("payloads") / "copilot.db"
    path.write_bytes(migrated_sqlite.read_bytes())
    clock = ReplayClock(datetime(2026, 3, 4, 14, 0, tzinfo=UTC))
    with open_slack_world(f"sqlite:///{path}", clock) as world:
        world.command("declare checkout errors")
        yield world


@pytest.fixture(autouse=True)
def _nothing_raises(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    yield
    assert not [record for record in caplog.records if record.exc_info]


def named(paths: list[Path]) -> list[Any]:
    return [pytest.param(json.loads(path.read_text()), id=path.stem) for path in paths]


@pytest.mark.parametrize("payload", named(EVENTS))
def test_an_event_as_it_is(world: SlackWorld, payload: dict[str, Any]) -> None:
    assert 200 <= world.slack.json(payload).status < 300


@pytest.mark.parametrize("payload", named(EVENTS))
def test_an_event_in_the_incident_channel(world: SlackWorld, payload: dict[str, Any]) -> None:
    """Blanks filled, so that the listener gets hold of it."""
    filled = filled_in(payload, world)
    assert 200 <= world.slack.json({**filled, "type": "event_callback"}).status < 300


@pytest.mark.parametrize("payload", named(INTERACTIONS))
def test_an_interaction_or_command(world: SlackWorld, payload: dict[str, Any]) -> None:
    if "command" in payload:
        form = {key: str(value) for key, value in payload.items()}
        assert 200 <= world.slack.form(form).status < 300
        return
    assert 200 <= world.slack.interaction(payload).status < 300


@pytest.mark.parametrize("payload", named(INTERACTIONS))
def test_an_interaction_with_our_own_buttons(world: SlackWorld, payload: dict[str, Any]) -> None:
    """The names are ours, the values are blank."""
    filled = filled_in(payload, world)
    for action in filled.get("actions", ()):
        action["action_id"] = "suggestion_accept"
    if isinstance(filled.get("view"), dict):
        filled["view"]["callback_id"] = "suggestion_edited"
    if filled.get("command") is not None:
        assert 200 <= world.slack.command("", channel_id=world.channel()).status < 300
        return
    assert 200 <= world.slack.interaction(filled).status < 300


def filled_in(payload: Any, world: SlackWorld) -> Any:
    known = {
        "team_id": world.workspace.team_id,
        "channel": world.channel(),
        "channel_id": world.channel(),
        "user": world.person("ana"),
        "user_id": world.person("ana"),
        "ts": "1772632800.000100",
        "event_ts": "1772632800.000100",
    }
    if isinstance(payload, list):
        return [filled_in(one, world) for one in payload]
    if not isinstance(payload, dict):
        return payload
    return {
        key: known[key] if key in known and isinstance(value, str) else filled_in(value, world)
        for key, value in payload.items()
    }

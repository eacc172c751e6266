"""Every shape that Slack is known to send is answered in time, and kept or dropped on purpose."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from copilot.clock import ReplayClock
from tests.fakes.odd_payloads import odd
from tests.fakes.raised import Raised, listening_for_raised
from tests.fakes.table_contents import Contents, changed_tables, contents, restore
from tests.scenarios.payloads_expected import EXPECTED
from tests.scenarios.slack_world import SlackWorld, open_slack_world

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "slack_payloads"
FILES = sorted(FOLDER.glob("*.json")) if FOLDER.is_dir() else []
SLACKS_PATIENCE_S = 3.0
ODD_ONES = 4
"""Of each payload; in any order and number they find the same, so few will do each time."""
SAID_AT, EDITED_AT, SENT_AT = "1772632800.000100", "1772632805.000000", "1772632809.000200"

pytestmark = pytest.mark.skipif(not FILES, reason="the folder of example payloads is not here")


@pytest.fixture(scope="module", params=["http", "sockets"])
def world(
    request: pytest.FixtureRequest, migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SlackWorld]:
    path = tmp_path_factory.mktemp("payloads") / "copilot.db"
    path.write_bytes(migrated_sqlite.read_bytes())
    clock = ReplayClock(datetime(2026, 3, 4, 14, 0, tzinfo=UTC))
    over_sockets = request.param == "sockets"
    with open_slack_world(f"sqlite:///{path}", clock, over_sockets=over_sockets) as world:
        world.command("declare checkout errors")
        yield world


@pytest.fixture(scope="module")
def before(world: SlackWorld) -> Contents:
    return contents(world.engine)


@pytest.fixture
def raised() -> Iterator[Raised]:
    with listening_for_raised() as raised:
        yield raised


def test_each_payload_is_expected_to_be_kept_or_dropped() -> None:
    assert {path.stem for path in FILES} == set(EXPECTED)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_one_with_blanks_is_answered_and_changes_nothing(
    world: SlackWorld, before: Contents, raised: Raised, path: Path
) -> None:
    """As it is in the folder: it names no workspace, no channel and often not even its kind."""
    answered_in_time(world, json.loads(path.read_text()))
    assert changed_tables(before, contents(world.engine)) == set()
    assert raised.words() == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_one_from_the_incident_channel_is_stored_or_dropped_on_purpose(
    world: SlackWorld, before: Contents, raised: Raised, path: Path
) -> None:
    answered_in_time(world, filled_in(json.loads(path.read_text()), world))
    changed = changed_tables(before, contents(world.engine))
    restore(world.engine, before)
    assert changed == EXPECTED[path.stem].tables
    assert raised.words() == []


@pytest.mark.parametrize(
    "path", [path for path in FILES if "app-backend" in path.name], ids=lambda path: path.stem
)
def test_one_with_the_names_of_our_own_buttons_is_answered(
    world: SlackWorld, before: Contents, raised: Raised, path: Path
) -> None:
    """The names are ours, the values are blank."""
    payload = filled_in(json.loads(path.read_text()), world)
    for action in payload.get("actions", ()):
        action["action_id"] = "suggestion_accept"
    if isinstance(payload.get("view"), dict):
        payload["view"]["callback_id"] = "suggestion_edited"
    if "command" in payload:
        payload["command"] = "/incident"
    answered_in_time(world, payload)
    restore(world.engine, before)
    assert raised.words() == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_one_with_something_wrong_in_it_is_never_our_failure(
    world: SlackWorld, before: Contents, raised: Raised, path: Path
) -> None:
    payload = json.loads(path.read_text())
    filled = filled_in(payload, world)
    for seed in range(ODD_ONES):
        each = odd(filled if seed % 4 else payload, seed)
        assert deliver(world, each) < 500, each
        assert raised.words() == [], each
    restore(world.engine, before)


def answered_in_time(world: SlackWorld, payload: dict[str, Any]) -> None:
    began_s = time.monotonic()
    status = deliver(world, payload)
    assert 200 <= status < 300
    assert time.monotonic() - began_s < SLACKS_PATIENCE_S


def deliver(world: SlackWorld, payload: dict[str, Any]) -> int:
    if "command" in payload:
        # A form can't hold half a surrogate pair.
        texts = {key: str(value).encode(errors="replace") for key, value in payload.items()}
        return world.slack.form({key: text.decode() for key, text in texts.items()}).status
    if "event" in payload or payload.get("type") is None:
        return world.slack.json(payload).status
    return world.slack.interaction(payload).status


def filled_in(payload: dict[str, Any], world: SlackWorld) -> dict[str, Any]:
    """The payload with what was blanked said again: who, where and when."""
    known = {
        "team_id": world.workspace.team_id,
        "team": world.workspace.team_id,
        "channel": world.channel(),
        "channel_id": world.channel(),
        "user": world.person("ana"),
        "user_id": world.person("ana"),
        "ts": SAID_AT,
        "thread_ts": SAID_AT,
        "message_ts": SAID_AT,
        "deleted_ts": SAID_AT,
        "old_channel_id": world.channel(),
        "new_channel_id": "C0CONVERTED",
        "url": "https://renamed.slack.com/",
        "event_ts": SENT_AT,
        "reaction": "eyes",
        "text": "replica lag is at 210 s",
    }
    ids = {"channel": world.channel(), "user": world.person("ana"), "team": world.workspace.team_id}

    def fill(value: Any, key: str) -> Any:
        if isinstance(value, list):
            return [fill(one, key) for one in value]
        if isinstance(value, dict):
            inner = {name: fill(one, name) for name, one in value.items()}
            if key in ids and "id" in inner:
                inner["id"] = ids[key]
                inner["name"] = "renamed"
            if key == "edited":
                inner["ts"] = EDITED_AT
            return inner
        return known[key] if key in known and isinstance(value, str) else value

    found: dict[str, Any] = fill(payload, "")
    if "event" in found:
        found["type"] = "event_callback"
        if found["event"]["type"] == "team_rename":
            found["event"]["name"] = "Renamed"
    return found

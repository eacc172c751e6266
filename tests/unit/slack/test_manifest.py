"""The manifest asks for what the code uses, and for no more."""

import ast
import inspect
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
import ruamel.yaml
from slack_sdk import WebClient
from typer.testing import CliRunner

import copilot.slack
from copilot.cli import app
from copilot.slack.listeners import commands, marking
from copilot.slack.listeners.events import HANDLERS
from copilot.slack.listeners.installing import INSTALLING
from copilot.slack.manifest import BOT_EVENTS, BOT_SCOPES, COMMAND, SHORTCUTS, manifest
from copilot.slack.services import SlackServices

SLACK = Path(inspect.getfile(copilot.slack)).parent
ADDRESS = "https://copilot.example.com"

# What each method needs of a bot token for what the code does with it, on public and on private
# channels, as https://docs.slack.dev/reference/methods lists it.
SCOPES_OF_METHOD: dict[str, tuple[str, ...]] = {
    "apps.connections.open": (),  # the app-level token's connections:write
    "auth.revoke": (),
    "auth.teams.list": (),
    "auth.test": (),
    "chat.getPermalink": (),
    "chat.postEphemeral": ("chat:write",),
    "chat.postMessage": ("chat:write",),
    "chat.update": ("chat:write",),
    "conversations.create": ("channels:manage",),
    "conversations.history": ("channels:history", "groups:history"),
    "conversations.info": ("channels:read", "groups:read"),
    "conversations.invite": ("channels:manage", "groups:write.invites"),
    "conversations.join": ("channels:join",),
    "conversations.list": ("channels:read", "groups:read"),
    "conversations.members": ("channels:read", "groups:read"),
    "conversations.replies": ("channels:history", "groups:history"),
    "conversations.setTopic": ("channels:manage", "groups:write.topic"),
    "oauth.v2.access": (),
    "oauth.v2.exchange": (),
    "pins.add": ("pins:write",),
    "pins.remove": ("pins:write",),
    "users.conversations": ("channels:read", "groups:read"),
    "users.info": ("users:read",),
    "users.list": ("users:read",),
    "views.open": (),
    "views.publish": (),
    "views.push": (),
    "views.update": (),
}

_WORDS = re.compile(r"[a-z]+(?:_[a-zA-Z0-9]+)+")


def methods_called() -> set[str]:
    """Every Web API method that the code of the edge names."""
    found = set()
    for path in SLACK.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and _is_method(node.attr):
                found.add(node.attr.replace("_", "."))
            elif isinstance(node, ast.Constant) and node.value in SCOPES_OF_METHOD:
                found.add(node.value)
    return found


def _is_method(name: str) -> bool:
    if not _WORDS.fullmatch(name) or name == "api_call":
        return False
    return callable(getattr(WebClient, name, None))


def test_every_method_the_code_calls_is_granted() -> None:
    called = methods_called()
    assert {"chat.postMessage", "conversations.history", "views.open", "users.list"} <= called
    for method in called:
        assert method in SCOPES_OF_METHOD, f"look up which scopes {method} needs"
        assert set(SCOPES_OF_METHOD[method]) <= set(BOT_SCOPES), method


def test_no_scope_is_asked_for_without_a_use() -> None:
    used = {"commands"} | {scope for needed in BOT_EVENTS.values() for scope in needed}
    for method in methods_called():
        used |= set(SCOPES_OF_METHOD[method])
    assert set(BOT_SCOPES) == used
    assert all(BOT_SCOPES.values())


NOT_SUBSCRIBED = {
    "app_rate_limited": "comes unasked",
    "user_profile_changed": "says again what user_change said",
}


def test_every_event_has_a_listener_and_every_listener_its_event() -> None:
    subscribed = {event.removesuffix(".channels").removesuffix(".groups") for event in BOT_EVENTS}
    heard = {*HANDLERS, *INSTALLING}
    assert subscribed == heard - set(NOT_SUBSCRIBED)


class Registry:
    """Stands in for Bolt's App where listeners are registered, and keeps what for."""

    def __init__(self) -> None:
        self.seen: set[tuple[str, Any]] = set()

    def __getattr__(self, kind: str) -> Any:
        def register(wanted: Any) -> Any:
            self.seen.add((kind, wanted))
            return lambda listener: listener

        return register


def test_every_shortcut_and_the_command_have_a_listener() -> None:
    registry: Any = Registry()
    commands.register(registry, cast("SlackServices", None))
    marking.register(registry, cast("SlackServices", None))
    shortcuts = {wanted for kind, wanted in registry.seen if kind == "message_shortcut"}
    assert shortcuts == {shortcut.callback_id for shortcut in SHORTCUTS}
    assert ("command", COMMAND) in registry.seen


def test_the_operators_page_names_each_scope_and_its_use() -> None:
    page = (SLACK.parents[1] / "docs" / "slack.md").read_text()
    rows = dict(re.findall(r"^\| `([a-z:.]+)` \| (.+) \|$", page, re.MULTILINE))
    assert rows == BOT_SCOPES


def test_every_event_can_be_delivered_with_the_scopes_asked_for() -> None:
    for event, scopes in BOT_EVENTS.items():
        assert set(scopes) <= set(BOT_SCOPES), event


def texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text of the manifest with where it stands, indices left out."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from texts(inner, f"{path}/{key}")
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner, path)
    elif isinstance(value, str):
        yield path, value


# Slack's manifest schema 2, https://github.com/slackapi/manifest-schema
LONGEST = {
    "/display_information/name": 35,
    "/display_information/description": 140,
    "/display_information/long_description": 4000,
    "/display_information/background_color": 7,
    "/features/bot_user/display_name": 80,
    "/features/shortcuts/name": 24,
    "/features/shortcuts/type": 7,
    "/features/shortcuts/callback_id": 255,
    "/features/shortcuts/description": 150,
    "/features/slash_commands/command": 32,
    "/features/slash_commands/url": 3000,
    "/features/slash_commands/description": 2000,
    "/features/slash_commands/usage_hint": 1000,
    "/oauth_config/redirect_urls": 2500,
    "/oauth_config/scopes/bot": 50,
    "/settings/event_subscriptions/request_url": 3500,
    "/settings/event_subscriptions/bot_events": 50,
    "/settings/interactivity/request_url": 3500,
}


@pytest.mark.parametrize("socket_mode", [True, False])
def test_every_text_keeps_to_its_limit(socket_mode: bool) -> None:
    made = manifest(socket_mode=socket_mode, public_url=ADDRESS, many_workspaces=True)
    for path, text in texts(made):
        assert 1 <= len(text) <= LONGEST[path], path
    assert len(made["display_information"]["long_description"]) >= 175
    assert re.fullmatch(r"[a-z0-9._-]+", made["features"]["bot_user"]["display_name"])
    assert len(SHORTCUTS) <= 10
    assert len(BOT_EVENTS) <= 100


def test_socket_mode_needs_no_address() -> None:
    made = manifest(socket_mode=True, public_url=None)
    assert made["settings"]["socket_mode_enabled"]
    assert not made["settings"]["token_rotation_enabled"]
    assert not any("url" in path for path, _ in texts(made))


def test_over_http_every_way_in_leads_to_the_endpoint() -> None:
    made = manifest(socket_mode=False, public_url=f"{ADDRESS}/", org_deploy=True)
    addresses = {text for path, text in texts(made) if "url" in path}
    assert addresses == {f"{ADDRESS}/slack/events"}
    assert made["settings"]["org_deploy_enabled"]
    assert "redirect_urls" not in made["oauth_config"]


def test_installing_in_many_workspaces_rotates_tokens_and_comes_back() -> None:
    made = manifest(socket_mode=False, public_url=ADDRESS, many_workspaces=True)
    assert made["settings"]["token_rotation_enabled"]
    assert made["oauth_config"]["redirect_urls"] == [f"{ADDRESS}/slack/oauth_redirect"]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.delenv("COPILOT_PUBLIC_URL", raising=False)
    return lambda *arguments: CliRunner().invoke(app, ["manifest", *arguments])


def test_the_command_prints_what_slack_takes(run: Any) -> None:
    assert json.loads(run().stdout) == manifest(socket_mode=True, public_url=None)
    over_http = json.loads(run("--url", ADDRESS).stdout)
    assert over_http == manifest(socket_mode=False, public_url=ADDRESS)
    with_both = json.loads(run("--url", ADDRESS, "--socket-mode", "--many-workspaces").stdout)
    assert with_both["settings"]["socket_mode_enabled"]
    assert with_both["oauth_config"]["redirect_urls"]


def test_yaml_says_the_same_as_json(run: Any) -> None:
    options = ("--url", ADDRESS, "--many-workspaces", "--org")
    as_yaml = ruamel.yaml.YAML(typ="safe", pure=True).load(run(*options, "--format", "yaml").stdout)
    assert as_yaml == json.loads(run(*options).stdout)


@pytest.mark.parametrize(
    "arguments",
    [("--http",), ("--many-workspaces",), ("--http", "--url", "http://copilot.example.com")],
)
def test_without_an_https_address_it_says_what_to_do(run: Any, arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert result.exit_code == 1
    assert "--url https://" in result.stderr
    assert result.stdout == ""

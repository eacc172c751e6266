"""`doctor` at each step from nothing to a working bot; docs/slack.md quotes what it says here."""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from typer.testing import CliRunner

from copilot.cli import app, doctor_slack
from copilot.cli.doctor import examine
from copilot.cli.findings import Finding, State, line_of
from copilot.clock import ReplayClock, SystemClock
from copilot.sandbox.outlet import SocketAddresses
from copilot.settings import Settings
from copilot.slack.client import build_client
from copilot.slack.clients import OneWorkspace
from copilot.slack.manifest import BOT_SCOPES
from copilot.slack.token_box import new_key
from tests.fakes.slack_caller import ServedWeb
from tests.scenarios.install_world import open_install_world
from tests.scenarios.slack_world import SlackWorld, open_slack_world

PAGE = Path(__file__).parents[2] / "docs" / "slack.md"
ADDRESS = "https://copilot.example.com"
PUBLIC = "COPILOT_PUBLIC_URL"


class Operator:
    """Sets variables one by one and runs `doctor` in between; `told` is all it said."""

    def __init__(self, world: SlackWorld) -> None:
        self.world = world
        world.workspace.name = "Acme"
        world.workspace.grants.scopes = tuple(BOT_SCOPES)
        self.told: list[str] = []
        self.settings: dict[str, Any] = {"secret_key": "s" * 32}

    def sets(self, **settings: Any) -> "Operator":
        self.settings.update(settings)
        return self

    def runs_doctor(self, *, listen_s: float | None = None) -> dict[str, Finding]:
        settings = Settings(
            database_url=self.world.services.settings.database_url,
            slack_api_url=self.world.sandbox.api_url,
            **self.settings,
        )
        client = build_client(self.settings.get("slack_bot_token"), self.world.sandbox.api_url)
        services = replace(
            self.world.services, settings=settings, slack_clients=OneWorkspace(client)
        )
        findings = examine(services, listen_s=listen_s)
        self.told += [self._as_on_the_page(line_of(finding)) for finding in findings]
        return {finding.what: finding for finding in findings}

    def _as_on_the_page(self, line: str) -> str:
        """What differs from one deployment to the next, as the page has it."""
        line = line.replace(self.world.sandbox.url, "https://acme.slack.com/")
        line = line.replace(self.world.workspace.bot_user_id, "U0123456789")
        line = line.replace("within 0 s", "within 60 s")
        line = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:8080", line)
        return re.sub(r"sqlite:///\S+", "sqlite:////var/lib/copilot/copilot.db", line)


@pytest.fixture
def world(sqlite_url: str, clock: ReplayClock) -> Iterator[SlackWorld]:
    with open_slack_world(sqlite_url, clock, over_sockets=True) as world:
        yield world


@pytest.fixture
def operator(world: SlackWorld, monkeypatch: pytest.MonkeyPatch) -> Operator:
    for variable in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", PUBLIC):
        monkeypatch.delenv(variable, raising=False)
    return Operator(world)


def with_socket_mode(operator: Operator) -> Operator:
    workspace = operator.world.workspace
    return operator.sets(slack_app_token=workspace.app_token, slack_bot_token=workspace.bot_token)


def from_nothing_to_socket_mode(operator: Operator) -> None:
    """The story of the page's first part."""
    world, workspace = operator.world, operator.world.workspace
    found = operator.sets(secret_key=None).runs_doctor()
    assert found["sessions"].state is State.OFF
    assert found["way in"].state is State.OFF
    assert found["bot token"].state is State.OFF
    operator.sets(secret_key="s" * 32)

    with_socket_mode(operator)
    sockets = switched_off(world)
    assert "Enable Socket Mode" in operator.runs_doctor()["app token"].words
    workspace.sockets = sockets

    granted = workspace.grants.scopes
    workspace.grants.scopes = tuple(s for s in granted if not s.startswith("pins:"))
    found = operator.runs_doctor()
    assert found["scopes"].state is State.BROKEN
    assert "pins:write (pins the headline card of an incident)" in found["scopes"].words
    assert "channels:read" not in found["scopes"].words
    workspace.grants.scopes = granted

    found = operator.runs_doctor()
    assert {finding.state for finding in found.values()} == {State.OK, State.OFF}
    assert [one.what for one in found.values() if one.state is State.OFF] == ["console", "events"]
    assert found["Slack"].words.startswith("Acme at http")

    world.command("declare Checkout errors sev2")
    world.says("ana", "can anybody hear me?")
    world.works()
    found = operator.sets(public_url=ADDRESS).runs_doctor(listen_s=5)
    assert found["events"] == Finding("events", State.OK, "one arrived by Socket Mode, just now")
    assert {finding.state for finding in found.values()} == {State.OK}
    operator.runs_doctor()


def switched_off(world: SlackWorld) -> SocketAddresses | None:
    sockets, world.workspace.sockets = world.workspace.sockets, None
    return sockets


def when_nothing_arrives(operator: Operator) -> None:
    """What `--listen` says when it was in vain."""
    found = operator.sets(port=1).runs_doctor(listen_s=0.0)
    assert found["events"].state is State.BROKEN
    assert "incident-copilot serve" in found["events"].words
    web = FastAPI()
    web.get("/healthz")(lambda: {"database": "ok"})
    with ServedWeb(web) as served:
        found = operator.sets(port=served.port).runs_doctor(listen_s=0.0)
        assert "Socket Mode is on" in found["events"].words
        by_http = {"slack_app_token": None, "slack_signing_secret": "0123456789abcdef" * 2}
        found = operator.sets(**by_http, public_url=ADDRESS).runs_doctor(listen_s=0.0)
        assert "its Request URL says Verified" in found["events"].words


def by_http(operator: Operator) -> None:
    """The story of the page's second part."""
    workspace = operator.world.workspace
    operator.sets(slack_bot_token=workspace.bot_token, slack_app_token=None)
    operator.sets(slack_signing_secret="0123456789abcdef" * 2)
    assert operator.sets(public_url=None).runs_doctor()["console"].state is State.BROKEN
    found = operator.sets(public_url="http://copilot.example.com").runs_doctor()
    assert found["console"].state is State.BROKEN
    found = operator.sets(public_url=ADDRESS).runs_doctor()
    assert found["console"].state is State.OK
    assert found["way in"].words.endswith(f"{ADDRESS}/slack/events")


def mistakes_with_secrets(operator: Operator) -> None:
    workspace = operator.world.workspace
    for pasted in (
        "xoxp-1-2",
        "xapp-1-2",
        "xoxe-1-2",
        "xoxe.xoxb-1-2",
        "0123456789abcdef" * 2,
        "x",
    ):
        found = operator.sets(slack_bot_token=pasted).runs_doctor()
        assert found["bot token"].state is State.BROKEN, pasted
        assert "Slack" not in found
    operator.sets(slack_bot_token=workspace.bot_token)
    for pasted in ("xoxb-1-2", "xapp-1-2"):
        found = operator.sets(slack_signing_secret=pasted).runs_doctor()
        assert "holds a token" in found["signing secret"].words
    operator.sets(slack_signing_secret=None, slack_app_token="xapp-1-not-ours")
    assert "invalid_auth" in operator.runs_doctor()["app token"].words
    operator.sets(slack_bot_token="xoxb-not-ours")
    assert operator.runs_doctor()["Slack"].state is State.BROKEN


def test_socket_mode_from_nothing(operator: Operator) -> None:
    from_nothing_to_socket_mode(operator)


def test_in_vain_it_says_what_to_click(operator: Operator) -> None:
    when_nothing_arrives(with_socket_mode(operator))


def test_http_behind_a_proxy(operator: Operator) -> None:
    by_http(operator)


def test_each_secret_in_the_wrong_place_is_named(operator: Operator) -> None:
    mistakes_with_secrets(with_socket_mode(operator))


def test_a_scope_that_covers_another_does_and_one_too_many_is_told(operator: Operator) -> None:
    with_socket_mode(operator)
    grants = operator.world.workspace.grants
    kept = [scope for scope in BOT_SCOPES if not scope.startswith("groups:write.")]
    grants.scopes = (*kept, "groups:write", "files:read")
    found = operator.runs_doctor()["scopes"]
    assert found.state is State.OK
    assert found.words.endswith("granted, but not needed: files:read")


def test_a_channel_that_nobody_hears_is_told(operator: Operator) -> None:
    with_socket_mode(operator)
    world, workspace = operator.world, operator.world.workspace
    world.command("declare Checkout errors sev2")
    world.works()
    ana = world.person("ana")
    workspace.remove_bot(ana, world.channel())
    found = operator.runs_doctor()["channels"]
    assert found.state is State.BROKEN
    assert found.words.startswith("#incidents has an open incident")
    workspace.convert_to_private(ana, world.channel())
    workspace.invite_bot(ana, world.channel())
    world.says("ana", "now it is private")
    world.works()
    assert operator.runs_doctor()["channels"].state is State.OK
    workspace.remove_bot(ana, world.channel())
    world.works()
    words = operator.runs_doctor()["channels"].words
    assert words.startswith(f"private {world.channel()} has")
    assert "#incidents" not in words


def test_events_that_come_another_way_than_chosen_are_told(operator: Operator) -> None:
    with_socket_mode(operator)
    operator.world.command("declare Checkout errors sev2")
    operator.world.says("ana", "over the socket")
    operator.world.works()
    found = operator.sets(slack_app_token=None, slack_signing_secret="ab" * 16).runs_doctor()
    assert found["events"].state is State.OFF
    assert "by Socket Mode, just now; since then HTTP was chosen" in found["events"].words


def test_an_event_over_http_is_told(sqlite_url: str, clock: ReplayClock) -> None:
    with open_slack_world(sqlite_url, clock) as world:
        operator = Operator(world).sets(slack_bot_token=world.workspace.bot_token)
        operator.sets(slack_signing_secret=world.workspace.signing_secret, public_url=ADDRESS)
        world.says("ana", "over HTTP, in a channel without an incident")
        world.works()
        found = operator.runs_doctor(listen_s=5)
        assert found["events"].words == "one arrived over HTTP, just now"
        assert operator.runs_doctor()["events"].state is State.OK


@pytest.mark.parametrize(
    ("off_by", "state"),
    [(10, State.OK), (-60, State.OFF), (240, State.OFF), (600, State.BROKEN)],
)
def test_a_clock_that_is_off_is_told(
    operator: Operator, monkeypatch: pytest.MonkeyPatch, off_by: int, state: State
) -> None:
    shown = ReplayClock(SystemClock().now() + timedelta(seconds=off_by))
    monkeypatch.setattr(doctor_slack, "SystemClock", lambda: shown)
    assert with_socket_mode(operator).runs_doctor()["clock"].state is state


def many_workspaces(sqlite_url: str, clock: ReplayClock) -> list[str]:
    """The story of the page's third part."""
    told: list[str] = []
    with open_install_world(sqlite_url, clock) as world:
        settings = world.services.settings.model_copy(update={"public_url": ADDRESS})
        services = replace(world.services, settings=settings)
        for workspace in (world.acme, world.other):
            workspace.grants.scopes = tuple(BOT_SCOPES)
        told += [line_of(one) for one in examine(services)]
        world.install(world.acme)
        world.works()
        told += [line_of(one) for one in examine(services)]
        world.install(world.other)
        world.works()
        world.other.grants.scopes = ("commands", "chat:write")
        told += [line_of(one) for one in examine(services)]
    return told


def test_each_workspace_that_installed_is_examined(sqlite_url: str, clock: ReplayClock) -> None:
    told = many_workspaces(sqlite_url, clock)
    assert any(line.startswith("off     installations") for line in told)
    assert any("1 workspace; " in line for line in told)
    assert any("2 workspaces; " in line for line in told)
    assert any(
        line.startswith("broken  scopes") and "Other: not granted: channels:history" in line
        for line in told
    )


def test_the_page_quotes_what_doctor_says(
    operator: Operator, tmp_path: Path, migrated_sqlite: Path, clock: ReplayClock
) -> None:
    when_nothing_arrives(with_socket_mode(operator))
    for story in (from_nothing_to_socket_mode, by_http, mistakes_with_secrets):
        fresh = Operator(operator.world)
        story(fresh if story is from_nothing_to_socket_mode else with_socket_mode(fresh))
        operator.told += fresh.told
    another_url = f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path / 'many.db')}"
    operator.told += many_workspaces(another_url, clock)
    quoted = re.findall(r"^ *((?:ok|off|broken) {2,}\S.*)$", PAGE.read_text(), re.MULTILINE)
    assert len(quoted) >= 15
    for line in quoted:
        assert line in operator.told, line


class TestCommand:
    @pytest.fixture(autouse=True)
    def bare(self, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        for variable in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", PUBLIC):
            monkeypatch.delenv(variable, raising=False)
        monkeypatch.setenv("COPILOT_DATABASE_URL", sqlite_url)

    def test_nothing_set_is_nothing_broken(self) -> None:
        result = CliRunner().invoke(app, ["doctor", "--format", "json"])
        assert result.exit_code == 0
        found = json.loads(result.stdout)
        assert all(set(one) == {"what", "state", "words"} for one in found)
        assert [one["what"] for one in found] == [
            "database", "jobs", "console", "sessions", "way in", "bot token", "model",
        ]  # fmt: skip

    def test_something_broken_is_exit_code_1(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxp-1-2")
        result = CliRunner().invoke(app, ["doctor"])
        assert result.exit_code == 1
        assert "broken  bot token" in result.stdout

    def test_a_setting_that_is_refused_is_a_finding_too(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SLACK_APP_TOKEN", "xoxb-1-2")
        result = CliRunner().invoke(app, ["doctor", "--format", "json"])
        assert result.exit_code == 1
        (finding,) = json.loads(result.stdout)
        assert (finding["what"], finding["state"]) == ("settings", "broken")
        assert "SLACK_APP_TOKEN" in finding["words"]

    def test_a_wrong_option_is_exit_code_2(self) -> None:
        assert CliRunner().invoke(app, ["doctor", "--shout"]).exit_code == 2

    def test_token_keys_that_are_none_are_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SLACK_CLIENT_ID", "1.2")
        monkeypatch.setenv("SLACK_CLIENT_SECRET", "s")
        monkeypatch.setenv("COPILOT_TOKEN_KEYS", f"{new_key()},nonsense")
        result = CliRunner().invoke(app, ["doctor"])
        assert result.exit_code == 1
        assert "COPILOT_TOKEN_KEYS" in result.stdout

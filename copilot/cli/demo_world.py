"""The processes of a demo in one: pretend Slack, web process, worker and the export that plays."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import select

from copilot.bootstrap import Services
from copilot.cli.processes import cannot_listen, open_server
from copilot.cli.wiring import open_services
from copilot.clock import ReplayClock
from copilot.console.login import LoginLinks
from copilot.errors import BadInputError, CopilotError
from copilot.incidents.models import Incident
from copilot.main import WebServer, create_web, login_links
from copilot.sandbox.player import Player
from copilot.sandbox.score import PlayedCommand, read_commands
from copilot.sandbox.sender import Sender
from copilot.sandbox.server import SandboxServer
from copilot.sandbox.workspace import SandboxWorkspace
from copilot.settings import read_settings
from copilot.slack.manifest import SHORTCUTS
from copilot.timeline.permalinks import ts_to_instant
from copilot.timeline.slack_export import SlackExport, open_export
from copilot.workspaces.forgetting import forget_workspace

JOBS_TIMEOUT_S = 60.0
JUST_BEFORE = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Playing:
    """How an export is played; `speed` 0 is as fast as possible."""

    speed: float
    console_port: int
    sandbox_port: int
    deliveries: int
    shuffle_seed: int | None


@dataclass(slots=True)
class DemoWorld:
    services: Services
    workspace: SandboxWorkspace
    clock: ReplayClock
    player: Player
    web: WebServer
    login: LoginLinks
    sandbox_url: str

    @property
    def console_login_url(self) -> str:
        return self.workspace.console_url or self.web.url

    def play(self) -> int:
        """Play to the end. Returns how many deliveries the application refused."""
        return self.player.play().failed

    def play_in_background(self) -> None:
        threading.Thread(target=self._play_then_live, name="copilot-player", daemon=True).start()

    def _play_then_live(self) -> None:
        """After the last message time goes on, so that people can go on talking."""
        self.player.play()
        self.clock.run()

    def wait(self) -> None:
        """Until the web process ends, that is until Ctrl-C; meanwhile keep a door open.

        The pretend Slack shows a way into the console, and each link works once only.
        """
        while not self.web.join(timeout_s=1):
            token = self.console_login_url.partition("token=")[2]
            if not self.login.is_open(token):
                self.open_door()

    def open_door(self) -> None:
        """Show a fresh one-time link to the console in the pretend Slack."""
        self.workspace.console_url = f"{self.web.url}login?token={self.login.issue()}"

    def settle(self, after: timedelta) -> None:
        """Let the incident's time pass in steps of a minute, doing what falls due."""
        end = self.clock.now() + after
        while self.clock.now() < end:
            self.clock.advance_to(min(end, self.clock.now() + timedelta(minutes=1)))
            finish_jobs(self.services)

    def incident_ids(self) -> list[int]:
        with self.services.db.reading() as session:
            query = select(Incident.id).where(Incident.team_id == self.workspace.team_id)
            return list(session.scalars(query.order_by(Incident.id)))


def finish_jobs(services: Services) -> None:
    """Send what is due now and wait until it is done, its consequences included."""
    services.jobs.sweep(services)
    if not services.jobs.wait_until_idle(JOBS_TIMEOUT_S):
        raise CopilotError(
            f"Jobs did not finish in {JOBS_TIMEOUT_S:.0f} s; what was received is stored."
        )


@contextmanager
def open_world(path: Path, playing: Playing) -> Iterator[DemoWorld]:
    """Everything up and connected, and taken down again."""
    with ExitStack() as stack:
        export = stack.enter_context(open_export(path))
        commands = read_commands(path) or _declarations(export)
        clock = ReplayClock(_start_of(commands, export))
        workspace = SandboxWorkspace(clock)
        workspace.shortcuts = tuple((one.callback_id, one.name) for one in SHORTCUTS)
        sandbox = _open_sandbox(workspace, playing.sandbox_port)
        stack.callback(sandbox.stop)
        sandbox.start()
        web = open_server("127.0.0.1", playing.console_port)
        stack.callback(web.stop)
        services = _services(workspace, sandbox, web.url, clock)
        with services.db.transaction() as session:
            forget_workspace(session, workspace.team_id)
        login = login_links(services)
        web.start(create_web(services, login, web.url))
        services.jobs.start_embedded(services, sweep_every_s=1.0 if playing.speed else None)
        stack.callback(services.jobs.stop_embedded)
        sender = Sender(workspace, f"{web.url}slack/events")
        stack.callback(sender.close)
        workspace.connect(sender)
        player = Player(
            workspace,
            sender,
            export,
            clock=clock,
            speed=playing.speed,
            deliveries=playing.deliveries,
            shuffle_seed=playing.shuffle_seed,
            on_step=None if playing.speed else lambda _now: finish_jobs(services),
            commands=commands,
        )
        stack.callback(player.stop)
        player.prepare()
        world = DemoWorld(services, workspace, clock, player, web, login, sandbox.url)
        world.open_door()
        yield world


def _open_sandbox(workspace: SandboxWorkspace, port: int) -> SandboxServer:
    try:
        return SandboxServer(workspace, port=port)
    except OSError as error:
        raise cannot_listen("127.0.0.1", port, error, "--sandbox-port") from None


def _services(
    workspace: SandboxWorkspace, sandbox: SandboxServer, console_url: str, clock: ReplayClock
) -> Services:
    settings = read_settings().model_copy(
        update={
            "redis_url": None,
            "public_url": console_url,
            # Whatever the real deployment is connected by stays out of it.
            "slack_app_token": None,
            "slack_client_id": None,
            "slack_client_secret": None,
            "slack_bot_token": SecretStr(workspace.bot_token),
            "slack_signing_secret": SecretStr(workspace.signing_secret),
            "slack_api_url": sandbox.api_url,
        }
    )
    return open_services(settings, clock)


def _declarations(export: SlackExport) -> list[PlayedCommand]:
    """An incident declared in each channel just before its first message, by who spoke first."""
    people = {user["id"] for user in export.users if not user.get("is_bot")}
    found = []
    for channel in export.channels:
        messages = export.messages(channel)
        first = next(messages, None)
        if first is None:
            continue
        speakers = (message.get("user") for message in chain([first], messages))
        speaker = next((user for user in speakers if user in people), None)
        if speaker is not None:
            found.append(
                PlayedCommand(
                    at=ts_to_instant(str(first["ts"])) - JUST_BEFORE,
                    user=speaker,
                    channel=channel.id,
                    command="/incident",
                    text=f"declare Replay of #{channel.name}",
                )
            )
    if not found:
        raise BadInputError("The export holds no messages of people; there is nothing to play.")
    return found


def _start_of(commands: Sequence[PlayedCommand], export: SlackExport) -> datetime:
    """A moment before anything happens."""
    firsts = (next(export.messages(channel), None) for channel in export.channels)
    starts = [ts_to_instant(str(first["ts"])) for first in firsts if first is not None]
    return min([*starts, *(command.at for command in commands)]) - JUST_BEFORE

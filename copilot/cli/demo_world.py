"""The processes of a demo in one: pretend Slack, web process, worker and the export that plays."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import SecretStr

from copilot.bootstrap import Services
from copilot.cli.processes import open_server
from copilot.cli.wiring import open_services
from copilot.clock import ReplayClock
from copilot.console.login import LoginLinks
from copilot.errors import BadInputError, CopilotError
from copilot.incidents.queries import incidents_of_workspace
from copilot.main import WebServer, create_web
from copilot.sandbox.player import Player
from copilot.sandbox.sender import Sender
from copilot.sandbox.server import SandboxServer
from copilot.sandbox.workspace import SandboxWorkspace
from copilot.settings import read_settings
from copilot.timeline.permalinks import ts_to_instant
from copilot.timeline.slack_export import SlackExport, open_export
from copilot.workspaces.forgetting import forget_workspace

JOBS_TIMEOUT_S = 60.0


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
    sandbox_url: str
    console_login_url: str

    def play(self) -> int:
        """Play to the end. Returns how many deliveries the application refused."""
        return self.player.play().failed

    def play_in_background(self) -> None:
        threading.Thread(target=self.player.play, name="copilot-player", daemon=True).start()

    def wait(self) -> None:
        """Until the web process ends, that is until Ctrl-C."""
        self.web.join()

    def settle(self, after: timedelta) -> None:
        """Let the incident's time pass in steps of a minute, doing what falls due."""
        end = self.clock.now() + after
        while self.clock.now() < end:
            self.clock.advance_to(min(end, self.clock.now() + timedelta(minutes=1)))
            finish_jobs(self.services)

    def incident_ids(self) -> list[int]:
        with self.services.db.reading() as session:
            return incidents_of_workspace(session, self.workspace.team_id)


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
        clock = ReplayClock(_start_of(export), speed=playing.speed)
        workspace = SandboxWorkspace(clock)
        sandbox = SandboxServer(workspace, port=playing.sandbox_port)
        stack.callback(sandbox.stop)
        sandbox.start()
        services = _services(workspace, sandbox, clock)
        with services.db.transaction() as session:
            forget_workspace(session, workspace.team_id)
        web = open_server("127.0.0.1", playing.console_port)
        stack.callback(web.stop)
        login = LoginLinks()
        web.start(create_web(services, login, web.url))
        services.jobs.start_embedded(services, sweep_every_s=1.0 if playing.speed else None)
        stack.callback(services.jobs.stop_embedded)
        workspace.console_url = f"{web.url}login?token={login.issue()}"
        sender = Sender(workspace, f"{web.url}slack/events")
        player = Player(
            workspace,
            sender,
            export,
            clock=clock,
            speed=playing.speed,
            deliveries=playing.deliveries,
            shuffle_seed=playing.shuffle_seed,
            on_step=None if playing.speed else lambda _now: finish_jobs(services),
        )
        yield DemoWorld(
            services=services,
            workspace=workspace,
            clock=clock,
            player=player,
            web=web,
            sandbox_url=sandbox.url,
            console_login_url=workspace.console_url,
        )


def _services(workspace: SandboxWorkspace, sandbox: SandboxServer, clock: ReplayClock) -> Services:
    settings = read_settings().model_copy(
        update={
            "redis_url": None,
            "slack_bot_token": SecretStr(workspace.bot_token),
            "slack_signing_secret": SecretStr(workspace.signing_secret),
            "slack_api_url": sandbox.api_url,
        }
    )
    return open_services(settings, clock)


def _start_of(export: SlackExport) -> datetime:
    """A moment before the first message of any channel."""
    firsts = [
        ts_to_instant(str(first["ts"]))
        for channel in export.channels
        if (first := next(export.messages(channel), None)) is not None
    ]
    if not firsts:
        raise BadInputError("The export holds no messages; there is nothing to play.")
    return min(firsts).astimezone(UTC) - timedelta(seconds=1)

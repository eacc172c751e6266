"""The topology of docker-compose.yml with real processes: web, worker and scheduler on
PostgreSQL and Redis, and a pretend Slack on the other side of the wire."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from copilot.clock import SystemClock
from copilot.sandbox.sender import Sender
from copilot.sandbox.server import SandboxServer
from copilot.sandbox.sockets import SocketSender
from copilot.sandbox.workspace import SandboxWorkspace

COMMAND = Path(sys.executable).with_name("incident-copilot")
PATIENCE_S = 40.0
FOLLOW_UP = "action item: ben to add an alert on replica lag above 30 seconds by Friday"


class Deployment:
    """Processes of the product, each started and killed by the test."""

    def __init__(self, environment: dict[str, str], logs: Path) -> None:
        self.environment = environment
        self._logs = logs
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, *arguments: str) -> None:
        log = (self._logs / f"{name}.log").open("ab")
        self._running[name] = subprocess.Popen(
            [COMMAND, *arguments], env=self.environment, stdout=log, stderr=log, cwd=self._logs
        )
        log.close()

    def kill(self, name: str) -> None:
        """As hard as a machine that loses power."""
        process = self._running.pop(name)
        process.kill()
        process.wait(timeout=10)

    def stop(self) -> None:
        for process in self._running.values():
            process.send_signal(signal.SIGTERM)
        for process in self._running.values():
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(timeout=10)

    def words(self) -> str:
        return "\n".join(
            f"--- {log.name}\n{log.read_text(errors='replace')}"
            for log in sorted(self._logs.glob("*.log"))
        )


@contextmanager
def _deployed(
    postgres_url: str, redis_url: str, folder: Path
) -> Iterator[tuple[Deployment, SandboxWorkspace]]:
    port = _free_port()
    workspace = SandboxWorkspace(SystemClock())
    workspace.populate()
    with ExitStack() as stack:
        sandbox = stack.enter_context(SandboxServer(workspace))
        deployment = Deployment(
            {
                "PATH": os.environ["PATH"],
                "HOME": str(folder),
                "COPILOT_DATABASE_URL": postgres_url,
                "COPILOT_REDIS_URL": redis_url,
                "COPILOT_PORT": str(port),
                "SLACK_BOT_TOKEN": workspace.bot_token,
                "SLACK_SIGNING_SECRET": workspace.signing_secret,
                "SLACK_API_URL": sandbox.api_url,
            },
            folder,
        )
        stack.callback(deployment.stop)
        deployment.start("web", "serve")
        deployment.start("worker-1", "worker")
        deployment.start("scheduler", "scheduler")
        sender = Sender(workspace, f"http://127.0.0.1:{port}/slack/events")
        stack.callback(sender.close)
        workspace.connect(sender)
        _wait_for(lambda: _answers(port), "the web process answers", deployment)
        yield deployment, workspace


@pytest.mark.timeout(180)
def test_web_worker_and_scheduler_share_the_work(
    postgres_url: str, redis_url: str, tmp_path: Path
) -> None:
    with _deployed(postgres_url, redis_url, tmp_path) as (deployment, workspace):
        ana, ben = _person(workspace, "ana"), _person(workspace, "ben")
        channel = _channel(workspace, "incidents")
        workspace.command(ana, channel, "/incident", "declare Checkout errors sev3")
        workspace.say(ana, channel, "replica lag on db-3 is at 210 seconds")
        workspace.say(ana, channel, FOLLOW_UP)

        card = _wait_for(
            lambda: next(iter(_cards(workspace, channel)), None), "a card is posted", deployment
        )
        workspace.click(ben, channel, card["ts"], "suggestion_accept")
        _wait_for(
            lambda: "accepted by ben" in str(workspace.message(channel, card["ts"])),
            "the card says who accepted",
            deployment,
        )

        # A worker dies without a word; what it would have done is found again.
        deployment.kill("worker-1")
        workspace.command(ana, channel, "/incident", "status resolved")
        workspace.command(ana, channel, "/incident", "review")
        deployment.start("worker-2", "worker")
        _wait_for(lambda: _has_review(deployment), "the review is drafted", deployment)
        assert not _cards(workspace, channel)


@pytest.mark.timeout(120)
def test_serve_listens_by_socket_mode_and_misses_nothing_when_killed(
    sqlite_url: str, tmp_path: Path
) -> None:
    workspace = SandboxWorkspace(SystemClock())
    workspace.populate()
    with ExitStack() as stack:
        sandbox = stack.enter_context(SandboxServer(workspace))
        sockets = SocketSender(workspace, retry_delays_s=(0.0, 0.1))
        stack.callback(sockets.close)
        sockets.turn_on()
        deployment = Deployment(
            {
                "PATH": os.environ["PATH"],
                "HOME": str(tmp_path),
                "COPILOT_DATABASE_URL": sqlite_url,
                "COPILOT_PORT": "0",
                "SLACK_BOT_TOKEN": workspace.bot_token,
                "SLACK_APP_TOKEN": workspace.app_token,
                "SLACK_API_URL": sandbox.api_url,
            },
            tmp_path,
        )
        stack.callback(deployment.stop)
        deployment.start("web", "serve")
        _wait_for(lambda: sockets.count == 2, "two sockets are open", deployment)
        ana, channel = _person(workspace, "ana"), _channel(workspace, "incidents")
        workspace.command(ana, channel, "/incident", "declare Checkout errors sev3")
        said = [workspace.say(ana, channel, f"heard {number}") for number in range(5)]
        deployment.kill("web")
        said += [workspace.say(ana, channel, f"missed {number}") for number in range(5)]
        deployment.start("web", "serve")
        _wait_for(lambda: _recorded(sqlite_url, said), "all was recorded", deployment)
        assert "Socket Mode: connected with 2 sockets" in deployment.words()


def _recorded(database_url: str, stamps: Sequence[str]) -> bool:
    with closing(sqlite3.connect(database_url.removeprefix("sqlite:///"))) as database:
        rows = database.execute("SELECT message_ts FROM timeline_event").fetchall()
    found = [ts for (ts,) in rows if ts in stamps]
    return sorted(found) == sorted(stamps)


def _has_review(deployment: Deployment) -> bool:
    # Asked of the command no sooner: starting it time and again left the worker little to run on.
    with psycopg.connect(deployment.environment["COPILOT_DATABASE_URL"]) as database:
        drafted = database.execute("SELECT FROM claim WHERE text LIKE '%replica lag%'").fetchone()
    if drafted is None:
        return False
    exported = subprocess.run(
        [COMMAND, "review", "export", "1", "--format", "json"],
        env=deployment.environment,
        capture_output=True,
        check=False,
    )
    return exported.returncode == 0 and b"replica lag" in exported.stdout


def _wait_for(probe: Callable[[], Any], what: str, deployment: Deployment) -> Any:
    deadline_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline_s:
        if found := probe():
            return found
        time.sleep(0.2)
    raise AssertionError(f"waited {PATIENCE_S:.0f} s in vain: {what}\n{deployment.words()}")


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def _cards(workspace: SandboxWorkspace, channel: str) -> list[dict[str, Any]]:
    """Suggestion cards: what the copilot posted, but for the headline of the incident."""
    messages = workspace.channels[channel].newest_first(None)
    return [
        body
        for body in messages
        if body.get("bot_id") == workspace.bot_id and "suggestion_" in str(body.get("blocks"))
    ]


def _person(workspace: SandboxWorkspace, name: str) -> str:
    return next(user.id for user in workspace.users.values() if user.name == name)


def _channel(workspace: SandboxWorkspace, name: str) -> str:
    found = workspace.channel_named(name)
    assert found is not None
    return found.id


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])

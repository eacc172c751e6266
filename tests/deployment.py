"""Processes of the product as an operator runs them, each with its own log, killed at will."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from copilot.sandbox.server import SandboxServer
from copilot.sandbox.workspace import SandboxWorkspace

COMMAND = Path(sys.executable).with_name("incident-copilot")
PATIENCE_S = 60.0
Found = TypeVar("Found")


class Deployment:
    def __init__(self, environment: dict[str, str], logs: Path) -> None:
        self.environment = environment
        self._logs = logs
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, *arguments: object) -> None:
        log = (self._logs / f"{name}.log").open("ab")
        self._running[name] = subprocess.Popen(
            list(map(str, arguments)),
            env=self.environment,
            stdout=log,
            stderr=log,
            cwd=self._logs,
        )
        log.close()

    def kill(self, name: str) -> None:
        """As hard as a machine that loses power."""
        process = self._running.pop(name)
        process.kill()
        process.wait(timeout=10)

    def is_running(self, name: str) -> bool:
        return name in self._running and self._running[name].poll() is None

    def pid(self, name: str) -> int:
        return self._running[name].pid

    def stop(self) -> None:
        for process in self._running.values():
            process.send_signal(signal.SIGTERM)
        for process in self._running.values():
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(timeout=10)
        self._running.clear()

    def words(self) -> str:
        """What all of them wrote, for a test that fails."""
        return "\n".join(
            f"--- {log.name}\n{log.read_text(errors='replace')[-8000:]}"
            for log in sorted(self._logs.glob("*.log"))
        )

    def wait_for(
        self, probe: Callable[[], Found | None], what: str, patience_s: float = PATIENCE_S
    ) -> Found:
        give_up_at_s = time.monotonic() + patience_s
        while time.monotonic() < give_up_at_s:
            if found := probe():
                return found
            time.sleep(0.1)
        raise AssertionError(f"waited {patience_s:.0f} s in vain: {what}\n{self.words()}")


@contextmanager
def deployment_for(
    workspace: SandboxWorkspace,
    sandbox: SandboxServer,
    folder: Path,
    database_url: str,
    port: int,
    **more: str,
) -> Iterator[Deployment]:
    """Nothing runs yet; all that does is stopped in the end."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        "HOME": str(folder),
        "COPILOT_DATABASE_URL": database_url,
        "COPILOT_PORT": str(port),
        "SLACK_BOT_TOKEN": workspace.bot_token,
        "SLACK_SIGNING_SECRET": workspace.signing_secret,
        "SLACK_API_URL": sandbox.api_url,
        **more,
    }
    deployment = Deployment(environment, folder)
    try:
        yield deployment
    finally:
        deployment.stop()


def answers(port: int) -> bool:
    """Whether the web process there is up and has its database."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])

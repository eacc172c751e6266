"""Starts aimock, a mock of OpenAI's interface that others wrote, with its chaos turned on."""

import json
import os
import shutil
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.deployment import free_port

VERSION = "1.43.0"
_PACKAGE = f"@copilotkit/aimock@{VERSION}"
_OLDEST_NODE = (20, 15)
_START_S = 20.0


class NoAimockError(Exception):
    """It can't be run here; the message says why."""


def installed() -> Path:
    """The folder it lies in, installed once for all runs, outside the project.

    Named by COPILOT_TEST_AIMOCK_DIR, else in the folder for temporary files. Raises NoAimockError.
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        raise NoAimockError("aimock needs node and npm, and they are not on the PATH")
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    version = tuple(int(part) for part in said.strip().lstrip("v").split(".")[:2])
    if version < _OLDEST_NODE:
        raise NoAimockError(f"aimock needs node 20.15 or newer, this is {said.strip()}")
    named = os.environ.get("COPILOT_TEST_AIMOCK_DIR")
    default = Path(tempfile.gettempdir()) / f"incident-copilot-aimock-{VERSION}"
    folder = Path(named) if named else default
    if not _program(folder).is_file():
        folder.mkdir(parents=True, exist_ok=True)
        command = [npm, "install", "--prefix", str(folder), "--no-audit", "--no-fund", _PACKAGE]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        if done.returncode or not _program(folder).is_file():
            raise NoAimockError(f"npm could not install {_PACKAGE}: {done.stderr.strip()[-300:]}")
    return folder


@contextmanager
def aimock(content: str, options: Sequence[str]) -> Iterator[str]:
    """Its address, while it answers every question with `content`, but for the chaos."""
    program = _program(installed())
    with tempfile.TemporaryDirectory() as folder:
        asked = ("m1", "can't be used")  # the question, and the one to mend an answer
        fixtures = [
            {"match": {"userMessage": words}, "response": {"content": content}} for words in asked
        ]
        path = Path(folder) / "answers.json"
        path.write_text(json.dumps({"fixtures": fixtures}))
        port = free_port()
        command = [str(program), "-p", str(port), "-f", str(path), "--log-level", "silent"]
        process = subprocess.Popen([*command, *options], stdout=subprocess.DEVNULL)
        try:
            _wait_until_it_listens(port, process)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            process.terminate()
            process.wait(10)


def _program(folder: Path) -> Path:
    return folder / "node_modules" / ".bin" / "llmock"


def _wait_until_it_listens(port: int, process: "subprocess.Popen[bytes]") -> None:
    give_up_at_s = time.monotonic() + _START_S
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while True:
        try:
            opener.open(f"http://127.0.0.1:{port}/health", timeout=1).close()
        except OSError as error:
            if process.poll() is not None or time.monotonic() > give_up_at_s:
                raise NoAimockError(f"aimock did not start: {error}") from None
            time.sleep(0.05)
        else:
            return

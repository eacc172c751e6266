"""What `ack_load` sends its events to: the product, and the bare minimum, each on its own store."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from sqlalchemy import Engine, func, make_url, select

from copilot.clock import SystemClock
from copilot.db import open_engine
from copilot.migrating import upgrade
from copilot.sandbox.sender import Sender
from copilot.sandbox.server import SandboxServer
from copilot.sandbox.workspace import SandboxWorkspace
from copilot.timeline.models import TimelineEvent
from tests.benchmarks import event_service
from tests.benchmarks.load_client import Order
from tests.deployment import COMMAND, answers, deployment_for, free_port
from tests.servers import postgres_server


@dataclass(frozen=True)
class LoadServer:
    pid: int
    order: Callable[[float, float], Order]
    count_rows: Callable[[], int]


@contextmanager
def ours(database_url: str, **environment: str) -> Iterator[LoadServer]:
    port, engine = free_port(), open_engine(database_url)
    upgrade(engine)
    workspace = SandboxWorkspace(SystemClock())
    workspace.populate()
    with ExitStack() as stack:
        stack.callback(engine.dispose)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        sandbox = stack.enter_context(SandboxServer(workspace))
        deployment = stack.enter_context(
            deployment_for(workspace, sandbox, folder, database_url, port, **environment)
        )
        deployment.start("web", COMMAND, "serve")
        deployment.wait_for(lambda: answers(port), "the web process answers")
        people = tuple(user.id for user in workspace.users.values() if not user.is_bot)
        channel = workspace.channel_named("incidents")
        assert channel is not None
        sender = Sender(workspace, f"http://127.0.0.1:{port}/slack/events")
        stack.callback(sender.close)
        workspace.connect(sender)
        answer = workspace.command(people[0], channel.id, "/incident", "declare Checkout errors")
        assert answer.is_ok, deployment.words()
        yield LoadServer(
            deployment.pid("web"),
            lambda per_second, seconds: Order(
                port,
                workspace.signing_secret,
                workspace.team_id,
                channel.id,
                people,
                per_second,
                seconds,
                seed=int(per_second * 10) + 1,
            ),
            lambda: _count_messages(engine, channel.id),
        )


@contextmanager
def bare(database_url: str) -> Iterator[LoadServer]:
    engine = open_engine(database_url)
    upgrade(engine)
    port = free_port()
    command = [sys.executable, "-m", "tests.benchmarks.bare_server", database_url, str(port)]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        give_up_at_s = time.monotonic() + 30
        while not answers(port):
            assert time.monotonic() < give_up_at_s, "the bare server does not start"
            time.sleep(0.1)
        yield LoadServer(
            server.pid,
            lambda per_second, seconds: Order(
                port,
                event_service.SECRET,
                event_service.TEAM,
                event_service.CHANNEL,
                (event_service.USER,),
                per_second,
                seconds,
                seed=int(per_second * 10) + 1,
            ),
            lambda: _count_messages(engine, "C0BARE"),
        )
    finally:
        server.kill()
        server.wait()
        engine.dispose()


def cpu_s_of(pid: int) -> float:
    """By Linux's account; elsewhere nothing is known."""
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return 0.0
    user, system = stat.read_text().rpartition(") ")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _count_messages(engine: Engine, channel_id: str) -> int:
    query = (
        select(func.count())
        .select_from(TimelineEvent)
        .where(TimelineEvent.channel_id == channel_id, TimelineEvent.kind == "message")
    )
    with engine.connect() as connection:
        return int(connection.execute(query).scalar_one())


@dataclass(frozen=True)
class Urls:
    """Each store twice, so that neither side meets what the other wrote."""

    ours: str
    bare: str


@contextmanager
def databases(store: str) -> Iterator[Urls]:
    """Durable, as in production."""
    if store == "SQLite":
        with tempfile.TemporaryDirectory() as folder:
            yield Urls(f"sqlite:///{folder}/ours.db", f"sqlite:///{folder}/bare.db")
        return
    with postgres_server(is_durable=True) as url:
        names = ("ours", "bare")
        with psycopg.connect(url, autocommit=True) as connection:
            for name in names:
                connection.execute(f"CREATE DATABASE {name}")
        ours, bare = (
            make_url(url).set(database=name).render_as_string(hide_password=False) for name in names
        )
        yield Urls(ours, bare)

"""Processes and servers die at random while people talk: nothing is lost, nothing twice.

Real processes, real sockets, real signals. Slack gives an event up after three retries; what was
lost so comes back when the copilot starts again and reads the channel.
"""

import random
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from copilot.clock import SystemClock
from copilot.db import open_engine
from copilot.migrating import upgrade
from copilot.sandbox.server import SandboxServer
from copilot.sandbox.workspace import SandboxWorkspace
from copilot.suggestions.leases import CONSIDERATION_LEASE
from copilot.timeline.models import TimelineEvent
from tests.deployment import COMMAND, Deployment, answers, deployment_for, free_port
from tests.kill.accounting import Account, settle
from tests.kill.talking import NotingSender, Talk
from tests.servers import NoServerError, Server, own_postgres, own_redis

SEED = 4812
MESSAGES, PER_SECOND, KILLS = 5_000, 100.0, 9
MISSED = 300
COMPRESSED = 60.0
"""Slack's minute takes a second here, its five minutes five."""
PATIENCE_S = 120.0
SETTLED_AFTER_S = 61.0
"""Of a message younger than a minute nobody concludes that it was taken back: Slack may not show
it yet. A later check would; the next one is ten minutes away, so here a start stands in for it.
"""


@dataclass
class Scene:
    deployment: Deployment
    workspace: SandboxWorkspace
    sender: NotingSender
    engine: Engine
    channel_id: str
    port: int

    def account(self) -> Account:
        return settle(self.sender.outcomes(), self.engine, self.channel_id)

    def start_web(self) -> None:
        self.deployment.start("web", COMMAND, "serve")

    def wait_for_web(self) -> None:
        self.deployment.wait_for(lambda: answers(self.port), "the web process answers")

    def expect_all(self) -> None:
        """Once all is delivered or given up, and read back."""
        assert self.sender.wait_until_idle(60)
        give_up_at_s = time.monotonic() + PATIENCE_S
        account = self.account()
        while account.problems and time.monotonic() < give_up_at_s:
            time.sleep(2)
            account = self.account()
        _say(f"{account}")
        shown = "\n".join(account.problems[:20])
        assert not account.problems, f"{len(account.problems)} problems\n{shown}\n{account}"

    def expect_jobs_done(self) -> None:
        """Every message was considered by somebody, and no suggestion was posted twice."""
        query = select(func.count()).where(
            TimelineEvent.channel_id == self.channel_id,
            TimelineEvent.considered_at.is_(None),
            TimelineEvent.kind == "message",
        )

        def is_done() -> bool:
            with self.engine.connect() as connection:
                return connection.execute(query).scalar_one() == 0

        # A worker that was killed at it holds the incident until its lease runs out.
        patience_s = CONSIDERATION_LEASE.total_seconds() + 60
        self.deployment.wait_for(is_done, "every message was considered", patience_s)
        posted = self.workspace.channels[self.channel_id].newest_first(None)
        cards = [
            str(body["blocks"]) for body in posted if body.get("bot_id") and body.get("blocks")
        ]
        assert len(set(cards)) == len(cards)


@contextmanager
def own_servers() -> Iterator[tuple[Server, Server]]:
    with ExitStack() as stack:
        try:
            yield stack.enter_context(own_postgres()), stack.enter_context(own_redis())
        except NoServerError as reason:
            pytest.skip(str(reason))


@contextmanager
def scene(database_url: str, folder: Path, **environment: str) -> Iterator[Scene]:
    port, workspace = free_port(), SandboxWorkspace(SystemClock())
    workspace.populate()
    with ExitStack() as stack:
        sandbox = stack.enter_context(SandboxServer(workspace))
        deployment = stack.enter_context(
            deployment_for(workspace, sandbox, folder, database_url, port, **environment)
        )
        engine = open_engine(database_url)
        stack.callback(engine.dispose)
        url = f"http://127.0.0.1:{port}/slack/events"
        sender = NotingSender(workspace, url, compressed=COMPRESSED)
        stack.callback(sender.close)
        workspace.connect(sender)
        channel = workspace.channel_named("incidents")
        assert channel is not None
        found = Scene(deployment, workspace, sender, engine, channel.id, port)
        found.start_web()
        found.wait_for_web()
        ana = next(user.id for user in workspace.users.values() if user.name == "ana")
        answer = workspace.command(ana, channel.id, "/incident", "declare Checkout errors")
        assert answer.is_ok, deployment.words()
        yield found


def _say(words: str) -> None:
    sys.stderr.write(f"{words}\n")


@pytest.mark.timeout(460)
def test_the_process_is_killed_and_started_again_while_people_talk(
    database_url: str, tmp_path: Path
) -> None:
    chance = random.Random(SEED)  # noqa: S311 - the same cuts each time
    began_s = time.monotonic()
    with scene(database_url, tmp_path) as found:
        talk = Talk(
            found.workspace,
            found.channel_id,
            messages=MESSAGES,
            per_second=PER_SECOND,
            seed=SEED,
        )
        talk.start()
        for number, count in enumerate(sorted(chance.sample(range(200, MESSAGES - 200), KILLS))):
            talk.wait_for(count)
            talk.say_at_most(chance.randint(20, 150))
            found.deployment.kill("web")
            if number == KILLS // 2:  # for so long that Slack gives everything up
                assert found.sender.wait_until_idle(60)
            time.sleep(chance.uniform(0.0, 1.0))
            found.start_web()
            if chance.random() < 0.3:  # and down again while it still starts
                time.sleep(chance.uniform(0.0, 2.0))
                found.deployment.kill("web")
                found.start_web()
            found.wait_for_web()
            talk.go_on()
        talk.join(PATIENCE_S)
        found.wait_for_web()
        # Whatever Slack gives up from here on would be read back with the next start only.
        assert found.sender.wait_until_idle(60)
        time.sleep(SETTLED_AFTER_S)
        found.deployment.kill("web")
        found.start_web()
        found.wait_for_web()
        _say(f"talked for {time.monotonic() - began_s:.0f} s")
        found.expect_all()
        _say(f"settled after {time.monotonic() - began_s:.0f} s")


@pytest.mark.timeout(480)
def test_workers_and_servers_die_while_people_talk(tmp_path: Path) -> None:
    """Web process, workers and a scheduler on PostgreSQL and Redis, as docker-compose has it."""
    chance = random.Random(SEED)  # noqa: S311 - the same cuts each time
    with own_servers() as (postgres, redis):
        engine = open_engine(postgres.url)
        upgrade(engine)
        engine.dispose()
        with scene(postgres.url, tmp_path, COPILOT_REDIS_URL=redis.url) as found:
            workers = ("worker-1", "worker-2")
            for name in workers:
                found.deployment.start(name, COMMAND, "worker")
            found.deployment.start("scheduler", COMMAND, "scheduler")
            talk = Talk(
                found.workspace, found.channel_id, messages=1_200, per_second=PER_SECOND, seed=SEED
            )
            talk.start()

            def cut(victim: str) -> None:
                if victim == "redis":
                    redis.crash()
                elif victim == "postgres":
                    postgres.crash()
                else:
                    found.deployment.kill(victim)
                    role = "serve" if victim == "web" else victim.partition("-")[0]
                    found.deployment.start(victim, COMMAND, role)

            victims = [*workers, "redis", "worker-1", "postgres", "web", "worker-2", "scheduler"]
            chance.shuffle(victims)
            for number, victim in enumerate(victims):
                talk.wait_for(100 + number * 120)
                talk.say_at_most(chance.randint(10, 60))
                cut(victim)
                found.wait_for_web()
                talk.go_on()
            talk.join(PATIENCE_S)
            assert found.sender.wait_until_idle(60)
            cut("web")
            found.wait_for_web()
            found.expect_all()
            found.expect_jobs_done()


@pytest.mark.timeout(200)
def test_what_was_missed_in_a_long_silence_is_read_back(database_url: str, tmp_path: Path) -> None:
    """The copilot is down for so long that Slack gives up every event of it."""
    with scene(database_url, tmp_path) as found:
        found.deployment.kill("web")
        talk = Talk(found.workspace, found.channel_id, messages=MISSED, per_second=500.0, seed=SEED)
        talk.start()
        talk.join(PATIENCE_S)
        assert found.sender.wait_until_idle(60)
        heard = [event for event, is_ok in found.sender.outcomes() if is_ok]
        assert not [event for event in heard if event["type"] == "message"]
        found.start_web()
        found.wait_for_web()
        found.expect_all()

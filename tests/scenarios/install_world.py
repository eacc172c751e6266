"""Two workspaces of one pretend Slack and one deployment that both may install, over loopback."""

import ssl
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import httpx2
from sqlalchemy import select

from copilot.bootstrap import JobRunner, Services, build_many_workspaces
from copilot.clock import ReplayClock
from copilot.db import Database
from copilot.jobs import QueuedJob
from copilot.local.drafter import LocalDrafter
from copilot.main import WebServer, create_web, login_links
from copilot.sandbox.outlet import Answer
from copilot.sandbox.sender import Sender
from copilot.sandbox.workspace import SandboxWorkspace
from copilot.settings import Settings
from copilot.slack.messenger import SlackMessenger
from copilot.slack.reader import SlackReader
from copilot.slack.token_box import new_key
from copilot.timeline.models import TimelineEvent
from copilot.workspaces.directory import workspace_of
from copilot.workspaces.models import Installation, Workspace
from tests.engines import shared_engine
from tests.fakes.proposer import FakeProposer
from tests.prompt_server import PromptSandbox
from tests.scenarios.block_reading import words_of
from tests.scenarios.slack_world import PATIENCE_S
from workers.sweeping import due_jobs
from workers.tasks import TASKS

OTHER_TEAM = "T0OTHER"


@dataclass
class InstallWorld:
    db: Database
    clock: ReplayClock
    sandbox: PromptSandbox
    acme: SandboxWorkspace
    other: SandboxWorkspace
    services: Services
    web_url: str
    browser: httpx2.Client
    senders: Sequence[Sender]
    jobs: deque[QueuedJob]

    def go(self, url: str) -> httpx2.Response:
        """Without following where it leads."""
        return self.browser.get(url if "://" in url else f"{self.web_url}{url}")

    def consent(self, workspace: SandboxWorkspace) -> str:
        """Set out and say yes in Slack; returns the address of the way back."""
        away = self.go("/slack/install/start")
        assert away.status_code == 302, away.text
        back = self.go(f"{away.headers['location']}&team={workspace.team_id}")
        assert back.status_code == 302, back.text
        return str(back.headers["location"])

    def install(self, workspace: SandboxWorkspace) -> httpx2.Response:
        """The whole way, up to the page at its end."""
        answer = self.go(self.consent(workspace))
        assert answer.status_code == 303, answer.text
        return self.go(answer.headers["location"])

    def command(self, workspace: SandboxWorkspace, text: str, *, by: str = "ana") -> str:
        self.clock.advance_to(self.clock.now() + timedelta(seconds=1))
        answer = self.try_command(workspace, text, by=by)
        assert isinstance(answer.body, dict), answer
        return words_of(answer.body)

    def try_command(self, workspace: SandboxWorkspace, text: str, *, by: str = "ana") -> Answer:
        answer = workspace.command(person(workspace, by), channel(workspace), "/incident", text)
        assert answer.is_ok, answer
        return answer

    def says(self, workspace: SandboxWorkspace, text: str, *, by: str = "ana") -> str:
        self.clock.advance_to(self.clock.now() + timedelta(seconds=20))
        return workspace.say(person(workspace, by), channel(workspace), text)

    def works(self) -> None:
        self._settle()
        while self.jobs:
            queued = self.jobs.popleft()
            TASKS[queued.job](self.services, queued.row_id)
            self._settle()

    def sweeps(self) -> None:
        self.jobs.extend(due_jobs(self.services))
        self.works()

    def recorded(self, team_id: str) -> list[str]:
        """What people said there, oldest first."""
        query = (
            select(TimelineEvent.text)
            .where(TimelineEvent.team_id == team_id, TimelineEvent.kind == "message")
            .order_by(TimelineEvent.id)
        )
        with self.db.reading() as session:
            return [text or "" for text in session.scalars(query)]

    def _settle(self) -> None:
        for sender in self.senders:
            sender.wait_until_idle()


def person(workspace: SandboxWorkspace, name: str) -> str:
    return next(user.id for user in workspace.users.values() if user.name == name)


def channel(workspace: SandboxWorkspace, name: str = "incidents") -> str:
    found = workspace.channel_named(name)
    assert found is not None
    return found.id


def asked_of(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def installations(world: InstallWorld) -> list[Installation]:
    with world.db.reading() as session:
        found = list(session.scalars(select(Installation).order_by(Installation.id)))
        session.expunge_all()
    return found


def workspace(world: InstallWorld, team_id: str) -> Workspace:
    with world.db.reading() as session:
        found = workspace_of(session, team_id)
        session.expunge(found)
    return found


class _InTurn:
    def __init__(self, jobs: deque[QueuedJob]) -> None:
        self.send = jobs.append


@contextmanager
def open_install_world(
    database_url: str, clock: ReplayClock, **more: Any
) -> Iterator[InstallWorld]:
    """`more` are settings. Tokens run out by the world's clock, as the sandbox's do."""
    with ExitStack() as stack:
        acme = SandboxWorkspace(clock, name="Acme")
        other = acme.neighbour(OTHER_TEAM, "Other")
        acme.populate()
        other.populate()
        sandbox = stack.enter_context(PromptSandbox(acme, neighbours=(other,)))
        engine = shared_engine(database_url)
        stack.callback(engine.dispose)
        jobs: deque[QueuedJob] = deque()
        db = Database(engine, jobs.append)
        server = WebServer("127.0.0.1", 0)
        stack.callback(server.stop)
        settings = Settings(
            database_url=database_url,
            slack_api_url=sandbox.api_url,
            slack_client_id=acme.grants.client_id,
            slack_client_secret=acme.grants.client_secret,
            slack_signing_secret=acme.signing_secret,
            token_keys=new_key(),
            **more,
        )
        many = build_many_workspaces(settings, db, clock, wall_clock=clock)
        assert many is not None
        services = Services(
            settings=settings,
            clock=clock,
            engine=engine,
            db=db,
            jobs=cast("JobRunner", _InTurn(jobs)),
            slack_clients=many.clients,
            messenger=SlackMessenger(many.clients),
            reader=SlackReader(many.clients),
            proposer=FakeProposer(),
            drafter=LocalDrafter(),
            installed=many.clients,
            installer=many.installer,
            lease_clock=clock,
        )
        server.start(create_web(services, login_links(services), server.url))
        senders = [
            Sender(
                each,
                f"{server.url}slack/events",
                retry_delays_s=(0.0, 0.05),
                timeout_s=PATIENCE_S,
            )
            for each in (acme, other)
        ]
        for workspace, sender in zip((acme, other), senders, strict=True):
            workspace.connect(sender)
            stack.callback(sender.close)
        browser = stack.enter_context(
            httpx2.Client(
                trust_env=False,
                timeout=10,
                follow_redirects=False,
                verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),  # reading the roots takes a while
            )
        )
        yield InstallWorld(
            db=db,
            clock=clock,
            sandbox=sandbox,
            acme=acme,
            other=other,
            services=services,
            web_url=server.url.rstrip("/"),
            browser=browser,
            senders=senders,
            jobs=jobs,
        )

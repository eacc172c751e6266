"""A whole small world: a pretend Slack, the real web process and its jobs, over loopback.

Jobs run when a test says so, in the order they were sent, so that a story reads the same each
time it is told.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from fastapi import FastAPI
from slack_bolt import App
from sqlalchemy import Engine, select

from copilot.bootstrap import JobRunner, Services
from copilot.clock import ReplayClock
from copilot.db import Database
from copilot.incidents.models import Incident
from copilot.incidents.queries import latest_incident_in
from copilot.jobs import QueuedJob
from copilot.local.drafter import LocalDrafter
from copilot.main import refill_after_break
from copilot.sandbox.deliveries import Deliverer
from copilot.sandbox.sender import Sender
from copilot.sandbox.sockets import SocketSender
from copilot.sandbox.workspace import SandboxWorkspace
from copilot.settings import Settings
from copilot.slack.app import build_bolt_app
from copilot.slack.client import build_client
from copilot.slack.clients import OneWorkspace
from copilot.slack.http import add_slack_endpoint
from copilot.slack.messenger import SlackMessenger
from copilot.slack.reader import SlackReader
from copilot.slack.socket_mode import Pace, SocketMode
from copilot.timeline.models import TimelineEvent
from tests.engines import shared_engine
from tests.fakes.proposer import FakeProposer
from tests.fakes.slack_caller import ServedWeb, SlackCaller
from tests.fakes.socket_caller import SocketCaller
from tests.prompt_server import PromptSandbox
from tests.scenarios.block_reading import item_buttons as item_buttons
from tests.scenarios.block_reading import words_of as words_of
from tests.scenarios.world_acts import Acts
from workers.sweeping import due_jobs
from workers.tasks import TASKS

Body = dict[str, Any]

RETRY_DELAYS_S = (0.0, 0.05)
PATIENCE_S = 20.0
"""Slack's three seconds are measured under load (`make load`), not by a machine that is busy."""


@dataclass
class SlackWorld(Acts):
    db: Database
    engine: Engine
    sandbox: PromptSandbox
    sender: Deliverer
    slack: SlackCaller
    socket_mode: SocketMode | None
    services: Services
    proposer: FakeProposer
    jobs: deque[QueuedJob]

    def command(self, text: str, *, by: str = "ana", channel: str = "incidents") -> str:
        """Type `/incident TEXT`; returns all words of the private answer."""
        self._second()
        answer = self.workspace.command(self.person(by), self.channel(channel), "/incident", text)
        assert answer.is_ok, answer
        assert isinstance(answer.body, dict), answer
        assert answer.body["response_type"] == "ephemeral"
        return words_of(answer.body)

    def says(self, by: str, text: str, *, channel: str = "incidents", **more: Any) -> str:
        self.clock.advance_to(self.clock.now() + timedelta(seconds=20))
        return self.workspace.say(self.person(by), self.channel(channel), text, **more)

    def works(self) -> None:
        """Do every job there is, those that jobs send included."""
        self.sender.wait_until_idle()
        while self.jobs:
            self._run(self.jobs.popleft())
            self.sender.wait_until_idle()

    def opens_home(self, by: str) -> Body:
        """Open the App Home and let the app do its work; returns what is shown then."""
        self._second()
        self.workspace.open_home(self.person(by))
        self.works()
        return self.home_of(by)

    def passes(self, length: timedelta) -> None:
        """Let time go by, with the sweeper looking round each minute."""
        end = self.clock.now() + length
        while self.clock.now() < end:
            self.clock.advance_to(min(end, self.clock.now() + timedelta(minutes=1)))
            self.jobs.extend(due_jobs(self.services))
            self.works()

    def cards(self, channel: str = "incidents") -> list[Body]:
        """What the copilot posted in the channel besides the headline, oldest first."""
        return [body for body in self._posted(channel) if not _is_headline(body)]

    def headlines(self, channel: str = "incidents") -> list[Body]:
        """The pinned card that says how it stands; more than one only after one was deleted."""
        return [body for body in self._posted(channel) if _is_headline(body)]

    def _posted(self, channel: str) -> list[Body]:
        messages = self.workspace.channels[self.channel(channel)].newest_first(None)
        own = [body for body in messages if body.get("bot_id") == self.workspace.bot_id]
        return [body for body in reversed(own) if body.get("blocks")]

    def incident(self, channel: str = "incidents") -> Incident:
        with self.db.reading() as session:
            found = latest_incident_in(session, self.workspace.team_id, self.channel(channel))
            assert found is not None
            session.expunge(found)
        return found

    def events(self, channel: str = "incidents") -> list[TimelineEvent]:
        incident = self.incident(channel)
        with self.db.reading() as session:
            found = session.scalars(
                select(TimelineEvent)
                .where(TimelineEvent.channel_id == incident.channel_id)
                .order_by(TimelineEvent.id)
            ).all()
            session.expunge_all()
        return list(found)

    def _run(self, queued: QueuedJob) -> None:
        TASKS[queued.job](self.services, queued.row_id)


class _InTurn:
    """A `JobRunner` that keeps what was sent until the test works it off."""

    def __init__(self, jobs: deque[QueuedJob]) -> None:
        self.send = jobs.append


@contextmanager
def open_slack_world(
    database_url: str, clock: ReplayClock, *, over_sockets: bool = False
) -> Iterator[SlackWorld]:
    """Slack calls the process over HTTP, or sends down the sockets that the process opened."""
    with ExitStack() as stack:
        workspace = SandboxWorkspace(clock)
        workspace.populate()
        sandbox = stack.enter_context(PromptSandbox(workspace))
        engine = shared_engine(database_url)
        stack.callback(engine.dispose)
        jobs: deque[QueuedJob] = deque()
        db = Database(engine, jobs.append)
        clients = OneWorkspace(build_client(workspace.bot_token, sandbox.api_url))
        proposer = FakeProposer()
        services = Services(
            settings=Settings(database_url=database_url, slack_api_url=sandbox.api_url),
            clock=clock,
            engine=engine,
            db=db,
            jobs=cast("JobRunner", _InTurn(jobs)),
            slack_clients=clients,
            messenger=SlackMessenger(clients),
            reader=SlackReader(clients),
            proposer=proposer,
            drafter=LocalDrafter(),
            lease_clock=clock,
        )
        bolt = build_bolt_app(
            db=db,
            clock=clock,
            clients=clients,
            api_url=sandbox.api_url,
            signing_secret=workspace.signing_secret,
            console_url=lambda: "http://127.0.0.1:8080/",
        )
        sender, slack, socket_mode = _ways_in(stack, services, bolt, workspace, over_sockets)
        yield SlackWorld(
            db=db,
            engine=engine,
            clock=clock,
            workspace=workspace,
            sandbox=sandbox,
            sender=sender,
            slack=slack,
            socket_mode=socket_mode,
            services=services,
            proposer=proposer,
            jobs=jobs,
        )


def _ways_in(
    stack: ExitStack, services: Services, bolt: App, workspace: SandboxWorkspace, sockets: bool
) -> tuple[Deliverer, SlackCaller, SocketMode | None]:
    if sockets:
        return _sockets_in(stack, services, bolt, workspace)
    web = FastAPI()
    add_slack_endpoint(web, bolt, workspace.signing_secret)
    served = stack.enter_context(ServedWeb(web))
    sender = Sender(
        workspace,
        f"http://127.0.0.1:{served.port}/slack/events",
        retry_delays_s=RETRY_DELAYS_S,
        timeout_s=PATIENCE_S,
    )
    stack.callback(sender.close)
    workspace.connect(sender)
    return sender, SlackCaller(served.port, workspace.signing_secret), None


def _sockets_in(
    stack: ExitStack, services: Services, bolt: App, workspace: SandboxWorkspace
) -> tuple[Deliverer, SlackCaller, SocketMode]:
    sender = SocketSender(workspace, retry_delays_s=RETRY_DELAYS_S, timeout_s=PATIENCE_S)
    stack.callback(sender.close)
    sender.turn_on()
    socket_mode = SocketMode(
        bolt,
        build_client(workspace.app_token, services.settings.slack_api_url),
        sockets=2,
        on_reconnect=lambda: refill_after_break(services),
        pace=Pace(first_s=0.02, most_s=0.05, crowded_s=0.02),
    )
    socket_mode.start()
    stack.callback(socket_mode.stop)
    assert sender.wait_for(2)
    return sender, SocketCaller(port=0, secret="", sender=sender), socket_mode


def _is_headline(body: Body) -> bool:
    return (body.get("metadata") or {}).get("event_type") == "incident_copilot_headline"

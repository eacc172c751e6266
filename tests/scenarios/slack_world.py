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
from sqlalchemy import Engine, select

from copilot.bootstrap import JobRunner, Services
from copilot.clock import ReplayClock
from copilot.db import Database, open_engine
from copilot.incidents.models import Incident
from copilot.incidents.queries import latest_incident_in
from copilot.jobs import QueuedJob
from copilot.local.drafter import LocalDrafter
from copilot.sandbox.sender import Sender
from copilot.sandbox.server import SandboxServer
from copilot.sandbox.workspace import SandboxWorkspace
from copilot.settings import Settings
from copilot.slack.app import build_bolt_app
from copilot.slack.client import build_client
from copilot.slack.clients import OneWorkspace
from copilot.slack.http import add_slack_endpoint
from copilot.slack.messenger import SlackMessenger
from copilot.slack.reader import SlackReader
from copilot.timeline.models import TimelineEvent
from tests.fakes.proposer import FakeProposer
from tests.fakes.slack_caller import ServedWeb, SlackCaller
from workers.sweeping import due_jobs
from workers.tasks import TASKS

Body = dict[str, Any]


@dataclass
class SlackWorld:
    db: Database
    engine: Engine
    clock: ReplayClock
    workspace: SandboxWorkspace
    sandbox: SandboxServer
    sender: Sender
    slack: SlackCaller
    services: Services
    proposer: FakeProposer
    jobs: deque[QueuedJob]

    def person(self, name: str) -> str:
        return next(user.id for user in self.workspace.users.values() if user.name == name)

    def channel(self, name: str = "incidents") -> str:
        found = self.workspace.channel_named(name)
        assert found is not None, f"no channel {name}"
        return found.id

    def command(self, text: str, *, by: str = "ana", channel: str = "incidents") -> str:
        """Type `/incident TEXT`; returns all words of the private answer."""
        self.clock.advance_to(self.clock.now() + timedelta(seconds=1))
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

    def passes(self, length: timedelta) -> None:
        """Let time go by, with the sweeper looking round each minute."""
        end = self.clock.now() + length
        while self.clock.now() < end:
            self.clock.advance_to(min(end, self.clock.now() + timedelta(minutes=1)))
            self.jobs.extend(due_jobs(self.services))
            self.works()

    def cards(self, channel: str = "incidents") -> list[Body]:
        """What the copilot posted in the channel, oldest first."""
        messages = self.workspace.channels[self.channel(channel)].newest_first(None)
        own = [body for body in messages if body.get("bot_id") == self.workspace.bot_id]
        return [body for body in reversed(own) if body.get("blocks")]

    def private(self, by: str, channel: str = "incidents") -> Body:
        """The last thing that only this person sees."""
        return self.workspace.private_answers(self.person(by), self.channel(channel))[-1].body

    def press(
        self, by: str, message: Body, action_id: str, *, title: str = "", choose: str = ""
    ) -> None:
        """Use a button, or a choice of a menu, of the item with that title."""
        block = item_buttons(message, title)
        element = next(one for one in block["elements"] if one["action_id"] == action_id)
        value = None
        if choose:
            value = next(
                option["value"] for option in element["options"] if option["text"]["text"] == choose
            )
        answer = self.workspace.click(
            self.person(by),
            self.channel(),
            message["ts"],
            action_id,
            block_id=block["block_id"],
            value=value,
        )
        assert answer.is_ok, answer

    def incident(self, channel: str = "incidents") -> Incident:
        with self.db.reading() as session:
            found = latest_incident_in(session, self.workspace.team_id, self.channel(channel))
            assert found is not None
            session.expunge(found)
        return found

    def events(self) -> list[TimelineEvent]:
        incident = self.incident()
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
def open_slack_world(database_url: str, clock: ReplayClock) -> Iterator[SlackWorld]:
    with ExitStack() as stack:
        workspace = SandboxWorkspace(clock)
        workspace.populate()
        sandbox = stack.enter_context(SandboxServer(workspace))
        engine = open_engine(database_url)
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
        )
        web = FastAPI()
        bolt = build_bolt_app(
            db=db,
            clock=clock,
            clients=clients,
            api_url=sandbox.api_url,
            signing_secret=workspace.signing_secret,
            console_url=lambda: "http://127.0.0.1:8080/",
        )
        add_slack_endpoint(web, bolt, workspace.signing_secret)
        served = stack.enter_context(ServedWeb(web))
        sender = Sender(
            workspace, f"http://127.0.0.1:{served.port}/slack/events", retry_delays_s=(0.0, 0.05)
        )
        stack.callback(sender.close)
        workspace.connect(sender)
        yield SlackWorld(
            db=db,
            engine=engine,
            clock=clock,
            workspace=workspace,
            sandbox=sandbox,
            sender=sender,
            slack=SlackCaller(served.port, workspace.signing_secret),
            services=services,
            proposer=proposer,
            jobs=jobs,
        )


def words_of(message: Body) -> str:
    """All that a person can read in a message, top to bottom."""
    blocks = message.get("blocks") or []
    lines: list[str] = []
    for block in blocks:
        if isinstance(block.get("text"), dict):
            lines.append(block["text"]["text"])
        for element in block.get("elements", ()):
            text = element.get("text")
            lines.append(text["text"] if isinstance(text, dict) else str(text or ""))
    return "\n".join(lines) if lines else str(message.get("text") or "")


def item_buttons(message: Body, title: str = "") -> Body:
    """The row of buttons below the item with that title, or the first row."""
    is_below = not title
    for block in message["blocks"]:
        if title and title in str((block.get("text") or {}).get("text")):
            is_below = True
        if is_below and block["type"] == "actions":
            return dict(block)
    raise AssertionError(f"no buttons for {title!r} in {words_of(message)}")

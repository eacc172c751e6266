"""Reads Settings once and builds Services; the only place that chooses between implementations."""

from dataclasses import dataclass, field
from importlib.metadata import entry_points
from typing import Protocol

from sqlalchemy import Engine

from copilot.clock import Clock, SystemClock
from copilot.db import Database, open_engine
from copilot.errors import BadInputError
from copilot.jobs import QueuedJob
from copilot.local.drafter import LocalDrafter
from copilot.local.proposer import LocalProposer
from copilot.ports import Drafter, Messenger, Proposer, WorkspaceReader
from copilot.settings import Settings
from copilot.slack.client import build_client
from copilot.slack.clients import OneWorkspace, SlackClients
from copilot.slack.messenger import SlackMessenger
from copilot.slack.reader import SlackReader


class JobRunner(Protocol):
    """What executes jobs. `workers` offers one at the entry point `incident_copilot.job_runner`."""

    def send(self, queued: QueuedJob) -> None:
        """Nudge a worker; a nudge that can't be sent is logged, since the sweeper finds the row."""

    def start_embedded(self, services: "Services", sweep_every_s: float | None = 2.0) -> None:
        """Run a worker on threads of this process, and a sweep every so often unless None."""

    def sweep(self, services: "Services") -> None:
        """Send a nudge for every row that is due at the clock's present instant."""

    def wait_until_idle(self, timeout_s: float) -> bool:
        """Embedded only: block until every job sent so far is done; False after `timeout_s`."""

    def stop_embedded(self) -> None:
        """Finish running jobs and stop the threads."""

    def run_worker(self, services: "Services", concurrency: int) -> None:
        """Consume jobs from the broker until the process is told to stop."""

    def run_scheduler(self, services: "Services") -> None:
        """Send periodic jobs until the process is told to stop."""


@dataclass(frozen=True, slots=True)
class Services:
    settings: Settings
    clock: Clock
    engine: Engine
    db: Database
    jobs: JobRunner
    slack_clients: SlackClients
    messenger: Messenger
    reader: WorkspaceReader
    proposer: Proposer
    drafter: Drafter
    lease_clock: Clock = field(default_factory=SystemClock)
    """The wall clock, even where `clock` tells an incident's own time; for leases and pauses."""

    @property
    def database_name(self) -> str:
        """Its address without the password, fit to be printed."""
        return self.engine.url.render_as_string(hide_password=True)


def build_services(settings: Settings, clock: Clock | None = None) -> Services:
    """Wire one process. Opens no connection before it is used."""
    jobs = _load_job_runner(settings)
    token = settings.slack_bot_token.get_secret_value() if settings.slack_bot_token else None
    clients = OneWorkspace(build_client(token, settings.slack_api_url))
    engine = open_database(settings)
    return Services(
        settings=settings,
        clock=clock or SystemClock(),
        engine=engine,
        db=Database(engine, jobs.send),
        jobs=jobs,
        slack_clients=clients,
        messenger=SlackMessenger(clients),
        reader=SlackReader(clients),
        proposer=LocalProposer(),
        drafter=LocalDrafter(),
    )


def open_database(settings: Settings) -> Engine:
    """The engine of the database that the settings name, its folder made if it has one.

    Raises BadInputError where that folder can't be.
    """
    if settings.sqlite_path is not None:
        folder = settings.sqlite_path.parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BadInputError(
                f"Can't make the folder {folder} for the database ({error.strerror}). "
                "Name another with COPILOT_DATA_DIR or COPILOT_DATABASE_URL."
            ) from None
    return open_engine(settings.effective_database_url)


def _load_job_runner(settings: Settings) -> JobRunner:
    (found,) = entry_points(group="incident_copilot.job_runner")
    broker_url = settings.redis_url.get_secret_value() if settings.redis_url else "memory://"
    runner: JobRunner = found.load()(broker_url)
    return runner

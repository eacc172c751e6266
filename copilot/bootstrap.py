"""Reads Settings once and builds Services; the only place that chooses between implementations."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from importlib.metadata import entry_points
from typing import Protocol

from sqlalchemy import Engine

from copilot.clock import Clock, SystemClock
from copilot.db import Database, open_engine
from copilot.errors import BadInputError
from copilot.jobs import QueuedJob
from copilot.llm.drafter import ModelDrafter
from copilot.llm.endpoint import Endpoint
from copilot.llm.judge import ModelJudge
from copilot.llm.proposer import ModelProposer
from copilot.local.confidence import shipped_weights
from copilot.local.drafter import LocalDrafter
from copilot.local.proposer import LocalProposer
from copilot.ports import Drafter, Judge, Messenger, Proposer, Window, WorkspaceReader
from copilot.settings import Settings
from copilot.slack.client import build_client
from copilot.slack.clients import OneWorkspace, SlackClients
from copilot.slack.installed import InstalledWorkspaces
from copilot.slack.installer import Installer
from copilot.slack.messenger import SlackMessenger
from copilot.slack.oauth_app import OAuthApp
from copilot.slack.reader import SlackReader
from copilot.slack.token_box import TokenBox
from copilot.slack.token_rotation import TokenRotation
from copilot.suggestions.token_budgets import TokenBudgets, TokenLimits

WORTH_ASKING_ABOVE = 0.01
"""Probability from which a message is shown to a model. So low that of the follow-ups in labelled
chat 19 in 20 lie in what is shown, beside one in fifteen messages of ordinary chat."""


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
    judge: Judge | None = None
    """Reads each sentence of a review a second time; None unless that is wished for."""
    installed: InstalledWorkspaces | None = None
    """With `installer`, where many workspaces install the app; None where there is one token."""
    installer: Installer | None = None
    endpoint: Endpoint | None = None
    """Where the model is asked; None where none is named."""
    lease_clock: Clock = field(default_factory=SystemClock)
    """The wall clock, even where `clock` tells an incident's own time; for leases and pauses."""

    @property
    def console_url(self) -> str | None:
        """Where people reach the console, ending in a slash; None where nobody has set it."""
        url = self.settings.public_url
        return f"{url.rstrip('/')}/" if url else None

    @property
    def database_name(self) -> str:
        """Its address without the password, fit to be printed."""
        return self.engine.url.render_as_string(hide_password=True)


def build_services(settings: Settings, clock: Clock | None = None) -> Services:
    """Wire one process. Opens no connection before it is used."""
    jobs = _load_job_runner(settings)
    clock = clock or SystemClock()
    engine = open_database(settings)
    db = Database(engine, jobs.send)
    many = build_many_workspaces(settings, db, clock)
    token = settings.slack_bot_token.get_secret_value() if settings.slack_bot_token else None
    clients: SlackClients = (
        many.clients if many else OneWorkspace(build_client(token, settings.slack_api_url))
    )
    endpoint = build_endpoint(settings)
    return Services(
        settings=settings,
        clock=clock,
        engine=engine,
        db=db,
        jobs=jobs,
        slack_clients=clients,
        installed=many.clients if many else None,
        installer=many.installer if many else None,
        messenger=SlackMessenger(clients),
        reader=SlackReader(clients),
        proposer=build_proposer(settings, db, endpoint),
        drafter=build_drafter(settings, db, endpoint),
        judge=build_judge(settings, db, endpoint),
        endpoint=endpoint,
    )


def build_endpoint(settings: Settings) -> Endpoint | None:
    """One for each process, since it remembers how it was answered; None without a model."""
    if settings.llm_model is None:
        return None
    return Endpoint(
        model=settings.llm_model,
        base_url=settings.llm_base_url,
        api_key=settings.llm_api_key.get_secret_value() if settings.llm_api_key else None,
        deadline=timedelta(seconds=settings.llm_deadline_s),
    )


def build_proposer(settings: Settings, db: Database, endpoint: Endpoint | None) -> Proposer:
    """The built-in engine; with COPILOT_LLM_MODEL a model as well, which it then stands in for."""
    local = LocalProposer()
    if endpoint is None:
        return local
    return ModelProposer(
        endpoint,
        local,
        mentions_work,
        token_budgets(settings, db),
        reads_private=settings.llm_private_channels,
    )


def build_drafter(settings: Settings, db: Database, endpoint: Endpoint | None) -> Drafter:
    """As `build_proposer`, of what is the same here."""
    local = LocalDrafter()
    if endpoint is None:
        return local
    return ModelDrafter(
        endpoint,
        local,
        token_budgets(settings, db),
        reads_private=settings.llm_private_channels,
        deadline=timedelta(seconds=settings.llm_deadline_s),
    )


def build_judge(settings: Settings, db: Database, endpoint: Endpoint | None) -> Judge | None:
    """None without a model, or where COPILOT_LLM_SECOND_JUDGE is not set."""
    if endpoint is None or not settings.llm_second_judge:
        return None
    return ModelJudge(
        endpoint,
        token_budgets(settings, db),
        reads_private=settings.llm_private_channels,
        deadline=timedelta(seconds=settings.llm_deadline_s),
    )


def token_budgets(settings: Settings, db: Database) -> TokenBudgets:
    """What every question to a model, whatever it is about, has to fit into."""
    limits = TokenLimits(
        per_incident=settings.llm_tokens_per_incident,
        per_hour=settings.llm_tokens_per_hour,
        per_day=settings.llm_tokens_per_day,
    )
    return TokenBudgets(db, limits, SystemClock())


def mentions_work(window: Window) -> set[int]:
    """Messages worth a model's reading: the faintest of what the built-in engine hears."""
    faintest = replace(shipped_weights(), keep_above=0.0, hear_above=WORTH_ASKING_ABOVE)
    heard = LocalProposer(faintest)
    return {
        quote.number
        for candidate in heard.propose(window).candidates
        for quote in candidate.evidence
    }


@dataclass(frozen=True, slots=True)
class ManyWorkspaces:
    clients: InstalledWorkspaces
    installer: Installer


def build_many_workspaces(
    settings: Settings, db: Database, clock: Clock, wall_clock: Clock | None = None
) -> ManyWorkspaces | None:
    """What installs the app and speaks for each that did; None unless SLACK_CLIENT_ID is set.

    Tokens run out by `wall_clock`. Raises BadInputError where COPILOT_TOKEN_KEYS can't be used.
    """
    box = build_token_box(settings)
    if not (box and settings.slack_client_id and settings.slack_client_secret):
        return None
    oauth = OAuthApp(
        client_id=settings.slack_client_id,
        client_secret=settings.slack_client_secret.get_secret_value(),
        api_url=settings.slack_api_url,
    )
    rotation = TokenRotation(db, oauth, box, wall_clock=wall_clock)
    clients = InstalledWorkspaces(
        db,
        clock,
        api_url=settings.slack_api_url,
        box=box,
        rotation=rotation,
        install_url=f"{(settings.public_url or '').rstrip('/')}/slack/install",
        wall_clock=wall_clock,
    )
    installer = Installer(
        db,
        clock,
        api_url=settings.slack_api_url,
        oauth=oauth,
        rotation=rotation,
        clients=clients,
    )
    return ManyWorkspaces(clients, installer)


def build_token_box(settings: Settings) -> TokenBox | None:
    """None without COPILOT_TOKEN_KEYS. Raises BadInputError where they can't be used."""
    return TokenBox(settings.token_keys.get_secret_value()) if settings.token_keys else None


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

"""An incident of a public channel whose copilot asks a scripted model."""

from datetime import timedelta

from sqlalchemy import select

from copilot.bootstrap import mentions_work
from copilot.clock import ReplayClock
from copilot.db import Database
from copilot.llm.endpoint import Endpoint
from copilot.llm.proposer import DEBOUNCE, ModelProposer
from copilot.local.proposer import LocalProposer
from copilot.ports import ChannelInfo, Window
from copilot.suggestions.fallback import fallbacks_to_tell, tell_fallback
from copilot.suggestions.models import ModelRun, Pacing
from copilot.suggestions.token_budgets import TokenBudgets, TokenLimits
from copilot.workspaces.directory import upsert_channel
from tests.fakes.channel_story import CHANNEL, TEAM, ChannelStory
from tests.fakes.scripted_endpoint import ScriptedEndpoint

PLENTY = TokenLimits(10_000_000, 10_000_000, 10_000_000)


class ModelStory(ChannelStory):
    def __init__(self, db: Database, endpoint: ScriptedEndpoint) -> None:
        super().__init__(db)
        self.endpoint = endpoint
        self.is_private(False)
        self.uses(PLENTY)
        self.considers()

    def uses(self, limits: TokenLimits, *, reads_private: bool = False) -> None:
        self.proposer = ModelProposer(
            Endpoint(
                base_url=self.endpoint.url,
                api_key="k",
                model="scripted-1",
                deadline=timedelta(seconds=5),
            ),
            LocalProposer(),
            mentions_noted_too,
            TokenBudgets(self.db, limits, ReplayClock(self.clock.now())),
            reads_private=reads_private,
        )

    def is_private(self, private: bool) -> None:
        with self.db.transaction() as session:
            info = ChannelInfo(channel_id=CHANNEL, name="inc", is_private=private)
            upsert_channel(session, TEAM, info)

    def settles(self) -> None:
        self.waits(seconds=DEBOUNCE.quiet.total_seconds() + 1)
        self.sweeps()

    def runs(self) -> list[ModelRun]:
        with self.db.reading() as session:
            return list(session.scalars(select(ModelRun).order_by(ModelRun.id)))

    def models(self) -> list[ModelRun]:
        return [run for run in self.runs() if run.engine.startswith("model")]

    def pacing(self) -> Pacing:
        with self.db.reading() as session:
            return session.get_one(Pacing, self.incident_id)

    def tells(self) -> list[tuple[str, str]]:
        """What was told in private after a look round."""
        with self.db.reading() as session:
            due = fallbacks_to_tell(session, self.lease_clock.now())
        for incident_id in due:
            tell_fallback(self.db, incident_id, self.messenger, self.clock, self.lease_clock)
        return self.messenger.told


def mentions_noted_too(window: Window) -> set[int]:
    return mentions_work(window) | {
        message.number for message in window.messages if "noted" in message.text
    }

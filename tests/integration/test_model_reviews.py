"""A review drafted and judged by a scripted model, as it is kept: runs, reasons, judgements."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select

from copilot.clock import ReplayClock
from copilot.db import Database
from copilot.llm.drafter import ModelDrafter
from copilot.llm.endpoint import Endpoint
from copilot.llm.judge import ModelJudge
from copilot.local.drafter import LocalDrafter
from copilot.ports import ChannelInfo
from copilot.reviews.drafting import draft_review
from copilot.reviews.drafting_pass import draft_sections
from copilot.reviews.models import Claim, Review
from copilot.suggestions.models import ModelRun
from copilot.suggestions.token_budgets import TokenBudgets, TokenLimits
from copilot.workspaces.directory import upsert_channel
from tests.fakes.channel_story import CHANNEL, TEAM, ChannelStory
from tests.fakes.misbehaviours import refuses
from tests.fakes.review_model import review_model, supports
from tests.fakes.scripted_endpoint import ScriptedEndpoint
from tests.one_database import ON_BOTH
from tests.one_database import database_url as database_url

SAID = (
    "rolling back deploy 4812 on db-3",
    "still 500s after rollback, 12% of checkouts are failing",
    "error rate is back to normal, the failover worked",
)


@dataclass(frozen=True, slots=True)
class Told:
    db: Database
    incident_id: int
    clock: ReplayClock
    endpoint: ScriptedEndpoint
    drafter: ModelDrafter
    judge: ModelJudge

    def draft(self) -> Review:
        draft_review(self.db, self.incident_id, self.drafter, self.clock, judge=self.judge)
        return self.review()

    def review(self) -> Review:
        with self.db.reading() as session:
            return session.scalars(select(Review)).one()

    def claims(self) -> list[Claim]:
        with self.db.reading() as session:
            return list(session.scalars(select(Claim).order_by(Claim.id)))

    def runs(self) -> list[ModelRun]:
        with self.db.reading() as session:
            return list(session.scalars(select(ModelRun).order_by(ModelRun.id)))


@pytest.fixture
def told(db: Database) -> Iterator[Told]:
    story = ChannelStory(db)
    with db.transaction() as session:
        upsert_channel(session, TEAM, ChannelInfo(CHANNEL, "inc", is_private=False))
    for text in SAID:
        story.waits(minutes=1)
        story.says(text)
    with ScriptedEndpoint(review_model()) as endpoint:
        model = Endpoint(base_url=endpoint.url, api_key="k", model="scripted-1")
        budgets = TokenBudgets(db, TokenLimits(10**9, 10**9, 10**9), story.clock)
        deadline = timedelta(seconds=20)
        drafter = ModelDrafter(
            model, LocalDrafter(), budgets, reads_private=False, deadline=deadline
        )
        judge = ModelJudge(model, budgets, reads_private=False, deadline=deadline)
        yield Told(db, story.incident_id, story.clock, endpoint, drafter, judge)


def test_each_call_is_on_record_with_its_purpose_prompt_and_tokens(told: Told) -> None:
    review = told.draft()
    assert review.engine == "model-1"
    assert review.fell_back_because is None
    runs = [run for run in told.runs() if run.engine == "model-1" and run.input_tokens]
    assert {(run.purpose, run.prompt_version) for run in runs} == {
        ("draft", "review_parts-1"),
        ("judge", "review_judge-1"),
    }
    assert sum(run.tokens for run in runs) == told.endpoint.tokens
    assert all(run.details["model"] == "scripted-1" and run.inputs for run in runs)
    assert review.drafter_memory == {}, "of no use once all is written"


def test_what_the_judge_refuses_is_kept_apart_with_its_reason(told: Told) -> None:
    told.endpoint.otherwise = review_model(judges=supports("none", "the failover is not told"))
    told.draft()
    assert told.claims()
    for claim in told.claims():
        assert (claim.is_supported, claim.judged) == (False, "none")
        assert claim.failed_check == "the failover is not told"


def test_what_the_judge_half_believes_stands_and_is_marked(told: Told) -> None:
    told.endpoint.otherwise = review_model(judges=supports("partial"))
    told.draft()
    assert {(claim.is_supported, claim.judged) for claim in told.claims()} == {(True, "partial")}


@ON_BOTH
def test_why_the_built_in_engine_wrote_it_is_kept_with_the_version(told: Told) -> None:
    told.endpoint.otherwise = refuses()
    review = told.draft()
    assert review.engine.startswith("local-")
    assert review.fell_back_because == "the model declined to answer"
    assert told.claims()
    assert all(claim.judged is None for claim in told.claims())


def test_a_pass_that_has_no_time_left_leaves_the_rest_to_the_next(told: Told) -> None:
    left = []
    for number in range(20):
        draft_sections(
            told.db,
            told.incident_id,
            told.drafter,
            None,
            told.clock,
            is_new=number == 0,
            longest_s=0,
        )
        left.append(len(told.review().sections_left))
        if not left[-1]:
            break
    assert left == list(range(9, -1, -1))
    assert told.endpoint.calls == 1, "what was noted is remembered from pass to pass"
    assert SAID[0] in [claim.text for claim in told.claims()]

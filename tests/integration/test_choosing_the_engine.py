"""Which engine proposes is a matter of settings; without a model nothing of it is loaded."""

import subprocess
import sys
from pathlib import Path

import pytest

from copilot.bootstrap import (
    build_drafter,
    build_endpoint,
    build_judge,
    build_proposer,
    mentions_work,
)
from copilot.db import Database
from copilot.llm import drafter, judge
from copilot.llm.drafter import ModelDrafter
from copilot.llm.judge import ModelJudge
from copilot.llm.proposer import DEBOUNCE, ModelProposer
from copilot.local.drafter import LocalDrafter
from copilot.local.proposer import LocalProposer
from copilot.reviews import drafting
from copilot.settings import Settings
from copilot.suggestions.breakpoint_rules import LULL
from copilot.suggestions.leases import CONSIDERATION_LEASE
from tests.unit.llm.windows import chat, window

_LOADS = """
import sys
import copilot.bootstrap, copilot.cli, workers.tasks
from copilot.bootstrap import build_services
from copilot.settings import Settings
build_services(Settings(database_url=sys.argv[1], llm_model=sys.argv[2] or None))
print(sorted(sys.modules.keys() & {"openai", "openai.types"}))
"""


def test_without_a_model_the_built_in_engine_works_alone(db: Database) -> None:
    settings = Settings(llm_model=None)
    proposer = build_proposer(settings, db, build_endpoint(settings))
    assert isinstance(proposer, LocalProposer)
    assert proposer.debounce is None


def test_with_a_model_it_is_asked_and_the_built_in_engine_stands_in(db: Database) -> None:
    settings = Settings(llm_model="scripted-1")
    proposer = build_proposer(settings, db, build_endpoint(settings))
    assert isinstance(proposer, ModelProposer)
    assert proposer.debounce == DEBOUNCE


def test_the_same_goes_for_who_drafts_and_a_second_judge_is_asked_for(db: Database) -> None:
    without, named = Settings(llm_model=None), Settings(llm_model="scripted-1")
    both = Settings(llm_model="scripted-1", llm_second_judge=True)
    engines = {
        settings.llm_model: build_drafter(settings, db, build_endpoint(settings))
        for settings in (without, named)
    }
    assert isinstance(engines[None], LocalDrafter)
    assert isinstance(engines["scripted-1"], ModelDrafter)
    judges = [build_judge(each, db, build_endpoint(each)) for each in (without, named, both)]
    assert judges[:2] == [None, None]
    assert isinstance(judges[2], ModelJudge)


def test_a_pass_over_a_review_ends_before_it_is_taken_from_the_worker() -> None:
    longest_s = drafting.LONGEST_PASS_S + (drafter.LONGEST + judge.LONGEST).total_seconds()
    assert longest_s < 0.8 * drafting.LEASE.total_seconds()


@pytest.mark.parametrize("model", ["", "scripted-1"])
def test_the_model_client_is_not_loaded_before_a_model_is_asked(tmp_path: Path, model: str) -> None:
    url = f"sqlite:///{tmp_path}/copilot.db"
    loaded = subprocess.run(
        [sys.executable, "-c", _LOADS, url, model], capture_output=True, text=True, check=True
    )
    assert loaded.stdout.strip() == "[]"


def test_a_call_ends_before_its_incident_is_taken_from_the_worker() -> None:
    longest = Settings.model_fields["llm_deadline_s"].metadata
    at_most = max(getattr(bound, "le", 0) for bound in longest)
    assert at_most < CONSIDERATION_LEASE.total_seconds()


def test_a_lull_finds_everything_proposed_on() -> None:
    assert DEBOUNCE.quiet * 2 < LULL


def test_what_may_be_work_is_worth_asking_about_and_small_talk_is_not() -> None:
    said = chat(
        "ben: still 500s",
        "I'll file a ticket for the stale runbook tomorrow",
        "ben: lol",
        "morning",
    )
    assert mentions_work(window(said)) == {2}

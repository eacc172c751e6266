"""A model over real HTTP, from what was said to what is shown: good answers, bad ones, none."""

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from sqlalchemy import select

from copilot.db import Database
from copilot.errors import PermanentError, TemporaryError
from copilot.incidents.models import Role
from copilot.incidents.queries import get_incident
from copilot.incidents.roles import assign
from copilot.suggestions.consideration import propose_now
from copilot.suggestions.fallback import fallback_words
from copilot.suggestions.models import Suggestion, TokenBudget
from copilot.suggestions.token_budgets import TokenLimits
from tests.fakes.misbehaviours import says
from tests.fakes.model_answers import ReadLine, item, items_of, lines_read, noted
from tests.fakes.model_story import PLENTY, ModelStory
from tests.fakes.scripted_endpoint import ScriptedEndpoint, answers_with
from tests.one_database import ON_BOTH
from tests.one_database import database_url as database_url

LAG = "I'll add an alert on replica lag tomorrow"


@pytest.fixture
def endpoint() -> Iterator[ScriptedEndpoint]:
    with ScriptedEndpoint(answers_with(items_of(noted))) as endpoint:
        yield endpoint


@pytest.fixture
def story(db: Database, endpoint: ScriptedEndpoint) -> ModelStory:
    return ModelStory(db, endpoint)


def test_what_the_model_finds_is_kept_with_its_source_and_the_run_is_on_record(
    story: ModelStory,
) -> None:
    story.says("replica lag again", by="U2")
    story.says("noted: page on replica lag above 30 s", by="U3")
    story.says("ok", by="U2")
    story.settles()
    found = story.suggestion("page on replica lag above 30 s")
    assert (found.owner, found.confidence, found.kind) == ("dana", 0.6, "commitment")
    assert found.verdict == "digest"
    assert [one.quote for one in found.evidence] == ["noted: page on replica lag above 30 s"]
    model, local = story.runs()
    assert (model.engine, model.outcome, model.prompt_version) == ("model-1", "ok", "follow_ups-1")
    assert model.details["model"] == "scripted-1"
    assert model.details["rung"] == "strict_schema"
    assert (model.input_tokens, model.output_tokens) == (
        story.endpoint.input_tokens,
        story.endpoint.output_tokens,
    )
    assert model.tokens == story.endpoint.tokens
    assert model.output[0]["became"].startswith("saved as")
    assert (local.engine.partition("-")[0], local.outcome, local.tokens) == ("local", "ok", 0)


def test_the_record_names_the_messages_that_were_sent_and_no_others(story: ModelStory) -> None:
    story.chatter(12)
    story.says("noted: page on replica lag")
    story.settles()
    (model,) = story.models()
    assert 1 < len(model.inputs) < 13
    assert len(model.inputs) == len(lines_read(story.endpoint.asked[0]))
    with story.db.reading() as session:
        (suggestion,) = session.scalars(select(Suggestion))
    assert suggestion.model_run_id == model.id


def test_where_nothing_is_worth_it_no_model_is_asked(story: ModelStory) -> None:
    story.says("morning")
    story.says("still 500s")
    story.settles()
    assert story.endpoint.calls == 0
    assert [run.engine.partition("-")[0] for run in story.runs()] == ["local"]


@ON_BOTH
def test_a_conversation_costs_one_call_and_not_one_a_message(story: ModelStory) -> None:
    for number in range(12):
        story.says(f"noted: do thing number {number} of the runbook")
        story.waits(seconds=5)
        story.sweeps()
    assert story.endpoint.calls == 0
    story.settles()
    assert story.endpoint.calls == 1


def test_what_both_engines_find_is_one_suggestion(story: ModelStory) -> None:
    said = [item(ReadLine(0, "p1", False, LAG), title="Add an alert on replica lag")]
    story.endpoint.otherwise = answers_with(
        items_of(
            lambda line: (
                [{**each, "evidence": [{"message": line.number, "quote": LAG}]} for each in said]
                if LAG in line.text
                else []
            )
        )
    )
    story.says(LAG, by="U3")
    story.settles()
    (found,) = story.suggestions()
    assert "replica lag" in found.title
    assert story.endpoint.calls == 1


def test_a_model_that_finds_nothing_hides_nothing(story: ModelStory) -> None:
    """Nobody can have the bot overlook work by telling a model to."""
    story.endpoint.otherwise = answers_with(lambda _: {"items": []})
    story.says(LAG, by="U3")
    story.settles()
    assert len(story.suggestions()) == 1


def bad_items(line: ReadLine) -> Iterable[dict[str, Any]]:
    if "noted" not in line.text:
        return
    title = "page on replica lag"
    yield item(line, title=title, evidence=[{"message": 4711, "quote": line.text}])
    yield item(line, title=title, evidence=[{"message": line.number, "quote": "delete db-3"}])
    yield item(line, title=f"{title} https://evil.example/x")
    yield item(line, title=f"<!channel> {title}")
    yield item(line, title=f"<@U2> {title}")
    yield item(line, title="wire the money to mallory")
    yield item(line, title=f"{title} \u202egnp.exe")
    yield item(line, title="   ")


def test_what_a_model_makes_up_reaches_nobody_and_the_record_says_why(story: ModelStory) -> None:
    story.endpoint.otherwise = answers_with(items_of(bad_items))
    story.says("noted: page on replica lag", by="U3")
    story.settles()
    (model,) = story.models()
    assert [each["dropped"] for each in model.output if "became" not in each]
    for shown in story.suggestions():
        assert shown.title == "page on replica lag"
    everything = " ".join(reason for each in model.output for reason in each["dropped"])
    assert "m4711 is not in the window" in everything
    assert "quote is not in" in everything


def test_an_owner_who_is_not_there_is_dropped_and_the_work_stays(story: ModelStory) -> None:
    for owner in ("p99", "U2", "ceo", "<@U2>"):
        story.endpoint.will(
            answers_with(
                items_of(
                    lambda line, owner=owner: (  # type: ignore[misc]
                        {**each, "owner": owner} for each in noted(line)
                    )
                )
            )
        )
    for number, what in enumerate(("lag", "disk", "certificates", "quota")):
        story.says(f"noted: page on {what} {number}")
        story.settles()
    assert [one.owner for one in story.suggestions()] == [None] * 4
    dropped = [each["dropped"] for run in story.models() for each in run.output]
    assert dropped == [["owner is no person of the workspace"]] * 4


def test_when_the_model_fails_the_built_in_engine_takes_over_and_one_person_is_told_once(
    story: ModelStory,
) -> None:
    story.endpoint.will(says("no JSON at all"), says("still none"))
    story.says(LAG, by="U3")
    story.settles()
    assert len(story.suggestions()) == 1
    model, local = story.runs()
    assert (model.outcome, local.outcome) == ("not_json", "ok")
    assert len(model.inputs) == len(local.inputs) == 1
    assert story.pacing().fallback_since == story.clock.now()
    ((who, words),) = story.tells()
    assert who == "U1"
    assert "built-in engine" in words
    assert story.tells() == [(who, words)]
    with story.db.reading() as session:
        assert fallback_words(session, story.incident_id) == words

    story.says("noted: page on disk", by="U3")
    story.settles()
    assert story.pacing().fallback_since is None
    story.endpoint.will(says("no JSON"), says("none"))
    story.says("noted: page on quota", by="U3")
    story.settles()
    assert story.pacing().fallback_since is not None
    assert len(story.tells()) == 1


def test_the_commander_is_told_before_who_declared(story: ModelStory) -> None:
    with story.db.transaction() as session:
        incident = get_incident(session, story.incident_id)
        assign(session, incident, Role.COMMANDER, "U3", "U1", story.clock.now())
    story.endpoint.otherwise = says("no JSON")
    story.says(LAG)
    story.settles()
    ((who, _),) = story.tells()
    assert who == "U3"


@ON_BOTH
def test_what_slack_does_not_take_is_told_later_and_once(story: ModelStory) -> None:
    story.endpoint.otherwise = says("no JSON")
    story.says(LAG)
    story.settles()
    story.messenger.refusals["tell"] = [TemporaryError("away")]
    with pytest.raises(TemporaryError):
        story.tells()
    assert story.tells() == []
    story.waits(seconds=6)
    assert len(story.tells()) == 1
    story.waits(minutes=10)
    assert len(story.tells()) == 1


def test_whom_slack_can_not_reach_is_passed_over(story: ModelStory) -> None:
    with story.db.transaction() as session:
        incident = get_incident(session, story.incident_id)
        assign(session, incident, Role.COMMANDER, "U3", "U1", story.clock.now())
    story.endpoint.otherwise = says("no JSON")
    story.says(LAG)
    story.settles()
    story.messenger.refusals["tell"] = [PermanentError("not in the channel")]
    ((who, _),) = story.tells()
    assert who == "U1"


@ON_BOTH
def test_a_budget_that_is_spent_costs_no_call_and_is_said(story: ModelStory) -> None:
    story.uses(TokenLimits(20_000, 10_000_000, 10_000_000))
    for number in range(12):
        story.says(f"noted: page on lag of replica {number}")
        story.settles()
    assert 0 < story.endpoint.calls < 12
    assert story.endpoint.tokens <= 20_000
    assert story.models()[-1].outcome == "over_budget"
    assert story.models()[-1].details["budget"] == "incident"
    with story.db.reading() as session:
        spent = session.scalars(select(TokenBudget.tokens)).all()
    assert set(spent) == {story.endpoint.tokens}
    assert "used up its tokens" in story.tells()[0][1]


def test_no_word_of_a_private_channel_is_sent_and_that_is_no_failure(story: ModelStory) -> None:
    story.is_private(True)
    story.says(LAG, by="U3")
    story.settles()
    assert story.endpoint.calls == 0
    assert len(story.suggestions()) == 1
    assert story.pacing().fallback_since is None
    assert story.tells() == []


@ON_BOTH
def test_an_archive_of_a_private_channel_stays_private_too(story: ModelStory) -> None:
    story.is_private(True)
    story.says(LAG, by="U3")
    with story.db.transaction() as session:
        get_incident(session, story.incident_id).is_imported = True
    assert propose_now(story.db, story.incident_id, story.proposer, story.clock) == 1
    assert story.endpoint.calls == 0


def test_a_workspace_may_let_the_model_read_private_channels(story: ModelStory) -> None:
    story.is_private(True)
    story.uses(PLENTY, reads_private=True)
    story.says("noted: page on lag")
    story.settles()
    assert story.endpoint.calls == 1

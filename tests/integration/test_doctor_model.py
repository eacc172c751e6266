"""What `doctor` says of the model, from none at all to one that answers badly."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from copilot.bootstrap import Services, build_services
from copilot.cli.doctor_model import check_model
from copilot.cli.findings import Finding, State
from copilot.clock import SystemClock
from copilot.incidents.models import Incident
from copilot.settings import Settings
from copilot.suggestions.models import ModelRun
from tests.fakes import misbehaviours as it
from tests.fakes.scripted_endpoint import ScriptedEndpoint, answers_with

KEY = "sk-canary"


@pytest.fixture
def scripted() -> Iterator[ScriptedEndpoint]:
    with ScriptedEndpoint(answers_with(lambda _: {"works": True})) as server:
        yield server


def services_for(sqlite_url: str, **llm: object) -> Services:
    bare = {"llm_base_url": None, "llm_api_key": None, "llm_model": None}
    return build_services(Settings(database_url=sqlite_url, **(bare | llm)))  # type: ignore[arg-type]


def connected(sqlite_url: str, scripted: ScriptedEndpoint) -> Services:
    return services_for(
        sqlite_url, llm_base_url=scripted.url, llm_api_key=KEY, llm_model="scripted-1"
    )


def model(services: Services, *, is_tried: bool = False) -> Finding:
    found = check_model(services, is_tried=is_tried)[0]
    services.engine.dispose()
    assert found.what == "model"
    assert KEY not in found.words
    return found


def test_no_model_is_nothing_wrong(sqlite_url: str) -> None:
    found = model(services_for(sqlite_url))
    assert found.state is State.OK
    assert "the built-in engine does all the work" in found.words


def test_an_address_without_a_model_is_told(sqlite_url: str) -> None:
    found = model(services_for(sqlite_url, llm_base_url="http://127.0.0.1:9/v1"))
    assert found.state is State.OFF
    assert "COPILOT_LLM_MODEL is not" in found.words


def test_a_model_that_is_listed_costs_nothing_to_find(
    sqlite_url: str, scripted: ScriptedEndpoint
) -> None:
    found = model(connected(sqlite_url, scripted))
    assert found.state is State.OK
    assert found.words.startswith("scripted-1 at 127.0.0.1:")
    assert scripted.tokens == 0


def test_a_tag_that_the_endpoint_adds_is_no_other_model(
    sqlite_url: str, scripted: ScriptedEndpoint
) -> None:
    scripted.models = ("scripted-1:latest",)
    assert model(connected(sqlite_url, scripted)).state is State.OK


def test_a_model_that_is_not_listed_may_still_answer(
    sqlite_url: str, scripted: ScriptedEndpoint
) -> None:
    scripted.models = ("other", "another")
    found = model(connected(sqlite_url, scripted))
    assert found.state is State.OFF
    assert "not among the 2 models" in found.words
    assert model(connected(sqlite_url, scripted), is_tried=True).state is State.OK


def test_nothing_there(sqlite_url: str) -> None:
    found = model(
        services_for(sqlite_url, llm_base_url="http://127.0.0.1:9/v1", llm_model="scripted-1")
    )
    assert found == Finding(
        "model",
        State.BROKEN,
        "scripted-1 at 127.0.0.1:9: the model can't be reached. Check OPENAI_BASE_URL, and that "
        "this machine may reach it. Until then the built-in engine answers alone.",
    )


@pytest.mark.parametrize(
    ("knows", "words"),
    [
        (frozenset({"json_schema", "json_object"}), "keeps to the shape"),
        (frozenset({"json_object"}), "answers in JSON"),
        (frozenset(), "can't be held to a shape"),
    ],
)
def test_trying_it_says_what_it_can_do(
    sqlite_url: str, scripted: ScriptedEndpoint, knows: frozenset[str], words: str
) -> None:
    scripted.knows = knows
    found = model(connected(sqlite_url, scripted), is_tried=True)
    assert found.state is State.OK
    assert words in found.words
    assert scripted.tokens < 500


def test_trying_it_says_what_to_do_about_a_key(sqlite_url: str, scripted: ScriptedEndpoint) -> None:
    scripted.will(it.error(401, message=f"Incorrect key {KEY}"))
    found = model(connected(sqlite_url, scripted), is_tried=True)
    assert found.state is State.BROKEN
    assert "does not accept the key. Check OPENAI_API_KEY" in found.words


def test_what_became_of_the_last_day_is_summed_up(
    sqlite_url: str, scripted: ScriptedEndpoint
) -> None:
    services = connected(sqlite_url, scripted)
    record(services, ["ok"] * 3 + ["timeout", "over_budget"])
    assert use(services) == Finding(
        "model use",
        State.OK,
        "last 24 h: 3 of 5 questions answered, half of them within 1.5 s; 600 tokens; the "
        "built-in engine answered alone 2 times (over budget 1, timeout 1)",
    )
    record(services, ["breaker_open"] * 5 + ["timeout"] * 3)
    found = use(services)
    assert found.state is State.OFF
    assert found.words.endswith(
        "Give it longer with COPILOT_LLM_DEADLINE_S, or name a faster model."
    )
    services.engine.dispose()


def use(services: Services) -> Finding:
    return check_model(services, is_tried=False)[1]


def record(services: Services, outcomes: list[str]) -> None:
    now = SystemClock().now()
    with services.db.transaction() as session:
        incident = Incident(
            team_id="T1",
            channel_id=f"C{len(outcomes)}",
            title="Checkout errors",
            declared_at=now,
        )
        session.add(incident)
        session.flush()
        for outcome in outcomes:
            session.add(
                ModelRun(
                    incident_id=incident.id,
                    purpose="propose",
                    engine="model-1",
                    inputs=[],
                    output=[],
                    outcome=outcome,
                    latency_ms=1500,
                    started_at=now - timedelta(minutes=5),
                    prompt_version="1",
                    input_tokens=100,
                    output_tokens=20,
                )
            )

"""How an endpoint learns what the other side takes."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from pydantic import BaseModel

from copilot.llm.endpoint import Endpoint, EndpointError, Failure, Prompt, Rung
from copilot.llm.ladder import FIRST_REMEMBERED_FOR
from tests.fakes import misbehaviours as it
from tests.fakes.scripted_endpoint import ALL_FORMATS, ScriptedEndpoint, answers_with


class Found(BaseModel):
    title: str


GOOD = {"title": "Add an alert"}
PROMPT = Prompt("Find the task.", "m1 dana: I'll add an alert")


class Asking:
    """An endpoint, what it is connected to, and a watch."""

    def __init__(self, scripted: ScriptedEndpoint) -> None:
        self.scripted = scripted
        self.now_s = 0.0
        self.endpoint = Endpoint(
            model="scripted-1",
            base_url=scripted.url,
            deadline=timedelta(seconds=20),
            monotonic=lambda: self.now_s,
        )

    def asks(self) -> tuple[Rung, int]:
        """The rung that was answered on, and how many requests that took."""
        answered = self.endpoint.ask(PROMPT, Found, max_output_tokens=50)
        assert answered.value.title == "Add an alert"
        return answered.rung, answered.attempts


@pytest.fixture
def asking() -> Iterator[Asking]:
    with ScriptedEndpoint(answers_with(lambda _: GOOD)) as scripted:
        yield Asking(scripted)


@pytest.mark.parametrize(
    ("knows", "rung", "requests"),
    [
        (ALL_FORMATS, Rung.STRICT_SCHEMA, 1),
        (frozenset({"json_object"}), Rung.JSON_OBJECT, 2),
        (frozenset(), Rung.PLAIN_TEXT, 3),
    ],
)
def test_the_best_rung_that_is_taken_is_found_once(
    asking: Asking, knows: frozenset[str], rung: Rung, requests: int
) -> None:
    asking.scripted.knows = knows
    assert asking.asks() == (rung, requests)
    assert asking.asks() == (rung, 1)
    assert (asking.endpoint.rung, asking.endpoint.counted.answered) == (rung, 2)


def test_where_no_schema_is_taken_it_is_told_in_words_after_what_is_constant(
    asking: Asking,
) -> None:
    asking.scripted.knows = frozenset()
    asking.asks()
    system = asking.scripted.asked[-1].system
    assert system.startswith(PROMPT.system)
    assert '"title"' in system


def test_an_endpoint_that_has_grown_is_found_out_after_a_while(asking: Asking) -> None:
    asking.scripted.knows = frozenset()
    asking.asks()
    asking.scripted.knows = ALL_FORMATS
    assert asking.asks() == (Rung.PLAIN_TEXT, 1)
    asking.now_s += FIRST_REMEMBERED_FOR.total_seconds()
    assert asking.asks() == (Rung.STRICT_SCHEMA, 1)


def test_an_endpoint_that_ignores_schemas_gets_them_in_words(asking: Asking) -> None:
    asking.scripted.will(it.says('{"task": "Add an alert"}'))
    assert asking.asks() == (Rung.JSON_OBJECT, 2)
    assert asking.asks() == (Rung.JSON_OBJECT, 1)


def test_what_can_not_be_read_is_mended_once(asking: Asking) -> None:
    asking.scripted.knows = frozenset()
    asking.asks()
    asking.scripted.will(it.says("The task is: add an alert"))
    assert asking.asks() == (Rung.PLAIN_TEXT, 2)
    mending = asking.scripted.asked[-1].body["messages"]
    assert [message["role"] for message in mending] == ["system", "user", "assistant", "user"]
    assert mending[2]["content"] == "The task is: add an alert"


def test_nobody_asks_a_third_time_and_every_token_counts(asking: Asking) -> None:
    asking.asks()
    asking.scripted.asked.clear()
    asking.scripted.output_tokens = 0
    asking.scripted.will(it.says("no"), it.says("still no"))
    with pytest.raises(EndpointError) as told:
        asking.asks()
    assert (told.value.kind, told.value.attempts) == (Failure.NOT_JSON, 2)
    used = told.value.input_tokens + told.value.output_tokens
    assert used == asking.scripted.tokens
    assert asking.scripted.calls == 2


def test_parameters_that_are_not_taken_are_learned_together(asking: Asking) -> None:
    asking.scripted.refuses = {
        "max_tokens": "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.",
        "temperature": "Unsupported value: 'temperature' does not support 0 with this model.",
    }
    assert asking.asks() == (Rung.STRICT_SCHEMA, 3)
    assert asking.asks() == (Rung.STRICT_SCHEMA, 1)
    assert asking.scripted.asked[-1].body["max_completion_tokens"] == 50
    assert "temperature" not in asking.scripted.asked[-1].body


def test_a_model_without_a_system_role_is_told_everything_in_the_question(
    asking: Asking,
) -> None:
    asking.scripted.will(it.error(400, message="System role not supported"))
    assert asking.asks() == (Rung.STRICT_SCHEMA, 2)
    (message,) = asking.scripted.asked[-1].body["messages"]
    assert message["content"] == f"{PROMPT.system}\n\n{PROMPT.user}"


def test_a_request_that_is_refused_without_a_reason_is_tried_on_each_rung(asking: Asking) -> None:
    asking.scripted.will(it.error(400), it.error(422))
    assert asking.asks() == (Rung.PLAIN_TEXT, 3)


def test_a_server_that_breaks_over_a_schema_is_asked_without(asking: Asking) -> None:
    asking.scripted.will(it.error(500, message="failed to parse grammar"))
    assert asking.asks() == (Rung.JSON_OBJECT, 2)


def test_an_answer_that_mends_nothing_is_told_for_what_it_is(asking: Asking) -> None:
    asking.scripted.will(it.says(json.dumps({"name": "x"})), it.rate_limited(90))
    with pytest.raises(EndpointError) as told:
        asking.asks()
    assert (told.value.kind, told.value.retry_after_s) == (Failure.RATE_LIMITED, 90)
    assert told.value.output_tokens > 0

"""A model's endpoint over real sockets, answering well and in every bad way that was thought of."""

import json
import logging
import re
import time
from collections.abc import Iterator
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

import pytest
from pydantic import BaseModel

from copilot.llm.endpoint import Answered, Endpoint, EndpointError, Failure, Prompt, Rung
from copilot.llm.failures import ADVICE, WORDS
from tests.fakes import misbehaviours as it
from tests.fakes.scripted_endpoint import Behaviour, ScriptedEndpoint, answers_with

DEADLINE = timedelta(seconds=0.6)
AMPLE = timedelta(seconds=10)
MARGIN_S = 1.0
"""What a loaded machine may take to notice."""
PROMPT = Prompt("Find the tasks.", "m1 dana: canary-in-the-prompt, I'll add an alert")
KEY = "sk-canary-of-the-key"


class Kind(StrEnum):
    COMMITMENT = "commitment"
    REQUEST = "request"


class Found(BaseModel):
    title: str
    kind: Kind


GOOD = {"title": "Add an alert", "kind": "commitment"}
WRONG_ENUM = {"title": "Add an alert", "kind": "canary-in-the-answer"}


@pytest.fixture
def scripted() -> Iterator[ScriptedEndpoint]:
    with ScriptedEndpoint(answers_with(lambda _: GOOD)) as server:
        yield server


@pytest.fixture
def endpoint(scripted: ScriptedEndpoint) -> Endpoint:
    return made(scripted)


def made(scripted: ScriptedEndpoint, **more: object) -> Endpoint:
    found = Endpoint(
        model="scripted-1",
        base_url=scripted.url,
        api_key=KEY,
        deadline=AMPLE,
        **more,  # type: ignore[arg-type]
    )
    found.ask(PROMPT, Found, max_output_tokens=50)  # loads it all
    scripted.asked.clear()
    return found


def ask(endpoint: Endpoint, deadline: timedelta = AMPLE) -> Answered[Found]:
    return endpoint.ask(PROMPT, Found, max_output_tokens=50, deadline=deadline)


def failure(endpoint: Endpoint, deadline: timedelta = AMPLE) -> EndpointError:
    with pytest.raises(EndpointError) as told:
        ask(endpoint, deadline)
    return told.value


def test_a_good_answer_comes_back_typed_and_counted(
    scripted: ScriptedEndpoint, endpoint: Endpoint
) -> None:
    answered = ask(endpoint)
    assert answered.value == Found(title="Add an alert", kind=Kind.COMMITMENT)
    assert (answered.rung, answered.attempts) == (Rung.STRICT_SCHEMA, 1)
    (asked,) = scripted.asked
    assert answered.input_tokens == asked.input_tokens
    assert not answered.is_estimated
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    assert asked.body["max_tokens"] == 50
    schema = asked.body["response_format"]["json_schema"]
    assert (schema["strict"], schema["schema"]["additionalProperties"]) == (True, False)


@pytest.mark.parametrize(
    "behaviour",
    [
        it.fenced(GOOD),
        it.thinks_aloud(GOOD),
        it.zipped(json.dumps(GOOD)),
        it.replies({"choices": [{"message": {"content": [{"text": json.dumps(GOOD)}]}}]}),
        it.replies({"choices": [{"message": {"content": json.dumps(GOOD)}}], "usage": "none"}),
    ],
)
def test_odd_answers_that_hold_what_was_asked_for_are_taken(
    scripted: ScriptedEndpoint, endpoint: Endpoint, behaviour: Behaviour
) -> None:
    scripted.will(behaviour)
    answered = ask(endpoint)
    assert (answered.value.title, answered.attempts) == ("Add an alert", 1)
    assert answered.input_tokens > 0 < answered.output_tokens


BAD: list[tuple[Failure, Behaviour]] = [
    (Failure.NOT_JSON, it.says("I found one task: add an alert.")),
    (Failure.WRONG_SHAPE, it.says(json.dumps(WRONG_ENUM))),
    (Failure.REFUSED, it.refuses()),
    (Failure.REFUSED, it.is_filtered()),
    (Failure.EMPTY, it.says(None)),
    (Failure.EMPTY, it.says("  ")),
    (Failure.EMPTY, it.replies({"choices": []})),
    (Failure.TRUNCATED, it.truncated()),
    (Failure.RATE_LIMITED, it.rate_limited(retry_after_s=90)),
    (Failure.RATE_LIMITED, it.rate_limited(None)),
    (Failure.NO_QUOTA, it.out_of_quota()),
    (Failure.NO_QUOTA, it.error(402)),
    (Failure.UNAUTHORISED, it.error(401, "invalid_api_key", message=f"Incorrect key: {KEY}")),
    (Failure.UNAUTHORISED, it.error(403)),
    (Failure.MODEL_NOT_FOUND, it.error(404, "model_not_found")),
    (Failure.MODEL_NOT_FOUND, it.html(404)),
    (Failure.BAD_REQUEST, it.error(400)),
    (Failure.PROMPT_TOO_LONG, it.error(400, "context_length_exceeded")),
    (Failure.SERVER_ERROR, it.error(500)),
    (Failure.SERVER_ERROR, it.html(502)),
    (Failure.SERVER_ERROR, it.error_with_status_200()),
    (Failure.NOT_JSON, it.html()),
    (Failure.NOT_JSON, it.replies(b"")),
    (Failure.NOT_JSON, it.replies(b"null")),
    (Failure.NOT_JSON, it.replies(b"\xff\xfe{}")),
    (Failure.NOT_JSON, it.replies(b"[" * 500_000)),
    (Failure.NOT_JSON, it.replies(b"not gzip", headers=[("Content-Encoding", "gzip")])),
    (Failure.NOT_JSON, it.replies(b"x", headers=[("Content-Encoding", "br")])),
    (Failure.DISCONNECTED, it.hangs_up),
    (Failure.DISCONNECTED, it.resets),
    (Failure.DISCONNECTED, it.breaks_off),
    (Failure.DISCONNECTED, it.speaks_no_http),
    (Failure.OVERSIZED, it.sends_without_end),
    (Failure.OVERSIZED, it.bomb),
    (Failure.TIMEOUT, it.never_answers),
    (Failure.TIMEOUT, it.drips_headers),
    (Failure.TIMEOUT, it.drips_body),
]


@pytest.mark.parametrize(
    ("kind", "behaviour"), BAD, ids=[f"{kind.value}-{i}" for i, (kind, _) in enumerate(BAD)]
)
def test_each_misbehaviour_is_one_word_within_the_deadline(
    scripted: ScriptedEndpoint,
    endpoint: Endpoint,
    caplog: pytest.LogCaptureFixture,
    kind: Failure,
    behaviour: Behaviour,
) -> None:
    scripted.otherwise = behaviour
    caplog.set_level(logging.DEBUG)
    deadline = DEADLINE if kind is Failure.TIMEOUT else AMPLE
    began_s = time.monotonic()
    error = failure(endpoint, deadline)
    assert time.monotonic() - began_s < deadline.total_seconds() + MARGIN_S
    assert error.kind is kind
    assert error.retry_after_s == (90 if behaviour is BAD[8][1] else None)
    assert dict(endpoint.counted.failures) == {kind: 1}
    assert kind.value in caplog.text
    assert "canary" not in caplog.text + str(error) + error.advice
    assert error.__cause__ is None
    assert error.__suppress_context__ or error.__context__ is None


def test_a_redirect_is_not_followed(scripted: ScriptedEndpoint, endpoint: Endpoint) -> None:
    with ScriptedEndpoint() as elsewhere:
        scripted.will(it.redirects_to(f"{elsewhere.url}/chat/completions"))
        assert failure(endpoint).kind is Failure.REDIRECTED
        assert elsewhere.calls == 0


def test_nobody_listens(scripted: ScriptedEndpoint) -> None:
    endpoint = Endpoint(model="m", base_url="http://127.0.0.1:9/v1", deadline=DEADLINE)
    error = failure(endpoint)
    assert (error.kind, error.input_tokens) == (Failure.UNREACHABLE, 0)


def test_without_a_key_none_is_sent(scripted: ScriptedEndpoint) -> None:
    ask(Endpoint(model="m", base_url=scripted.url, deadline=timedelta(seconds=5)))
    assert "authorization" not in scripted.asked[0].headers


def test_tokens_of_a_call_without_an_answer_are_estimated(
    scripted: ScriptedEndpoint, endpoint: Endpoint
) -> None:
    scripted.will(it.never_answers)
    error = failure(endpoint, DEADLINE)
    assert error.input_tokens == pytest.approx(scripted.asked[0].input_tokens, rel=0.2)


def test_a_pause_that_is_asked_for_is_neither_slept_nor_broken(
    scripted: ScriptedEndpoint, caplog: pytest.LogCaptureFixture
) -> None:
    now_s = [0.0]
    endpoint = made(scripted, monotonic=lambda: now_s[0])
    scripted.will(it.rate_limited(retry_after_s=90))
    began_s = time.monotonic()
    failure(endpoint)
    now_s[0] = 89
    held = failure(endpoint)
    assert time.monotonic() - began_s < AMPLE.total_seconds()
    assert (held.kind, held.cause) == (Failure.BREAKER_OPEN, Failure.RATE_LIMITED)
    assert held.retry_after_s == 1
    assert scripted.calls == 1
    now_s[0] = 90
    assert ask(endpoint).value.title
    assert scripted.calls == 2
    assert "it is left alone for 90 s" in caplog.text
    assert "answers again" in caplog.text


def test_the_models_it_has_are_listed_at_no_cost(
    scripted: ScriptedEndpoint, endpoint: Endpoint
) -> None:
    assert endpoint.models() == ["scripted-1"]
    assert scripted.calls == 0


def test_a_proxy_is_used_where_one_is_named(
    scripted: ScriptedEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", scripted.url.removesuffix("/v1"))
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    far = Endpoint(model="m", base_url="http://model.example.com/v1", deadline=timedelta(seconds=5))
    assert ask(far).value.title == "Add an alert"
    assert scripted.asked[0].headers["host"] == "model.example.com"


def test_every_word_for_a_failure_is_explained_to_operators() -> None:
    page = (Path(__file__).parents[2] / "docs" / "models.md").read_text()
    explained = set(re.findall(r"^\| `([a-z_]+)` \|", page, re.MULTILINE))
    assert explained == {kind.value for kind in Failure} | {"over_budget"}
    assert set(WORDS) == set(ADVICE) == set(Failure)

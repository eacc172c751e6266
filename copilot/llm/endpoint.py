"""Asks a model one question and brings back a typed answer, or says in a word why there is none.

    endpoint = Endpoint(base_url=…, api_key=…, model="…", deadline=timedelta(seconds=30))
    try:
        answered = endpoint.ask(Prompt(system, user), FoundTasks, max_output_tokens=800)
    except EndpointError as error:      # the only error that leaves
        error.kind, error.input_tokens, error.output_tokens, str(error)
    else:
        answered.value                  # a FoundTasks, validated

One per process, safe to share between threads. A call ends within its deadline whatever the other
side does, never sleeps, follows no redirect and leaves neither socket nor thread behind. What the
endpoint can do (a strict schema, a JSON object, plain text) is found out as it is asked and
remembered. An endpoint that fails again and again, or asks for a pause, is left alone for a while:
`ask` then raises BREAKER_OPEN at once. Prompts, answers and keys are never logged.

The schema of the answer type goes along in the request; where an endpoint knows no schemas it is
appended to the system text, so that what is constant still comes first. `value` holds what the
model wrote: its strings are hostile until checked.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Generic, TypeVar

from pydantic import BaseModel

AnswerT = TypeVar("AnswerT", bound=BaseModel)

OPENAI_URL = "https://api.openai.com/v1"


class Rung(StrEnum):
    """How an answer's shape is asked for, the most binding first."""

    STRICT_SCHEMA = "strict_schema"
    JSON_OBJECT = "json_object"
    PLAIN_TEXT = "plain_text"


@dataclass(frozen=True, slots=True)
class Prompt:
    system: str
    """Constant where it can be: endpoints keep what a prompt begins with."""
    user: str


@dataclass(frozen=True, slots=True)
class Answered(Generic[AnswerT]):
    """Tokens are those of every attempt of the call."""

    value: AnswerT
    input_tokens: int
    output_tokens: int
    is_estimated: bool
    """The endpoint did not say how many tokens; see `tokens.estimate_tokens`."""
    rung: Rung
    attempts: int
    latency_ms: float


class Endpoint:
    def __init__(
        self,
        *,
        model: str,
        base_url: str | None = None,
        api_key: str | None = None,
        deadline: timedelta = timedelta(seconds=30),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`base_url` is OpenAI's own if None; `monotonic` is what pauses are measured by."""
        self.model = model
        self.base_url = base_url or OPENAI_URL
        self._api_key = api_key
        self._deadline = deadline
        self._monotonic = monotonic

    def ask(
        self,
        prompt: Prompt,
        answer: type[AnswerT],
        *,
        deadline: timedelta | None = None,
        max_output_tokens: int,
    ) -> Answered[AnswerT]:
        """One question; at most one more, if the first answer can't be read.

        `deadline` is for the whole call, that second question included. Raises EndpointError.
        """
        raise NotImplementedError

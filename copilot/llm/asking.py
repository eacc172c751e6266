"""Asks a model within the budgets of tokens, and keeps a record of it however it ends."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Generic, Protocol, TypeVar

from pydantic import BaseModel

from copilot.llm.endpoint import Answered, Prompt
from copilot.llm.failures import EndpointError
from copilot.ports import EngineRun
from copilot.suggestions.token_budgets import OverBudgetError, TokenBudgets

AnswerT = TypeVar("AnswerT", bound=BaseModel)

OVER_BUDGET = "over_budget"
"""The outcome of a run that made no call, since a budget had no room for it."""

_ATTEMPTS = 2
_BYTES_A_TOKEN = 2
_SPENT = {
    "incident": "the model has used up its tokens for this incident",
    "hour": "the model has used up its tokens for this hour",
    "day": "the model has used up its tokens for today",
}


class Asks(Protocol):
    """A `copilot.llm.endpoint.Endpoint`."""

    @property
    def model(self) -> str: ...

    def ask(
        self,
        prompt: Prompt,
        answer: type[AnswerT],
        *,
        deadline: timedelta | None = None,
        max_output_tokens: int,
    ) -> Answered[AnswerT]:
        """Raises EndpointError."""

    def fell_back(self) -> None:
        """The built-in engine answered alone, whatever the reason."""


@dataclass(frozen=True, slots=True)
class Question(Generic[AnswerT]):
    prompt: Prompt
    answer: type[AnswerT]
    max_output_tokens: int
    engine: str
    prompt_version: str
    numbers: tuple[int, ...]
    """The messages that it shows."""
    details: Mapping[str, Any] = field(default_factory=dict)
    """For the record, beside what is known of every call."""


@dataclass(frozen=True, slots=True)
class Said(Generic[AnswerT]):
    """What came of a question: its run, and an answer or in words why there is none."""

    run: EngineRun
    value: AnswerT | None = None
    trouble: str | None = None


class Asking:
    """`ask` never raises for a model that fails."""

    def __init__(self, endpoint: Asks, budgets: TokenBudgets) -> None:
        self._endpoint = endpoint
        self._budgets = budgets

    def ask(
        self,
        question: Question[AnswerT],
        *,
        team_id: str,
        incident_id: int,
        deadline: timedelta | None = None,
    ) -> Said[AnswerT]:
        """`deadline` as `Endpoint.ask` has it."""
        record = _Record(self._endpoint.model, question)
        most = most_tokens(question.prompt, question.answer, question.max_output_tokens)
        try:
            held = self._budgets.reserve(team_id, incident_id, most)
        except OverBudgetError as error:
            run = record.run(OVER_BUDGET, budget=error.scope)
            return Said(run, trouble=_SPENT[error.scope])
        try:
            answered = self._endpoint.ask(
                question.prompt,
                question.answer,
                deadline=deadline,
                max_output_tokens=question.max_output_tokens,
            )
        except EndpointError as error:
            self._budgets.settle(held, error.input_tokens + error.output_tokens)
            return Said(record.failed(error), trouble=str(error))
        self._budgets.settle(held, answered.input_tokens + answered.output_tokens)
        return Said(record.answered(answered), answered.value)

    def fell_back(self) -> None:
        self._endpoint.fell_back()


def most_tokens(prompt: Prompt, answer: type[BaseModel], max_output_tokens: int) -> int:
    """What a call may use at most, a second attempt with the first answer in it included.

    A token of everyday text is some four bytes long, one of other scripts, logs or code rarely
    below two. Where the endpoint counts more all the same, that is what is counted afterwards.
    """
    schema = json.dumps(answer.model_json_schema())
    sent = len((prompt.system + prompt.user + schema).encode(errors="replace"))
    return _ATTEMPTS * (sent // _BYTES_A_TOKEN + max_output_tokens) + max_output_tokens


@dataclass(frozen=True, slots=True)
class _Record:
    """What is recorded of a call, however it ends."""

    model: str
    question: Question[Any]

    def answered(self, answered: Answered[Any]) -> EngineRun:
        return self.run(
            "ok",
            latency_ms=answered.latency_ms,
            input_tokens=answered.input_tokens,
            output_tokens=answered.output_tokens,
            rung=answered.rung.value,
            attempts=answered.attempts,
            is_estimated=answered.is_estimated,
        )

    def failed(self, error: EndpointError) -> EngineRun:
        more = {"cause": error.cause.value} if error.cause else {}
        return self.run(
            error.kind.value,
            latency_ms=error.latency_ms,
            input_tokens=error.input_tokens,
            output_tokens=error.output_tokens,
            attempts=error.attempts,
            **more,
        )

    def run(
        self,
        outcome: str,
        *,
        latency_ms: float = 0.0,
        input_tokens: int = 0,
        output_tokens: int = 0,
        **details: Any,
    ) -> EngineRun:
        return EngineRun(
            engine=self.question.engine,
            outcome=outcome,
            numbers=self.question.numbers,
            latency_ms=round(latency_ms, 1),
            prompt_version=self.question.prompt_version,
            input_tokens=input_tokens,
            output_tokens=output_tokens,
            details={"model": self.model, **details, **self.question.details},
        )

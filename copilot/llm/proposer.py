"""Finds follow-up work by asking a model about the stretches of a window that are worth it.

The built-in engine reads every window as well, for three reasons. It answers where the model can't.
What it finds has a calibrated probability, which a model's word has not. And nobody who writes in
a channel can have it overlook something: told to report nothing, an obeying model would. So what
is proposed is what either found. What both found is merged later, as the same work said twice.
"""

import json
import time
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel

from copilot.llm.answers import FoundFollowUps, to_candidate
from copilot.llm.endpoint import Answered, Prompt
from copilot.llm.failures import EndpointError
from copilot.llm.prompting import PROMPT_VERSION, Asked, most_shown, prompt_about
from copilot.llm.routing import Route, Routed, routed
from copilot.ports import Candidate, Debounce, EngineRun, Proposal, Proposer, Window
from copilot.suggestions.token_budgets import OverBudgetError, TokenBudgets

ENGINE = "model-1"
"""The second half is raised when what it says must be calibrated anew."""
DEBOUNCE = Debounce(quiet=timedelta(seconds=60), longest=timedelta(minutes=5))
"""People answer each other within half a minute or so; who is asked before that sees the question
without its answer. A minute stays well below the five of silence that release a digest, so that
one finds everything proposed on. In talk without end one call in five minutes is what keeps a
conversation below a tenth of the tokens of one call a message (`make evals`); follow-ups are for
after the incident, and a change of status waits for neither."""
MOST_OUTPUT_TOKENS = 1_500
"""Some twelve items with their quotes; a window rarely holds more than three."""

_ATTEMPTS = 2
_BYTES_A_TOKEN = 2

AnswerT = TypeVar("AnswerT", bound=BaseModel)

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
        self, prompt: Prompt, answer: type[AnswerT], *, max_output_tokens: int
    ) -> Answered[AnswerT]:
        """Raises EndpointError."""

    def fell_back(self) -> None:
        """The built-in engine answered alone, whatever the reason."""


@dataclass(frozen=True, slots=True)
class _Said:
    """What came of the model: its run, what it found, and in words why it found nothing."""

    run: EngineRun
    candidates: tuple[Candidate, ...] = ()
    trouble: str | None = None


class ModelProposer:
    """The port `Proposer`: never raises for a model that fails, `local` then answers alone."""

    def __init__(
        self,
        endpoint: Asks,
        local: Proposer,
        route: Route,
        budgets: TokenBudgets,
        *,
        reads_private: bool,
        debounce: Debounce = DEBOUNCE,
    ) -> None:
        self._endpoint = endpoint
        self._local = local
        self._route = route
        self._budgets = budgets
        self._reads_private = reads_private
        self._debounce = debounce

    @property
    def debounce(self) -> Debounce:
        return self._debounce

    def propose(self, window: Window) -> Proposal:
        """Both engines' candidates; the built-in one's alone where the model has nothing to read.

        That, and a private channel the model may not read, is no failure and nobody is told.
        """
        began_s = time.perf_counter()
        local = self._local.propose(window)
        local_ms = _ms_since(began_s)
        if window.is_private and not self._reads_private:
            return local
        worth = routed(window, self._route(window), most_shown)
        if not worth.messages:
            return local
        said = self._ask(window, worth)
        if said.trouble is not None:
            self._endpoint.fell_back()
        numbers = tuple(message.number for message in window.messages)
        theirs = tuple(replace(one, engine=local.engine) for one in local.candidates)
        return Proposal(
            candidates=(*said.candidates, *theirs),
            engine=ENGINE if said.trouble is None else local.engine,
            tokens=said.run.input_tokens + said.run.output_tokens,
            runs=(said.run, EngineRun(local.engine, "ok", numbers, latency_ms=local_ms)),
            fell_back_because=said.trouble,
        )

    def _ask(self, window: Window, worth: Routed) -> _Said:
        asked = prompt_about(worth.messages, window.people)
        call = _Call(self._endpoint.model, worth)
        try:
            held = self._budgets.reserve(window.team_id, window.incident_id, most_tokens(asked))
        except OverBudgetError as error:
            return _Said(call.run("over_budget", budget=error.scope), trouble=_SPENT[error.scope])
        try:
            answered = self._endpoint.ask(
                asked.prompt, FoundFollowUps, max_output_tokens=MOST_OUTPUT_TOKENS
            )
        except EndpointError as error:
            self._budgets.settle(held, error.input_tokens + error.output_tokens)
            return _Said(call.failed(error), trouble=str(error))
        self._budgets.settle(held, answered.input_tokens + answered.output_tokens)
        messages = {message.number: message for message in worth.messages}
        return _Said(
            call.answered(answered),
            tuple(
                to_candidate(item, asked.people, messages, ENGINE) for item in answered.value.items
            ),
        )


def most_tokens(asked: Asked) -> int:
    """What a call may use at most, a second attempt with the first answer in it included.

    A token of everyday text is some four bytes long, one of other scripts, logs or code rarely
    below two. Where the endpoint counts more all the same, that is what is counted afterwards.
    """
    schema = json.dumps(FoundFollowUps.model_json_schema())
    sent = len((asked.prompt.system + asked.prompt.user + schema).encode(errors="replace"))
    return _ATTEMPTS * (sent // _BYTES_A_TOKEN + MOST_OUTPUT_TOKENS) + MOST_OUTPUT_TOKENS


@dataclass(frozen=True, slots=True)
class _Call:
    """What is recorded of a call, however it ends."""

    model: str
    worth: Routed

    def answered(self, answered: Answered[FoundFollowUps]) -> EngineRun:
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
        left_out = {"left_out": list(self.worth.left_out)} if self.worth.left_out else {}
        return EngineRun(
            engine=ENGINE,
            outcome=outcome,
            numbers=tuple(message.number for message in self.worth.messages),
            latency_ms=round(latency_ms, 1),
            prompt_version=PROMPT_VERSION,
            input_tokens=input_tokens,
            output_tokens=output_tokens,
            details={"model": self.model, **details, **left_out},
        )


def _ms_since(began_s: float) -> float:
    return round((time.perf_counter() - began_s) * 1000, 1)

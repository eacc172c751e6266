"""Asks a model one question and brings back a typed answer, or says in a word why there is none.

    endpoint = Endpoint(base_url=…, api_key=…, model="…", deadline=timedelta(seconds=30))
    try:
        answered = endpoint.ask(Prompt(system, user), FoundTasks, max_output_tokens=800)
    except EndpointError as error:      # the only error that leaves
        error.kind, error.input_tokens, error.output_tokens, str(error)
    else:
        answered.value                  # a FoundTasks, validated

One per process, safe to share between threads. A call ends within its deadline whatever the other
side does, never sleeps, follows no redirect and leaves neither socket nor thread behind; only the
first of a process takes a second more, to load the client. What the endpoint can do (a strict
schema, a JSON object, plain text) is found out as it is asked and remembered. An endpoint that
fails again and again, or asks for a pause, is left alone for a while: `ask` then raises
BREAKER_OPEN at once. Prompts, answers and keys are never logged.

The schema of the answer type goes along in the request; where an endpoint knows no schemas it is
appended to the system text, so that what is constant still comes first. `value` holds what the
model wrote: its strings are hostile until checked.
"""

import logging
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Generic, TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel

from copilot.llm.breaker import Admission, Breaker, BreakerState, Held
from copilot.llm.call import Call, RefusedMannerError
from copilot.llm.counters import Counted, Counters
from copilot.llm.failures import EndpointError, Failure
from copilot.llm.ladder import Ladder, Manner, Rung
from copilot.llm.reading import UnreadableError
from copilot.llm.replies import Reply
from copilot.llm.requests import Prompt, parameters_of

if TYPE_CHECKING:
    from copilot.llm.exchange import Exchange

__all__ = ["Answered", "Endpoint", "EndpointError", "Failure", "Prompt", "Rung"]

AnswerT = TypeVar("AnswerT", bound=BaseModel)

OPENAI_URL = "https://api.openai.com/v1"
_MOST_REQUESTS = 7
"""Of one call: five to learn what the endpoint takes, one question and one repair."""

_log = logging.getLogger(__name__)


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
    """Requests that were made for it."""
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
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """`base_url` is OpenAI's own if None; pauses and what was learned are measured by
        `monotonic`, the deadline of a call never is; `tls` are the authorities to trust, by
        default those of the system.
        """
        self.model = model
        self.base_url = base_url or OPENAI_URL
        self._api_key = api_key
        self._deadline = deadline
        self._tls = tls
        is_openai = urlsplit(self.base_url).hostname == urlsplit(OPENAI_URL).hostname
        best = Manner(length_parameter="max_completion_tokens" if is_openai else "max_tokens")
        self._ladder = Ladder(best, monotonic)
        self._breaker = Breaker(monotonic)
        self._counters = Counters()

    @property
    def host(self) -> str:
        """Where it is, without a key that the address may hold."""
        parts = urlsplit(self.base_url)
        return parts.hostname or "" if parts.port is None else f"{parts.hostname}:{parts.port}"

    @property
    def counted(self) -> Counted:
        return self._counters.read()

    @property
    def state(self) -> BreakerState:
        return self._breaker.state

    @property
    def rung(self) -> Rung:
        """How the next answer would be asked for."""
        return self._ladder.manner().rung

    def fell_back(self) -> None:
        """Told by whoever had the local engine answer instead, whatever the reason."""
        self._counters.add_fallback()

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
        admission = self._breaker.admit()
        if isinstance(admission, Held):
            self._counters.add(Failure.BREAKER_OPEN)
            raise EndpointError(
                Failure.BREAKER_OPEN, retry_after=admission.retry_after, cause=admission.cause
            )
        try:
            with Call(self._exchanges(), deadline or self._deadline) as call:
                answered = self._ask(call, prompt, answer, max_output_tokens)
        except EndpointError as error:
            self._note_failure(admission, error)
            raise
        except BaseException:
            self._breaker.abandoned(admission)
            raise
        if self._breaker.succeeded(admission):
            _log.warning("The model %s at %s answers again.", self.model, self.host)
        self._counters.add(
            None,
            requests=answered.attempts,
            input_tokens=answered.input_tokens,
            output_tokens=answered.output_tokens,
            latency_ms=answered.latency_ms,
        )
        return answered

    def models(self, *, deadline: timedelta = timedelta(seconds=10)) -> list[str]:
        """The models that the endpoint lists, at no cost, open breaker or not.

        Raises EndpointError.
        """
        with Call(self._exchanges(), deadline) as call:
            return call.models()

    def _ask(
        self, call: Call, prompt: Prompt, answer: type[AnswerT], max_output_tokens: int
    ) -> Answered[AnswerT]:
        manner, reply = self._first_reply(call, prompt, answer, max_output_tokens)
        try:
            value = call.read(reply, answer)
        except UnreadableError as error:
            # An endpoint that takes a schema and does not keep to it gets it in words.
            manner = replace(manner, rung=manner.rung.below)
            mended = parameters_of(
                self.model, prompt, answer, manner, max_output_tokens, (reply.content, error.faults)
            )
            try:
                value = call.read(call.complete(mended), answer)
            except UnreadableError as again:
                raise call.failure(again.kind) from None
            except RefusedMannerError as refused:
                raise call.failure(refused.kind) from None
        self._ladder.worked(manner)
        return Answered(
            value=value,
            input_tokens=call.input_tokens,
            output_tokens=call.output_tokens,
            is_estimated=call.is_estimated,
            rung=manner.rung,
            attempts=call.attempts,
            latency_ms=call.latency_ms,
        )

    def _first_reply(
        self, call: Call, prompt: Prompt, answer: type[AnswerT], max_output_tokens: int
    ) -> tuple[Manner, Reply]:
        """Put the question in whatever way the endpoint takes."""
        manner = self._ladder.manner()
        while True:
            parameters = parameters_of(self.model, prompt, answer, manner, max_output_tokens)
            try:
                return manner, call.complete(parameters)
            except RefusedMannerError as refused:
                other = manner.without(refused.complaints)
                if other is None or call.attempts >= _MOST_REQUESTS - 1:
                    raise call.failure(refused.kind) from None
                manner = other

    def _note_failure(self, admission: Admission, error: EndpointError) -> None:
        pause = self._breaker.failed(admission, error.kind, error.retry_after)
        self._counters.add(
            error.kind,
            requests=error.attempts,
            input_tokens=error.input_tokens,
            output_tokens=error.output_tokens,
            latency_ms=error.latency_ms,
        )
        _log.warning(
            "No answer from the model %s at %s: %s after %d requests and %.0f ms%s. So far: %s.",
            self.model,
            self.host,
            error.kind.value,
            error.attempts,
            error.latency_ms,
            f"; it is left alone for {pause.total_seconds():.0f} s" if pause else "",
            self._counters.read().words,
        )

    def _exchanges(self) -> Callable[[Callable[[], float]], "Exchange"]:
        """Opens one, given how many seconds are left. Loaded before a deadline begins: what loads
        it, once in a process, can't be interrupted.
        """
        # Costs 0.6 s and 58 MB: only where a model is asked.
        from copilot.llm.exchange import Exchange, trusted_authorities  # noqa: PLC0415

        tls = self._tls or trusted_authorities()
        return lambda remaining: Exchange(
            base_url=self.base_url, api_key=self._api_key, tls=tls, remaining=remaining
        )

"""One call: its deadline, its connection, and what it has used so far."""

import time
from collections.abc import Callable
from datetime import timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel

from copilot.llm.failures import EndpointError, Failure
from copilot.llm.reading import read_answer
from copilot.llm.replies import ExchangeError, Reply
from copilot.llm.tokens import estimate_tokens

if TYPE_CHECKING:
    from copilot.llm.exchange import Exchange

AnswerT = TypeVar("AnswerT", bound=BaseModel)

_ABOUT_THE_MANNER = {Failure.BAD_REQUEST, Failure.SERVER_ERROR}


class RefusedMannerError(Exception):
    """The endpoint does not take a parameter; it may take the question without it."""

    def __init__(self, kind: Failure, complaints: frozenset[str]) -> None:
        super().__init__(kind.value)
        self.kind = kind
        self.complaints = complaints


class Call:
    """Use it with `with`, which closes its connection. Errors that leave know what was used."""

    def __init__(
        self, open_exchange: Callable[[Callable[[], float]], "Exchange"], deadline: timedelta
    ) -> None:
        self._began_s = time.monotonic()
        self._deadline_s = deadline.total_seconds()
        self._exchange = open_exchange(self._remaining)
        self.attempts = 0
        self.input_tokens = 0
        self.output_tokens = 0
        self.is_estimated = False

    @property
    def latency_ms(self) -> float:
        return (time.monotonic() - self._began_s) * 1000

    def complete(self, parameters: dict[str, Any]) -> Reply:
        """Raises EndpointError, or RefusedMannerError where it is worth asking differently."""
        self.attempts += 1
        try:
            reply = self._exchange.complete(parameters)
        except ExchangeError as error:
            if error.may_count:
                self._count(_text_of(parameters), "", None, None)
            if error.kind in _ABOUT_THE_MANNER and error.complaints:
                raise RefusedMannerError(error.kind, error.complaints) from None
            if error.kind is Failure.BAD_REQUEST:
                # Endpoints that don't say what is wrong mostly mean the schema.
                raise RefusedMannerError(error.kind, frozenset({"response_format"})) from None
            raise self.failure(error.kind, error.retry_after) from None
        said = reply.content or reply.refusal
        self._count(_text_of(parameters), said, reply.input_tokens, reply.output_tokens)
        return reply

    def read(self, reply: Reply, answer: type[AnswerT]) -> AnswerT:
        """Raises EndpointError where it holds no answer, UnreadableError where it can't be read."""
        if reply.refusal or reply.finish_reason == "content_filter":
            raise self.failure(Failure.REFUSED)
        if reply.finish_reason == "length":
            raise self.failure(Failure.TRUNCATED)
        if not reply.content:
            raise self.failure(Failure.EMPTY)
        return read_answer(reply.content, answer)

    def models(self) -> list[str]:
        """Raises EndpointError."""
        self.attempts += 1
        try:
            return self._exchange.models()
        except ExchangeError as error:
            raise self.failure(error.kind, error.retry_after) from None

    def failure(self, kind: Failure, retry_after: timedelta | None = None) -> EndpointError:
        return EndpointError(
            kind,
            retry_after=retry_after,
            input_tokens=self.input_tokens,
            output_tokens=self.output_tokens,
            attempts=self.attempts,
            latency_ms=self.latency_ms,
        )

    def _remaining(self) -> float:
        return self._began_s + self._deadline_s - time.monotonic()

    def _count(
        self, asked: str, said: str, asked_tokens: int | None, said_tokens: int | None
    ) -> None:
        self.is_estimated |= asked_tokens is None or said_tokens is None
        self.input_tokens += estimate_tokens(asked) if asked_tokens is None else asked_tokens
        self.output_tokens += estimate_tokens(said) if said_tokens is None else said_tokens

    def __enter__(self) -> "Call":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._exchange.close()


def _text_of(parameters: dict[str, Any]) -> str:
    """All that an endpoint counts: what was said, and the schema."""
    texts = [message["content"] for message in parameters["messages"]]
    return "\n".join([*texts, str(parameters.get("response_format", ""))])

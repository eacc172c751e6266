"""One request and its answer, with whatever went wrong in a word.

Imported only once a model is asked: the client takes 0.6 s and 58 MB.
"""

import logging
import ssl
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import httpx2
import openai
from pydantic import ValidationError

from copilot.clock import SystemClock
from copilot.llm.failures import Failure
from copilot.llm.replies import ExchangeError, Reply, error_of_status, models_of, reply_of
from copilot.llm.transport import (
    DeadlineTransport,
    InsecureError,
    TooManyBytesError,
    UnreadableEncodingError,
)

_log = logging.getLogger(__name__)

# With OPENAI_LOG=debug, or debug logging for all, they would write down what is sent.
for _name in ("openai", "httpx2", "httpcore2"):
    logging.getLogger(_name).setLevel(logging.WARNING)


@cache
def trusted_authorities() -> ssl.SSLContext:
    """Those of the system, or of SSL_CERT_FILE; reading them takes a while."""
    return httpx2.create_ssl_context()


class Exchange:
    """For one call: `remaining` says how many seconds are left for all its requests together."""

    def __init__(
        self,
        *,
        base_url: str,
        api_key: str | None,
        tls: ssl.SSLContext,
        remaining: Callable[[], float],
    ) -> None:
        # The client's own timeouts and redirects are off: the transport has the one deadline.
        self._http = httpx2.Client(
            transport=DeadlineTransport(base_url, tls, remaining),
            follow_redirects=False,
            timeout=None,
            headers={"Accept-Encoding": "identity"},
        )
        self._client = openai.OpenAI(
            base_url=base_url,
            api_key=api_key or "none",
            max_retries=0,
            http_client=self._http,
        )
        self._headers: dict[str, Any] = {} if api_key else {"Authorization": openai.Omit()}

    def complete(self, parameters: Mapping[str, Any]) -> Reply:
        """Ask for a completion. Raises ExchangeError."""
        raw = self._send(
            lambda: self._client.chat.completions.with_raw_response.create(
                **parameters, extra_headers=self._headers
            )
        )
        return reply_of(raw)

    def models(self) -> list[str]:
        """The models that the endpoint lists, which costs nothing. Raises ExchangeError."""
        return models_of(
            self._send(
                lambda: self._client.models.with_raw_response.list(extra_headers=self._headers)
            )
        )

    def close(self) -> None:
        self._client.close()
        self._http.close()

    def _send(self, ask: Callable[[], Any]) -> bytes:
        try:
            content: bytes = ask().http_response.content
        except openai.APIStatusError as error:
            found = error.response
            now = SystemClock().now()
            raise error_of_status(found.status_code, found.headers, found.content, now) from None
        except openai.APIConnectionError as error:
            raise _of_connection(error) from None
        except (
            openai.OpenAIError,
            httpx2.HTTPError,
            ValidationError,
            ValueError,
            TypeError,
            IndexError,
            AttributeError,
            RecursionError,  # from brackets within brackets, a hundred thousand deep
        ) as error:
            _log.warning("The model's client stumbled over an answer: %s", type(error).__name__)
            raise ExchangeError(Failure.NOT_JSON) from None
        return content


def _of_connection(error: openai.APIConnectionError) -> ExchangeError:
    causes: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in causes:
        causes.append(cause)
        cause = cause.__cause__
    for types, kind in _BROKEN.items():
        if any(isinstance(cause, types) for cause in causes):
            was_sent = kind in _SENT and types is not httpx2.ConnectTimeout
            return ExchangeError(kind, may_count=was_sent)
    return ExchangeError(Failure.DISCONNECTED, may_count=True)


_BROKEN: dict[type[Exception], Failure] = {
    TooManyBytesError: Failure.OVERSIZED,
    UnreadableEncodingError: Failure.NOT_JSON,
    httpx2.ConnectTimeout: Failure.TIMEOUT,
    httpx2.TimeoutException: Failure.TIMEOUT,
    InsecureError: Failure.TLS,
    httpx2.ConnectError: Failure.UNREACHABLE,
}
_SENT = {Failure.OVERSIZED, Failure.NOT_JSON, Failure.TIMEOUT}

"""Why a model gave no usable answer, in a word for records and in words for people."""

from datetime import timedelta
from enum import StrEnum

from copilot.errors import TemporaryError


class Failure(StrEnum):
    """The value is what a run is recorded under, and stays as it is."""

    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    """No such host, or nothing listens there."""
    DISCONNECTED = "disconnected"
    """It hung up, or what it sent is no HTTP."""
    TLS = "tls"
    REDIRECTED = "redirected"
    RATE_LIMITED = "rate_limited"
    NO_QUOTA = "no_quota"
    UNAUTHORISED = "unauthorised"
    MODEL_NOT_FOUND = "model_not_found"
    BAD_REQUEST = "bad_request"
    PROMPT_TOO_LONG = "prompt_too_long"
    SERVER_ERROR = "server_error"
    OVERSIZED = "oversized"
    """More bytes than any answer of ours has."""
    NOT_JSON = "not_json"
    WRONG_SHAPE = "wrong_shape"
    EMPTY = "empty"
    REFUSED = "refused"
    TRUNCATED = "truncated"
    BREAKER_OPEN = "breaker_open"
    """It was not asked at all, since it failed just before or asked to be left alone."""


WORDS = {
    Failure.TIMEOUT: "the model did not answer in time",
    Failure.UNREACHABLE: "the model can't be reached",
    Failure.DISCONNECTED: "the model hung up before it had answered",
    Failure.TLS: "no secure connection to the model could be made",
    Failure.REDIRECTED: "the model's address leads elsewhere, and what was said stays here",
    Failure.RATE_LIMITED: "the model asked for a pause",
    Failure.NO_QUOTA: "the account of the model has no quota left",
    Failure.UNAUTHORISED: "the model does not accept the key",
    Failure.MODEL_NOT_FOUND: "the endpoint does not have this model",
    Failure.BAD_REQUEST: "the model does not accept the request",
    Failure.PROMPT_TOO_LONG: "the conversation is longer than the model can read",
    Failure.SERVER_ERROR: "the model's server reports an error",
    Failure.OVERSIZED: "the model sent far more than an answer",
    Failure.NOT_JSON: "the model's answer could not be read",
    Failure.WRONG_SHAPE: "the model's answer was not what it was asked for",
    Failure.EMPTY: "the model answered nothing",
    Failure.REFUSED: "the model declined to answer",
    Failure.TRUNCATED: "the model's answer broke off",
    Failure.BREAKER_OPEN: "the model is left alone after earlier failures",
}

ADVICE = {
    Failure.TIMEOUT: "Give it longer with COPILOT_LLM_DEADLINE_S, or name a faster model.",
    Failure.UNREACHABLE: "Check OPENAI_BASE_URL, and that this machine may reach it.",
    Failure.DISCONNECTED: "Look into the endpoint's own log.",
    Failure.TLS: "Check the certificate of OPENAI_BASE_URL; SSL_CERT_FILE names other authorities.",
    Failure.REDIRECTED: "Set OPENAI_BASE_URL to where it leads; redirects are not followed.",
    Failure.RATE_LIMITED: "Nothing to do: it is asked again once the pause is over.",
    Failure.NO_QUOTA: "Add credit at the provider, or raise the limit of the key.",
    Failure.UNAUTHORISED: "Check OPENAI_API_KEY, and that the key may use this model.",
    Failure.MODEL_NOT_FOUND: (
        "Check COPILOT_LLM_MODEL, and that OPENAI_BASE_URL ends as the endpoint wants it, "
        "mostly in /v1."
    ),
    Failure.BAD_REQUEST: "The endpoint may not be compatible with OpenAI's chat completions.",
    Failure.PROMPT_TOO_LONG: "Name a model that can read more, or give it a larger context.",
    Failure.SERVER_ERROR: "Look into the endpoint's own log.",
    Failure.OVERSIZED: "Check that OPENAI_BASE_URL is a model's endpoint.",
    Failure.NOT_JSON: (
        "Check that OPENAI_BASE_URL ends as the endpoint wants it, mostly in /v1; "
        "or name a more capable model."
    ),
    Failure.WRONG_SHAPE: "Name a more capable model.",
    Failure.EMPTY: "Name a more capable model.",
    Failure.REFUSED: "Nothing to do, unless it happens often: then name another model.",
    Failure.TRUNCATED: "Name a model that is briefer, or that does not think aloud.",
    Failure.BREAKER_OPEN: "It is tried again by itself; what failed is in the log.",
}


class EndpointError(TemporaryError):
    """No usable answer. The message is for people and logs: it quotes nothing that was sent,
    answered or secret. Tokens are those of every attempt of the call.
    """

    def __init__(
        self,
        kind: Failure,
        *,
        retry_after: timedelta | None = None,
        input_tokens: int = 0,
        output_tokens: int = 0,
        attempts: int = 0,
        latency_ms: float = 0.0,
        cause: Failure | None = None,
    ) -> None:
        super().__init__(
            WORDS[kind], retry_after_s=retry_after.total_seconds() if retry_after else None
        )
        self.kind = kind
        self.cause = cause
        """What opened the breaker; None unless it is open."""
        self.retry_after = retry_after
        self.input_tokens = input_tokens
        self.output_tokens = output_tokens
        self.attempts = attempts
        self.latency_ms = latency_ms

    @property
    def advice(self) -> str:
        """What an operator can do about it."""
        return ADVICE[self.cause or self.kind]

"""What came back over the line: a reply, or in a word why it is none. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from pydantic import BaseModel, ValidationError

from copilot.llm.failures import Failure

_LONGEST_PAUSE = timedelta(hours=1)
_COMPLAINTS = {
    "response_format": ("response_format", "json_schema", "json_object", "guided", "grammar"),
    "max_completion_tokens": ("max_completion_tokens",),
    "max_tokens": ("max_tokens",),
    "temperature": ("temperature",),
    "system": ("system role", "role: system", "role 'system'", "'system' role"),
}
_NO_QUOTA = {"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"}


@dataclass(frozen=True, slots=True)
class Reply:
    """What the model said. None for tokens that the endpoint does not tell."""

    content: str
    refusal: str
    finish_reason: str
    input_tokens: int | None
    output_tokens: int | None


class ExchangeError(Exception):
    """No reply. `complaints` are the parameters that the endpoint does not take; `may_count`:
    it may have worked on the question, and charge for that.
    """

    def __init__(
        self,
        kind: Failure,
        *,
        retry_after: timedelta | None = None,
        complaints: frozenset[str] = frozenset(),
        may_count: bool = False,
    ) -> None:
        super().__init__(kind.value)
        self.kind = kind
        self.retry_after = retry_after
        self.complaints = complaints
        self.may_count = may_count


class _Part(BaseModel):
    text: str = ""


class _Message(BaseModel):
    content: str | list[_Part] | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Fault(BaseModel):
    """An error, of which nothing is shown to anybody: it may quote the prompt or the key."""

    message: str = ""
    code: str | int | None = None
    type: str | None = None
    param: str | None = None

    @property
    def words(self) -> str:
        return f"{self.param or ''} {self.message}".lower()


class _Body(BaseModel):
    choices: list[_Choice] | None = None
    usage: Any = None
    error: _Fault | str | None = None


class _Model(BaseModel):
    id: str


class _Models(BaseModel):
    data: list[_Model]


def reply_of(raw: bytes) -> Reply:
    """The completion in a body. Raises ExchangeError."""
    try:
        body = _Body.model_validate_json(raw)
    except (ValidationError, ValueError):
        raise ExchangeError(Failure.NOT_JSON) from None
    if body.error is not None and not body.choices:
        fault = body.error if isinstance(body.error, _Fault) else _Fault(message=body.error)
        status = fault.code if isinstance(fault.code, int) else 500
        raise ExchangeError(_kind_of(status, fault), complaints=_complaints(fault))
    if not body.choices:
        raise ExchangeError(Failure.EMPTY)
    choice = body.choices[0]
    content = choice.message.content
    if isinstance(content, list):
        content = "".join(part.text for part in content)
    return Reply(
        content=(content or "").strip(),
        refusal=(choice.message.refusal or "").strip(),
        finish_reason=choice.finish_reason or "",
        input_tokens=_count(body.usage, "prompt_tokens"),
        output_tokens=_count(body.usage, "completion_tokens"),
    )


def _count(usage: object, name: str) -> int | None:
    found = usage.get(name) if isinstance(usage, dict) else None
    return found if isinstance(found, int) and 0 <= found < 10_000_000 else None


def models_of(raw: bytes) -> list[str]:
    """The names in a list of models. Raises ExchangeError."""
    try:
        return [model.id for model in _Models.model_validate_json(raw).data]
    except (ValidationError, ValueError):
        raise ExchangeError(Failure.NOT_JSON) from None


def error_of_status(
    status: int, headers: Mapping[str, str], raw: bytes, now: datetime
) -> ExchangeError:
    """What an answer means whose status is none of success; header names in small letters."""
    try:
        body = _Body.model_validate_json(raw)
        fault = body.error if isinstance(body.error, _Fault) else _Fault(message=body.error or "")
    except (ValidationError, ValueError):
        fault = _Fault()
    return ExchangeError(
        _kind_of(status, fault),
        retry_after=pause_of(headers, now),
        complaints=_complaints(fault),
    )


_KINDS = {
    401: Failure.UNAUTHORISED,
    402: Failure.NO_QUOTA,
    403: Failure.UNAUTHORISED,
    404: Failure.MODEL_NOT_FOUND,
    405: Failure.MODEL_NOT_FOUND,
    408: Failure.TIMEOUT,
    413: Failure.PROMPT_TOO_LONG,
    429: Failure.RATE_LIMITED,
    504: Failure.TIMEOUT,
}


def _kind_of(status: int, fault: _Fault) -> Failure:
    if _NO_QUOTA & {str(fault.code), str(fault.type)}:
        return Failure.NO_QUOTA
    if fault.code == "context_length_exceeded" or "context length" in fault.words:
        return Failure.PROMPT_TOO_LONG
    if fault.code == "model_not_found":
        return Failure.MODEL_NOT_FOUND
    if status in _KINDS:
        return _KINDS[status]
    if 300 <= status < 400:
        return Failure.REDIRECTED
    return Failure.BAD_REQUEST if status < 500 else Failure.SERVER_ERROR


def _complaints(fault: _Fault) -> frozenset[str]:
    found = {
        name for name, signs in _COMPLAINTS.items() if any(sign in fault.words for sign in signs)
    }
    # "max_tokens is not supported, use max_completion_tokens instead" complains of the first.
    if {"max_tokens", "max_completion_tokens"} <= found:
        named = fault.param or min(
            ("max_tokens", "max_completion_tokens"), key=lambda name: fault.words.find(f"{name}'")
        )
        found -= {"max_tokens", "max_completion_tokens"} - {named}
    return frozenset(found)


def pause_of(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """How long to leave the endpoint alone, at most an hour; None if it does not say."""
    said = headers.get("retry-after", "")
    try:
        seconds = float(headers.get("retry-after-ms", "")) / 1000
    except ValueError:
        seconds = _seconds(said, headers.get("date", ""), now)
    if not seconds > 0:  # nor if it is no number
        return None
    return timedelta(seconds=min(seconds, _LONGEST_PAUSE.total_seconds()))


def _seconds(said: str, date: str, now: datetime) -> float:
    try:
        return float(said)
    except ValueError:
        until, since = _instant(said), _instant(date) or now
        return (until - since).total_seconds() if until else 0.0


def _instant(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)

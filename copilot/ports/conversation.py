"""What was said, as an engine is given it, and the record of asking one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class WindowMessage:
    """A message as an engine sees it. `number` is its m-number, counted from 1 in window order."""

    number: int
    event_id: int
    revision_id: int
    author_id: str | None
    author_name: str
    text: str
    """Redacted, in Slack's mrkdwn; user mentions as `@name`."""
    occurred_at: datetime
    message_ts: str
    thread_ts: str | None
    is_bot: bool
    is_new: bool
    """False for context that a proposer saw before."""
    reactions: tuple[str, ...] = ()
    is_key_moment: bool = False
    """A person marked it as one."""


@dataclass(frozen=True, slots=True)
class Person:
    """A member of the workspace who may be named as an owner."""

    user_id: str
    name: str
    real_name: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """Verbatim words of message `number`."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class EngineRun:
    """One call of an engine, whether it led to anything or not."""

    engine: str
    outcome: str
    """`ok`, or in a word why there is no answer, e.g. `timeout`, `over_budget`, `not_json`."""
    numbers: tuple[int, ...]
    """The messages that it was given."""
    latency_ms: float = 0.0
    prompt_version: str | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    details: Mapping[str, Any] = field(default_factory=dict)

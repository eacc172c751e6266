"""What the workspace needs of whoever carries its news to the app."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Answer:
    """What the app said to a command or an interaction.

    `failure` is None for a 2xx answer, else one of Slack's reasons: http_timeout,
    connection_failed, http_error.
    """

    status: int | None
    body: Any = None
    """Parsed JSON, or the text of an answer that is not JSON."""
    failure: str | None = None

    @property
    def is_ok(self) -> bool:
        return self.failure is None


class Outlet(Protocol):
    def send_event(self, event: Mapping[str, Any], *, in_background: bool = False) -> None:
        """Deliver like Slack: a first try now (or on a thread), retries later."""

    def send_body(self, body: Mapping[str, Any]) -> None:
        """Deliver once what comes in no envelope."""

    def send_command(self, fields: Mapping[str, str]) -> Answer: ...

    def send_interaction(self, payload: Mapping[str, Any]) -> Answer: ...


class SocketAddresses(Protocol):
    """Hands out addresses, each good for one socket."""

    def issue_url(self) -> str: ...


class Nobody:
    """No app is connected: news goes nowhere."""

    def send_event(self, event: Mapping[str, Any], *, in_background: bool = False) -> None: ...

    def send_body(self, body: Mapping[str, Any]) -> None: ...

    def send_command(self, fields: Mapping[str, str]) -> Answer:  # noqa: ARG002 - the port's
        return Answer(status=None, failure="connection_failed")

    def send_interaction(self, payload: Mapping[str, Any]) -> Answer:  # noqa: ARG002 - the port's
        return Answer(status=None, failure="connection_failed")

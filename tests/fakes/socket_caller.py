"""Sends what Slack sends down the sockets that the application opened."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from copilot.sandbox.sockets import SocketSender
from tests.fakes.slack_caller import Heard, SlackCaller


@dataclass(frozen=True, slots=True)
class SocketCaller(SlackCaller):
    """The same calls; 200 is an acknowledgement, 500 the lack of one."""

    sender: SocketSender

    def json(self, body: Any) -> Heard:
        return self._sent("events_api", body)

    def form(self, fields: Mapping[str, str]) -> Heard:
        return self._sent("slash_commands", fields)

    def interaction(self, payload: Mapping[str, Any]) -> Heard:
        return self._sent("interactive", payload)

    def _sent(self, kind: str, payload: Mapping[str, Any]) -> Heard:
        return Heard(200 if self.sender.send_once(kind, payload) else 500, "")

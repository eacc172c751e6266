"""Tells the app what happens as Slack does: a first try, then retries, each one remembered."""

import threading
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from copilot.sandbox.events import envelope
from copilot.sandbox.outlet import Answer
from copilot.sandbox.schedule import Schedule
from copilot.sandbox.workspace import SandboxWorkspace

SLACK_TIMEOUT_S = 3.0
SLACK_RETRY_DELAYS_S = (0.0, 60.0, 300.0)
_KEPT_DELIVERIES = 10_000


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try and what became of it. `failure` is None where the app took it."""

    number: int
    status: int | None
    failure: str | None
    body: str
    is_final: bool = False
    """The app asked not to be tried again."""


@dataclass(slots=True)
class Delivery:
    """Something sent to the app: `kind` is event, body, command or interaction."""

    kind: str
    id: str
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def is_ok(self) -> bool:
        return bool(self.attempts) and self.attempts[-1].failure is None


class Deliverer(ABC):
    """Thread-safe. Attach with `workspace.connect(…)`; close when done."""

    def __init__(
        self, workspace: SandboxWorkspace, *, retry_delays_s: Sequence[float], name: str
    ) -> None:
        self.deliveries: deque[Delivery] = deque(maxlen=_KEPT_DELIVERIES)
        self._workspace = workspace
        self._retry_delays_s = tuple(retry_delays_s)
        self._schedule = Schedule(name)
        self._closed = threading.Event()

    @abstractmethod
    def _send_event(self, sent: Mapping[str, Any], number: int, why: str) -> Attempt:
        """Carry a body to the app; `why` is the reason of a retry, else empty."""

    @abstractmethod
    def _ask(self, kind: str, asked: Mapping[str, Any]) -> tuple[Attempt, Any]:
        """Carry a command or an interaction to the app and wait for what it says."""

    def envelope(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """The event as it is posted, with an id of its own; post it again to redeliver it."""
        workspace = self._workspace
        channel = workspace.channels.get(str(event.get("channel")))
        return envelope(
            dict(event),
            event_id=workspace.new_event_id(),
            event_time=int(
                str(event.get("event_ts") or workspace.now().timestamp()).partition(".")[0]
            ),
            team_id=workspace.team_id,
            app_id=workspace.app_id,
            bot_user_id=workspace.bot_user_id,
            enterprise_id=workspace.enterprise_id,
            is_org_install=workspace.grants.is_org_install,
            is_shared=channel is not None and channel.is_shared,
        )

    def send_event(self, event: Mapping[str, Any], *, in_background: bool = False) -> None:
        """Try once, now or on a thread of its own; retries follow on that thread."""
        sent = self.envelope(event)
        delivery = self._begin("event", sent["event_id"])
        if in_background:
            self._schedule.after(0, lambda: self._try_and_plan(sent, delivery, 0))
        else:
            self._try_and_plan(sent, delivery, 0)

    def send_body(self, body: Mapping[str, Any]) -> None:
        delivery = self._begin("body", str(body.get("type", "")))
        self._try(body, delivery, 0)

    def deliver(self, sent: Mapping[str, Any], *, redelivery: int = 0) -> Delivery:
        """Send an envelope, waiting out every retry; `redelivery` numbers a needless repeat."""
        delivery = self._begin("event", sent["event_id"])
        for number in range(len(self._retry_delays_s) + 1):
            if number and self._closed.wait(self._retry_delays_s[number - 1]):
                break
            self._try(sent, delivery, number, redelivery)
            if delivery.is_ok or delivery.attempts[-1].is_final:
                break
        return delivery

    def send_command(self, fields: Mapping[str, str]) -> Answer:
        return self._asked("command", fields)

    def send_interaction(self, payload: Mapping[str, Any]) -> Answer:
        return self._asked("interaction", payload)

    def wait_until_idle(self, timeout_s: float = 10.0) -> bool:
        """Block until everything in the background is delivered or given up."""
        return self._schedule.wait_until_idle(timeout_s)

    def close(self) -> None:
        """Stop; what still waited to be sent again is dropped."""
        self._closed.set()
        self._schedule.close()

    def _begin(self, kind: str, delivery_id: str) -> Delivery:
        delivery = Delivery(kind, delivery_id)
        self.deliveries.append(delivery)
        return delivery

    def _try_and_plan(self, sent: Mapping[str, Any], delivery: Delivery, number: int) -> None:
        self._try(sent, delivery, number)
        may_retry = number < len(self._retry_delays_s) and not delivery.attempts[-1].is_final
        if not delivery.is_ok and may_retry:
            self._schedule.after(
                self._retry_delays_s[number],
                lambda: self._try_and_plan(sent, delivery, number + 1),
            )

    def _try(
        self, sent: Mapping[str, Any], delivery: Delivery, number: int, redelivery: int = 0
    ) -> None:
        why = ""
        if number or redelivery:
            last = delivery.attempts[-1].failure if delivery.attempts else None
            why = last or "http_timeout"
        delivery.attempts.append(self._send_event(sent, number or redelivery, why))

    def _asked(self, kind: str, asked: Mapping[str, Any]) -> Answer:
        delivery = self._begin(kind, str(asked.get("trigger_id", "")))
        attempt, said = self._ask(kind, asked)
        delivery.attempts.append(attempt)
        return Answer(attempt.status, said, attempt.failure)

"""Signs and delivers to the app like Slack: events, commands, interactions, with retries."""

import hashlib
import hmac
import json
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx2

from copilot.clock import Clock, SystemClock
from copilot.sandbox.events import envelope
from copilot.sandbox.outlet import Answer
from copilot.sandbox.schedule import Schedule
from copilot.sandbox.workspace import SandboxWorkspace

SLACK_TIMEOUT_S = 3.0
SLACK_RETRY_DELAYS_S = (0.0, 60.0, 300.0)
_KEPT_DELIVERIES = 10_000
_FIRST_BAD_STATUS = 300


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request and what became of it. `failure` is None for a 2xx answer."""

    number: int
    status: int | None
    failure: str | None
    body: str
    is_final: bool = False
    """The app asked not to be tried again."""


@dataclass(slots=True)
class Delivery:
    """Something sent to the app: `kind` is event, command or interaction."""

    kind: str
    id: str
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def is_ok(self) -> bool:
        return bool(self.attempts) and self.attempts[-1].failure is None


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """Slack's v0 signature of a request."""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


class Sender:
    """Thread-safe. Attach with `workspace.connect(sender)`; close when done.

    Requests are signed with the wall clock's time, also while a replay tells another one.
    """

    def __init__(
        self,
        workspace: SandboxWorkspace,
        events_url: str,
        *,
        timeout_s: float = SLACK_TIMEOUT_S,
        retry_delays_s: Sequence[float] = SLACK_RETRY_DELAYS_S,
        clock: Clock | None = None,
    ) -> None:
        self.deliveries: deque[Delivery] = deque(maxlen=_KEPT_DELIVERIES)
        self._workspace = workspace
        self._events_url = events_url
        self._retry_delays_s = tuple(retry_delays_s)
        self._clock = clock or SystemClock()
        # trust_env: a proxy of the machine must not see what goes to localhost.
        self._http = httpx2.Client(timeout=timeout_s, trust_env=False)
        self._schedule = Schedule("sandbox-sender")
        self._closed = threading.Event()

    def envelope(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """The event as it is posted, with an id of its own; post it again to redeliver it."""
        workspace = self._workspace
        channel = workspace.channels.get(str(event.get("channel")))
        return envelope(
            dict(event),
            is_shared=channel is not None and channel.is_shared,
            event_id=workspace.new_event_id(),
            event_time=int(str(event.get("event_ts", "0")).partition(".")[0] or 0),
            team_id=workspace.team_id,
            app_id=workspace.app_id,
            bot_user_id=workspace.bot_user_id,
        )

    def send_event(self, event: Mapping[str, Any], *, in_background: bool = False) -> None:
        """Try once, now or on the sender's thread; retries follow on that thread."""
        sent = self.envelope(event)
        delivery = self._begin("event", sent["event_id"])
        if in_background:
            self._schedule.after(0, lambda: self._try_and_plan(sent, delivery, 0))
        else:
            self._try_and_plan(sent, delivery, 0)

    def deliver(self, sent: Mapping[str, Any], *, redelivery: int = 0) -> Delivery:
        """Post an envelope, waiting out every retry; `redelivery` numbers a needless repeat."""
        delivery = self._begin("event", sent["event_id"])
        for number in range(len(self._retry_delays_s) + 1):
            if number and self._closed.wait(self._retry_delays_s[number - 1]):
                break
            self._try(sent, delivery, number, redelivery)
            if delivery.is_ok or delivery.attempts[-1].is_final:
                break
        return delivery

    def send_body(self, body: Mapping[str, Any]) -> None:
        delivery = self._begin("body", str(body.get("type", "")))
        self._try(body, delivery, 0)

    def send_command(self, fields: Mapping[str, str]) -> Answer:
        return self._ask("command", fields["trigger_id"], urlencode(fields).encode())

    def send_interaction(self, payload: Mapping[str, Any]) -> Answer:
        body = urlencode({"payload": json.dumps(payload)}).encode()
        return self._ask("interaction", str(payload.get("trigger_id", "")), body)

    def wait_until_idle(self, timeout_s: float = 10.0) -> bool:
        """Block until everything in the background is delivered or given up."""
        return self._schedule.wait_until_idle(timeout_s)

    def close(self) -> None:
        """Stop; what still waited to be sent again is dropped."""
        self._closed.set()
        self._schedule.close()
        self._http.close()

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
        headers = {}
        if number or redelivery:
            last = delivery.attempts[-1].failure if delivery.attempts else None
            headers["x-slack-retry-num"] = str(number or redelivery)
            headers["x-slack-retry-reason"] = last or "http_timeout"
        attempt, _ = self._post(number, json.dumps(sent).encode(), "application/json", headers)
        delivery.attempts.append(attempt)

    def _ask(self, kind: str, delivery_id: str, body: bytes) -> Answer:
        delivery = self._begin(kind, delivery_id)
        attempt, content_type = self._post(0, body, "application/x-www-form-urlencoded", {})
        delivery.attempts.append(attempt)
        parsed: Any = attempt.body
        if content_type.startswith("application/json") and attempt.body:
            try:
                parsed = json.loads(attempt.body)
            except ValueError:
                return Answer(attempt.status, attempt.body, failure="http_error")
        return Answer(attempt.status, parsed, attempt.failure)

    def _post(
        self, number: int, body: bytes, content_type: str, extra: Mapping[str, str]
    ) -> tuple[Attempt, str]:
        timestamp = str(int(self._clock.now().timestamp()))
        headers = {
            "content-type": content_type,
            "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "x-slack-request-timestamp": timestamp,
            "x-slack-signature": sign(self._workspace.signing_secret, timestamp, body),
            **extra,
        }
        try:
            answer = self._http.post(self._events_url, content=body, headers=headers)
        except httpx2.TimeoutException:
            return Attempt(number, None, "http_timeout", ""), ""
        except (httpx2.TransportError, RuntimeError):  # RuntimeError: closed meanwhile
            return Attempt(number, None, "connection_failed", ""), ""
        is_bad = answer.status_code >= _FIRST_BAD_STATUS
        final = is_bad and answer.headers.get("x-slack-no-retry") == "1"
        failure = "http_error" if is_bad else None
        found = Attempt(number, answer.status_code, failure, answer.text, is_final=final)
        return found, answer.headers.get("content-type", "")

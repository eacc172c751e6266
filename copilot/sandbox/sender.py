"""Signs and delivers to the app over HTTP like Slack."""

import hashlib
import hmac
import json
import ssl
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import httpx2

from copilot.clock import Clock, SystemClock
from copilot.sandbox.deliveries import (
    SLACK_RETRY_DELAYS_S,
    SLACK_TIMEOUT_S,
    Attempt,
    Deliverer,
)
from copilot.sandbox.workspace import SandboxWorkspace

_FIRST_BAD_STATUS = 300


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """Slack's v0 signature of a request."""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


class Sender(Deliverer):
    """Requests are signed with the wall clock's time, also while a replay tells another one."""

    def __init__(
        self,
        workspace: SandboxWorkspace,
        events_url: str,
        *,
        timeout_s: float = SLACK_TIMEOUT_S,
        retry_delays_s: Sequence[float] = SLACK_RETRY_DELAYS_S,
        clock: Clock | None = None,
    ) -> None:
        super().__init__(workspace, retry_delays_s=retry_delays_s, name="sandbox-sender")
        self._events_url = events_url
        self._clock = clock or SystemClock()
        # trust_env: a proxy of the machine must not see what goes to localhost.
        # The app is on this machine, so no certificate is: reading the roots takes a while.
        no_roots = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._http = httpx2.Client(timeout=timeout_s, trust_env=False, verify=no_roots)

    def close(self) -> None:
        super().close()
        self._http.close()

    def _send_event(self, sent: Mapping[str, Any], number: int, why: str) -> Attempt:
        headers = {}
        if number:
            headers["x-slack-retry-num"] = str(number)
            headers["x-slack-retry-reason"] = why
        return self._post(number, json.dumps(sent).encode(), "application/json", headers)[0]

    def _ask(self, kind: str, asked: Mapping[str, Any]) -> tuple[Attempt, Any]:
        fields = asked if kind == "command" else {"payload": json.dumps(asked)}
        attempt, content_type = self._post(
            0, urlencode(fields).encode(), "application/x-www-form-urlencoded", {}
        )
        if not (content_type.startswith("application/json") and attempt.body):
            return attempt, attempt.body
        try:
            return attempt, json.loads(attempt.body)
        except ValueError:
            return Attempt(0, attempt.status, "http_error", attempt.body), attempt.body

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

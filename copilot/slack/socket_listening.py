"""Hands what comes down sockets to Bolt, on a few threads so that no slow listener stops a line."""

import json
import logging
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from slack_bolt import App, BoltResponse

from copilot.errors import BadInputError
from copilot.slack.dispatching import dispatch
from copilot.slack.request_body import checked_body
from copilot.slack.socket_line import Answer, Envelope, Line

WORKERS = 10
MOST_IN_HAND = 1000
"""More than this waits for a thread only if something is very wrong; Slack sends it again."""
_log = logging.getLogger(__name__)


class Listening:
    """An envelope is acknowledged once a listener has stored what is in it, never before."""

    def __init__(self, bolt: App) -> None:
        self._bolt = bolt
        self._lock = threading.Lock()
        self._in_hand = 0
        self._workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="slack-listener")

    def stop(self) -> None:
        """Finish what has begun; what still waited for a thread is left for Slack to send again."""
        self._workers.shutdown(wait=True, cancel_futures=True)

    def hand_over(self, line: Line, envelope: Envelope) -> None:
        with self._lock:
            has_room = self._in_hand < MOST_IN_HAND
            self._in_hand += has_room
        if not has_room:
            line.put_down()
            return
        try:
            self._workers.submit(self._handle, line, envelope).add_done_callback(_log_failure)
        except RuntimeError:  # stopped meanwhile
            self._put_down(line)

    def _handle(self, line: Line, envelope: Envelope) -> None:
        try:
            is_stored, answer = self._listen(envelope)
            if is_stored:
                line.acknowledge(envelope, answer)
        finally:
            self._put_down(line)

    def _listen(self, envelope: Envelope) -> tuple[bool, Answer]:
        """Whether it is dealt with, and what to say; if not, Slack sends it again."""
        headers = {}
        if envelope.get("retry_attempt"):
            headers["x-slack-retry-num"] = str(envelope["retry_attempt"])
            headers["x-slack-retry-reason"] = str(envelope.get("retry_reason") or "")
        try:
            payload = envelope.get("payload")
            body = checked_body(payload, json.dumps(payload))
            said = dispatch(self._bolt, body, headers)
        except BadInputError as error:
            # Delivering it again would not mend it.
            _log.warning("dropped what came down a socket: %s", error)
            return True, None
        return said.status == 200, _payload_of(said)

    def _put_down(self, line: Line) -> None:
        with self._lock:
            self._in_hand -= 1
        line.put_down()


def _payload_of(said: BoltResponse) -> Answer:
    """What a listener answers at once, as an acknowledgement carries it."""
    if not said.body:
        return None
    content_type = (said.headers.get("content-type") or [""])[0]
    if content_type.startswith("application/json"):
        payload: dict[str, Any] = json.loads(said.body)
        return payload
    return {"text": said.body}


def _log_failure(handled: Future[None]) -> None:
    """Bolt answers for its listeners; this is what failed around them."""
    if not handled.cancelled() and (error := handled.exception()) is not None:
        _log.error("handling what came down a socket failed: %s", type(error).__name__)

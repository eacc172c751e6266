"""One socket to Slack: what comes down it is handled, then acknowledged on the same socket."""

import json
import logging
import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import urlsplit

from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.sync.client import ClientConnection, connect

from copilot.errors import PermanentError, TemporaryError

Envelope = Mapping[str, Any]
Answer = Mapping[str, Any] | None
HandOver = Callable[["Line", Envelope], None]
"""Takes an envelope and returns at once; `Line.acknowledge` follows when it is stored."""

CLOSED = "closed"
"""Why a line ended that nobody announced."""
_HELLO_S = 10.0
_PING_EVERY_S = 10.0
_PONG_WITHIN_S = 10.0
_MAX_BYTES = 16_000_000
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_log = logging.getLogger(__name__)


class TooManySocketsError(TemporaryError):
    """Slack holds as many sockets of this app as it allows."""

    def __init__(self) -> None:
        super().__init__("Slack already has ten sockets of this app open.")


class LinkDisabledError(PermanentError):
    """Somebody switched Socket Mode off."""

    def __init__(self) -> None:
        super().__init__(
            "it is switched off for this app, so nothing arrives from Slack. Switch it on "
            "at api.slack.com/apps, your app, Settings, Socket Mode, Enable Socket Mode; then "
            "start this process again."
        )


class Line:
    """Open from the moment it is built. Its own thread reads; any thread may acknowledge.

    Raises TemporaryError where the socket can't be opened, TooManySocketsError where Slack has
    enough of them.
    """

    def __init__(self, url: str, hand_over: HandOver) -> None:
        self._hand_over = hand_over
        self._changed = threading.Condition()
        self._in_hand = 0
        self._is_deaf = False
        self._reason: str | None = None
        self.has_ended = False
        """Nothing comes down this line any more."""
        self._holder = _connecting(url)
        self._connection = self._holder.__enter__()
        try:
            self._expect_hello()
        except BaseException:
            self._close()
            raise
        self._reader = threading.Thread(target=self._read, name="slack-socket", daemon=True)
        self._reader.start()

    def wait_until_leaving(self, timeout_s: float | None = None) -> str | None:
        """Block until the line is to be replaced; why, or None while it is still good."""
        with self._changed:
            self._changed.wait_for(lambda: self._reason is not None, timeout_s)
            return self._reason

    def acknowledge(self, envelope: Envelope, answer: Answer = None) -> None:
        """Tell Slack that an envelope is stored. A line that broke says so by sending it again."""
        told = {"envelope_id": envelope.get("envelope_id")}
        if answer is not None and envelope.get("accepts_response_payload"):
            told["payload"] = answer
        try:
            self._connection.send(json.dumps(told))
        except (WebSocketException, OSError):
            _log.info(
                "a socket closed before something could be acknowledged; Slack sends it again"
            )

    def put_down(self) -> None:
        """An envelope that was handed over is dealt with, acknowledged or not."""
        with self._changed:
            self._in_hand -= 1
            self._changed.notify_all()

    def stop_listening(self) -> None:
        """Leave whatever comes from now on to another socket, or to later."""
        with self._changed:
            self._is_deaf = True

    def finish(self, timeout_s: float) -> None:
        """Take nothing more, let what is in hand be acknowledged, then close."""
        self.stop_listening()
        with self._changed:
            self._changed.wait_for(lambda: self._in_hand <= 0, timeout_s)
        self._close()
        self._reader.join(timeout_s)

    def _expect_hello(self) -> None:
        try:
            told = _parsed(self._connection.recv(timeout=_HELLO_S))
        except (TimeoutError, WebSocketException, OSError) as error:
            raise TemporaryError("Slack opened a socket but said nothing on it.") from error
        if told.get("type") == "disconnect":
            reason = str(told.get("reason"))
            if reason == "too_many_websockets":
                raise TooManySocketsError
            if reason == "link_disabled":
                raise LinkDisabledError
            raise TemporaryError(f"Slack closed a new socket at once ({reason:.40}).")

    def _read(self) -> None:
        try:
            for message in self._connection:
                self._take(_parsed(message))
        except (ConnectionClosed, OSError) as error:
            _log.debug("a socket ended: %s", type(error).__name__)
        finally:
            self.has_ended = True
            self._leave(CLOSED)
            self._close()

    def _take(self, told: Mapping[str, Any]) -> None:
        if told.get("type") == "disconnect":
            self._leave(str(told.get("reason") or "unknown"))
            return
        if not isinstance(told.get("envelope_id"), str):
            return
        with self._changed:
            if self._is_deaf:
                return
            self._in_hand += 1
        self._hand_over(self, told)

    def _leave(self, reason: str) -> None:
        with self._changed:
            self._reason = self._reason or reason
            self._changed.notify_all()

    def _close(self) -> None:
        self._holder.__exit__(None, None, None)


def _connecting(url: str) -> AbstractContextManager[ClientConnection]:
    host = urlsplit(url).hostname
    is_local = host in _LOOPBACK
    if not url.startswith("wss://") and not is_local:
        raise PermanentError("Slack gave an address for a socket that is not encrypted.")
    try:
        return connect(
            url,
            proxy=None if is_local else True,
            open_timeout=_HELLO_S,
            ping_interval=_PING_EVERY_S,
            ping_timeout=_PONG_WITHIN_S,
            close_timeout=1,
            max_size=_MAX_BYTES,
        )
    except (OSError, TimeoutError, WebSocketException) as error:
        raise TemporaryError(
            f"A socket to Slack could not be opened ({type(error).__name__})."
        ) from error


def _parsed(message: str | bytes) -> Mapping[str, Any]:
    try:
        told = json.loads(message)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        _log.warning("a socket brought what is no JSON object; it was left alone")
        return {}
    return told

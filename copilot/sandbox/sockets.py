"""Socket Mode of the sandbox: the app connects, and each thing goes down one of its sockets."""

import json
import logging
import secrets
import socket
import threading
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve

from copilot.sandbox.deliveries import (
    SLACK_RETRY_DELAYS_S,
    SLACK_TIMEOUT_S,
    Attempt,
    Deliverer,
)
from copilot.sandbox.outlet import Nobody, Outlet
from copilot.sandbox.socket_messages import disconnection, hello, retry_reason
from copilot.sandbox.workspace import SandboxWorkspace

MAX_SOCKETS = 10
_KINDS = {"command": "slash_commands", "interaction": "interactive"}
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Waiting:
    """An envelope that is out; `socket_id` is the socket it went down."""

    socket_id: str
    done: threading.Event = field(default_factory=threading.Event)
    is_acked: bool = False
    payload: Any = None


@dataclass(frozen=True, slots=True)
class Ack:
    """What the app sent back for an envelope, and down which socket."""

    envelope_id: str
    socket_id: str
    was_awaited: bool


class SocketSender(Deliverer):
    """Serves sockets on a port of its own from the moment that Socket Mode is turned on.

    Nothing is promised about which socket a payload takes: here a random one. An envelope
    counts as taken only when its own socket brings the acknowledgement in time.
    """

    def __init__(
        self,
        workspace: SandboxWorkspace,
        *,
        timeout_s: float = SLACK_TIMEOUT_S,
        retry_delays_s: Sequence[float] = SLACK_RETRY_DELAYS_S,
        max_sockets: int = MAX_SOCKETS,
        ping_interval_s: float | None = 20,
    ) -> None:
        super().__init__(workspace, retry_delays_s=retry_delays_s, name="sandbox-sockets")
        self.acks: list[Ack] = []
        self.cut_before_acks = 0
        """So many acknowledgements, before they are read, break the socket they came down."""
        self.timeout_s, self._max_sockets = timeout_s, max_sockets
        self._before: Outlet = Nobody()
        self._changed = threading.Condition()
        self._tickets: set[str] = set()
        self._sockets: dict[str, ServerConnection] = {}
        self._waiting: dict[str, _Waiting] = {}
        self._server = serve(
            self._talk,
            "127.0.0.1",
            0,
            process_request=self._check_ticket,
            ping_interval=ping_interval_s,
            close_timeout=1,
        )
        self._port: int = self._server.socket.getsockname()[1]
        self._thread = threading.Thread(
            target=self._server.serve_forever, name="sandbox-socket-mode", daemon=True
        )
        self._thread.start()

    def turn_on(self) -> None:
        """From now on events, commands and interactions go down sockets, not over HTTP."""
        self._before = self._workspace.outlet
        self._workspace.connect(self)
        self._workspace.sockets = self

    def turn_off(self) -> None:
        """Every socket hears `link_disabled`, no new one is given, HTTP is used again."""
        self._workspace.sockets = None
        self._workspace.connect(self._before)
        self.disconnect("link_disabled")

    def close(self) -> None:
        super().close()
        if self._workspace.sockets is self:
            self._workspace.sockets = None
            self._workspace.connect(self._before)
        self.cut()
        self._server.shutdown()
        self._thread.join(5)

    # What the app sees

    def issue_url(self) -> str:
        ticket = secrets.token_urlsafe(16)
        with self._changed:
            self._tickets.add(ticket)
        app_id = self._workspace.app_id
        return f"ws://127.0.0.1:{self._port}/link/?ticket={ticket}&app_id={app_id}"

    @property
    def count(self) -> int:
        """How many sockets are open."""
        with self._changed:
            return len(self._sockets)

    def socket_ids(self) -> list[str]:
        """The open sockets, the oldest first."""
        with self._changed:
            return list(self._sockets)

    def wait_for(self, count: int, timeout_s: float = 10.0) -> bool:
        """Block until exactly so many sockets are open; False if that took too long."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self._sockets) == count, timeout_s)

    def wait_for_others(self, socket_ids: Sequence[str], timeout_s: float = 10.0) -> bool:
        """Block until as many other sockets are open and none of these."""
        with self._changed:
            return self._changed.wait_for(
                lambda: (
                    len(self._sockets) >= len(socket_ids)
                    and not any(one in self._sockets for one in socket_ids)
                ),
                timeout_s,
            )

    def socket_in_use(self, timeout_s: float = 10.0) -> str:
        """Block until an envelope is out; returns the id of the socket it went down."""
        with self._changed:
            self._changed.wait_for(lambda: bool(self._waiting), timeout_s)
            return next(waiting.socket_id for waiting in self._waiting.values())

    def disconnect(self, reason: str, *, socket_id: str | None = None, grace_s: float = 0) -> None:
        """Tell one socket, or all, to go, then close it after `grace_s`.

        `reason` is warning, refresh_requested, link_disabled or too_many_websockets.
        """
        for one, connection in self._chosen(socket_id):
            self._send(connection, disconnection(reason))
            ending = threading.Timer(grace_s, self._end, (one, connection))
            ending.daemon = True
            ending.start()

    def cut(self, socket_id: str | None = None) -> None:
        """End one socket, or all, without a word, as a broken line does."""
        for one, connection in self._chosen(socket_id):
            try:
                connection.socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                _log.debug("socket %s was gone already", one)
            self._drop(one)

    # Deliveries

    def send_once(self, kind: str, payload: Mapping[str, Any]) -> bool:
        """One envelope, sent once; whether it was acknowledged. `kind` is Slack's word for it."""
        return self._deliver(kind, payload, 0, {})[0].failure is None

    def _send_event(self, sent: Mapping[str, Any], number: int, why: str) -> Attempt:
        retry = {"retry_attempt": number, "retry_reason": retry_reason(why)}
        return self._deliver("events_api", sent, number, retry)[0]

    def _ask(self, kind: str, asked: Mapping[str, Any]) -> tuple[Attempt, Any]:
        return self._deliver(_KINDS[kind], asked, 0, {})

    def _deliver(
        self, kind: str, payload: Mapping[str, Any], number: int, more: Mapping[str, Any]
    ) -> tuple[Attempt, Any]:
        envelope_id = str(uuid.uuid4())
        sent = {
            "envelope_id": envelope_id,
            "type": kind,
            "accepts_response_payload": kind != "events_api",
            "payload": payload,
            **more,
        }
        with self._changed:
            if not self._sockets:
                return Attempt(number, None, "connection_failed", ""), None
            socket_id = secrets.choice(list(self._sockets))
            connection = self._sockets[socket_id]
            waiting = self._waiting[envelope_id] = _Waiting(socket_id)
            self._changed.notify_all()
        if not self._send(connection, sent):
            self._forget(envelope_id)
            return Attempt(number, None, "connection_failed", ""), None
        waiting.done.wait(self.timeout_s)
        self._forget(envelope_id)
        if waiting.is_acked:
            return Attempt(number, 200, None, ""), waiting.payload
        failure = "connection_failed" if waiting.done.is_set() else "http_timeout"
        return Attempt(number, None, failure, ""), None

    def _forget(self, envelope_id: str) -> None:
        with self._changed:
            self._waiting.pop(envelope_id, None)

    # Sockets

    def _check_ticket(self, connection: ServerConnection, request: Request) -> Response | None:
        query = parse_qs(urlsplit(request.path).query)
        ticket = query.get("ticket", [""])[0]
        with self._changed:
            if ticket not in self._tickets:
                return connection.respond(HTTPStatus.FORBIDDEN, "unknown ticket\n")
            self._tickets.discard(ticket)
        return None

    def _talk(self, connection: ServerConnection) -> None:
        socket_id = secrets.token_hex(4)
        with self._changed:
            is_welcome = len(self._sockets) < self._max_sockets
            if is_welcome:
                self._sockets[socket_id] = connection
            number = len(self._sockets)
        if not is_welcome:
            self._send(connection, disconnection("too_many_websockets"))
            return
        self._send(connection, hello(number, self._workspace.app_id))
        with self._changed:
            self._changed.notify_all()
        try:
            for message in connection:
                self._take(socket_id, message)
        except ConnectionClosed:
            _log.debug("socket %s broke", socket_id)
        finally:
            self._drop(socket_id)

    def _take(self, socket_id: str, message: str | bytes) -> None:
        try:
            told = json.loads(message)
        except ValueError:
            _log.warning("the app sent what is no JSON down a socket")
            return
        envelope_id = str(told.get("envelope_id", ""))
        with self._changed:
            if self.cut_before_acks:
                self.cut_before_acks -= 1
                self.cut(socket_id)
                return
            waiting = self._waiting.get(envelope_id)
            is_awaited = waiting is not None and waiting.socket_id == socket_id
            self.acks.append(Ack(envelope_id, socket_id, is_awaited))
            if waiting is not None and is_awaited:
                waiting.is_acked, waiting.payload = True, told.get("payload")
                waiting.done.set()

    def _drop(self, socket_id: str) -> None:
        with self._changed:
            self._sockets.pop(socket_id, None)
            for waiting in self._waiting.values():
                if waiting.socket_id == socket_id:
                    waiting.done.set()
            self._changed.notify_all()

    def _end(self, socket_id: str, connection: ServerConnection) -> None:
        with self._changed:
            self._sockets.pop(socket_id, None)
        connection.close()

    def _chosen(self, socket_id: str | None) -> list[tuple[str, ServerConnection]]:
        with self._changed:
            return [
                (one, connection)
                for one, connection in self._sockets.items()
                if socket_id in (None, one)
            ]

    @staticmethod
    def _send(connection: ServerConnection, told: Mapping[str, Any]) -> bool:
        try:
            connection.send(json.dumps(told))
        except (ConnectionClosed, OSError):
            return False
        return True

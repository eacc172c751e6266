"""A stand-in for the app that Slack talks to: records every request and answers as told."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs


@dataclass(frozen=True, slots=True)
class Heard:
    headers: dict[str, str]
    raw: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.raw)

    @property
    def form(self) -> dict[str, str]:
        fields = parse_qs(self.raw.decode(), keep_blank_values=True)
        return {name: values[0] for name, values in fields.items()}

    @property
    def payload(self) -> Any:
        return json.loads(self.form["payload"])


@dataclass(frozen=True, slots=True)
class Reply:
    status: int = 200
    body: Any = None
    headers: tuple[tuple[str, str], ...] = ()
    delay_s: float = 0.0


class ListeningApp:
    """`replies` are used up in order; then everything is answered with an empty 200.

    `on_heard` runs before the answer, on the request's thread.
    """

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.replies: list[Reply] = []
        self.on_heard: Callable[[Heard], Reply | None] = lambda _: None
        self.url = ""
        self._lock = threading.Lock()

    @property
    def events(self) -> list[dict[str, Any]]:
        """The inner events of all event requests, in order of arrival."""
        return [
            heard.json["event"]
            for heard in self.heard
            if heard.headers.get("content-type") == "application/json"
        ]

    @property
    def interactions(self) -> list[dict[str, Any]]:
        """The payloads of all clicks, shortcuts and forms, in order of arrival."""
        return [heard.payload for heard in self.heard if heard.raw.startswith(b"payload=")]

    def answer(self, heard: Heard) -> Reply:
        with self._lock:
            self.heard.append(heard)
        told = self.on_heard(heard)
        if told is not None:
            return told
        with self._lock:
            return self.replies.pop(0) if self.replies else Reply()


@contextmanager
def a_listening_app() -> Iterator[ListeningApp]:
    app = ListeningApp()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = app.answer(Heard(headers, raw))
            time.sleep(reply.delay_s)
            body = b"" if reply.body is None else _encoded(reply.body)
            self.send_response(reply.status)
            if isinstance(reply.body, dict):
                self.send_header("content-type", "application/json")
            for name, value in reply.headers:
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            with suppress(ConnectionError):  # of an answer that was too late for the caller
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    app.url = f"http://127.0.0.1:{server.server_port}/slack/events"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield app
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def _encoded(body: Any) -> bytes:
    return body.encode() if isinstance(body, str) else json.dumps(body).encode()

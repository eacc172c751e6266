"""A Slack Web API that answers what a test tells it to, over a real loopback socket."""

import json
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl

Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reply:
    """`hangs_up` closes the connection without a word, after the call was carried out."""

    body: Mapping[str, Any] | str = field(default_factory=lambda: {"ok": True})
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    hangs_up: bool = False


def refusal(code: str, **more: Any) -> Reply:
    return Reply({"ok": False, "error": code, **more})


Script = Callable[[Fields], Reply]


class FakeSlackWebApi:
    """Each method answers its next scripted reply; the last one stays."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Fields]] = []
        self._scripts: dict[str, list[Reply | Script]] = defaultdict(list)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/api/"

    def on(self, method: str, *replies: Reply | Script) -> None:
        self._scripts[method] = list(replies)

    def calls_of(self, method: str) -> list[Fields]:
        return [fields for name, fields in self.calls if name == method]

    def __enter__(self) -> "FakeSlackWebApi":
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _answer(self, method: str, fields: Fields) -> Reply:
        self.calls.append((method, fields))
        script = self._scripts[method]
        if not script:
            return refusal("unknown_method")
        reply = script.pop(0) if len(script) > 1 else script[0]
        return reply if isinstance(reply, Reply) else reply(fields)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
                is_json = self.headers["Content-Type"].startswith("application/json")
                fields = json.loads(raw) if is_json and raw else dict(parse_qsl(raw))
                reply = fake._answer(self.path.removeprefix("/api/"), fields)
                if reply.hangs_up:
                    self.close_connection = True
                    return
                body = reply.body if isinstance(reply.body, str) else json.dumps(reply.body)
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body.encode())))
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, format: str, *args: Any) -> None:
                """Keep test output quiet."""

        return Handler

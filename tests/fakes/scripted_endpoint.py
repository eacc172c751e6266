"""A model's endpoint over real HTTP that does, request by request, what it is told to.

    with ScriptedEndpoint() as endpoint:
        endpoint.will(rate_limited(retry_after_s=90), says("no JSON at all"))
        endpoint.otherwise = answers_with(lambda asked: {"tasks": []})
        … ask at endpoint.url …
        endpoint.asked          # every question: its body, headers and tokens
        endpoint.input_tokens   # and in all

Behaviours: `misbehaviours.py`. It supports the formats that `knows` names, and refuses the rest.
"""

import json
import math
import socket
import ssl
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

ALL_FORMATS = frozenset({"json_schema", "json_object"})


def count_tokens(text: str) -> int:
    """A token for every four characters, rounded up: the same on every machine."""
    return math.ceil(len(text) / 4)


@dataclass(frozen=True, slots=True)
class Asked:
    """One question, as it came in."""

    number: int
    """Counted from 0."""
    body: Mapping[str, Any]
    headers: Mapping[str, str]
    """By their names in small letters."""

    @property
    def system(self) -> str:
        return self._said_by("system")

    @property
    def user(self) -> str:
        return self._said_by("user")

    @property
    def text(self) -> str:
        """All that was sent, as one text, to look for what must not be in it."""
        return json.dumps(self.body, ensure_ascii=False)

    @property
    def format(self) -> str | None:
        """`json_schema`, `json_object`, or None where none was asked for."""
        found = self.body.get("response_format")
        return str(found["type"]) if found else None

    @property
    def input_tokens(self) -> int:
        """Of every message and, since endpoints read it too, of the schema."""
        schema = self.body.get("response_format")
        texts = [str(message["content"]) for message in self.body["messages"]]
        return sum(map(count_tokens, texts)) + (count_tokens(json.dumps(schema)) if schema else 0)

    def _said_by(self, role: str) -> str:
        return "\n".join(
            str(message["content"]) for message in self.body["messages"] if message["role"] == role
        )


class Line:
    """The connection that a question came in on, to answer it well or badly."""

    def __init__(self, handler: BaseHTTPRequestHandler, endpoint: "ScriptedEndpoint") -> None:
        self._handler = handler
        self._endpoint = endpoint

    def reply(
        self,
        body: object,
        status: int = 200,
        *,
        headers: Iterable[tuple[str, str]] = (),
        content_type: str = "application/json",
    ) -> None:
        """Send a whole answer; `body` is bytes, or becomes JSON."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        self._handler.send_response(status)
        self._handler.send_header("Content-Type", content_type)
        self._handler.send_header("Content-Length", str(len(raw)))
        for name, value in headers:
            self._handler.send_header(name, value)
        self._handler.end_headers()
        self.send(raw)

    def complete(
        self,
        asked: Asked,
        content: str | None,
        *,
        finish_reason: str = "stop",
        refusal: str | None = None,
        with_usage: bool = True,
    ) -> None:
        """Send a completion of the usual shape."""
        message = {"role": "assistant", "content": content, "refusal": refusal}
        usage = self._endpoint.count(asked, content or refusal or "")
        choice = {"index": 0, "message": message, "finish_reason": finish_reason}
        body = {
            "id": f"chatcmpl-{asked.number}",
            "object": "chat.completion",
            "created": 1_772_632_800,
            "model": asked.body.get("model"),
            "choices": [choice],
        }
        self.reply(body | {"usage": usage} if with_usage else body)

    def send(self, raw: bytes) -> None:
        self._handler.wfile.write(raw)
        self._handler.wfile.flush()

    @property
    def connection(self) -> socket.socket:
        found: socket.socket = self._handler.connection
        return found

    def is_kept_up(self, seconds: float) -> bool:
        """Let time pass; False if the server stops meanwhile."""
        return not self._endpoint.stopping.wait(seconds)

    def hang_up(self) -> None:
        self._handler.close_connection = True


Behaviour = Callable[[Asked, Line], None]


class ScriptedEndpoint:
    def __init__(
        self,
        otherwise: Behaviour | None = None,
        *,
        knows: frozenset[str] = ALL_FORMATS,
        models: Sequence[str] = ("scripted-1",),
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """`otherwise` is done once nothing is scripted any more, `knows` are the formats of
        answers that are understood, `models` those that can be asked.
        """
        self.otherwise = otherwise or answers_with(lambda _: {})
        self.knows = knows
        self.models = models
        self.refuses: dict[str, str] = {}
        """Parameters that a request must not have, and what is said of them."""
        self.asked: list[Asked] = []
        self.output_tokens = 0
        self.open_connections = 0
        self.stopping = threading.Event()
        self.lock = threading.Lock()
        self._script: deque[Behaviour] = deque()
        self._server = _Server(("127.0.0.1", 0), _handler_of(self))
        self._scheme = "https" if tls else "http"
        if tls:
            self._server.socket = tls.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        # Polled often, so that a test does not wait for the server to stop.
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    @property
    def url(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self._server.server_port}/v1"

    @property
    def calls(self) -> int:
        return len(self.asked)

    @property
    def input_tokens(self) -> int:
        return sum(asked.input_tokens for asked in self.asked)

    @property
    def tokens(self) -> int:
        return self.input_tokens + self.output_tokens

    def will(self, *behaviours: Behaviour) -> None:
        """Do these next, one per question."""
        self._script.extend(behaviours)

    def count(self, asked: Asked, answer: str) -> dict[str, int]:
        """What the answer is said to have used."""
        output = count_tokens(answer)
        with self.lock:
            self.output_tokens += output
        return {
            "prompt_tokens": asked.input_tokens,
            "completion_tokens": output,
            "total_tokens": asked.input_tokens + output,
        }

    def answer(self, handler: BaseHTTPRequestHandler, body: Mapping[str, Any]) -> None:
        with self.lock:
            headers = {name.lower(): value for name, value in handler.headers.items()}
            asked = Asked(len(self.asked), body, headers)
            self.asked.append(asked)
            behave = self._next(asked)
        behave(asked, Line(handler, self))

    def _next(self, asked: Asked) -> Behaviour:
        if fault := self._fault_of(asked):
            return lambda _, line: line.reply({"error": fault}, 400)
        return self._script.popleft() if self._script else self.otherwise

    def _fault_of(self, asked: Asked) -> dict[str, str] | None:
        words = dict(self.refuses)
        if asked.format is not None and asked.format not in self.knows:
            words["response_format"] = f"response_format of type '{asked.format}' is not supported"
        for name in words.keys() & asked.body.keys():
            return {"message": words[name], "type": "invalid_request_error", "param": name}
        return None

    def __enter__(self) -> "ScriptedEndpoint":
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def answers_with(answer: Callable[[Asked], object]) -> Behaviour:
    """A good answer: the JSON of what `answer` makes of the question."""
    return lambda asked, line: line.complete(asked, json.dumps(answer(asked), ensure_ascii=False))


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Who asked may hang up; that is not the server's fault and no noise for a test."""


def _handler_of(endpoint: ScriptedEndpoint) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30

        def setup(self) -> None:
            with endpoint.lock:
                endpoint.open_connections += 1
            super().setup()

        def finish(self) -> None:
            try:
                super().finish()
            finally:
                with endpoint.lock:
                    endpoint.open_connections -= 1

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            endpoint.answer(self, body)

        def do_GET(self) -> None:
            found = [{"id": name, "object": "model"} for name in endpoint.models]
            Line(self, endpoint).reply({"object": "list", "data": found})

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Handler

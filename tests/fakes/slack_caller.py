"""Serves an application on a real loopback port and calls it as Slack does: signed."""

import http.client
import json
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any
from urllib.parse import urlencode

import uvicorn
from fastapi import FastAPI

from copilot.slack.signature import sign
from tests.prompt_server import PromptServer

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Heard:
    status: int
    text: str

    @property
    def body(self) -> Any:
        return json.loads(self.text)


class ServedWeb:
    def __init__(self, web: FastAPI) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        config = uvicorn.Config(web, log_level="warning", access_log=False, lifespan="off")
        self._server = PromptServer(config)
        self._thread = threading.Thread(
            target=self._server.run, args=([self._socket],), daemon=True
        )

    @property
    def port(self) -> int:
        port: int = self._socket.getsockname()[1]
        return port

    def __enter__(self) -> "ServedWeb":
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()


@dataclass(frozen=True, slots=True)
class SlackCaller:
    port: int
    secret: str

    def post(self, raw: bytes, content_type: str = JSON, **headers: str) -> Heard:
        """Signed, unless `headers` say otherwise (underscores stand for hyphens)."""
        timestamp = str(int(time.time()))
        sent = {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": sign(self.secret, timestamp, raw),
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        return self.send(raw, {name: value for name, value in sent.items() if value != "(absent)"})

    def send(self, raw: bytes, headers: Mapping[str, str]) -> Heard:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("POST", "/slack/events", body=raw, headers=dict(headers))
            answer = connection.getresponse()
            return Heard(answer.status, answer.read().decode())
        finally:
            connection.close()

    def json(self, body: Any) -> Heard:
        return self.post(json.dumps(body).encode())

    def event(self, event: Mapping[str, Any], *, team_id: str = "T1", **envelope: Any) -> Heard:
        return self.json(
            {
                "type": "event_callback",
                "team_id": team_id,
                "event_id": "Ev1",
                "event": event,
                **envelope,
            }
        )

    def form(self, fields: Mapping[str, str]) -> Heard:
        return self.post(urlencode(fields).encode(), FORM)

    def interaction(self, payload: Mapping[str, Any]) -> Heard:
        return self.form({"payload": json.dumps(payload)})

    def command(self, text: str, **fields: str) -> Heard:
        return self.form(
            {
                "command": "/incident",
                "text": text,
                "team_id": "T1",
                "channel_id": "C1",
                "channel_name": "incident-7",
                "user_id": "U1",
                "user_name": "ana",
                **fields,
            }
        )

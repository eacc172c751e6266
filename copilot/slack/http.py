"""The one address that Slack calls: limits, signature and shape, then Bolt on a worker thread."""

import logging

from anyio import CapacityLimiter, to_thread
from fastapi import FastAPI, Request, Response
from slack_bolt import App, BoltResponse
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from copilot.clock import SystemClock
from copilot.errors import BadInputError
from copilot.slack.dispatching import dispatch
from copilot.slack.request_body import read_body
from copilot.slack.signature import is_from_slack

PATH = "/slack/events"
MAX_BODY_BYTES = 1_000_000
MAX_EVENTS_AT_ONCE = 8
"""More threads would only wait for each other. Commands and interactions have threads of their own:
they may ask Slack something, and must not keep messages from being recorded meanwhile."""
# What a too large request may still send, unread, so that its sender gets to see the answer.
_MAX_DISCARDED_BYTES = 16_000_000

# The signature's age is about the wire, so it is real time even while a replay tells another.
_WALL_CLOCK = SystemClock()
_log = logging.getLogger(__name__)


def add_slack_endpoint(web: FastAPI, bolt: App, signing_secret: str) -> None:
    """Serve events, commands and interactions on `POST /slack/events`.

    Ahead of what was added to `web` before: sessions, host names and the like are for pages, and
    would take a fifth of the time that an event takes.
    """
    web.add_middleware(_SlackEndpoint, bolt=bolt, signing_secret=signing_secret)


class _SlackEndpoint:
    def __init__(self, app: ASGIApp, bolt: App, signing_secret: str) -> None:
        self._app = app
        self._bolt = bolt
        self._signing_secret = signing_secret
        self._events_at_once = CapacityLimiter(MAX_EVENTS_AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != PATH:
            await self._app(scope, receive, send)
            return
        if scope["method"] == "POST":
            response = await self._hear(Request(scope, receive))
        else:
            response = Response(status_code=405, headers={"allow": "POST"})
        await response(scope, receive, send)

    async def _hear(self, request: Request) -> Response:
        try:
            raw = await _read_limited(request)
        except ClientDisconnect:
            return _refuse(400, "The request ended early.")
        if raw is None:
            return _refuse(413, f"The body is larger than {MAX_BODY_BYTES} bytes.")
        limiter = self._events_at_once if raw.startswith(b"{") else None
        headers = dict(request.headers)
        return await to_thread.run_sync(
            _answer, self._bolt, self._signing_secret, raw, headers, limiter=limiter
        )


def _answer(bolt: App, signing_secret: str, raw: bytes, headers: dict[str, str]) -> Response:
    signed = is_from_slack(
        signing_secret,
        raw,
        timestamp=headers.get("x-slack-request-timestamp", ""),
        signature=headers.get("x-slack-signature", ""),
        now_s=_WALL_CLOCK.now().timestamp(),
    )
    if not signed and _is_certificate_check(raw):
        return Response(status_code=200)
    if not signed:
        return _refuse(401, "The signature is missing, wrong or too old.")
    try:
        body = read_body(raw, headers.get("content-type", "").lower())
    except BadInputError as error:
        return _refuse(400, str(error))
    return _dispatch(bolt, body, headers)


def _is_certificate_check(raw: bytes) -> bool:
    """Slack checks the address of a command now and then, without signing; nothing is done."""
    return raw.startswith((b"ssl_check=1&", b"token=")) and b"ssl_check=1" in raw.split(b"&")


async def _read_limited(request: Request) -> bytes | None:
    """The body, or None when it is too large. It never holds more than the limit."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= MAX_BODY_BYTES:
            chunks.append(chunk)
        elif size > _MAX_DISCARDED_BYTES:
            break
        else:
            chunks.clear()
    return b"".join(chunks) if size <= MAX_BODY_BYTES else None


def _dispatch(bolt: App, body: dict[str, object], headers: dict[str, str]) -> Response:
    try:
        return _to_response(dispatch(bolt, body, headers))
    except BadInputError as error:
        return _refuse(400, str(error))


def _to_response(answer: BoltResponse) -> Response:
    response = Response(content=answer.body, status_code=answer.status)
    for name, value in answer.first_headers().items():
        response.headers[name] = value
    return response


def _refuse(status: int, why: str) -> Response:
    _log.warning("refused a request to %s with %d: %s", PATH, status, why)
    return Response(content=why, status_code=status, media_type="text/plain")

"""What a `ScriptedEndpoint` does for one question: mostly badly, as endpoints have been seen to."""

import gzip
import json
import socket
import struct
from collections.abc import Iterable

from tests.fakes.scripted_endpoint import Asked, Behaviour, Line

DRIP_S = 0.05


def says(content: str | None) -> Behaviour:
    """Any text in place of the answer that was asked for."""
    return lambda asked, line: line.complete(asked, content)


def says_without_usage(content: str) -> Behaviour:
    return lambda asked, line: line.complete(asked, content, with_usage=False)


def fenced(answer: object) -> Behaviour:
    """A good answer, dressed up for people."""
    text = f"Here you go:\n```json\n{json.dumps(answer, indent=2)}\n```\nAnything else?"
    return says(text)


def thinks_aloud(answer: object) -> Behaviour:
    return says(f"<think>\nIs {{this}} a task? [maybe]\n</think>\n{json.dumps(answer)}")


def refuses(words: str = "I'm sorry, I can't help with that.") -> Behaviour:
    return lambda asked, line: line.complete(asked, None, refusal=words)


def is_filtered() -> Behaviour:
    return lambda asked, line: line.complete(asked, None, finish_reason="content_filter")


def truncated(content: str = '{"tasks": [{"title": "Add an al') -> Behaviour:
    return lambda asked, line: line.complete(asked, content, finish_reason="length")


def replies(
    body: object,
    status: int = 200,
    *,
    headers: Iterable[tuple[str, str]] = (),
    content_type: str = "application/json",
) -> Behaviour:
    """Anything else, as it is."""
    return lambda _, line: line.reply(body, status, headers=headers, content_type=content_type)


def html(status: int = 200) -> Behaviour:
    page = b"<!doctype html><html><body><h1>It works!</h1></body></html>"
    return replies(page, status, content_type="text/html; charset=utf-8")


def error(
    status: int,
    code: str | None = None,
    *,
    message: str = "it went wrong",
    param: str | None = None,
) -> Behaviour:
    body = {"error": {"message": message, "type": "error", "code": code, "param": param}}
    return replies(body, status)


def error_with_status_200() -> Behaviour:
    return replies({"error": {"message": "upstream is down", "code": 502}})


def rate_limited(retry_after_s: float | None = 90, *, header: str | None = None) -> Behaviour:
    """429; `header` in place of the seconds, e.g. a date."""
    body = {"error": {"message": "Slow down", "type": "requests", "code": "rate_limit_exceeded"}}
    shown = header or (f"{retry_after_s:g}" if retry_after_s is not None else None)
    return replies(body, 429, headers=[("Retry-After", shown)] if shown else [])


def out_of_quota() -> Behaviour:
    return error(429, "insufficient_quota", message="You exceeded your current quota")


def redirects_to(url: str, status: int = 307) -> Behaviour:
    return replies(b"", status, headers=[("Location", url)])


def hangs_up(asked: Asked, line: Line) -> None:
    """Close before a word is said."""
    line.hang_up()


def resets(asked: Asked, line: Line) -> None:
    """Break the connection off the hard way."""
    line.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    line.hang_up()


def breaks_off(asked: Asked, line: Line) -> None:
    """Promise more than is sent."""
    line.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n")
    line.send(b'{"choices": [')
    line.hang_up()


def speaks_no_http(asked: Asked, line: Line) -> None:
    line.send(b"220 mail.example.com ESMTP ready\r\n")
    line.hang_up()


def never_answers(asked: Asked, line: Line) -> None:
    line.is_kept_up(30)
    line.hang_up()


def drips_headers(asked: Asked, line: Line) -> None:
    line.send(b"HTTP/1.1 200 OK\r\n")
    _drip(line, b"X-Padding: more\r\n")


def drips_body(asked: Asked, line: Line) -> None:
    """A byte now and then, each in time for whoever only times single reads."""
    line.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 400\r\n\r\n{")
    _drip(line, b" ")


def sends_without_end(asked: Asked, line: Line) -> None:
    line.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n")
    while line.is_kept_up(0):
        line.send(b" " * 65_536)
    line.hang_up()


def bomb(asked: Asked, line: Line) -> None:
    """Three kilobytes that unpack to three megabytes."""
    packed = gzip.compress(b" " * 3_000_000)
    line.reply(packed, headers=[("Content-Encoding", "gzip")])


def zipped(content: str) -> Behaviour:
    """A good answer, packed though nobody asked for that."""

    def behave(asked: Asked, line: Line) -> None:
        choice = {"index": 0, "finish_reason": "stop", "message": {"content": content}}
        body = gzip.compress(json.dumps({"choices": [choice]}).encode())
        line.reply(body, headers=[("Content-Encoding", "gzip")])

    return behave


def _drip(line: Line, drop: bytes) -> None:
    while line.is_kept_up(DRIP_S):
        line.send(drop)
    line.hang_up()

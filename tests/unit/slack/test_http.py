"""Everything that is decided before Bolt is asked, over a real socket."""

import logging
import socket
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from fastapi import FastAPI
from slack_bolt import Ack, App
from slack_bolt.authorization import AuthorizeResult

from copilot.slack.http import MAX_BODY_BYTES, add_slack_endpoint
from copilot.slack.signature import sign
from tests.fakes.slack_caller import FORM, ServedWeb, SlackCaller

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"


@pytest.fixture(scope="module")
def heard() -> list[dict[str, Any]]:
    return []


@pytest.fixture(scope="module")
def slack(heard: list[dict[str, Any]]) -> Iterator[SlackCaller]:
    def authorize(team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id=team_id, bot_token="xoxb-1")

    bolt = App(
        authorize=authorize,
        signing_secret=SECRET,
        process_before_response=True,
        request_verification_enabled=False,
    )

    @bolt.event("message")
    def on_message(event: dict[str, Any]) -> None:
        if event.get("text") == "fail":
            raise RuntimeError("the database is away")
        heard.append(event)

    @bolt.command("/incident")
    def on_command(ack: Ack, command: dict[str, Any]) -> None:
        heard.append(command)
        ack({"response_type": "ephemeral", "text": "done"})

    web = FastAPI()
    add_slack_endpoint(web, bolt, SECRET)
    with ServedWeb(web) as served:
        yield SlackCaller(served.port, SECRET)


@pytest.fixture(autouse=True)
def _forget(heard: list[dict[str, Any]]) -> None:
    heard.clear()


def test_a_signed_event_is_heard(slack: SlackCaller, heard: list[dict[str, Any]]) -> None:
    assert slack.event({"type": "message", "text": "hi 🙂"}).status == 200
    assert heard == [{"type": "message", "text": "hi 🙂"}]


def test_a_command_gets_its_answer(slack: SlackCaller, heard: list[dict[str, Any]]) -> None:
    answer = slack.command("declare payload service down")
    assert answer.body == {"response_type": "ephemeral", "text": "done"}
    assert heard[0]["text"] == "declare payload service down"


@pytest.mark.parametrize(
    ("address", "is_kept"),
    [
        ("https://hooks.slack.com/commands/T1/1/x", True),
        ("https://hooks.slack-gov.com/commands/T1/1/x", True),
        ("http://hooks.slack.com/commands/T1/1/x", False),
        ("https://hooks.slack.com@evil.example/x", False),
        ("https://evil.example/hooks.slack.com", False),
        ("https://notslack.com/x", False),
        ("http://169.254.169.254/latest", False),
        ("https://[", False),
    ],
)
def test_answers_go_to_slack_alone(
    slack: SlackCaller, heard: list[dict[str, Any]], address: str, is_kept: bool
) -> None:
    sent = {"command": "/incident", "text": "", "team_id": "T1", "response_url": address}
    assert slack.form(sent).status == 200
    assert heard[0]["response_url"] == (address if is_kept else "")


def test_slack_may_verify_the_address(slack: SlackCaller) -> None:
    answer = slack.json({"type": "url_verification", "challenge": "3eZbrw1aBm2rZgRNFdxV2595E9C"})
    assert (answer.status, answer.body) == (200, {"challenge": "3eZbrw1aBm2rZgRNFdxV2595E9C"})


def test_slack_may_check_the_certificate(slack: SlackCaller) -> None:
    assert slack.form({"ssl_check": "1", "token": "x"}).status == 200


def test_slack_may_check_the_certificate_unsigned(
    slack: SlackCaller, heard: list[dict[str, Any]]
) -> None:
    raw = urlencode({"ssl_check": "1", "token": "x"}).encode()
    assert slack.send(raw, {"Content-Type": FORM}).status == 200
    assert heard == []


@pytest.mark.parametrize(
    "headers",
    [
        {"X_Slack_Signature": "(absent)"},
        {"X_Slack_Signature": ""},
        {"X_Slack_Signature": "v0=0000"},
        {"X_Slack_Signature": "v0=\xe9\xe9"},
        {"X_Slack_Request_Timestamp": "(absent)"},
        {"X_Slack_Request_Timestamp": "soon"},
        {"X_Slack_Request_Timestamp": "\xb2\xb3"},
        {"X_Slack_Request_Timestamp": "9" * 5000},
    ],
)
def test_what_is_not_from_slack_is_refused_quietly(
    slack: SlackCaller,
    heard: list[dict[str, Any]],
    headers: dict[str, str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    raw = b'{"type": "event_callback", "event": {"type": "message"}}'
    assert slack.post(raw, **headers).status == 401
    assert heard == []
    assert not [record for record in caplog.records if record.exc_info]


def test_an_old_request_is_refused(slack: SlackCaller, heard: list[dict[str, Any]]) -> None:
    raw = b'{"type": "event_callback", "event": {"type": "message"}}'
    then = str(int(time.time()) - 310)
    headers = {"X_Slack_Request_Timestamp": then, "X_Slack_Signature": sign(SECRET, then, raw)}
    assert slack.post(raw, **headers).status == 401
    assert heard == []


@pytest.mark.parametrize("raw", [b"{", b"\xff\xfe", b"", b"[" * 100_000])
def test_malformed_and_unsigned_is_refused_as_unsigned(slack: SlackCaller, raw: bytes) -> None:
    assert slack.post(raw, X_Slack_Signature="v0=00").status == 401


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b'"text"',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"type": "event_callback", "event": "message"}',
        b'{"type": "event_callback", "event": null}',
        b'{"type": "block_actions", "actions": []}',
        b'{"type": "event_callback", "event": {"type": "message"}, "authorizations": 7}',
    ],
)
def test_malformed_and_signed_is_answered_400(slack: SlackCaller, raw: bytes) -> None:
    assert slack.post(raw).status == 400


def test_a_body_at_the_limit_is_read(slack: SlackCaller, heard: list[dict[str, Any]]) -> None:
    start = b'{"type": "event_callback", "event": {"type": "message", "text": "'
    raw = start + b"x" * (MAX_BODY_BYTES - len(start) - 3) + b'"}}'
    assert slack.post(raw).status == 200
    assert len(heard[0]["text"]) > 900_000


def test_a_body_over_the_limit_is_refused(slack: SlackCaller) -> None:
    assert slack.post(b" " * (MAX_BODY_BYTES + 1)).status == 413


def test_a_huge_body_is_refused(slack: SlackCaller) -> None:
    assert slack.post(b" " * 12_000_000).status == 413


def test_what_nobody_wants_is_acknowledged(slack: SlackCaller) -> None:
    assert slack.event({"type": "brand_new_event"}).status == 200
    assert slack.json({"type": "app_rate_limited", "minute_rate_limited": 1}).status == 200
    assert slack.interaction({"type": "block_suggestion", "action_id": "x"}).status == 200


def test_a_failing_listener_answers_500(
    slack: SlackCaller, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.CRITICAL):
        assert slack.event({"type": "message", "text": "fail"}).status == 500


def test_a_sender_that_hangs_up_harms_nobody(slack: SlackCaller) -> None:
    with socket.create_connection(("127.0.0.1", slack.port)) as half:
        half.sendall(b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{")
    assert slack.event({"type": "message"}).status == 200


def test_only_post_is_served(slack: SlackCaller) -> None:
    with socket.create_connection(("127.0.0.1", slack.port)) as connection:
        connection.sendall(b"GET /slack/events HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert b" 405 " in connection.recv(100)

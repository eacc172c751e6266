import json
from urllib.parse import urlencode

import pytest

from copilot.errors import BadInputError
from copilot.slack.request_body import read_body

FORM = "application/x-www-form-urlencoded"


def test_it_reads_json() -> None:
    body = {"type": "event_callback", "event": {"type": "message"}}
    assert read_body(json.dumps(body).encode(), "application/json; charset=utf-8") == body


def test_it_reads_a_command() -> None:
    raw = urlencode({"command": "/incident", "text": "declare", "channel_name": ""}).encode()
    assert read_body(raw, FORM)["text"] == "declare"


def test_a_command_about_a_payload_is_a_command() -> None:
    raw = urlencode({"command": "/incident", "text": "declare payload service down"}).encode()
    assert read_body(raw, FORM)["text"] == "declare payload service down"


def test_it_reads_an_interaction() -> None:
    raw = urlencode({"payload": json.dumps({"type": "shortcut"})}).encode()
    assert read_body(raw, FORM) == {"type": "shortcut"}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b"\xff\xfe",
        b'{"text": "\xff"}',
        b"1" * 10_000,
        b"null",
        b"nonsense",
        b"a=b",
        b"payload=",
        b"payload=%7B",
        b"payload=[]",
        b"text=%ff%fe",
        b"&".join(b"a%d=1" % number for number in range(1000)),
    ],
)
@pytest.mark.parametrize("content_type", [FORM, "application/json", ""])
def test_what_is_no_object_is_refused(raw: bytes, content_type: str) -> None:
    with pytest.raises(BadInputError):
        read_body(raw, content_type)


@pytest.mark.parametrize(
    "body",
    [
        {"event": None},
        {"event": "message"},
        {"event": []},
        {"event": {}},
        {"event": {"type": 7}},
        {"authorizations": "x"},
        {"authorizations": [1]},
        {"type": "block_actions", "actions": []},
        {"type": "block_actions", "actions": None},
        {"type": "block_actions", "actions": ["x"]},
        {"type": "block_actions", "actions": [{}]},
        {"type": "interactive_message", "actions": []},
        {"type": "view_submission"},
        {"type": "view_submission", "view": []},
        {"type": "view_submission", "view": {"callback_id": "x"}},
        {"user": 7},
        {"team": [1]},
        {"channel": 1.5},
        {"message": "x"},
        {"container": [1]},
    ],
)
def test_shapes_that_slack_never_sends_are_refused(body: dict[str, object]) -> None:
    with pytest.raises(BadInputError):
        read_body(json.dumps(body).encode(), "application/json")


def test_what_no_database_stores_is_replaced() -> None:
    raw = b'{"event": {"type": "message", "text": "a\\u0000b \\ud83d c \\ud83d\\ude00"}}'
    assert read_body(raw, "application/json")["event"]["text"] == "a\ufffdb \ufffd c 😀"


def test_a_nul_in_a_form_is_replaced() -> None:
    assert read_body(b"command=%2Fincident&text=a%00b", FORM)["text"] == "a\ufffdb"

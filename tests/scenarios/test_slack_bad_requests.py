"""What nobody honest sends, to the address that anyone may call: refused, kept out, no fuss."""

import gzip
import json
import socket
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from copilot.clock import ReplayClock
from copilot.slack.http import MAX_BODY_BYTES
from copilot.slack.signature import sign
from tests.fakes.raised import Raised, listening_for_raised
from tests.fakes.slack_caller import FORM, JSON
from tests.fakes.table_contents import Contents, changed_tables, contents, restore
from tests.scenarios.slack_world import SlackWorld, open_slack_world

REFUSED, TOO_LARGE, UNPROVEN, DROPPED = 400, 413, 401, 200
"""DROPPED: signed by Slack and of no use to us. A 4xx would count as a failed delivery, and too
many of those end the subscription."""


@pytest.fixture(scope="module")
def world(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SlackWorld]:
    path = tmp_path_factory.mktemp("bad") / "copilot.db"
    path.write_bytes(migrated_sqlite.read_bytes())
    clock = ReplayClock(datetime(2026, 3, 4, 14, 0, tzinfo=UTC))
    with open_slack_world(f"sqlite:///{path}", clock) as world:
        world.command("declare checkout errors")
        yield world


@pytest.fixture(scope="module")
def before(world: SlackWorld) -> Contents:
    return contents(world.engine)


@pytest.fixture
def raised() -> Iterator[Raised]:
    with listening_for_raised() as raised:
        yield raised


@pytest.fixture(autouse=True)
def _nothing_is_stored_and_nothing_raises(
    world: SlackWorld, before: Contents, raised: Raised
) -> Iterator[None]:
    yield
    changed = changed_tables(before, contents(world.engine))
    restore(world.engine, before)
    assert changed == set()
    assert raised.words() == []


def said(world: SlackWorld, **more: Any) -> bytes:
    """A message event that would be stored."""
    event = {
        "type": "message",
        "channel": world.channel(),
        "user": world.person("ana"),
        "text": "replica lag",
        "ts": "1772632800.000100",
        "event_ts": "1772632800.000100",
    }
    body = {"type": "event_callback", "team_id": world.workspace.team_id, "event": event, **more}
    return json.dumps(body).encode()


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"X_Slack_Signature": "(absent)"}, id="no signature"),
        pytest.param({"X_Slack_Signature": ""}, id="empty signature"),
        pytest.param({"X_Slack_Signature": "v0=" + "0" * 64}, id="wrong signature"),
        pytest.param({"X_Slack_Signature": "v1=" + "0" * 64}, id="signature of another version"),
        pytest.param({"X_Slack_Signature": "v0=\xe9\xff"}, id="signature that is no ASCII"),
        pytest.param({"X_Slack_Request_Timestamp": "(absent)"}, id="no timestamp"),
        pytest.param({"X_Slack_Request_Timestamp": "soon"}, id="timestamp in words"),
        pytest.param({"X_Slack_Request_Timestamp": "-1"}, id="negative timestamp"),
        pytest.param({"X_Slack_Request_Timestamp": "1e9"}, id="timestamp as a float"),
        pytest.param({"X_Slack_Request_Timestamp": "\xb2\xb3"}, id="timestamp of odd digits"),
        pytest.param({"X_Slack_Request_Timestamp": "9" * 5000}, id="timestamp without end"),
    ],
)
def test_what_is_not_signed_is_unproven(world: SlackWorld, headers: dict[str, str]) -> None:
    assert world.slack.post(said(world), **headers).status == UNPROVEN


@pytest.mark.parametrize("seconds_off", [-3600, -310, 310, 3600])
def test_a_signature_of_another_time_proves_nothing(world: SlackWorld, seconds_off: int) -> None:
    raw, then = said(world), str(int(time.time()) + seconds_off)
    signature = sign(world.slack.secret, then, raw)
    answer = world.slack.post(raw, X_Slack_Request_Timestamp=then, X_Slack_Signature=signature)
    assert answer.status == UNPROVEN


def test_a_signature_of_another_body_proves_nothing(world: SlackWorld) -> None:
    timestamp = str(int(time.time()))
    signature = sign(world.slack.secret, timestamp, said(world))
    other = said(world).replace(b"replica lag", b"all is well")
    answer = world.slack.post(
        other, X_Slack_Request_Timestamp=timestamp, X_Slack_Signature=signature
    )
    assert answer.status == UNPROVEN


@pytest.mark.parametrize("raw", [b"", b"{", b"[" * 100_000, b"\xff\xfe", b"payload=%zz"])
def test_what_is_neither_signed_nor_sense_is_unproven(world: SlackWorld, raw: bytes) -> None:
    assert world.slack.post(raw, X_Slack_Signature="v0=00").status == UNPROVEN


BODIES: Mapping[str, tuple[bytes, str, int]] = {
    "empty": (b"", JSON, REFUSED),
    "not json": (b"hello", JSON, REFUSED),
    "null": (b"null", JSON, REFUSED),
    "list": (b"[]", JSON, REFUSED),
    "list of events": (b'[{"type": "event_callback"}]', JSON, REFUSED),
    "number": (b"7", JSON, REFUSED),
    "text": (b'"event_callback"', JSON, REFUSED),
    "true": (b"true", JSON, REFUSED),
    "no utf-8": (b'{"type": "\xff"}', JSON, REFUSED),
    "utf-16": ('{"type": "event_callback"}'.encode("utf-16"), JSON, REFUSED),
    "byte order mark": (b'\xef\xbb\xbf{"type": "event_callback"}', JSON, REFUSED),
    "deep lists": (b"[" * 100_000, JSON, REFUSED),
    "deep lists that end": (b"[" * 100_000 + b"]" * 100_000, JSON, REFUSED),
    "deep objects": (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, JSON, REFUSED),
    "number without end": (b'{"event_time": ' + b"9" * 100_000 + b"}", JSON, REFUSED),
    "two bodies": (b"{}{}", JSON, REFUSED),
    "gzipped": (gzip.compress(b'{"type": "event_callback"}'), JSON, REFUSED),
    "event is null": (b'{"type": "event_callback", "event": null}', JSON, REFUSED),
    "event is text": (b'{"type": "event_callback", "event": "message"}', JSON, REFUSED),
    "event without a type": (b'{"type": "event_callback", "event": {}}', JSON, REFUSED),
    "actions is empty": (b'{"type": "block_actions", "actions": []}', JSON, REFUSED),
    "view is a list": (b'{"type": "view_submission", "view": []}', JSON, REFUSED),
    "user is a number": (b'{"type": "block_actions", "user": 7}', JSON, REFUSED),
    # Signed, an object, and nobody's: acknowledged and dropped.
    "empty object": (b"{}", JSON, DROPPED),
    "type is a number": (b'{"type": 7}', JSON, DROPPED),
    "type is an object": (b'{"type": {"a": 1}}', JSON, DROPPED),
    "no number": (b'{"type": "event_callback", "event_time": NaN}', JSON, DROPPED),
    "unknown event": (b'{"type": "event_callback", "event": {"type": "brand_new"}}', JSON, DROPPED),
    "no workspace": (b'{"type": "event_callback", "event": {"type": "message"}}', JSON, DROPPED),
    # Forms
    "form without payload": (b"a=1&b=2", FORM, REFUSED),
    "form of nothing": (b"&&&", FORM, REFUSED),
    "payload is empty": (b"payload=", FORM, REFUSED),
    "payload is no json": (b"payload=hello", FORM, REFUSED),
    "payload is a list": (b"payload=[]", FORM, REFUSED),
    "payload is cut": (b"payload=%7B%22type%22%3A", FORM, REFUSED),
    "payload is deep": (b"payload=" + b"%5B" * 50_000, FORM, REFUSED),
    "bad percents": (b"payload=%zz%", FORM, REFUSED),
    "percents of no utf-8": (b"command=%ff%fe", FORM, REFUSED),
    "a thousand fields": (b"&".join(b"a%d=1" % one for one in range(1000)), FORM, REFUSED),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_signed_body_of_no_sense_is_refused_or_dropped(world: SlackWorld, name: str) -> None:
    raw, content_type, status = BODIES[name]
    assert world.slack.post(raw, content_type).status == status


EVENTS: Mapping[str, Mapping[str, Any]] = {
    "no stamp": {"ts": None},
    "stamp is a number": {"ts": 1772632800.0001},
    "stamp is words": {"ts": "now"},
    "stamp beyond all time": {"ts": "99999999999999.000000"},
    "channel is a list": {"channel": []},
    "channel is empty": {"channel": ""},
    "channel is absurd": {"channel": "C" * 5000},
    "another channel": {"channel": "C0ELSEWHERE"},
    "subtype without its message": {"subtype": "message_changed", "message": None},
    "deletion of nothing": {"subtype": "message_deleted"},
}


@pytest.mark.parametrize("name", EVENTS)
def test_a_signed_event_that_cannot_be_kept_is_dropped(world: SlackWorld, name: str) -> None:
    """Answered 200: delivering it again would not mend it."""
    body = json.loads(said(world))
    body["event"] |= EVENTS[name]
    assert world.slack.json(body).status == DROPPED


def test_a_truncated_event_is_refused(world: SlackWorld) -> None:
    raw = said(world)
    for length in range(0, len(raw), 7):
        assert world.slack.post(raw[:length]).status == REFUSED


@pytest.mark.parametrize("content_type", ["text/plain", "", "application/xml", FORM])
def test_json_is_read_whatever_it_is_called(world: SlackWorld, content_type: str) -> None:
    """The signature proves that it is Slack's; what Slack calls it is no reason to lose it."""
    raw = said(world, team_id="")
    assert world.slack.post(raw, content_type).status == DROPPED
    assert world.slack.post(b"hello", content_type).status == REFUSED


def test_a_form_that_is_called_json_is_refused(world: SlackWorld) -> None:
    assert world.slack.post(b"command=%2Fincident&text=help", JSON).status == REFUSED


def test_a_header_that_claims_gzip_unpacks_nothing(world: SlackWorld) -> None:
    """A small bomb would else become a large body after the limit was checked."""
    bomb = gzip.compress(b" " * 50_000_000)
    assert world.slack.post(bomb, JSON, Content_Encoding="gzip").status == REFUSED


def test_a_body_over_the_limit_is_too_large(world: SlackWorld) -> None:
    assert world.slack.post(said(world) + b" " * MAX_BODY_BYTES).status == TOO_LARGE


@pytest.mark.parametrize("megabytes", [2, 40])
def test_a_body_in_chunks_of_unknown_length_is_too_large(world: SlackWorld, megabytes: int) -> None:
    status = b""
    with socket.create_connection(("127.0.0.1", world.slack.port), timeout=20) as connection:
        connection.sendall(_HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
        chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
        try:
            for _ in range(megabytes * 16):
                connection.sendall(chunk)
            connection.sendall(b"0\r\n\r\n")
        except OSError:
            pass  # refused before the end
        try:
            status = connection.recv(100)
        except OSError:
            assert megabytes > 16, "a sender this small gets to see its answer"
    assert b" 413 " in status or megabytes > 16


def test_a_promise_of_more_than_comes_harms_nobody(world: SlackWorld) -> None:
    with socket.create_connection(("127.0.0.1", world.slack.port)) as connection:
        connection.sendall(_HEAD + b"Content-Length: 1000\r\n\r\n{")
    assert world.slack.post(b"{}").status == DROPPED


@pytest.mark.parametrize(
    "lines",
    [
        b"Content-Length: -1\r\n\r\n",
        b"Content-Length: ten\r\n\r\n",
        b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_a_length_that_is_none_is_refused(world: SlackWorld, lines: bytes) -> None:
    with socket.create_connection(("127.0.0.1", world.slack.port), timeout=20) as connection:
        connection.sendall(_HEAD + lines)
        assert b" 400 " in connection.recv(100)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        pytest.param(b"a\\u0000b", "a\ufffdb", id="NUL"),
        pytest.param(b"a\\ud83d b", "a\ufffd b", id="half a surrogate pair"),
        pytest.param(b'first", "text": "second', "second", id="said twice"),
        pytest.param(b"x" * 40_000, "x" * 40_000, id="as long as Slack allows"),
    ],
)
def test_odd_text_of_a_real_message_is_kept(
    world: SlackWorld, before: Contents, text: bytes, kept: str
) -> None:
    """No reason to lose a message of an incident."""
    assert world.slack.post(said(world).replace(b"replica lag", text)).status == 200
    assert [event.text for event in world.events() if event.message_ts] == [kept]
    restore(world.engine, before)


_HEAD = b"POST /slack/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"

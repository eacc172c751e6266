"""Service time of one message event: signed bytes in, row committed, answer out; no HTTP.

The baseline is what cannot be avoided: a bare Bolt app with one listener, which does a bare INSERT
… ON CONFLICT of the same row through the driver, committed, on the same store. One after the other
for each event, as ours does: a processor that has just waited for a disk is slow for a while.
"""

import hashlib
import hmac
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from slack_bolt import App, BoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient
from sqlalchemy import Engine

from copilot.clock import SystemClock
from copilot.db import Database, open_engine
from copilot.incidents.lifecycle import declare
from copilot.migrating import upgrade
from copilot.ports import ChannelInfo, WorkspaceInfo
from copilot.slack.app import build_bolt_app
from copilot.slack.clients import OneWorkspace
from copilot.slack.request_body import read_body
from copilot.slack.signature import is_from_slack
from copilot.workspaces.directory import upsert_channel, upsert_workspace
from tests.benchmarks.measuring import Measurement, interleaved
from tests.servers import NoServerError, postgres_server

SECRET = "benchmark-signing-secret"
TEAM, CHANNEL, USER, BOT = "T0BENCH", "C0BENCH", "U0BENCH", "U0BOT"
TARGET_RATIO = 2.0
"""design.md, section 4."""


def measure(share: float) -> list[Measurement]:
    """Median over rounds, on both stores as they are in production: durable."""
    rounds, per_round = max(3, round(15 * share)), max(50, round(200 * share))
    with ExitStack() as stack:
        found = [_on(stack.enter_context(_sqlite()), "SQLite", rounds, per_round)]
        try:
            found.append(_on(stack.enter_context(_postgres()), "PostgreSQL", rounds, per_round))
        except NoServerError as missing:
            found.append(Measurement(f"event on PostgreSQL not measured ({missing})", 1, "-", 1))
        return found


def _on(engine: Engine, store: str, rounds: int, per_round: int) -> Measurement:
    insert = bare_insert(engine)
    taken = interleaved(
        {
            "ours": _our_service(engine),
            "baseline": _bare_bolt(insert),
            "insert": lambda sent: insert(sent.event),
            "bolt": _bare_bolt(lambda _: None),
        },
        _Sent.number,
        rounds,
        per_round,
    )
    alone = ", ".join(f"{name} alone {taken[name].wall_us:,.0f} µs" for name in ("insert", "bolt"))
    return Measurement(
        f"one message event on {store}",
        taken["ours"].wall_us,
        f"bare Bolt and insert ({alone})",
        taken["baseline"].wall_us,
        TARGET_RATIO,
        taken["ours"].cpu_us / taken["baseline"].cpu_us,
    )


def bare_parts_us(engine: Engine, share: float) -> tuple[float, float]:
    """The insert alone and the dispatch alone, each in a loop, in microseconds."""
    upgrade(engine)
    insert = bare_insert(engine)
    taken = interleaved(
        {"insert": lambda sent: insert(sent.event), "bolt": _bare_bolt(lambda _: None)},
        lambda number: _Sent.number(10_000_000 + number),
        max(3, round(10 * share)),
        max(50, round(200 * share)),
    )
    return taken["insert"].wall_us, taken["bolt"].wall_us


@contextmanager
def _sqlite() -> Iterator[Engine]:
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'bench.db'}")
        yield engine
        engine.dispose()


@contextmanager
def _postgres() -> Iterator[Engine]:
    with postgres_server(is_durable=True) as url:
        engine = open_engine(url)
        yield engine
        engine.dispose()


def _our_service(engine: Engine) -> "Callable[[_Sent], object]":
    upgrade(engine)
    db = Database(engine, lambda _job: None)
    now = datetime(2026, 3, 4, tzinfo=UTC)
    with db.transaction() as session:
        info = WorkspaceInfo(TEAM, "Bench", "https://bench.slack.com/", BOT)
        upsert_workspace(session, info, now)
        upsert_channel(session, TEAM, ChannelInfo(CHANNEL, "bench", is_private=False))
        declare(
            session,
            team_id=TEAM,
            channel_id=CHANNEL,
            title="Bench",
            severity=None,
            by=USER,
            now=now,
        )
    bolt = build_bolt_app(
        db=db,
        clock=SystemClock(),
        clients=OneWorkspace(_FixedIdentity(token="xoxb-bench")),
        api_url="http://127.0.0.1:9/api/",
        signing_secret=SECRET,
        console_url=lambda: "http://127.0.0.1/",
    )

    def serve(sent: _Sent) -> object:
        raw, headers = sent.raw, sent.headers
        assert is_from_slack(
            SECRET,
            raw,
            timestamp=headers["x-slack-request-timestamp"],
            signature=headers["x-slack-signature"],
            now_s=time.time(),
        )
        body = read_body(raw, headers["content-type"])
        answer = bolt.dispatch(BoltRequest(body=body, headers=dict(headers), mode="socket_mode"))
        assert answer.status == 200
        return answer

    return serve


class _FixedIdentity(WebClient):
    """Answers `auth.test` without a network; nothing else is asked while events come in."""

    def auth_test(self, **_: Any) -> Any:
        return {
            "ok": True,
            "team_id": TEAM,
            "team": "Bench",
            "url": "https://bench.slack.com/",
            "user_id": BOT,
            "bot_id": "B0BOT",
        }


def bare_insert(engine: Engine) -> Callable[[dict[str, Any]], object]:
    """One committed INSERT … ON CONFLICT of a message, straight through the driver."""
    mark = "?" if engine.dialect.name == "sqlite" else "%s"
    columns = (
        "team_id", "channel_id", "natural_key", "kind", "message_ts", "author_id", "text",
        "details", "occurred_at", "recorded_at",
    )  # fmt: skip
    statement = (
        f"INSERT INTO timeline_event ({', '.join(columns)}) "  # noqa: S608 - constants only
        f"VALUES ({', '.join([mark] * len(columns))}) ON CONFLICT DO NOTHING"
    )
    connection: Any = engine.raw_connection().driver_connection
    is_sqlite = engine.dialect.name == "sqlite"

    def insert(event: dict[str, Any]) -> None:
        now = "2026-03-04 00:00:00.000000"
        row = (
            TEAM, "C0BARE", f"message:{event['ts']}", "message", event["ts"], USER,
            event["text"], "{}", now, now,
        )  # fmt: skip
        if is_sqlite:
            connection.execute("BEGIN IMMEDIATE")
        connection.execute(statement, row)
        connection.execute("COMMIT")

    return insert


def bare_bolt_app(take: Callable[[dict[str, Any]], object]) -> App:
    """Bolt with one listener that hands the event on, answered when that is done."""
    app = App(
        client=_FixedIdentity(token="xoxb-bench"),
        signing_secret=SECRET,
        authorize=lambda: AuthorizeResult(
            enterprise_id=None, team_id=TEAM, bot_user_id=BOT, bot_id="B0BOT", bot_token="xoxb-x"
        ),
        process_before_response=True,
    )

    @app.event("message")
    def on_message(event: dict[str, Any]) -> None:
        take(event)

    return app


def _bare_bolt(take: Callable[[dict[str, Any]], object]) -> "Callable[[_Sent], object]":
    app = bare_bolt_app(take)

    def dispatch(sent: _Sent) -> object:
        request = BoltRequest(body=sent.raw.decode(), headers=dict(sent.headers))
        answer = app.dispatch(request)
        assert answer.status == 200
        return answer

    return dispatch


def _event(number: int) -> dict[str, Any]:
    ts = f"{1_772_582_400 + number // 1000}.{number % 1000:03d}000"
    return {
        "type": "message",
        "channel": CHANNEL,
        "channel_type": "channel",
        "user": USER,
        "text": f"replica lag on db-3 is at {number} s now, looking at the slow query log",
        "ts": ts,
        "event_ts": ts,
        "team": TEAM,
    }


@dataclass(frozen=True, slots=True)
class _Sent:
    """An event as Slack sends it."""

    event: dict[str, Any]
    raw: bytes
    headers: dict[str, str]

    @classmethod
    def number(cls, number: int) -> "_Sent":
        event = _event(number)
        raw, headers = _signed(number, event)
        return cls(event, raw, headers)


def _signed(number: int, event: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
    raw = json.dumps(
        {
            "token": "x",
            "team_id": TEAM,
            "api_app_id": "A0BENCH",
            "type": "event_callback",
            "event_id": f"Ev{number}",
            "event_time": 1_772_582_400,
            "authorizations": [{"team_id": TEAM, "user_id": BOT, "is_bot": True}],
            "event": event,
        }
    ).encode()
    timestamp = str(int(time.time()))
    digest = hmac.new(SECRET.encode(), f"v0:{timestamp}:".encode() + raw, hashlib.sha256)
    return raw, {
        "content-type": "application/json",
        "x-slack-request-timestamp": timestamp,
        "x-slack-signature": f"v0={digest.hexdigest()}",
    }

"""Import of a Slack export into SQLite, against bare inserts of the same rows."""

import json
import random
import sqlite3
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from copilot.archive.importing import import_slack_export
from copilot.db import Database, open_engine
from copilot.migrating import upgrade
from tests.benchmarks.measuring import Measurement

MESSAGES = 200_000
_TARGET = 6.0
"""In bare inserts: reading, checking, redacting and hashing a message must not cost more."""
_A_DAY = 4_000
_BATCH = 2_000
_START = datetime(2024, 1, 1, tzinfo=UTC)
_NOW = datetime(2026, 3, 4, tzinfo=UTC)
_TALK = (
    "looking at the replica lag on db-3 still 500s after the rollback can somebody check the "
    "queue again it went from 210 s to 96 s since 13:40 rolling back 4812 now no change yet "
    "deploy is at 40% of the pods I see timeouts in checkout-7f9c only thanks <@U00001> done "
    "<https://grafana.example/d/abc?from=now-1h|this graph> &gt; 30 s is what we should page on"
)


def measure(share: float) -> list[Measurement]:
    """First import, and the same again when nothing is new; both per message."""
    count = max(_A_DAY, int(MESSAGES * share))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write_export(folder / "export", count)
        engine = open_engine(f"sqlite:///{folder / 'imported.db'}")
        upgrade(engine)
        db = Database(engine, lambda _: None)
        try:
            first_us = _import_us(db, folder / "export", count)
            again_us = _import_us(db, folder / "export", count)
        finally:
            engine.dispose()
        bare_us = _bare_inserts_us(folder / "imported.db", folder / "bare.db", count)
    baseline = "bare executemany of the same rows"
    return [
        Measurement("import of a message into SQLite", first_us, baseline, bare_us, _TARGET),
        Measurement("import of a message already there", again_us, baseline, bare_us, _TARGET),
    ]


def _import_us(db: Database, export: Path, count: int) -> float:
    started_s = time.perf_counter()
    import_slack_export(db, export, now=_NOW)
    return (time.perf_counter() - started_s) / count * 1e6


def _bare_inserts_us(source: Path, target: Path, count: int) -> float:
    """Copy both tables with nothing but the driver, in transactions of the same size."""
    with sqlite3.connect(source) as read:
        tables = {
            table: read.execute(f"SELECT * FROM {table} ORDER BY id").fetchall()  # noqa: S608
            for table in ("timeline_event", "revision")
        }
    read.close()
    engine = open_engine(f"sqlite:///{target}")
    upgrade(engine)
    engine.dispose()
    write = sqlite3.connect(target, isolation_level=None)
    write.execute("PRAGMA synchronous=FULL")
    started_s = time.perf_counter()
    for start in range(0, max(map(len, tables.values())), _BATCH):
        write.execute("BEGIN IMMEDIATE")
        for table, rows in tables.items():
            batch = rows[start : start + _BATCH]
            if batch:
                marks = ", ".join("?" * len(batch[0]))
                write.executemany(f"INSERT INTO {table} VALUES ({marks})", batch)  # noqa: S608
        write.execute("COMMIT")
    taken_s = time.perf_counter() - started_s
    write.close()
    return taken_s / count * 1e6


def _write_export(folder: Path, count: int) -> None:
    """A busy channel: 5 % of the messages edited, 10 % with reactions, 25 % replies."""
    (folder / "ops").mkdir(parents=True)
    users = [{"id": f"U{n:05}", "team_id": "T0BENCH", "name": f"user{n}"} for n in range(30)]
    (folder / "users.json").write_text(json.dumps(users))
    (folder / "channels.json").write_text(json.dumps([{"id": "C0BENCH", "name": "ops"}]))
    chance = random.Random(4812)  # noqa: S311 - the same messages each time
    for number in range(0, count, _A_DAY):
        day = _START + timedelta(days=number // _A_DAY)
        found = [_message(chance, day, each) for each in range(min(_A_DAY, count - number))]
        (folder / "ops" / f"{day:%Y-%m-%d}.json").write_text(json.dumps(found))


def _message(chance: random.Random, day: datetime, number: int) -> dict[str, Any]:
    second = int(day.timestamp()) + number * 20
    user = f"U{chance.randrange(30):05}"
    message: dict[str, Any] = {
        "type": "message",
        "user": user,
        "text": " ".join(chance.choices(_TALK.split(), k=chance.randint(2, 30))),
        "ts": f"{second}.{number:06}",
        "client_msg_id": f"{number:032x}",
        "team": "T0BENCH",
    }
    if chance.random() < 0.05:
        message["edited"] = {"user": user, "ts": f"{second + 9}.000000"}
    if chance.random() < 0.10:
        message["reactions"] = [{"name": "eyes", "users": ["U00001", "U00002"], "count": 2}]
    if number and chance.random() < 0.25:
        message["thread_ts"] = f"{second - 20}.{number - 1:06}"
    return message

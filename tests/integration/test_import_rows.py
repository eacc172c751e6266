"""The fast way into the database and the ordinary one end in the same rows."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from copilot.archive import importing
from copilot.archive.importing import import_slack_export
from copilot.db import Database
from copilot.timeline.recording import record
from copilot.timeline.rows import EVENT, REVISION
from copilot.timeline.slack_messages import to_records
from tests.unit.archive.exports import A_USER, a_message, as_folder, export_files

NOW = datetime(2026, 3, 4, 14, 0, tzinfo=UTC)
EVENT_COLUMNS = [c for c in EVENT.c if c.name not in {"id", "team_id"}]


def one_at_a_time(db: Database, team_id: str, messages: list[dict[str, Any]]) -> None:
    with db.transaction() as session:
        for message in messages:
            record(session, to_records(team_id, message, "C0OPS"), NOW)


def stored(db: Database, team_id: str) -> list[tuple[Any, ...]]:
    """All rows of a workspace without the ids, each event with its revisions."""
    query = select(EVENT.c.id, *EVENT_COLUMNS).where(EVENT.c.team_id == team_id)
    revisions = select(
        REVISION.c.revision_ts, REVISION.c.text, REVISION.c.text_hash, REVISION.c.recorded_at
    ).order_by(REVISION.c.revision_ts)
    with db.reading() as session:
        events = session.execute(query.order_by(EVENT.c.natural_key)).all()
        return [
            (*rest, session.execute(revisions.where(REVISION.c.event_id == event_id)).all())
            for event_id, *rest in events
        ]


def a_lively_channel(seed: int, count: int) -> list[dict[str, Any]]:
    """Messages of all shapes an export has, in time order."""
    chance = random.Random(seed)  # noqa: S311 - no secret depends on it
    messages: list[dict[str, Any]] = []
    for number in range(count):
        message = a_message(number, text=chance.choice(TEXTS))
        message |= chance.choice(SHAPES)
        if number and chance.random() < 0.3:
            message["thread_ts"] = messages[chance.randrange(number)].get("ts")
        if chance.random() < 0.2:
            message["reactions"] = [
                {"name": name, "users": ["U0ANA", f"U{number}"]} for name in ("eyes", "+1")
            ]
        if message.get("subtype") in {"message_changed", "message_deleted"}:
            message |= _about(messages[number - 1] if number else a_message(0), message)
        messages.append(message)
    return messages


TEXTS = [
    "lag on db-3",
    "",
    "two\nlines &amp; <@U0ANA>",
    "nul \x00 and half a \ud83d pair",
    "postgres://ro:Not-A-Real-Passw0rd@db-3.example:5432/orders",
    "ディスク満杯",
]
SHAPES: list[dict[str, Any]] = [
    {},
    {},
    {},
    {"subtype": "channel_join"},
    {"subtype": "me_message"},
    {"subtype": "Strange Kind"},
    {"subtype": "bot_message", "bot_id": "B0APP", "username": "pulse", "user": None},
    {"subtype": "bot_message", "bot_id": "B0APP", "attachments": [{"text": "alarm"}]},
    {"bot_id": "B0APP", "bot_profile": {"name": "Pulse"}},
    {"files": [{"name": "b.png"}, {"name": "a.png"}], "upload": True},
    {"edited": {"user": "U0ANA", "ts": "1700009000.000000"}},
    {"subtype": "tombstone", "user": "USLACKBOT"},
    {"subtype": "message_changed"},
    {"subtype": "message_deleted"},
]


def _about(earlier: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    ts = earlier["ts"]
    if change["subtype"] == "message_deleted":
        return {"deleted_ts": ts}
    edit = {"user": "U0ANA", "ts": change["ts"]}
    return {"message": a_message(0, ts=ts, text="better words", edited=edit)}


@pytest.mark.parametrize("seed", range(4))
def test_bulk_and_ordinary_rows_are_equal(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(importing, "_BATCH", 16)
    messages = a_lively_channel(seed, count=120)
    folder = as_folder(tmp_path, export_files({"ops/2023-11-14": messages}))
    for later in range(3):
        import_slack_export(db, folder, now=NOW + timedelta(hours=later))
    one_at_a_time(db, "T0ONE", messages)
    assert stored(db, "T0TEST") == stored(db, "T0ONE")


def test_reactions_recorded_as_they_happened_are_not_doubled(db: Database, tmp_path: Path) -> None:
    live = {
        "type": "reaction_added",
        "user": "U0ANA",
        "reaction": "eyes",
        "item": {"type": "message", "channel": "C0OPS", "ts": a_message(3)["ts"]},
        "event_ts": "1700000900.000100",
    }
    one_at_a_time(db, "T0TEST", [live])
    seen = [{"name": "eyes", "users": ["U0ANA"], "count": 1}]
    messages = [a_message(number, reactions=seen) for number in range(5)]
    folder = as_folder(tmp_path, export_files({"ops/2023-11-14": messages}, users=[A_USER]))
    for _ in range(2):
        import_slack_export(db, folder, now=NOW)
    keys = [row[1] for row in stored(db, "T0TEST") if row[2] == "reaction_added"]
    assert len(keys) == 5
    assert sum("@" in key for key in keys) == 1

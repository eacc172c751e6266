"""What was recorded, read back: in order, as an engine's window, as rows to export."""

import json
import random
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from copilot.db import Base, Database
from copilot.errors import NotFoundError
from copilot.incidents.lifecycle import declare
from copilot.ports import ChannelInfo, MemberInfo, WindowMessage, WorkspaceInfo
from copilot.timeline.models import TimelineEvent
from copilot.timeline.reading import (
    Span,
    TimelineRow,
    events_in,
    timeline_rows,
    window_messages,
)
from copilot.timeline.recording import record
from copilot.timeline.slack_messages import to_records
from copilot.workspaces.directory import (
    channel_name,
    names_of,
    people_of,
    upsert_channel,
    upsert_members,
    upsert_workspace,
    workspace_of,
)
from copilot.workspaces.forgetting import forget_workspace
from tests.fakes.slack_stories import (
    CHANNEL,
    FIRST_TS,
    REPLY_TS,
    TEAM,
    Event,
    a_change,
    a_deletion,
    a_message,
    a_pin,
    a_reaction,
    edited,
)

NOW = datetime(2026, 3, 4, 14, 0, tzinfo=UTC)
ACME = WorkspaceInfo(TEAM, "Acme", "https://acme.slack.com", "U0BOT")
EXPORTS = Path(__file__).parents[3] / "shared" / "data" / "slack_exports"


def know_acme(db: Database) -> None:
    with db.transaction() as session:
        upsert_workspace(session, ACME, NOW)
        upsert_channel(session, TEAM, ChannelInfo(CHANNEL, "inc-checkout", False))
        members = [
            MemberInfo("U0ANA", "ana", "Ana Ng", False),
            MemberInfo("U0BEN", "", "Ben", False),
        ]
        upsert_members(session, TEAM, members)


def hear(db: Database, *events: Event) -> None:
    for event in events:
        with db.transaction() as session:
            record(session, to_records(TEAM, event, CHANNEL), NOW)


def exported(db: Database) -> list[TimelineRow]:
    with db.reading() as session:
        return list(timeline_rows(session, Span(TEAM, CHANNEL)))


def window(db: Database, *, limit: int | None = None) -> list[WindowMessage]:
    with db.reading() as session:
        events = events_in(session, Span(TEAM, CHANNEL), limit=limit)
        return window_messages(session, events, names_of(session, TEAM))


def test_a_row_names_its_author_and_channel_and_links_to_its_source(db: Database) -> None:
    know_acme(db)
    hear(db, a_message("<@U0BEN> lag &gt; 30 s?"))
    assert [json.loads(row.model_dump_json()) for row in exported(db)] == [
        {
            "kind": "message",
            "channel": "inc-checkout",
            "message_ts": "1700000000.000100",
            "thread_ts": None,
            "author": "ana",
            "text": "@Ben lag > 30 s?",
            "occurred_at": "2023-11-14T22:13:20.000100Z",
            "permalink": f"https://acme.slack.com/archives/{CHANNEL}/p1700000000000100",
            "edited": False,
            "deleted": False,
        }
    ]


def test_a_reply_and_a_reaction_to_it_link_into_the_thread(db: Database) -> None:
    know_acme(db)
    reply = a_message("on it", ts=REPLY_TS, thread_ts=FIRST_TS, user="U0BEN")
    hear(db, a_message(), reply, a_reaction(REPLY_TS, "1700000400.000100"))
    base = f"https://acme.slack.com/archives/{CHANNEL}/"
    into_thread = f"{base}p1700000060000200?thread_ts=1700000000.000100&cid={CHANNEL}"
    assert [row.permalink for row in exported(db)] == [
        f"{base}p1700000000000100",
        into_thread,
        into_thread,
    ]
    assert exported(db)[-1].text == ":eyes:"


def test_edits_and_deletions_show(db: Database) -> None:
    know_acme(db)
    message, reply = a_message("a"), a_message("b", ts=REPLY_TS)
    hear(db, message, reply)
    hear(db, a_change(edited(message, "c", "1700000100.000000"), message, "1700000100.000300"))
    hear(db, a_deletion(REPLY_TS, reply, "1700000300.000100"))
    rows = [(row.text, row.edited, row.deleted) for row in exported(db)]
    assert rows == [("c", True, False), ("", False, True)]


def test_order_is_that_of_the_world_not_of_arrival_across_pages(db: Database) -> None:
    know_acme(db)
    stamps = [f"17000{number:05d}.000100" for number in range(1201)]
    shuffled = random.Random(7).sample(stamps, len(stamps))  # noqa: S311
    records = [each for ts in shuffled for each in to_records(TEAM, a_message(ts=ts))]
    with db.transaction() as session:
        record(session, records, NOW)
    assert [row.message_ts for row in exported(db)] == stamps


def test_reading_goes_on_after_an_event_also_among_those_of_one_instant(db: Database) -> None:
    know_acme(db)
    found = {**a_message(), "reactions": [{"name": "eyes", "users": ["U1", "U2"], "count": 2}]}
    hear(db, found, a_message(ts=REPLY_TS))
    span = Span(TEAM, CHANNEL)
    with db.reading() as session:
        everything = [event.id for event in events_in(session, span)]
        read: list[int] = []
        while page := events_in(session, span, after_id=read[-1] if read else None, limit=1):
            read += [event.id for event in page]
    assert read == everything
    assert len(read) == 4


def test_a_span_has_its_beginning_and_not_its_end(db: Database) -> None:
    know_acme(db)
    hear(db, *(a_message(ts=f"170000000{number}.000000") for number in range(4)))
    begin, end = (datetime.fromtimestamp(1700000000 + each, UTC) for each in (1, 3))
    with db.reading() as session:
        found = events_in(session, Span(TEAM, CHANNEL, begin, end))
    assert [event.message_ts for event in found] == ["1700000001.000000", "1700000002.000000"]


def test_a_window_numbers_what_was_said_and_not_taken_back(db: Database) -> None:
    know_acme(db)
    gone = a_message("never mind", ts="1700000030.000100")
    reply = a_message("<@U0ANA> ok", ts=REPLY_TS, thread_ts=FIRST_TS, user="U0BEN")
    join = a_message("has joined", ts="1700000020.000100", subtype="channel_join")
    hear(db, a_message("hi"), join, gone, a_deletion(gone["ts"], gone, "1700000031.1"), reply)
    hear(
        db,
        a_reaction(FIRST_TS, "1700000040.000100", name="eyes"),
        a_reaction(FIRST_TS, "1700000041.000100", name="tada"),
        a_reaction(FIRST_TS, "1700000042.000100", name="eyes", added=False),
        a_reaction(FIRST_TS, "1700000043.000100", name="tada", user="U0ANA"),
    )
    first, second = window(db)
    assert (first.number, first.text, first.reactions) == (1, "hi", ("tada",))
    assert (second.number, second.text, second.author_name) == (2, "@ana ok", "Ben")
    assert (second.thread_ts, second.is_new, second.is_bot) == (FIRST_TS, True, False)


def test_a_window_shows_the_latest_revision(db: Database) -> None:
    know_acme(db)
    message = a_message("one")
    hear(db, message)
    (before,) = window(db)
    hear(db, a_change(edited(message, "two", "1700000100.000000"), message, "1700000100.000300"))
    (after,) = window(db)
    assert after.text == "two"
    assert after.revision_id != before.revision_id


def test_bots_go_by_the_name_they_post_under(db: Database) -> None:
    know_acme(db)
    hear(db, a_message("FIRING", subtype="bot_message", bot_id="B0X", user=None, username="alerts"))
    hear(db, a_message("done", ts=REPLY_TS, bot_id="B0Y", bot_profile={"name": "deployer"}))
    hear(db, a_message("who?", ts="1700000070.000100", user="U0GONE"))
    assert [(each.author_name, each.is_bot) for each in window(db)] == [
        ("alerts", True),
        ("deployer", True),
        ("U0GONE", False),
    ]


def test_pins_and_files_can_be_read_in_an_export(db: Database) -> None:
    know_acme(db)
    files = [{"name": "graph.png"}, {"name": "dump.txt"}]
    hear(db, a_message("", subtype="file_share", files=files), a_pin(FIRST_TS, "1700000400.000100"))
    assert [(row.kind, row.text) for row in exported(db)] == [
        ("file_share", "[file: dump.txt], [file: graph.png]"),
        ("pin_added", ""),
    ]


def test_names_are_refreshed_and_stay_storable(db: Database) -> None:
    know_acme(db)
    with db.transaction() as session:
        first_known = workspace_of(session, TEAM).created_at
        later = datetime(2027, 1, 1, tzinfo=UTC)
        upsert_workspace(session, WorkspaceInfo(TEAM, "Acme 2", "https://a/", ""), later)
        upsert_members(session, TEAM, [MemberInfo("U0ANA", "ana\n\x00ng" + "x" * 300, "", True)])
    with db.reading() as session:
        workspace = workspace_of(session, TEAM)
        assert (workspace.name, workspace.url, workspace.created_at) == (
            "Acme 2",
            "https://a/",
            first_known,
        )
        assert names_of(session, TEAM)["U0ANA"] == "ana ng" + "x" * 194
        assert [person.user_id for person in people_of(session, TEAM)] == ["U0BEN"]
        assert channel_name(session, TEAM, "C0NEW") == "C0NEW"


def test_an_unknown_workspace_is_said_to_be_unknown(db: Database) -> None:
    with db.reading() as session, pytest.raises(NotFoundError, match="T0NOWHERE"):
        workspace_of(session, "T0NOWHERE")


def test_a_forgotten_workspace_leaves_no_row_and_takes_none_of_anothers(db: Database) -> None:
    for team_id in (TEAM, "T0OTHER"):
        with db.transaction() as session:
            info = WorkspaceInfo(team_id, "x", "https://x/", "")
            upsert_workspace(session, info, NOW)
            upsert_members(session, team_id, [MemberInfo("U0ANA", "ana", "", False)])
            declare(
                session,
                team_id=team_id,
                channel_id=CHANNEL,
                title="x",
                severity=None,
                by=None,
                now=NOW,
            )
            record(session, to_records(team_id, a_message()), NOW)
    with db.transaction() as session:
        forget_workspace(session, TEAM)
    with db.reading() as session:
        for table in Base.metadata.sorted_tables:
            if "team_id" in table.columns:
                teams = set(session.scalars(select(table.c.team_id)))
                assert teams <= {"T0OTHER"}, table.name
        assert session.scalar(select(func.count()).select_from(TimelineEvent)) == 2


@pytest.mark.skipif(not EXPORTS.is_dir(), reason=f"the real exports are not in {EXPORTS}")
@pytest.mark.parametrize("name", ["k8s-2019-02-05", "k8s-2019-02-08", "small-export"])
def test_every_message_of_a_real_export_is_exported_exactly_once(db: Database, name: str) -> None:
    know_acme(db)
    messages = _messages_of(EXPORTS / f"{name}.zip")
    thrice = random.Random(3).sample(messages * 3, len(messages) * 3)  # noqa: S311
    hear(db, *thrice)
    rows = [row for row in exported(db) if row.message_ts]
    assert [row.message_ts for row in rows] == sorted(message["ts"] for message in messages)
    for row in rows:
        digits = (row.message_ts or "").replace(".", "")
        assert row.permalink == f"https://acme.slack.com/archives/{CHANNEL}/p{digits}"


def _messages_of(path: Path) -> list[dict[str, Any]]:
    """All in one channel; stamps are unique within these exports."""
    with zipfile.ZipFile(path) as archive:
        days = [name for name in archive.namelist() if "/" in name and name.endswith(".json")]
        found = [message for day in days for message in json.loads(archive.read(day))]
    return list({message["ts"]: message for message in found}.values())

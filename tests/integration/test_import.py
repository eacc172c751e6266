"""Importing Slack exports: every message once, whatever was imported before."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from copilot.archive import importing
from copilot.archive.importing import ImportResult, import_slack_export
from copilot.db import Database
from copilot.errors import BadInputError
from copilot.incidents.models import Incident, Status
from copilot.incidents.queries import get_incident, list_incidents, span_of
from copilot.jobs import QueuedJob
from copilot.ports import MemberInfo, WorkspaceInfo
from copilot.timeline.reading import TimelineRow, timeline_rows
from copilot.timeline.slack_export import open_export
from copilot.workspaces.directory import (
    names_of,
    people_of,
    upsert_members,
    upsert_workspace,
    workspace_of,
)
from copilot.workspaces.models import Member
from tests.unit.archive.exports import (
    A_CHANNEL,
    A_USER,
    SHARED_EXPORTS,
    a_message,
    as_folder,
    as_zip,
    export_files,
)

NOW = datetime(2026, 3, 4, 14, 0, tzinfo=UTC)
DAY = "ops/2023-11-14"
real_exports = pytest.mark.skipif(
    not SHARED_EXPORTS.is_dir(), reason="the shared real exports are not here"
)


def imported(db: Database, path: Path, **wishes: Any) -> ImportResult:
    return import_slack_export(db, path, now=NOW, **wishes)


def rows_of(db: Database, incident_id: int) -> list[TimelineRow]:
    with db.reading() as session:
        return list(timeline_rows(session, span_of(get_incident(session, incident_id))))


def messages_of(db: Database, incident_id: int) -> list[TimelineRow]:
    return [row for row in rows_of(db, incident_id) if row.message_ts]


@real_exports
@pytest.mark.parametrize("name", ["k8s-2019-02-05", "k8s-2019-02-08", "small-export"])
def test_every_message_of_a_real_export_is_there_once(db: Database, name: str) -> None:
    path = SHARED_EXPORTS / f"{name}.zip"
    for _ in range(2):
        result = imported(db, path)
    with open_export(path) as export:
        url = export.workspace_url or "https://slack.com/"
        for incident in result.incidents:
            channel = export.channel(incident.channel)
            expected = [message["ts"] for message in export.messages(channel)]
            rows = messages_of(db, incident.id)
            assert [row.message_ts for row in rows] == expected
            assert [row.permalink for row in rows] == [
                f"{url}archives/{channel.id}/p{ts.replace('.', '')}" for ts in expected
            ]


@real_exports
def test_exports_of_other_days_are_other_incidents(db: Database) -> None:
    first = imported(db, SHARED_EXPORTS / "k8s-2019-02-05.zip")
    second = imported(db, SHARED_EXPORTS / "k8s-2019-02-08.zip", title="OOM again")
    assert [first.messages, second.messages] == [95, 116]
    with db.reading() as session:
        found = {each.title: each.messages for each in list_incidents(session)}
    assert found == {"testing-ops": 95, "OOM again": 116}


def test_each_channel_with_messages_becomes_an_incident(db: Database, tmp_path: Path) -> None:
    channels = [A_CHANNEL, {"id": "C0DB", "name": "db"}, {"id": "C0EMPTY", "name": "empty"}]
    days = {DAY: [a_message(0), a_message(1)], "db/2023-11-14": [a_message(2)]}
    result = imported(db, as_zip(tmp_path / "e.zip", export_files(days, channels=channels)))
    assert [(each.channel, each.messages) for each in result.incidents] == [("ops", 2), ("db", 1)]
    with db.reading() as session:
        incident = get_incident(session, result.incidents[0].id)
    assert incident.is_imported
    assert incident.status == Status.RESOLVED
    assert incident.declared_at == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    milestones = (incident.severity, incident.mitigated_at, incident.resolved_at)
    assert milestones == (None, None, None), "none of them is known"


def test_one_channel_can_be_chosen_and_named(db: Database, tmp_path: Path) -> None:
    channels = [A_CHANNEL, {"id": "C0DB", "name": "db"}]
    days = {DAY: [a_message(0)], "db/2023-11-14": [a_message(1)]}
    path = as_folder(tmp_path, export_files(days, channels=channels))
    result = imported(db, path, channel="#db", title=" Disk\nfull ")
    assert [(each.channel, each.title) for each in result.incidents] == [("db", "Disk full")]


@pytest.mark.parametrize(
    ("wishes", "told"),
    [
        ({"channel": "opps"}, "It has: db, empty, ops."),
        ({"channel": "empty"}, "no messages of empty"),
        ({"title": "Disk full"}, "name the channel as well"),
        ({"workspace_url": "javascript:alert(1)"}, "like https://acme.slack.com/"),
    ],
)
def test_a_wish_that_can_not_be_met_stores_nothing(
    db: Database, tmp_path: Path, wishes: dict[str, str], told: str
) -> None:
    channels = [A_CHANNEL, {"id": "C0DB", "name": "db"}, {"id": "C0EMPTY", "name": "empty"}]
    days = {DAY: [a_message(0)], "db/2023-11-14": [a_message(1)]}
    path = as_folder(tmp_path, export_files(days, channels=channels))
    with pytest.raises(BadInputError, match=told):
        imported(db, path, **wishes)
    with db.reading() as session:
        assert list_incidents(session) == []


def test_a_broken_day_file_stores_nothing(db: Database, tmp_path: Path) -> None:
    days = {DAY: [a_message(0)], "ops/2023-11-15": b'[{"ts": "170'}
    with pytest.raises(BadInputError, match=r"ops/2023-11-15\.json"):
        imported(db, as_zip(tmp_path / "e.zip", export_files(days)))
    with db.reading() as session:
        assert list_incidents(session) == []


def test_an_empty_export_says_so(db: Database, tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="no messages in any channel"):
        imported(db, as_folder(tmp_path, export_files({})))


def test_direct_messages_are_imported_only_by_name(db: Database, tmp_path: Path) -> None:
    days = {DAY: [a_message(0)], "D0ANABEN12/2023-11-14": [a_message(1)]}
    dms = [{"id": "D0ANABEN12", "members": ["U0ANA", "U0BEN"]}]
    path = as_folder(tmp_path, export_files(days, dms=dms))
    assert [each.channel for each in imported(db, path).incidents] == ["ops"]
    named = imported(db, path, channel="dm-ana-U0BEN")
    assert [each.channel for each in named.incidents] == ["dm-ana-U0BEN"]


def test_importing_again_adds_only_what_is_new(db: Database, tmp_path: Path) -> None:
    messages = [a_message(number, reactions=_seen_by("U0ANA")) for number in range(10)]
    first = imported(db, as_folder(tmp_path / "a", export_files({DAY: messages[3:7]})))
    rows = rows_of(db, first.incidents[0].id)
    again = imported(db, tmp_path / "a")
    assert (again.messages, again.duplicates) == (0, 4)
    assert rows_of(db, again.incidents[0].id) == rows
    later = imported(db, as_folder(tmp_path / "b", export_files({DAY: messages})))
    assert (later.messages, later.duplicates) == (6, 4)
    assert [each.id for each in later.incidents] == [first.incidents[0].id]
    found = rows_of(db, first.incidents[0].id)
    assert [row.message_ts for row in found if row.message_ts] == [m["ts"] for m in messages]
    assert Counter(row.kind for row in found) == {"message": 10, "reaction_added": 10}


def test_an_import_that_was_interrupted_goes_on(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "_BATCH", 10)
    messages = [a_message(number, reactions=_seen_by("U0ANA")) for number in range(35)]
    path = as_zip(tmp_path / "e.zip", export_files({DAY: messages}))

    def pull_the_plug(done: int, _total: int | None) -> None:
        if done == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        imported(db, path, on_progress=pull_the_plug)
    shown: list[tuple[int, int | None]] = []
    result = imported(db, path, on_progress=lambda done, total: shown.append((done, total)))
    assert (result.messages, result.duplicates) == (15, 20)
    assert shown == [(10, 35), (20, 35), (30, 35), (35, 35)]
    rows = rows_of(db, result.incidents[0].id)
    assert [row.message_ts for row in rows if row.message_ts] == [m["ts"] for m in messages]
    assert sum(row.kind == "reaction_added" for row in rows) == 35


def test_an_edit_since_the_last_import_is_seen(db: Database, tmp_path: Path) -> None:
    before = a_message(0, text="lag 10 s")
    after = before | {"text": "lag 100 s", "edited": {"user": "U0ANA", "ts": "1700000050.000000"}}
    imported(db, as_folder(tmp_path / "a", export_files({DAY: [before]})))
    result = imported(db, as_folder(tmp_path / "b", export_files({DAY: [after]})))
    (row,) = messages_of(db, result.incidents[0].id)
    assert (row.text, row.edited) == ("lag 100 s", True)


def test_nothing_is_sent_to_workers(
    db: Database, tmp_path: Path, sent_jobs: list[QueuedJob]
) -> None:
    imported(db, as_folder(tmp_path, export_files()))
    assert sent_jobs == []


def test_people_and_their_apps_get_names(db: Database, tmp_path: Path) -> None:
    app = {"id": "U0APP", "name": "pulse", "is_bot": True, "profile": {"bot_id": "B0APP"}}
    odd: dict[str, Any] = {"id": "U0ODD", "name": None, "profile": "none"}
    files = export_files({DAY: [a_message(0, user=None, bot_id="B0APP")]}, users=[A_USER, app, odd])
    result = imported(db, as_folder(tmp_path, files))
    with db.reading() as session:
        names = names_of(session, "T0TEST")
        people = {person.user_id: person.real_name for person in people_of(session, "T0TEST")}
    assert names == {"U0ANA": "ana", "U0APP": "pulse", "B0APP": "pulse", "U0ODD": "U0ODD"}
    assert people == {"U0ANA": "Ana Lima", "U0ODD": ""}
    assert [row.author for row in messages_of(db, result.incidents[0].id)] == ["pulse"]


def test_people_bring_their_clocks(db: Database, tmp_path: Path) -> None:
    users = [{**A_USER, "tz": "Europe/Lisbon"}, {"id": "U0BEN", "name": "ben", "tz": "Mars/Base"}]
    imported(db, as_folder(tmp_path, export_files(users=users)))
    with db.reading() as session:
        found = session.execute(select(Member.user_id, Member.time_zone)).all()
    assert {row.user_id: row.time_zone for row in found} == {"U0ANA": "Europe/Lisbon", "U0BEN": ""}


def test_what_an_installed_app_knows_stands(db: Database, tmp_path: Path) -> None:
    with db.transaction() as session:
        told = WorkspaceInfo("T0TEST", "Acme", "https://acme.slack.com/", "U0BOT")
        upsert_workspace(session, told, NOW)
        upsert_members(session, "T0TEST", [MemberInfo("U0ANA", "ana.l", "Ana L.", is_bot=False)])
    ben = {"id": "U0BEN", "team_id": "T0TEST", "name": "ben"}
    imported(db, as_folder(tmp_path, export_files(users=[A_USER, ben])))
    with db.reading() as session:
        workspace = workspace_of(session, "T0TEST")
        assert (workspace.name, workspace.url, workspace.bot_user_id) == (
            "Acme",
            "https://acme.slack.com/",
            "U0BOT",
        )
        assert names_of(session, "T0TEST") == {"U0ANA": "ana.l", "U0BEN": "ben"}


def test_an_address_given_later_mends_the_links(db: Database, tmp_path: Path) -> None:
    path = as_folder(tmp_path, export_files({DAY: [a_message(0)]}))
    result = imported(db, path)
    for url in ("https://acme.slack.com", None):
        imported(db, path, workspace_url=url)
        (row,) = messages_of(db, result.incidents[0].id)
        assert row.permalink == "https://acme.slack.com/archives/C0OPS/p1700000000000000"


def test_an_export_without_a_team_gets_the_same_one_each_time(db: Database, tmp_path: Path) -> None:
    users = [{"id": "U0ANA", "name": "ana"}]
    path = as_folder(tmp_path, export_files(users=users))
    imported(db, path)
    assert imported(db, path).duplicates == 2
    with db.reading() as session:
        (team_id,) = session.scalars(select(Incident.team_id))
    assert team_id.startswith("T-IMPORT-")


def test_a_message_that_makes_no_sense_is_named(db: Database, tmp_path: Path) -> None:
    broken = a_message(1, subtype="message_changed", message="gone")
    with pytest.raises(BadInputError, match=rf"{broken['ts']} of #ops can't be read"):
        imported(db, as_folder(tmp_path, export_files({DAY: [a_message(0), broken]})))


def _seen_by(*users: str) -> list[dict[str, Any]]:
    return [{"name": "eyes", "users": list(users), "count": len(users)}]

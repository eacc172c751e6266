"""Reading exports, those that Slack made and those that somebody tampered with."""

import json
import stat
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from copilot.errors import BadInputError
from copilot.timeline import slack_export_files
from copilot.timeline.slack_export import open_export
from tests.unit.archive.exports import (
    A_CHANNEL,
    A_USER,
    SHARED_EXPORTS,
    a_message,
    as_folder,
    as_zip,
    export_files,
)

Build = Callable[[Path, dict[str, Any]], Path]
DAY = "ops/2023-11-14"


@pytest.fixture(params=[as_folder, as_zip], ids=["folder", "zip"])
def build(request: pytest.FixtureRequest) -> Build:
    chosen: Build = request.param
    return chosen


def texts(path: Path, channel: str = "ops") -> list[str]:
    with open_export(path) as export:
        return [message["text"] for message in export.messages(export.channel(channel))]


def read_all(path: Path) -> None:
    with open_export(path) as export:
        for channel in export.channels:
            list(export.messages(channel))


def refusal(path: Path) -> str:
    """What is said about an export that can't be read to its end."""
    with pytest.raises(BadInputError) as caught:
        read_all(path)
    return str(caught.value)


def test_it_reads_people_channels_and_the_team(tmp_path: Path, build: Build) -> None:
    files = export_files(groups=[{"id": "G0SEC", "name": "security"}])
    with open_export(build(tmp_path / "e", files)) as export:
        assert export.users == [A_USER]
        assert export.team_id == "T0TEST"
        assert [(c.id, c.name, c.is_private) for c in export.channels] == [
            ("C0OPS", "ops", False),
            ("G0SEC", "security", True),
        ]
        assert export.workspace_url is None


def test_messages_come_in_time_order_across_and_within_days(tmp_path: Path, build: Build) -> None:
    days = {
        "ops/2023-11-15": [a_message(4), a_message(3)],
        DAY: [
            a_message(2, ts="1700000000.100000"),
            a_message(0, ts="1700000000.000002"),
            a_message(1, ts="1700000000.010000"),
        ],
    }
    expected = [f"message {number}" for number in range(5)]
    assert texts(build(tmp_path / "e", export_files(days))) == expected


def test_a_wrapping_folder_is_accepted(tmp_path: Path, build: Build) -> None:
    wrapped = {f"Acme Slack export/{name}": content for name, content in export_files().items()}
    junk = {"__MACOSX/Acme Slack export/._users.json": b"\0", ".DS_Store": b"\0"}
    assert texts(build(tmp_path / "e", wrapped | junk)) == ["message 0", "message 1"]


def test_members_of_an_enterprise_are_in_org_users(tmp_path: Path, build: Build) -> None:
    files = export_files()
    files["org_users.json"] = files.pop("users.json")
    with open_export(build(tmp_path / "e", files)) as export:
        assert export.users == [A_USER]


def test_a_folder_that_no_list_names_is_still_a_channel(tmp_path: Path, build: Build) -> None:
    files = export_files({"forgotten/2023-11-14": [a_message(0)]})
    with open_export(build(tmp_path / "e", files)) as export:
        found = export.channel("#forgotten")
        assert found.is_private, "nothing says that everybody could read it"
        with open_export(tmp_path / "e") as again:
            assert again.channel("forgotten").id == found.id


def test_direct_messages_lie_in_folders_named_by_id(tmp_path: Path, build: Build) -> None:
    files = export_files(
        {"D0AB/2023-11-14": [a_message(0)]}, dms=[{"id": "D0AB", "members": ["U0ANA", "U0BEN"]}]
    )
    with open_export(build(tmp_path / "e", files)) as export:
        channel = export.channel("dm-ana-U0BEN")
        assert channel == export.channel("D0AB")
        assert len(list(export.messages(channel))) == 1


def test_other_files_beside_the_day_files_are_no_messages(tmp_path: Path, build: Build) -> None:
    others = {"commands.json": [], "ops/notes.json": [], "ops/deep/2023-11-14.json": [a_message(9)]}
    assert texts(build(tmp_path / "e", export_files() | others)) == ["message 0", "message 1"]


def test_the_extent_of_a_channel_is_told_before_it_is_read(tmp_path: Path, build: Build) -> None:
    days = {DAY: [a_message(2), a_message(1)], "ops/2023-11-15": [a_message(3)]}
    channels = [A_CHANNEL, {"id": "C0EMPTY", "name": "empty"}]
    path = build(tmp_path / "e", export_files(days, channels=channels))
    with open_export(path) as export:
        extent = export.extent(export.channel("ops"))
        assert extent is not None
        assert extent.messages == 3
        assert (extent.first_ts, extent.last_ts) == (a_message(1)["ts"], a_message(3)["ts"])
        assert export.extent(export.channel("empty")) is None


def test_guests_of_other_workspaces_do_not_decide_the_team(tmp_path: Path) -> None:
    users = [A_USER | {"id": f"U{n}", "team_id": team} for n, team in enumerate(["T9", "T1", "T1"])]
    with open_export(as_folder(tmp_path, export_files(users=users))) as export:
        assert export.team_id == "T1"


def test_the_address_is_read_from_slacks_own_links_only(tmp_path: Path) -> None:
    lure = a_message(0, text="see <https://evil.slack.com/files/U1/F1/x|this>")
    file = {"id": "F1", "permalink": "https://acme.slack.com/files/U0ANA/F1/plan.png"}
    files = export_files({DAY: [lure, a_message(1, files=[file])]})
    with open_export(as_folder(tmp_path / "a", files)) as export:
        assert export.workspace_url == "https://acme.slack.com/"
    with open_export(as_folder(tmp_path / "b", export_files({DAY: [lure]}))) as export:
        assert export.workspace_url is None


def test_a_channel_that_is_not_there_names_those_that_are(tmp_path: Path) -> None:
    channels = [{"id": f"C{number:03}", "name": f"room-{number:03}"} for number in range(30)]
    path = as_folder(tmp_path, export_files({}, channels=channels))
    with open_export(path) as export, pytest.raises(BadInputError) as caught:
        export.channel("#opps")
    assert "no channel 'opps'" in str(caught.value)
    assert "room-000, room-001" in str(caught.value)
    assert str(caught.value).endswith("and 10 more.")


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({}, ["users.json", "channels.json"]),
        ({"users.json": []}, ["no channels.json"]),
        ({"channels.json": []}, ["no users.json or org_users.json"]),
        ({"notes.txt": b"hello"}, ["is not a Slack export"]),
        (export_files() | {"users.json": b"{"}, ["users.json is not valid JSON"]),
        (export_files() | {"users.json": b"\xff\xfe\xfa"}, ["users.json is not valid JSON"]),
        (export_files() | {"channels.json": {"id": "C1"}}, ["channels.json", "an object"]),
        (export_files() | {"channels.json": [{"name": "x"}]}, ["channels.json", "valid id"]),
        (export_files({DAY: b'[{"ts": "1.0"'}), [f"{DAY}.json is not valid JSON"]),
        (export_files({DAY: b"[" * 100_000}), [f"{DAY}.json is not valid JSON"]),
        (export_files({DAY: {"ok": False}}), [f"{DAY}.json should be a JSON list"]),
        (export_files({DAY: [a_message(0), "hi"]}), ["Entry 2 of", DAY, "a text"]),
        (export_files({DAY: [a_message(0), {"text": "hi"}]}), ["Message 2 of", DAY, "ts"]),
        (export_files({DAY: [{"ts": 1.5}]}), ["Message 1 of", DAY]),
        (export_files({DAY: [{"ts": "1e9"}]}), ["Message 1 of", DAY]),
    ],
)
def test_what_is_wrong_is_named(
    tmp_path: Path, build: Build, files: dict[str, Any], told: list[str]
) -> None:
    (tmp_path / "e").mkdir() if build is as_folder else None
    message = refusal(build(tmp_path / "e", files))
    assert all(part in message for part in told), message


def test_a_path_that_does_not_exist_is_named(tmp_path: Path) -> None:
    assert "no-such.zip" in refusal(tmp_path / "no-such.zip")


def test_a_file_that_is_no_zip_is_named(tmp_path: Path) -> None:
    (tmp_path / "export.zip").write_bytes(b"PK\x03\x04 but nothing else")
    assert "export.zip is not a zip file" in refusal(tmp_path / "export.zip")


@pytest.mark.parametrize(
    "name",
    [
        "../outside.json",
        "ops/../../outside.json",
        "/etc/outside.json",
        "..\\outside.json",
        "ops\\2023-11-14.json",
        "C:/outside.json",
        "c:outside.json",
        "ops/..",
    ],
)
def test_names_that_leave_the_folder_are_refused(tmp_path: Path, name: str) -> None:
    path = as_zip(tmp_path / "e.zip", export_files() | {name: []})
    assert "outside its own folder" in refusal(path)
    assert [file.name for file in tmp_path.iterdir()] == ["e.zip"]


def test_links_in_a_zip_are_refused(tmp_path: Path) -> None:
    path = as_zip(tmp_path / "e.zip", export_files())
    link = zipfile.ZipInfo("ops/2023-11-15.json")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    assert "holds a link" in refusal(path)


@pytest.mark.parametrize("linked", ["ops/2023-11-15.json", "elsewhere"])
def test_links_in_a_folder_are_refused(tmp_path: Path, linked: str) -> None:
    secret = as_folder(tmp_path / "secret", {"2023-11-15.json": [a_message(0)]})
    folder = as_folder(tmp_path / "e", export_files())
    target = secret if linked == "elsewhere" else secret / "2023-11-15.json"
    (folder / linked).symlink_to(target)
    assert f"{linked} is a link" in refusal(folder)


def test_a_bomb_is_stopped_before_it_fills_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slack_export_files, "ALWAYS_ALLOWED_BYTES", 2**20)
    bomb = as_zip(tmp_path / "e.zip", export_files({DAY: b"[" + b" " * (40 * 2**20) + b"]"}))
    tracemalloc.start()
    try:
        assert "absurd" in refusal(bomb)
        assert tracemalloc.get_traced_memory()[1] < 20 * 2**20
    finally:
        tracemalloc.stop()


def test_many_small_files_add_up_to_a_bomb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slack_export_files, "ALWAYS_ALLOWED_BYTES", 2**20)
    blank = b"[" + b" " * (2**20 // 2) + b"]"
    days = {f"ops/2023-{month:02}-{day:02}": blank for month in range(1, 6) for day in range(1, 13)}
    assert "absurd" in refusal(as_zip(tmp_path / "e.zip", export_files(days)))


def test_a_zip_that_lies_about_its_sizes_is_caught(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slack_export_files, "MAX_FILE_BYTES", 2**16)
    path = as_zip(tmp_path / "e.zip", export_files({DAY: b"[" + b" " * 2**20 + b"]"}))
    honest = struct.pack("<L", 2**20 + 2)
    path.write_bytes(path.read_bytes().replace(honest, struct.pack("<L", 2)))
    message = refusal(path)
    assert "can't be unpacked" in message or "not valid JSON" in message


def test_a_huge_day_file_is_refused(
    tmp_path: Path, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slack_export_files, "MAX_FILE_BYTES", 2**16)
    days = {DAY: [a_message(number) for number in range(2_000)]}
    assert f"{DAY}.json is larger" in refusal(build(tmp_path / "e", export_files(days)))


def test_damaged_data_is_named(tmp_path: Path) -> None:
    days = {DAY: [a_message(number) for number in range(50)]}
    path = as_zip(tmp_path / "e.zip", export_files(days), compress=False)
    path.write_bytes(path.read_bytes().replace(b"message 40", b"massage 40"))
    assert f"{DAY}.json in the export can't be unpacked" in refusal(path)


def test_an_encrypted_zip_is_named(tmp_path: Path) -> None:
    path = as_zip(tmp_path / "e.zip", export_files())
    data = bytearray(path.read_bytes())
    for signature, flags_at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = data.find(signature)
        while start >= 0:
            data[start + flags_at] |= 1
            start = data.find(signature, start + 4)
    path.write_bytes(bytes(data))
    assert "can't be unpacked" in refusal(path)


def test_one_day_at_a_time_is_in_memory(tmp_path: Path) -> None:
    def peak_bytes(days: int) -> int:
        path = as_zip(tmp_path / f"{days}.zip", export_files(dict(_busy_days(days))))
        tracemalloc.start()
        try:
            with open_export(path) as export:
                assert sum(1 for _ in export.messages(export.channel("ops"))) == days * 500
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak_bytes(40) < 1.5 * peak_bytes(4)


def _busy_days(days: int) -> list[tuple[str, bytes]]:
    return [
        (
            f"ops/2023-{1 + day // 28:02}-{1 + day % 28:02}",
            json.dumps([a_message(day * 500 + number) for number in range(500)]).encode(),
        )
        for day in range(days)
    ]


@pytest.mark.skipif(not SHARED_EXPORTS.is_dir(), reason="the shared real exports are not here")
@pytest.mark.parametrize(
    ("name", "team_id", "url", "counts"),
    [
        ("k8s-2019-02-05", "T0REALCHAT", None, {"testing-ops": 95}),
        ("k8s-2019-02-08", "T0REALCHAT", None, {"testing-ops": 116}),
        (
            "small-export",
            "T0BMHLSRH",
            "https://mesos-magellan.slack.com/",
            {"enrique": 102, "traveling-sailor": 56},
        ),
    ],
)
def test_real_exports(name: str, team_id: str, url: str | None, counts: dict[str, int]) -> None:
    with open_export(SHARED_EXPORTS / f"{name}.zip") as export:
        assert export.team_id == team_id
        assert export.workspace_url == url
        found = {each.name: list(export.messages(each)) for each in export.channels}
    assert {channel: len(messages) for channel, messages in found.items()} == counts
    for messages in found.values():
        stamps = [tuple(map(int, message["ts"].split("."))) for message in messages]
        assert stamps == sorted(stamps)

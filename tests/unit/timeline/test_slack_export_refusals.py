"""What is no export, is broken, or was tampered with is refused with words that help."""

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
from tests.unit.archive.exports import a_message, as_folder, as_zip, export_files

Build = Callable[[Path, dict[str, Any]], Path]
DAY = "ops/2023-11-14"


@pytest.fixture(params=[as_folder, as_zip], ids=["folder", "zip"])
def build(request: pytest.FixtureRequest) -> Build:
    chosen: Build = request.param
    return chosen


def read_all(path: Path) -> None:
    with open_export(path) as export:
        for channel in export.channels:
            list(export.messages(channel))


def refusal(path: Path) -> str:
    """What is said about an export that can't be read to its end."""
    with pytest.raises(BadInputError) as caught:
        read_all(path)
    return str(caught.value)


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

"""Reading exports as Slack makes them, and as people pack them."""

import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from copilot.errors import BadInputError
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

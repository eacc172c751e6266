"""Exports played into an app over real HTTP."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from copilot.clock import ReplayClock
from copilot.errors import BadInputError
from copilot.sandbox.player import Player, PlayResult
from copilot.sandbox.score import read_commands
from copilot.sandbox.sender import Sender
from copilot.sandbox.workspace import SandboxWorkspace
from copilot.timeline.slack_export import open_export
from tests.unit.sandbox.exports import a_message, an_export
from tests.unit.sandbox.listening_app import Heard, ListeningApp, Reply, a_listening_app

SHARED = Path(__file__).parents[3] / "shared" / "data" / "slack_exports"
BASE = 1772632800
"""2026-03-04 14:00:00 UTC"""


def at(second: float) -> datetime:
    return datetime.fromtimestamp(BASE, UTC) + timedelta(seconds=second)


def ts(second: int, fraction: str = "000100") -> str:
    return f"{BASE + second}.{fraction}"


class Stage:
    """An app that listens and a workspace into which exports are played."""

    def __init__(self, app: ListeningApp, stack: ExitStack) -> None:
        self.app = app
        self.clock = ReplayClock(datetime(2000, 1, 1, tzinfo=UTC))
        self.workspace = SandboxWorkspace(self.clock)
        self.sender = Sender(self.workspace, app.url, retry_delays_s=(0.0,))
        self.workspace.connect(self.sender)
        self.steps: list[datetime] = []
        self._stack = stack

    def player(self, export: Path, **more: Any) -> Player:
        opened = self._stack.enter_context(open_export(export))
        options = {"speed": 0, "on_step": self.steps.append, **more}
        return Player(self.workspace, self.sender, opened, clock=self.clock, **options)

    def play(self, export: Path, channel: str | None = None, **more: Any) -> PlayResult:
        return self.player(export, **more).play(channel)


@pytest.fixture
def stage() -> Iterator[Stage]:
    with a_listening_app() as app, ExitStack() as stack:
        stage = Stage(app, stack)
        yield stage
        stage.sender.close()


def test_each_message_is_an_event_with_its_own_ts_and_ids(stage: Stage, tmp_path: Path) -> None:
    said = [a_message(ts(0, "123400"), "one"), a_message(ts(9), "two", "U2", thread_ts=ts(0))]
    result = stage.play(an_export(tmp_path, {"ops": said}))
    assert (result.events, result.failed, result.messages) == (2, 0, 2)
    one, two = stage.app.events
    assert (one["ts"], one["event_ts"], one["channel"]) == (ts(0, "123400"),) * 2 + ("C1",)
    assert (two["user"], two["thread_ts"]) == ("U2", ts(0))
    assert stage.workspace.users["U2"].real_name == "Ben Okafor"
    assert stage.workspace.channel("C1").name == "ops"
    assert stage.workspace.message("C1", ts(9))["text"] == "two"


def test_the_clock_tells_the_incidents_time_when_the_app_hears(
    stage: Stage, tmp_path: Path
) -> None:
    heard_at: list[datetime] = []

    def note(_: Heard) -> None:
        heard_at.append(stage.clock.now())

    stage.app.on_heard = note
    stage.play(an_export(tmp_path, {"ops": [a_message(ts(0)), a_message(ts(60))]}))
    assert heard_at == [at(0.0001), at(60.0001)]


def test_channels_are_played_together_in_time_order(stage: Stage, tmp_path: Path) -> None:
    export = an_export(
        tmp_path,
        {
            "one": [a_message(ts(0), "a"), a_message(ts(20), "c")],
            "two": [a_message(ts(10), "b")],
            "silent": [],
        },
    )
    stage.play(export)
    assert [event["text"] for event in stage.app.events] == ["a", "b", "c"]
    assert set(stage.workspace.channels) == {"C1", "C2"}


@pytest.mark.parametrize("name", ["two", "#two", "C2"])
def test_one_channel_may_be_played_alone(stage: Stage, tmp_path: Path, name: str) -> None:
    export = an_export(tmp_path, {"one": [a_message(ts(0))], "two": [a_message(ts(1), "here")]})
    stage.play(export, name)
    assert [event["text"] for event in stage.app.events] == ["here"]
    assert set(stage.workspace.channels) == {"C2"}


def test_a_channel_that_is_not_there_is_said_to_be_missing(stage: Stage, tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="ops"):
        stage.play(an_export(tmp_path, {"ops": [a_message(ts(0))]}), "dev")


def test_reactions_follow_their_message(stage: Stage, tmp_path: Path) -> None:
    reactions = [{"name": "eyes", "users": ["U1", "U2"], "count": 2}]
    result = stage.play(an_export(tmp_path, {"ops": [a_message(ts(0), reactions=reactions)]}))
    posted, first, second = stage.app.events
    assert "reactions" not in posted
    assert {first["user"], second["user"]} == {"U1", "U2"}
    assert first["event_ts"] == first["item"]["ts"] == ts(0)
    assert stage.workspace.message("C1", ts(0))["reactions"] == reactions
    assert result.events == 3


def test_edits_and_deletions_of_the_export_happen(stage: Stage, tmp_path: Path) -> None:
    edited = a_message(ts(0), "after", edited={"user": "U1", "ts": ts(5)})
    change = {"type": "message", "subtype": "message_changed", "ts": ts(5), "message": edited}
    gone = {
        "type": "message",
        "subtype": "message_deleted",
        "ts": ts(9),
        "deleted_ts": ts(2),
    }
    said = [a_message(ts(0), "before"), a_message(ts(2), "oops"), change, gone]
    stage.play(an_export(tmp_path, {"ops": said}))
    assert [event.get("subtype") for event in stage.app.events] == [
        None,
        None,
        "message_changed",
        "message_deleted",
    ]
    assert stage.app.events[3]["channel"] == "C1"
    assert stage.workspace.message("C1", ts(0))["text"] == "after"
    assert stage.workspace.channel("C1").get(ts(2)) is None


def test_a_lull_is_stopped_at_on_the_way(stage: Stage, tmp_path: Path) -> None:
    said = [a_message(ts(0)), a_message(ts(301)), a_message(ts(900))]
    stage.play(an_export(tmp_path, {"ops": said}))
    assert stage.steps == [at(0.0001), at(301.0001), at(602.0001), at(900.0001)]


def test_redeliveries_carry_the_same_event_id(stage: Stage, tmp_path: Path) -> None:
    said = [a_message(ts(n)) for n in range(4)]
    result = stage.play(an_export(tmp_path, {"ops": said}), deliveries=3)
    ids = [heard.json["event_id"] for heard in stage.app.heard]
    assert (result.events, result.deliveries, len(ids), len(set(ids))) == (4, 12, 12, 4)


def test_shuffled_deliveries_are_the_same_events_in_another_order(
    stage: Stage, tmp_path: Path
) -> None:
    said = [a_message(ts(n), str(n)) for n in range(20)]
    stage.play(an_export(tmp_path, {"ops": said}), deliveries=3, shuffle_seed=7)
    order = [event["text"] for event in stage.app.events]
    assert sorted(order, key=int) == [str(n) for n in range(20) for _ in range(3)]
    assert order != sorted(order, key=int)
    assert len({heard.json["event_id"] for heard in stage.app.heard}) == 20
    assert stage.clock.now() == at(19.0001)


def test_commands_beside_the_export_are_used_at_their_time(stage: Stage, tmp_path: Path) -> None:
    command = {
        "at": "2026-03-04T14:00:30Z",
        "user": "U1",
        "channel": "C1",
        "command": "/incident",
        "text": "declare Broken",
    }
    said = [a_message(ts(0)), a_message(ts(60))]
    export = an_export(tmp_path, {"ops": said}, commands=[command])
    result = stage.play(export, commands=read_commands(export), shuffle_seed=1)
    kinds = [heard.headers["content-type"] for heard in stage.app.heard]
    assert kinds[1] == "application/x-www-form-urlencoded"
    assert stage.app.heard[1].form["text"] == "declare Broken"
    assert result.commands == 1


def test_commands_that_can_not_be_read_are_refused_with_the_place(tmp_path: Path) -> None:
    export = an_export(tmp_path, {"ops": []}, commands=[{"at": "yesterday"}])
    with pytest.raises(BadInputError, match=r"commands\.json is unusable \(0\.at"):
        read_commands(export)


def test_what_the_app_refuses_is_counted(stage: Stage, tmp_path: Path) -> None:
    stage.app.on_heard = lambda heard: Reply(500 if "bad" in heard.json["event"]["text"] else 200)
    said = [a_message(ts(0), "good"), a_message(ts(1), "bad"), a_message(ts(2), "good")]
    result = stage.play(an_export(tmp_path, {"ops": said}))
    assert (result.events, result.failed) == (3, 1)


def test_a_replay_can_be_paused_resumed_and_hurried(stage: Stage, tmp_path: Path) -> None:
    said = [a_message(ts(n * 60)) for n in range(5)]
    player = stage.player(an_export(tmp_path, {"ops": said}), speed=1, longest_wait_s=60)
    player.prepare()
    player.pause()
    playing = threading.Thread(target=player.play)
    playing.start()
    playing.join(0.5)
    assert len(stage.app.heard) <= 1
    player.set_speed(0)
    player.resume()
    playing.join(10)
    assert not playing.is_alive()
    assert len(stage.app.heard) == 5
    assert stage.workspace.playback is not None
    assert stage.workspace.playback.progress.state == "finished"


def test_a_quiet_hour_is_cut_short_and_the_clock_still_arrives(
    stage: Stage, tmp_path: Path
) -> None:
    said = [a_message(ts(0)), a_message(ts(3600))]
    stage.play(an_export(tmp_path, {"ops": said}), speed=60, longest_wait_s=0.4)
    assert stage.clock.now() == at(3600.0001)


def test_a_stopped_replay_ends_early(stage: Stage, tmp_path: Path) -> None:
    said = [a_message(ts(n * 60)) for n in range(5)]
    player = stage.player(an_export(tmp_path, {"ops": said}), speed=1, longest_wait_s=60)
    playing = threading.Thread(target=player.play)
    playing.start()
    playing.join(0.3)
    player.stop()
    playing.join(5)
    assert not playing.is_alive()
    assert len(stage.app.heard) < 5


@pytest.mark.parametrize(
    ("name", "messages"),
    [("k8s-2019-02-05", 95), ("k8s-2019-02-08", 116), ("small-export", None)],
)
def test_real_exports_arrive_whole(stage: Stage, name: str, messages: int | None) -> None:
    path = SHARED / f"{name}.zip"
    if not path.is_file():
        pytest.skip(f"no {path}")
    result = stage.play(path)
    sent = [event for event in stage.app.events if event["type"] == "message"]
    stamps = {(event["channel"], event["ts"]) for event in sent}
    stored = sum(channel.size for channel in stage.workspace.channels.values())
    assert result.failed == 0
    assert len(sent) == len(stamps) == stored == result.messages
    assert messages in (None, len(sent))

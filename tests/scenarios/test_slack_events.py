"""Events on their way into the timeline, and what happens when they can't get there."""

from itertools import count
from typing import Any

import pytest
from sqlalchemy import func, select, text

from copilot.timeline.models import EventKind, TimelineEvent
from copilot.workspaces.directory import names_of
from tests.scenarios.slack_world import SlackWorld


@pytest.fixture
def declared(world: SlackWorld) -> SlackWorld:
    world.command("declare checkout errors")
    world.works()
    return world


@pytest.fixture(scope="module")
def declared_for_all(lasting_world: SlackWorld) -> SlackWorld:
    lasting_world.command("declare checkout errors")
    lasting_world.works()
    return lasting_world


@pytest.fixture
def declared_either_way(world_either_way: SlackWorld) -> SlackWorld:
    world_either_way.command("declare checkout errors")
    world_either_way.works()
    return world_either_way


_seconds = count(1)


def message(world: SlackWorld, **more: Any) -> dict[str, Any]:
    return {
        "type": "message",
        "channel": world.channel(),
        "user": world.person("ana"),
        "ts": "1772632900.000100",
        "text": "still 500s",
        **more,
    }


def stored(world: SlackWorld) -> int:
    with world.db.reading() as session:
        return session.scalar(select(func.count()).select_from(TimelineEvent)) or 0


def send(world: SlackWorld, event: dict[str, Any], **envelope: Any) -> int:
    return world.slack.event(event, team_id=world.workspace.team_id, **envelope).status


def test_everything_people_do_is_recorded(declared_either_way: SlackWorld) -> None:
    declared = declared_either_way
    ts = declared.says("ana", "db-3 is out of disk")
    declared.says("ben", "looking", thread_ts=ts)
    declared.workspace.edit(declared.person("ana"), declared.channel(), ts, "db-3 was out of disk")
    declared.workspace.react(declared.person("ben"), declared.channel(), ts, "eyes")
    declared.workspace.pin(declared.person("ben"), declared.channel(), ts)
    events = {event.kind: event for event in declared.events()}
    assert {EventKind.REACTION_ADDED, EventKind.PIN_ADDED} <= set(events)
    first = next(event for event in declared.events() if event.message_ts == ts)
    assert first.text == "db-3 was out of disk"
    assert first.edited_ts is not None
    declared.workspace.delete(declared.person("ana"), declared.channel(), ts)
    deleted = next(event for event in declared.events() if event.message_ts == ts)
    assert deleted.deleted_at is not None
    assert deleted.text == ""


def test_a_redelivered_event_is_recorded_once(declared_either_way: SlackWorld) -> None:
    declared = declared_either_way
    before = stored(declared)
    for _ in range(3):
        assert send(declared, message(declared)) == 200
    assert stored(declared) == before + 1


def test_a_channel_without_an_incident_is_not_kept(declared_either_way: SlackWorld) -> None:
    declared = declared_either_way
    before = stored(declared)
    elsewhere = declared.channel("general")
    assert send(declared, message(declared, channel=elsewhere)) == 200
    assert stored(declared) == before


def test_a_failing_database_answers_500_and_stores_nothing(declared: SlackWorld) -> None:
    before = stored(declared)
    execute(declared, "ALTER TABLE revision RENAME TO hidden")
    assert send(declared, message(declared)) == 500
    assert stored(declared) == before
    execute(declared, "ALTER TABLE hidden RENAME TO revision")
    assert send(declared, message(declared)) == 200
    assert stored(declared) == before + 1


def test_the_words_of_a_message_that_failed_are_not_logged(
    declared: SlackWorld, caplog: pytest.LogCaptureFixture
) -> None:
    execute(declared, "ALTER TABLE revision RENAME TO hidden")
    send(declared, message(declared, text="purple elephants"))
    assert "purple elephants" not in caplog.text


@pytest.mark.parametrize(
    "event",
    [
        {"ts": None},
        {"ts": ""},
        {"ts": "yesterday"},
        {"ts": 1772632900.1},
        {"channel": None},
        {"channel": {"id": "C1"}},
        {"subtype": "message_changed"},
        {"subtype": "message_changed", "message": "x"},
        {"subtype": "message_deleted"},
        {"user": ["U1"]},
        {"bot_id": {"a": 1}},
        {"text": None},
        {"text": {"a": 1}},
        {"files": "x"},
        {"attachments": [None]},
        {"reactions": [1, {"users": None}]},
        {"subtype": "☃"},
        {"thread_ts": 7},
        {"edited": "x"},
    ],
)
def test_a_malformed_event_is_acknowledged(
    declared_for_all: SlackWorld, event: dict[str, Any]
) -> None:
    # With a stamp of its own, so that none is taken for another told again.
    new = {"ts": f"{1772632900 + next(_seconds)}.000100", **event}
    assert send(declared_for_all, message(declared_for_all, **new)) == 200


@pytest.mark.parametrize("kind", ["reaction_added", "reaction_removed", "pin_added", "pin_removed"])
@pytest.mark.parametrize("item", [None, "x", {}, {"type": "file"}, {"type": "message"}])
def test_a_malformed_mark_is_acknowledged(
    declared_for_all: SlackWorld, kind: str, item: Any
) -> None:
    assert send(declared_for_all, {"type": kind, "user": "U1", "item": item}) == 200


def test_our_own_messages_are_ignored(declared_either_way: SlackWorld) -> None:
    declared = declared_either_way
    before = stored(declared)
    workspace = declared.workspace
    own = [
        message(declared, user=workspace.bot_user_id),
        message(declared, user=None, subtype="bot_message", bot_id=workspace.bot_id),
        message(
            declared,
            user=None,
            subtype="message_changed",
            message={**message(declared), "user": None, "bot_id": workspace.bot_id},
        ),
    ]
    assert [send(declared, event) for event in own] == [200, 200, 200]
    assert stored(declared) == before


def test_what_we_do_ourselves_is_ignored(declared_either_way: SlackWorld) -> None:
    declared = declared_either_way
    send(declared, message(declared))
    before = stored(declared)
    item = {"type": "message", "channel": declared.channel(), "ts": message(declared)["ts"]}
    for user, more in ((declared.workspace.bot_user_id, 0), (declared.person("ana"), 1)):
        event = {"type": "reaction_added", "user": user, "item": item, "reaction": "eyes"}
        assert send(declared, {**event, "event_ts": "1700000000.000100"}) == 200
        assert stored(declared) == before + more


def test_another_bot_is_heard(declared_either_way: SlackWorld) -> None:
    declared = declared_either_way
    before = stored(declared)
    alert = message(declared, user=None, subtype="bot_message", bot_id="BALERTS", username="alerts")
    assert send(declared, alert) == 200
    assert stored(declared) == before + 1


def test_a_slack_that_does_not_say_who_we_are_loses_no_message(world: SlackWorld) -> None:
    """Events arrive before the first `auth.test` succeeds."""
    world.workspace.fail_next("auth.test", count=100)
    assert send(world, message(world)) == 200


def test_the_envelope_tells_who_we_are_when_slack_does_not(declared: SlackWorld) -> None:
    before = stored(declared)
    named = [{"team_id": declared.workspace.team_id, "user_id": "UOLDBOT", "is_bot": True}]
    assert send(declared, message(declared, user="UOLDBOT"), authorizations=named) == 200
    assert stored(declared) == before


def test_who_we_are_is_asked_once(declared: SlackWorld) -> None:
    declared.workspace.fail_next("auth.test", count=100)
    for number in range(5):
        assert send(declared, message(declared, ts=f"177263290{number}.000100")) == 200


def test_names_follow_what_people_call_themselves(world: SlackWorld) -> None:
    team_id = world.workspace.team_id
    new = {"id": "U0NEW", "name": "eve", "profile": {"display_name": "eve"}}
    assert send(world, {"type": "team_join", "user": new}) == 200
    renamed = {**new, "profile": {"display_name": "eva"}}
    assert send(world, {"type": "user_change", "user": renamed}) == 200
    with world.db.reading() as session:
        assert names_of(session, team_id)["U0NEW"] == "eva"


@pytest.mark.parametrize(
    "event",
    [
        {"type": "user_change"},
        {"type": "user_change", "user": "U1"},
        {"type": "user_change", "user": {"id": "U1", "profile": "x"}},
        {"type": "user_change", "user": {"id": 7, "profile": None}},
        {"type": "team_join", "user": {}},
        {"type": "channel_rename", "channel": "C1"},
        {"type": "channel_rename", "channel": {"id": "C1"}},
        {"type": "member_joined_channel"},
    ],
)
def test_a_malformed_change_of_names_is_acknowledged(
    lasting_world: SlackWorld, event: dict[str, Any]
) -> None:
    assert send(lasting_world, event) == 200


def execute(world: SlackWorld, statement: str) -> None:
    with world.engine.connect() as connection:
        connection.execute(text(statement))
        connection.commit()

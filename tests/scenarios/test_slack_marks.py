"""Marks on messages: the menu of a message, reactions and pins, and their undoing."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from copilot.incidents.models import FollowUp
from copilot.timeline.marks import standing_marks
from copilot.timeline.models import EventKind, MarkKind
from tests.one_database import ON_BOTH
from tests.one_database import database_url as database_url
from tests.scenarios.block_reading import words_of
from tests.scenarios.slack_world import SlackWorld


@pytest.fixture
def talking(world_on_both: SlackWorld) -> SlackWorld:
    world = world_on_both
    world.command("declare checkout errors sev2")
    world.works()
    return world


def marks_on(world: SlackWorld, ts: str) -> frozenset[MarkKind]:
    world.sender.wait_until_idle()
    team, channel = world.workspace.team_id, world.channel()
    with world.db.reading() as session:
        return standing_marks(session, team, channel, [ts]).get(ts, frozenset())


def follow_ups(world: SlackWorld) -> list[FollowUp]:
    world.sender.wait_until_idle()
    with world.db.reading() as session:
        found = session.scalars(select(FollowUp).order_by(FollowUp.id)).all()
        session.expunge_all()
    return list(found)


def test_the_menu_marks_a_key_moment_and_its_undo_takes_it_back(talking: SlackWorld) -> None:
    ts = talking.says("ana", "rolling back deploy 4812")
    talking.sender.wait_until_idle()
    talking.shortcut("ben", "mark_key_moment", ts)
    answer = talking.private("ben")
    assert "◆ A key moment of *checkout errors* now: “rolling back deploy 4812”" in words_of(answer)
    assert marks_on(talking, ts) == {MarkKind.KEY_MOMENT}
    assert "◆ *ana* “rolling back deploy 4812”" in talking.command("timeline")
    talking.press("ben", answer, "mark_undo")
    assert "is no key moment" in words_of(talking.private("ben"))
    assert marks_on(talking, ts) == frozenset()


def test_an_ignored_message_reaches_no_proposer_until_that_is_undone(talking: SlackWorld) -> None:
    ts = talking.says("dana", "todo: buy cake for the office")
    talking.sender.wait_until_idle()
    talking.shortcut("ben", "ignore_message", ts)
    answer = talking.private("ben")
    assert "Ignored: “todo: buy cake for the office”" in words_of(answer)
    talking.works()
    assert "No follow-ups wait" in talking.command("suggestions")
    assert "1 ignored message" in talking.command("catchup all", by="ben")
    talking.press("ben", answer, "mark_undo")
    talking.passes(timedelta(minutes=1))
    assert "buy cake for the office" in talking.command("suggestions")


def test_a_message_becomes_a_follow_up_in_a_persons_words(talking: SlackWorld) -> None:
    ts = talking.says("dana", "I'll add an alert on replica lag by Friday")
    talking.sender.wait_until_idle()
    talking.shortcut("ben", "create_follow_up", ts)
    fields = {block["block_id"]: block.get("element") for block in talking.view_of("ben")["blocks"]}
    assert fields["title"]["initial_value"] == "I'll add an alert on replica lag by Friday"
    assert fields["owner"]["initial_user"] == talking.person("dana")
    assert fields["due"]["initial_value"] == "by Friday"
    assert talking.submits("ben", {"title": "Alert on replica lag"}).is_closed
    (made,) = follow_ups(talking)
    assert (made.title, made.owner_id, made.due, made.source_ts) == (
        "Alert on replica lag",
        talking.person("dana"),
        "by Friday",
        ts,
    )
    assert f"Follow-up #{made.id}: *Alert on replica lag*" in words_of(talking.private("ben"))
    assert EventKind.FOLLOW_UP_ADDED in [event.kind for event in talking.events()]


def test_a_form_without_words_says_so_and_keeps_what_was_typed(talking: SlackWorld) -> None:
    ts = talking.says("dana", "check the backups")
    talking.sender.wait_until_idle()
    talking.shortcut("ben", "create_follow_up", ts)
    submission = talking.submits("ben", {"title": "\u202e \u200f"})
    assert not submission.is_closed
    assert "few words" in submission.errors["title"]
    assert follow_ups(talking) == []


def test_a_reaction_makes_a_follow_up_and_its_removal_takes_back_that_one(
    talking: SlackWorld,
) -> None:
    ts = talking.says("dana", "check the <!channel> backups")
    talking.react("ben", ts, "memo")
    (made,) = follow_ups(talking)
    assert (made.title, made.created_by) == ("check the @channel backups", talking.person("ben"))
    talking.react("ana", ts, "memo")
    talking.unreact("ben", ts, "memo")
    (still,) = follow_ups(talking)
    assert still.withdrawn_at is None
    talking.unreact("ana", ts, "memo")
    (gone,) = follow_ups(talking)
    assert gone.withdrawn_at is not None
    assert "has no follow-ups yet" in talking.command("followup")
    talking.react("ana", ts, "memo")
    (back,) = follow_ups(talking)
    assert back.withdrawn_at is None


def test_a_message_that_is_a_follow_up_already_is_not_suggested(talking: SlackWorld) -> None:
    ts = talking.says("dana", "todo: add an alert on replica lag")
    talking.react("ben", ts, "memo")
    talking.works()
    assert "No follow-ups wait" in talking.command("suggestions")
    assert "same as" in talking.command("held")


def test_what_is_done_or_put_into_words_outlives_the_reaction(talking: SlackWorld) -> None:
    first, second = talking.says("dana", "check the backups"), talking.says("dana", "page on lag")
    for ts in (first, second):
        talking.react("ben", ts, "memo")
    one, _ = follow_ups(talking)
    talking.command(f"followup done {one.id}")
    talking.shortcut("ana", "create_follow_up", second)
    talking.submits("ana", {"title": "Page on replica lag"})
    for ts in (first, second):
        talking.unreact("ben", ts, "memo")
    assert [each.withdrawn_at for each in follow_ups(talking)] == [None, None]
    assert follow_ups(talking)[1].title == "Page on replica lag"


@ON_BOTH
def test_reactions_and_pins_in_threads_are_key_moments(talking: SlackWorld) -> None:
    parent = talking.says("ana", "still 500s after the rollback")
    reply = talking.says("ben", "db-3 lags by 210 s", thread_ts=parent)
    talking.react("dana", reply, "star")
    talking.pin("ana", parent)
    assert marks_on(talking, reply) == marks_on(talking, parent) == {MarkKind.KEY_MOMENT}
    listed = talking.command("timeline")
    assert f"thread_ts={parent}" in listed
    talking.unpin("ben", parent)
    talking.unreact("dana", reply, "star")
    assert marks_on(talking, reply) == marks_on(talking, parent) == frozenset()


@ON_BOTH
def test_other_reactions_and_other_channels_mark_nothing(talking: SlackWorld) -> None:
    ts = talking.says("ana", "still 500s after the rollback")
    talking.react("ben", ts, "eyes")
    elsewhere = talking.says("ana", "lunch?", channel="general")
    talking.react("ben", elsewhere, "memo", channel="general")
    assert marks_on(talking, ts) == frozenset()
    assert follow_ups(talking) == []
    talking.shortcut("ben", "mark_key_moment", elsewhere, channel="general")
    assert "belongs to no incident" in words_of(talking.private("ben", "general"))

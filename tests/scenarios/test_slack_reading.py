"""What a responder reads and writes down without leaving Slack."""

import pytest

from copilot.sandbox.events import posted
from copilot.timeline.models import EventKind
from tests.scenarios.block_reading import words_of
from tests.scenarios.slack_world import SlackWorld


@pytest.fixture
def told(world: SlackWorld) -> SlackWorld:
    """An incident in which some things were said, the last of them by ana."""
    world.command("declare checkout errors sev2", by="dana")
    world.works()
    world.says("ana", "error rate on checkout is at 30%, customers can't pay")
    world.says("ben", "rolling back deploy 4812")
    world.says("ana", "the rollback fixed it, error rate is back to normal")
    world.sender.wait_until_idle()
    return world


def bot_says(world: SlackWorld, name: str, text: str) -> None:
    fields = {"subtype": "bot_message", "bot_id": "B0OTHER", "username": name, "text": text}
    body = world.workspace.add_message(world.channel(), fields)
    world.workspace.tell(world.channel(), posted(body, world.channel(), "channel"))


def test_catching_up_quotes_what_was_said_with_its_source(told: SlackWorld) -> None:
    answer = told.command("catchup", by="dana")
    said = next(event for event in told.events() if "4812" in event.text)
    assert said.message_ts is not None
    link = told.workspace.permalink(told.channel(), said.message_ts)
    assert "*ben* “rolling back deploy 4812”" in answer
    assert f"<{link}|source>" in answer
    assert "covers 3 of 3 messages" in answer
    assert "when you were last active here" in answer


def test_catching_up_begins_where_one_left_and_tells_what_changed(told: SlackWorld) -> None:
    assert "Nothing new" in told.command("catchup", by="ana")
    told.command("severity sev1", by="ben")
    bot_says(told, "alerts", "ALERT: replica lag 210 s on db-3")
    bot_says(told, "deploys", "build 77 passed")
    told.sender.wait_until_idle()
    answer = told.command("catchup", by="ana")
    assert "Severity SEV2 → SEV1 · ben" in answer
    assert "▲ *alerts* “ALERT: replica lag 210 s on db-3”" in answer
    assert "rolling back" not in answer
    assert "covers 1 of 2 messages; left out: 1 bot line" in answer
    assert "from the beginning" in told.command("catchup all", by="ana")


def test_a_time_of_day_is_read_in_the_askers_zone(told: SlackWorld) -> None:
    answer = told.command("catchup 14:00", by="ana")
    assert "since <!date^1772632800^{time}|14:00 UTC>" in answer
    refused = told.command("catchup whenever", by="ana")
    assert "“whenever” is no time that I can read" in refused
    assert "`yesterday 14:05`" in refused


def test_the_timeline_lists_changes_and_notes_newest_last(told: SlackWorld) -> None:
    told.command("note customers told <!channel>; password=hunter2secret", by="ben")
    told.command("status monitoring", by="ben")
    answer = told.command("timeline")
    assert "customers told @channel" in answer
    assert "hunter2secret" not in answer
    assert answer.index("Declared") < answer.index("customers told") < answer.index("→ monitoring")
    assert "2 earlier ones are left out" in told.command("timeline 1")
    assert "1 to 40 lines" in told.command("timeline 99")
    (note,) = [event for event in told.events() if event.kind == EventKind.NOTE]
    assert note.author_id == told.person("ben")


def test_an_empty_note_or_channel_says_what_to_do(told: SlackWorld) -> None:
    assert "Write the note behind the word" in told.command("note")
    assert "no incident in this channel" in told.command("catchup", channel="general")
    assert "no incident in this channel" in told.command("note hello", channel="general")


def test_follow_ups_are_added_listed_and_done_by_number(told: SlackWorld) -> None:
    told.works()
    ben = told.person("ben")
    added = told.command(f"followup add check the backups <@{ben}|ben> by Friday")
    assert "✓ Follow-up #1 is added: *check the backups* · ben · by Friday" in added
    assert "*checkout errors* · follow-ups: 1 open" in told.command("followup")
    assert "✓ #1 *check the backups* is done." in told.command("followup done 1", by="ben")
    assert "was done already, by ben" in told.command("followup done 1", by="ana")
    kinds = [event.kind for event in told.events()]
    assert kinds.count(EventKind.FOLLOW_UP_DONE) == 1
    told.command("declare search is down", channel="general")
    assert "no follow-up 1" in told.command("followup done 1", channel="general")


def test_a_follow_up_is_done_by_its_button_too(told: SlackWorld) -> None:
    told.works()
    told.command("followup add check the backups", by="ana")
    told.press("ana", told.private("ana"), "follow_up_done", title="check the backups")
    shown = words_of(told.private("ana"))
    assert "✓ #1 *check the backups* is done." in shown
    assert "0 open, 1 done" in shown


def test_follow_ups_say_what_was_not_understood(told: SlackWorld) -> None:
    told.works()
    assert "nothing I can do" in told.command("followup delete 3")
    assert "Nobody here is called “nobody”" in told.command("followup add check it @nobody")
    assert "Say what is to be done" in told.command("followup add")
    assert "Say which one" in told.command("followup done")
    assert "has no follow-up 7" in told.command("followup done 7")
    long = told.command("followup add " + "x" * 400)
    assert "at most 300 characters" in long

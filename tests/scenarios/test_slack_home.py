"""App Home: what waits for one person, and nothing they could not see in Slack."""

import pytest

from copilot.ports import ChannelInfo
from copilot.suggestions.quiet import quiet_until
from copilot.workspaces.directory import upsert_channel
from copilot.workspaces.membership import set_members
from tests.scenarios.block_reading import words_of
from tests.scenarios.slack_world import SlackWorld


@pytest.fixture
def running(world: SlackWorld) -> SlackWorld:
    """An incident that ben has something to do in."""
    world.command("declare checkout errors sev2")
    world.works()
    world.command(f"followup add check the backups <@{world.person('ben')}> by Friday")
    return world


def test_an_empty_home_says_what_to_do(world: SlackWorld) -> None:
    shown = words_of(world.opens_home("ben"))
    assert "Nothing is waiting for you" in shown
    assert "No incident is open. `/incident declare" in shown


def test_home_shows_my_follow_ups_and_what_is_open(running: SlackWorld) -> None:
    running.says("dana", "todo: add an alert on replica lag")
    running.works()
    shown = words_of(running.opens_home("ben"))
    assert "*check the backups*  you · by Friday" in shown
    assert "*checkout errors* · SEV2 · investigating · calm" in shown
    assert "1 suggestion to decide on" in shown
    assert "Nothing is waiting for you" in words_of(running.opens_home("dana"))


def test_done_in_home_is_done_for_all_and_home_is_drawn_anew(running: SlackWorld) -> None:
    running.opens_home("ben")
    running.press_in_home("ben", "follow_up_done", title="check the backups")
    shown = words_of(running.home_of("ben"))
    assert "✓ #1 *check the backups* is done." in shown
    assert "Nothing is waiting for you" in shown
    assert "done by ben" in running.command("followup")


def test_the_quiet_switch_is_per_incident_and_goes_back(running: SlackWorld) -> None:
    running.opens_home("ben")
    running.press_in_home("ben", "home_quiet", title="checkout errors")
    assert "as ben asked" in words_of(running.home_of("ben"))
    running.press_in_home("ben", "home_speak", title="checkout errors")
    assert "Quiet is over in *checkout errors*" in words_of(running.home_of("ben"))
    with running.db.reading() as session:
        assert quiet_until(session, running.incident().id) is None


def test_admins_see_how_much_was_said_and_others_do_not(running: SlackWorld) -> None:
    assert "How much was said unasked" in words_of(running.opens_home("ana"))
    assert "How much was said unasked" not in words_of(running.opens_home("ben"))


def test_a_private_channel_shows_only_to_its_members(running: SlackWorld) -> None:
    """Title, follow-ups, counts and buttons: an old Home's button does nothing either."""
    old = running.opens_home("ben")
    team, channel = running.workspace.team_id, running.channel()
    with running.db.transaction() as session:
        upsert_channel(session, team, ChannelInfo(channel, "incidents", is_private=True))
        set_members(session, team, channel, [running.person("ana")], running.clock.now())
    for action in ("follow_up_done", "home_quiet"):
        running.workspace.publish_home(running.person("ben"), old)
        running.press_in_home("ben", action)
        shown = words_of(running.home_of("ben"))
        assert "out of date" in shown
        assert "checkout" not in shown
        assert "backups" not in shown
    assert "checkout errors" in words_of(running.opens_home("ana"))
    assert "follow-ups: 1 open" in running.command("followup", by="ana")
    with running.db.reading() as session:
        assert quiet_until(session, running.incident().id) is None

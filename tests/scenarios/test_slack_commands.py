"""What `/incident` does and says, through a pretend Slack."""

import pytest
from sqlalchemy import text

from copilot.jobs import Job
from copilot.slack.command_words import WORDS
from copilot.slack.listeners import commands
from tests.scenarios.block_reading import words_of
from tests.scenarios.slack_world import SlackWorld


def test_bare_it_fits_one_screen_and_names_all_commands(world: SlackWorld) -> None:
    shown = world.command("")
    assert len(shown.splitlines()) <= 12
    for word in WORDS:
        assert f"`{word}" in shown or word == "help"
    assert world.command("help") == shown


def test_each_word_that_is_promised_is_there(world: SlackWorld) -> None:
    assert {*commands.RUNS, "help"} == set(WORDS)
    assert world.command("„HELP“ ?") == world.command("help")
    shown = world.command("resovle rolled back `4812`")
    assert "Did you mean `/incident resolve rolled back '4812'`?" in shown


def test_an_unknown_word_gets_the_nearest(world: SlackWorld) -> None:
    shown = world.command("delcare <!channel> now")
    assert "“delcare” is no command" in shown
    assert "Did you mean `/incident declare @channel now`?" in shown
    shown = world.command("hepl")
    assert "Did you mean" not in shown
    assert world.command("help") in shown


def test_an_unknown_word_is_shown_harmless(world: SlackWorld) -> None:
    assert "<!channel>" not in world.command("<!channel>")


def test_review_is_requested_and_linked(world: SlackWorld) -> None:
    world.command("declare checkout errors")
    shown = world.command("review")
    assert f"<http://127.0.0.1:8080/incidents/{world.incident().id}/review|" in shown
    assert world.incident().review_requested_at is not None
    assert Job.DRAFT_REVIEW in {queued.job for queued in world.jobs}


def test_held_lists_what_was_kept_back_with_rule_and_number(world: SlackWorld) -> None:
    world.command("declare checkout errors")
    world.works()
    assert "Nothing was kept back" in world.command("held")
    world.says("dana", "todo(0.3): Maybe rename the dashboard")
    world.works()
    shown = world.command("held")
    assert "Maybe rename the dashboard" in shown
    assert "below threshold: 0.3 &lt; 0.5 at any time" in shown
    assert world.cards() == []
    assert "No follow-ups wait" in world.command("suggestions")


@pytest.mark.parametrize(
    "words",
    [
        "status",
        "severity sev1",
        "rename x",
        "role",
        "role commander me",
        "handover",
        "handover me",
        "resolve",
        "reopen",
        "suggestions",
        "held",
        "review",
    ],
)
def test_where_there_is_no_incident_it_says_how_to_start_one(
    lasting_world: SlackWorld, words: str
) -> None:
    assert "`/incident declare what is wrong sev2`" in lasting_world.command(words)


def test_a_foreign_command_is_answered(world: SlackWorld) -> None:
    answer = world.slack.command("x", command="/other")
    assert "That command is not mine" in words_of(answer.body)


def test_a_database_that_is_away_is_said_in_words(world: SlackWorld) -> None:
    world.command("declare checkout errors")
    with world.engine.connect() as connection:
        connection.execute(text("ALTER TABLE incident RENAME TO hidden"))
        connection.commit()
    for words in ("status", "resolve", "declare x"):
        shown = world.command(words)
        assert "The database did not answer" in shown
        assert "Nothing was changed" in shown

"""What `/incident` does and says, through a pretend Slack."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from copilot.incidents.models import Severity, Status
from copilot.jobs import Job
from copilot.slack.command_words import WORDS
from copilot.timeline.models import EventKind
from tests.scenarios.slack_world import SlackWorld, words_of


def test_bare_it_fits_one_screen_and_names_all_commands(world: SlackWorld) -> None:
    shown = world.command("")
    assert len(shown.splitlines()) <= 12
    for word in WORDS:
        assert f"`{word}" in shown or word == "help"
    assert world.command("help") == shown


def test_an_unknown_word_gets_the_nearest(world: SlackWorld) -> None:
    shown = world.command("delcare <!channel> now")
    assert "“delcare” is no command" in shown
    assert "Did you mean `/incident declare @channel now`?" in shown


def test_an_unknown_word_is_shown_harmless(world: SlackWorld) -> None:
    assert "<!channel>" not in world.command("<!channel>")


def test_declaring_adopts_the_channel(world: SlackWorld) -> None:
    shown = world.command("declare checkout errors sev2")
    assert "*checkout errors* · SEV2 is declared." in shown
    incident = world.incident()
    assert (incident.title, incident.severity) == ("checkout errors", Severity.SEV2)
    assert incident.declared_by == world.person("ana")
    assert {queued.job for queued in world.jobs} == {Job.BACKFILL_CHANNEL, Job.SYNC_DIRECTORY}


def test_what_was_said_before_is_read_too(world: SlackWorld) -> None:
    world.says("ana", "checkout is throwing 500s")
    world.command("declare checkout errors")
    world.works()
    assert "checkout is throwing 500s" in [event.text for event in world.events()]


def test_without_a_severity_it_asks_for_one(world: SlackWorld) -> None:
    assert "How bad is it?" in world.command("declare checkout errors")


def test_without_a_title_it_takes_the_channels_name(world: SlackWorld) -> None:
    world.command("declare")
    assert world.incident().title == "Incident in #incidents"


def test_a_title_is_plain_text(world: SlackWorld) -> None:
    ana = world.person("ana")
    world.command(f"declare <@{ana}|ana> sees &lt;500&gt; &amp; timeouts")
    assert world.incident().title == "@ana sees <500> & timeouts"
    assert "@ana sees &lt;500&gt; &amp; timeouts" in world.command("status")


def test_a_long_title_is_cut(world: SlackWorld) -> None:
    world.command("declare " + "very long " * 400)
    assert len(world.incident().title) <= 200


def test_declaring_twice_changes_nothing(world: SlackWorld) -> None:
    world.command("declare checkout errors sev2")
    assert "open in this channel already" in world.command("declare another one")
    assert world.incident().title == "checkout errors"


def test_a_service_called_payload_can_have_an_incident(world: SlackWorld) -> None:
    world.command("declare payload=service is down")
    assert world.incident().title == "payload=service is down"


def test_declaring_in_a_channel_it_is_not_in_joins_it(world: SlackWorld) -> None:
    world.workspace.add_channel("payments", has_bot=False)
    assert "What is said here from now on is recorded" in world.command(
        "declare cards refused", channel="payments"
    )
    world.says("ana", "cards are refused", channel="payments")
    assert world.incident("payments").title == "cards refused"


def test_in_a_private_channel_it_says_how_to_invite_it(world: SlackWorld) -> None:
    world.workspace.add_channel("secret-ops", is_private=True, has_bot=False)
    shown = world.command("declare intrusion sev1", channel="secret-ops")
    assert "I can't read this channel yet" in shown
    assert "/invite" in shown
    assert world.incident("secret-ops").title == "intrusion"


def test_once_invited_it_catches_up_by_itself(world: SlackWorld) -> None:
    channel = world.workspace.add_channel("secret-ops", is_private=True, has_bot=False)
    world.command("declare intrusion sev1", channel="secret-ops")
    world.says("ana", "somebody is in", channel="secret-ops")
    world.jobs.clear()
    world.workspace.join(world.workspace.bot_user_id, channel.id)
    world.sender.wait_until_idle()
    assert Job.BACKFILL_CHANNEL in {queued.job for queued in world.jobs}


def test_a_new_channel_can_be_made(world: SlackWorld) -> None:
    shown = world.command("declare --new-channel Inc.Checkout checkout errors sev2")
    channel = world.workspace.channel_named("inc-checkout")
    assert channel is not None
    assert f"<#{channel.id}>" in shown
    assert {world.person("ana"), world.workspace.bot_user_id} <= channel.member_ids
    assert world.incident("inc-checkout").title == "checkout errors"


def test_a_taken_name_gets_a_number(world: SlackWorld) -> None:
    world.workspace.add_channel("inc-checkout")
    world.command("declare --new-channel inc-checkout checkout errors")
    assert world.incident("inc-checkout-2").title == "checkout errors"


def test_an_impossible_channel_name_is_refused(world: SlackWorld) -> None:
    assert "nothing was declared" in world.command("declare --new-channel !!! checkout")


def test_in_a_direct_message_it_makes_a_channel(world: SlackWorld) -> None:
    answer = world.slack.command(
        "declare checkout errors sev2",
        team_id=world.workspace.team_id,
        channel_id="D1",
        channel_name="directmessage",
        user_id=world.person("ana"),
    )
    assert "is declared" in words_of(answer.body)
    assert world.incident("inc-2026-03-04-checkout-errors").severity == Severity.SEV2


def test_when_slack_does_not_answer_nothing_is_declared(world: SlackWorld) -> None:
    world.workspace.fail_next("conversations.info")
    shown = world.command("declare checkout errors")
    assert "try again in a minute" in shown
    assert "no incident in this channel" in world.command("status")


def test_status_tells_how_it_stands(world: SlackWorld) -> None:
    world.command("declare checkout errors sev2")
    world.works()
    world.says("dana", "todo: Add an alert on replica lag above 30 s")
    world.works()
    world.clock.advance_to(world.clock.now() + timedelta(minutes=70))
    shown = world.command("status")
    assert "*checkout errors* · SEV2 · investigating · calm" in shown
    assert "1 h 10 min ago" in shown
    assert "No follow-ups yet" in shown
    assert "1 to decide on: `/incident suggestions`" in shown
    (card,) = world.cards()
    world.press("ben", card, "suggestion_accept")
    assert "1 follow-up: Add an alert on replica lag above 30 s (dana)" in world.command("status")


def test_status_can_be_changed_once(world: SlackWorld) -> None:
    world.command("declare checkout errors")
    assert "investigating → monitoring" in world.command("status monitoring", by="ben")
    assert "monitoring already" in world.command("status mon")
    assert world.incident().mitigated_at is not None
    changes = [event for event in world.events() if event.kind == EventKind.STATUS_CHANGED]
    assert [change.author_id for change in changes] == [world.person("ben")]


def test_a_status_that_is_none_changes_nothing(world: SlackWorld) -> None:
    world.command("declare checkout errors")
    shown = world.command("status purple")
    assert "nothing was changed" in shown
    assert "`monitoring`" in shown


def test_severity_is_shown_and_changed(world: SlackWorld) -> None:
    world.command("declare checkout errors")
    assert "no severity yet" in world.command("severity")
    assert "no severity yet → SEV2" in world.command("severity 2")
    assert "SEV2 → SEV1" in world.command("severity SEV-1")
    assert "SEV1 already" in world.command("severity p1")
    assert "nothing was changed" in world.command("severity terrible")
    assert world.incident().severity == Severity.SEV1


def test_resolving_points_to_what_is_next(world: SlackWorld) -> None:
    world.command("declare checkout errors")
    shown = world.command("resolve")
    assert "is resolved" in shown
    assert "/incident review" in shown
    assert "resolved already" in world.command("resolve")
    assert world.incident().status == Status.RESOLVED
    assert "resolved" in world.command("status")


def test_a_resolved_incident_can_be_opened_again(world: SlackWorld) -> None:
    world.command("declare checkout errors")
    world.command("resolve")
    assert "resolved → investigating" in world.command("status investigating")


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
    "words", ["status", "severity", "suggestions", "held", "resolve", "review", "severity sev1"]
)
def test_where_there_is_no_incident_it_says_how_to_start_one(world: SlackWorld, words: str) -> None:
    assert "`/incident declare what is wrong sev2`" in world.command(words)


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

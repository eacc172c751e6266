"""`/incident declare`: in words at once, bare with a form; here or in a channel of its own."""

from copilot.incidents.models import Severity
from copilot.jobs import Job
from copilot.timeline.models import EventKind
from tests.scenarios.block_reading import words_of
from tests.scenarios.slack_world import SlackWorld
from tests.unit.slack.block_kit import view_problems

OTHER = "`/incident declare --new-channel NAME title`"


def opens_form(world: SlackWorld, by: str = "ana", channel: str = "incidents") -> None:
    answer = world.workspace.command(
        world.person(by), world.channel(channel), "/incident", "declare"
    )
    assert answer.is_ok, answer
    assert not answer.body, "the form says all there is to say"


def test_declaring_adopts_the_channel(world: SlackWorld) -> None:
    world.says("ana", "checkout is throwing 500s")
    shown = world.command("declare checkout errors sev2")
    assert "*checkout errors* · SEV2 is declared." in shown
    incident = world.incident()
    assert (incident.title, incident.severity) == ("checkout errors", Severity.SEV2)
    assert incident.declared_by == world.person("ana")
    assert {queued.job for queued in world.jobs} == {
        Job.DRAW_HEADLINE,
        Job.REFILL_CHANNEL,
        Job.SYNC_DIRECTORY,
    }
    world.works()
    assert "checkout is throwing 500s" in [event.text for event in world.events()]
    shown = world.command("declare another one")
    assert "*checkout errors* · SEV2 is open in this channel already" in shown
    assert OTHER in shown
    assert world.incident().title == "checkout errors"


def test_words_are_taken_as_they_are_meant(world: SlackWorld) -> None:
    ana = world.person("ana")
    assert "How bad is it?" in world.command(f"declare <@{ana}|ana> sees &lt;500&gt; &amp; more")
    assert world.incident().title == "@ana sees <500> & more"
    assert "@ana sees &lt;500&gt; &amp; more" in world.command("status")
    world.workspace.add_channel("kasse")
    world.command("declare „Kasse kaputt“, sev 1!", channel="kasse")
    incident = world.incident("kasse")
    assert (incident.title, incident.severity) == ("Kasse kaputt", Severity.SEV1)
    world.workspace.add_channel("long")
    world.command("declare " + "very long " * 400, channel="long")
    assert len(world.incident("long").title) <= 200
    world.workspace.add_channel("untitled")
    world.command("declare sev3", channel="untitled")
    assert world.incident("untitled").title == "Incident in #untitled"
    world.workspace.add_channel("payload")
    world.command("declare payload=service is down", channel="payload")
    assert world.incident("payload").title == "payload=service is down"


def test_declaring_in_a_channel_it_is_not_in_joins_it(world: SlackWorld) -> None:
    world.workspace.add_channel("payments", has_bot=False)
    assert "What is said here from now on is recorded" in world.command(
        "declare cards refused", channel="payments"
    )
    world.says("ana", "cards are refused", channel="payments")
    assert world.incident("payments").title == "cards refused"


def test_in_a_private_channel_it_says_how_to_invite_it_and_then_catches_up(
    world: SlackWorld,
) -> None:
    channel = world.workspace.add_channel("secret-ops", is_private=True, has_bot=False)
    shown = world.command("declare intrusion sev1", channel="secret-ops")
    assert "I can't read this channel yet" in shown
    assert "/invite" in shown
    assert world.incident("secret-ops").title == "intrusion"
    world.works()
    assert world.headlines("secret-ops") == []
    shown = world.command("status", channel="secret-ops")
    assert "The pinned headline is out of date or incomplete." in shown
    world.says("ana", "somebody is in", channel="secret-ops")
    world.workspace.join(world.workspace.bot_user_id, channel.id)
    world.works()
    assert "somebody is in" in [event.text for event in world.events("secret-ops")]
    assert len(world.headlines("secret-ops")) == len(world.pins("secret-ops")) == 1
    assert "headline" not in world.command("status", channel="secret-ops")


def test_a_new_channel_has_its_people_topic_and_headline(world: SlackWorld) -> None:
    world.workspace.add_channel("inc-checkout")
    shown = world.command("declare --new-channel Inc.Checkout checkout errors sev2")
    channel = world.workspace.channel_named("inc-checkout-2")
    assert channel is not None
    assert f"<#{channel.id}>" in shown
    world.works()
    assert channel.member_ids == {world.person("ana"), world.workspace.bot_user_id}
    assert channel.topic == "checkout errors · how it stands is in the pinned message"
    assert [words_of(pin) for pin in world.pins(channel.name)] == [
        words_of(card) for card in world.headlines(channel.name)
    ]
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
    assert "try again in a minute" in world.command("declare checkout errors")
    world.workspace.fail_next("conversations.create")
    assert "try again in a minute" in world.command("declare --new-channel ops checkout errors")
    world.workspace.fail_next("views.open")
    shown = world.command("declare")
    assert "Nothing was declared. It works in words, too" in shown
    assert "no incident in this channel" in world.command("status")


def test_an_archived_channel_and_a_shared_one_are_answered(world: SlackWorld) -> None:
    archived = world.workspace.add_channel("old")
    archived.is_archived = True
    shown = world.command("declare checkout errors", channel="old")
    assert "#old is archived, so nothing was declared." in shown
    assert OTHER.removesuffix("`") in shown
    shared = world.workspace.add_channel("with-acme")
    shared.is_shared = True
    shown = world.command("declare checkout errors", channel="with-acme")
    assert "shared with another organisation" in shown
    assert world.incident("with-acme").title == "checkout errors"


def test_bare_it_opens_a_form(world: SlackWorld) -> None:
    opens_form(world)
    form = world.view_of("ana")
    assert view_problems(form) == []
    assert "Here, in #incidents" in words_of(form)
    sent = world.submits(
        "ana", {"title": "“checkout errors”", "severity": "SEV2", "people": ["dana"]}
    )
    assert sent.is_closed, sent.errors
    incident = world.incident()
    assert (incident.title, incident.severity) == ("checkout errors", Severity.SEV2)
    assert "*checkout errors* · SEV2 is declared." in words_of(world.private("ana"))
    world.works()
    (declared,) = [e for e in world.events() if e.kind == EventKind.INCIDENT_DECLARED]
    assert declared.author_id == world.person("ana")
    shown = world.command("declare")
    assert "*checkout errors* · SEV2 is open in this channel already" in shown
    assert not world.has_view("ana")


def test_the_form_makes_a_channel_and_brings_people_in(world: SlackWorld) -> None:
    opens_form(world)
    assert not world.submits("ana", {"title": " ”“ "}).is_closed
    values = {"title": "checkout errors", "place": "In a new channel"}
    refused = world.submits("ana", {**values, "channel_name": "!!!"})
    assert "letters, digits and hyphens" in refused.errors["channel_name"]
    named = {**values, "channel_name": "", "people": ["dana", "ben"]}
    assert world.submits("ana", named).is_closed
    world.works()
    channel = world.workspace.channel_named("inc-2026-03-04-checkout-errors")
    assert channel is not None
    assert {world.person(name) for name in ("ana", "ben", "dana")} <= channel.member_ids
    assert f"<#{channel.id}>" in words_of(world.private("ana"))


def test_of_two_forms_the_second_stays_open(world: SlackWorld) -> None:
    opens_form(world, by="ana")
    opens_form(world, by="ben")
    world.workspace.fail_next("conversations.info")
    failed = world.submits("ana", {"title": "checkout errors"})
    assert "Nothing was declared; try again in a minute." in failed.errors["title"]
    assert world.submits("ana", {"title": "checkout errors"}).is_closed
    refused = world.submits("ben", {"title": "payments down"})
    assert "“checkout errors” is open here already." in refused.errors["place"]
    assert world.submits(
        "ben", {"title": "payments down", "place": "In a new channel", "channel_name": "pay"}
    ).is_closed
    assert world.incident("pay").title == "payments down"
    assert world.incident().title == "checkout errors"

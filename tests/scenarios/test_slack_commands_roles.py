"""`/incident role | handover`: who does what, and passing the command on."""

from contextlib import suppress
from datetime import timedelta

from copilot.errors import TemporaryError
from copilot.timeline.models import EventKind
from tests.scenarios.block_reading import words_of
from tests.scenarios.slack_world import SlackWorld


def role_events(world: SlackWorld) -> list[tuple[str | None, str]]:
    kinds = {EventKind.ROLE_ASSIGNED, EventKind.HANDED_OVER}
    return [(event.author_id, event.text) for event in world.events() if event.kind in kinds]


def works_despite_slack(world: SlackWorld) -> None:
    """As a worker does: a job that failed for now is left to the sweeper."""
    while world.jobs:
        with suppress(TemporaryError):
            world.works()


def test_roles_are_given_listed_and_taken_away(world: SlackWorld) -> None:
    ana, ben, dana = (world.person(name) for name in ("ana", "ben", "dana"))
    world.command("declare checkout errors sev2")
    assert "*checkout errors*: commander nobody → dana." in world.command(
        f"role commander <@{dana}|dana>"
    )
    world.works()
    assert "dana is commander already" in world.command("role IC @Dana")
    assert "comms nobody → ben" in world.command("role comms ben okafor")
    assert "“@ben” is one too many" in world.command("role scribe me @ben")
    assert "scribe nobody → ana" in world.command("role scribe me")
    assert "scribe ana → ben" in world.command("role scribe @ben")
    shown = world.command("role")
    assert "commander dana · comms ben · scribe ben" in shown
    assert "comms ben" in world.command("role comms")
    assert "comms ben → nobody" in world.command("role comms none")
    assert "nobody is comms" in world.command("role comms none")
    assert role_events(world) == [
        (ana, f"Commander: nobody → <@{dana}>"),
        (ana, f"Comms: nobody → <@{ben}>"),
        (ana, f"Scribe: nobody → <@{ana}>"),
        (ana, f"Scribe: <@{ana}> → <@{ben}>"),
        (ana, f"Comms: <@{ben}> → nobody"),
    ]
    world.works()
    (headline,) = world.headlines()
    assert "Commander dana · scribe ben" in words_of(headline)
    world.command("resolve")
    assert "is over, so nobody needs a role" in world.command("role scribe me")


def test_only_people_who_are_known_can_have_a_role(world: SlackWorld) -> None:
    world.workspace.add_user("dana2", "Dana Levi")
    world.command("declare checkout errors")
    world.works()
    bot = world.workspace.bot_user_id
    for words, answer in (
        ("role commander @mallory", "Nobody here is called “mallory”, so nothing was changed."),
        ("role commander Dana Levi", "More than one person here is called Dana Levi: dana"),
        (f"role commander <@{bot}|incident-copilot>", "is a bot"),
        ("role commander <@U0NOBODY>", "nothing was changed"),
        ("role captain @dana", "“captain” is no role, so nothing was changed."),
        ("handover @mallory", "Nobody here is called “mallory”"),
        ("role commander <!channel>", "Nobody here is called"),
    ):
        shown = world.command(words)
        assert answer in shown, shown
        assert "<!channel>" not in shown
    assert role_events(world) == []


def test_a_new_member_is_looked_up_in_slack(world: SlackWorld) -> None:
    world.command("declare checkout errors")
    world.works()
    eve = world.workspace.add_user("eve").id
    world.workspace.fail_next("users.info")
    assert "try again in a minute" in world.command(f"role comms <@{eve}>")
    assert "comms nobody → eve" in world.command(f"role comms <@{eve}>")


def test_who_gets_a_role_is_brought_into_the_channel(world: SlackWorld) -> None:
    world.command("declare --new-channel ops checkout errors")
    world.works()
    world.command("role comms @dana", channel="ops")
    world.command("handover @ben the lag is what to watch", channel="ops")
    world.works()
    channel = world.workspace.channel(world.channel("ops"))
    assert {world.person("dana"), world.person("ben")} <= channel.member_ids
    assert "You command *checkout errors* now." in words_of(world.private("ben", "ops"))


def test_the_command_is_handed_over_with_a_cited_summary(world: SlackWorld) -> None:
    world.command("declare checkout errors sev2")
    world.works()
    world.command("role commander me")
    ts = world.says("dana", "replica lag on db-3 is 210 s since the deploy of 4812")
    world.says("dana", "todo: Add an alert on replica lag above 30 s")
    world.command("followup add rotate the password of checkout_ro @dana")
    world.works()
    before = world.command("handover")
    assert "This is what a new commander of *checkout errors* would be told." in before
    assert "To whom? `/incident handover @dana what to watch`" in before
    shown = world.command("handover @ben: watch &lt;db-3&gt;")
    assert "*checkout errors*: commander ana → ben." in shown
    assert "ben gets a private summary" in shown
    world.works()
    told = words_of(world.private("ben"))
    assert told.startswith("You command *checkout errors* now, taken over from ana.")
    for words in (
        "“watch &lt;db-3&gt;”",
        "SEV2 · investigating",
        "Commander ben",
        "Commander: nobody → @ana",
        "replica lag on db-3 is 210 s",
        f"{world.workspace.permalink(world.channel(), ts)}|source>",
        "*Follow-ups open: 1*\n• rotate the password of checkout_ro (dana)",
        "*To decide on: 1*\n• Add an alert on replica lag above 30 s",
        "covers 2 of 2 messages",
    ):
        assert words in told, told
    assert "You command" not in "".join(
        words_of(answer.body) for answer in world.workspace.private_answers(world.person("ana"))
    )
    assert role_events(world)[-1] == (
        world.person("ana"),
        f"Command handed over: <@{world.person('ana')}> → <@{world.person('ben')}>: watch <db-3>",
    )
    assert "ben commands *checkout errors* already." in world.command("handover @ben")
    assert len(role_events(world)) == 2
    (headline,) = world.headlines()
    assert "Commander ben" in words_of(headline)


def test_while_slack_is_down_the_handover_stands_and_the_summary_follows(
    world: SlackWorld,
) -> None:
    world.command("declare checkout errors")
    world.works()
    world.workspace.fail_next("chat.postEphemeral")
    world.workspace.fail_next("chat.update")
    assert "commander nobody → ben" in world.command("handover @ben")
    works_despite_slack(world)
    assert "commander ben" in world.command("status")
    world.passes(timedelta(minutes=1))
    assert "You command *checkout errors* now." in words_of(world.private("ben"))
    (headline,) = world.headlines()
    assert "Commander ben" in words_of(headline)

"""The pinned headline: one message, always up to date, whatever kind of day Slack has."""

from contextlib import suppress
from datetime import timedelta

import pytest

from copilot.errors import TemporaryError
from copilot.jobs import Job
from tests.scenarios.block_reading import words_of
from tests.scenarios.slack_world import SlackWorld


def works_despite_slack(world: SlackWorld) -> None:
    """As a worker does: a job that failed for now is left to the sweeper."""
    while world.jobs:
        with suppress(TemporaryError):
            world.works()


def headline(world: SlackWorld) -> str:
    (card,) = world.headlines()
    return words_of(card)


def test_one_message_tells_it_all_in_place(world: SlackWorld) -> None:
    world.command("declare checkout &lt;!channel&gt; errors sev2")
    world.works()
    assert headline(world).splitlines()[0] == (
        "*checkout &lt;!channel&gt; errors* · SEV2 · investigating"
    )
    (pinned,) = world.pins()
    for words in (
        "role commander @dana",
        "severity sev1",
        "status monitoring",
        "rename payments down",
        "followup add Page on replica lag",
        "followup add Mend the runbook",
        "followup done 1",
        "resolve",
    ):
        world.command(words)
        world.works()
    (card,) = world.headlines()
    assert card["ts"] == pinned["ts"]
    assert "*payments down* · SEV1 · resolved" in words_of(card)
    assert "Commander dana" in words_of(card)
    assert "1 follow-up open · 1 done" in words_of(card)
    assert card["text"] == "payments down · SEV1 · resolved"
    world.command("reopen")
    world.works()
    assert "*payments down* · SEV1 · investigating" in headline(world)
    assert world.cards() == []


def test_the_next_incident_of_a_channel_has_its_own(world: SlackWorld) -> None:
    world.command("declare checkout errors")
    world.works()
    world.command("resolve")
    world.command("declare payments down")
    world.works()
    world.passes(timedelta(minutes=1))
    first, second = (words_of(card) for card in world.headlines())
    assert "*checkout errors* · no severity yet · resolved" in first
    assert "*payments down* · no severity yet · investigating" in second
    assert len(world.pins()) == 2


def test_a_headline_drawn_before_names_were_known_says_later_who_declared(
    world: SlackWorld,
) -> None:
    world.command("declare checkout errors sev2")
    draws = [job for job in world.jobs if job.job == Job.DRAW_HEADLINE]
    for job in draws:
        world.jobs.remove(job)
    world.jobs.extendleft(draws)
    world.works()
    assert "by ana" in headline(world)


def test_while_slack_is_down_every_command_works_and_the_headline_follows(
    world: SlackWorld,
) -> None:
    world.command("declare checkout errors")
    world.works()
    with world.workspace.outage():
        for words, answer in (
            ("severity 1", "no severity yet → SEV1"),
            ("status identified bad deploy", "investigating → identified"),
            ("rename payments down", "→ *payments down*"),
            ("role commander @ben", "commander nobody → ben"),
            ("handover @dana", "commander ben → dana"),
            ("resolve", "is resolved"),
            ("reopen", "is open again"),
        ):
            assert answer in world.command(words)
        works_despite_slack(world)
        assert "*checkout errors* · no severity yet · investigating" in headline(world)
    world.passes(timedelta(minutes=1))
    assert "*payments down* · SEV1 · investigating" in headline(world)
    assert "Commander dana" in headline(world)


def test_an_answer_that_got_lost_posts_it_once(world: SlackWorld) -> None:
    world.command("declare checkout errors")
    world.workspace.drop_after_storing("chat.postMessage")
    works_despite_slack(world)
    world.command("severity 1")
    world.passes(timedelta(minutes=1))
    assert "SEV1" in headline(world)
    assert len(world.pins()) == 1


@pytest.mark.parametrize(
    ("method", "code", "shown"),
    [
        ("chat.postMessage", "not_in_channel", "invite the bot to the channel"),
        ("chat.postMessage", "missing_scope", "missing_scope"),
        ("pins.add", "missing_scope", "Can't pin the headline"),
    ],
)
def test_what_slack_refuses_is_told_and_tried_again_with_the_next_change(
    world: SlackWorld, method: str, code: str, shown: str
) -> None:
    world.command("declare something else", channel="general")
    world.works()  # names are known from here on; learning them draws headlines anew, too
    world.workspace.refuse_next(method, code)
    world.command("declare checkout errors")
    world.works()
    status = world.command("status")
    assert "The pinned headline is out of date or incomplete." in status
    assert shown in status
    assert "*checkout errors*" in status
    world.command("severity 1")
    world.works()
    assert "SEV1" in headline(world)
    assert len(world.pins()) == 1
    assert "out of date" not in world.command("status")


def test_deleted_it_comes_back_once_and_unpinned_it_stays_so(world: SlackWorld) -> None:
    world.command("declare checkout errors")
    world.works()
    (pinned,) = world.pins()
    world.unpin("ben", pinned["ts"])
    world.command("severity 1")
    world.works()
    assert world.pins() == []
    for wanted in (1, 0):
        (card,) = world.headlines()
        world.workspace.erase(world.channel(), card["ts"])
        world.command(f"severity {wanted + 1}")
        world.works()
        world.passes(timedelta(minutes=1))
        assert len(world.headlines()) == len(world.pins()) == wanted
    assert "not posted again" in world.command("status")


def test_a_topic_that_people_wrote_stays(world: SlackWorld) -> None:
    ours = " · how it stands is in the pinned message"
    world.command("declare checkout errors")
    world.works()
    assert world.topic() == ""
    world.command("declare --new-channel ops checkout errors")
    world.works()
    world.command("rename payments & more", channel="ops")
    world.works()
    assert world.topic("ops") == f"payments + more{ours}"
    ops = world.channel("ops")
    world.workspace.set_topic(world.person("ana"), ops, "bridge: meet.example/42")
    world.command("rename all down", channel="ops")
    world.works()
    assert world.topic("ops") == "bridge: meet.example/42"

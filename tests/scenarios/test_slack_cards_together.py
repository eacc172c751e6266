"""A card of several items: ticked, decided together, by several people, on a bad day."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from copilot.errors import TemporaryError
from copilot.incidents.models import FollowUp
from copilot.suggestions.models import Delivery, SourceOpening, Suggestion
from copilot.workspaces.models import Channel
from tests.scenarios.block_reading import element_of, words_of
from tests.scenarios.slack_world import SlackWorld

LAG = "Add an alert on replica lag above 30 s"
RUNBOOK = "File a ticket for the stale runbook step 4"
DRILL = "Plan a failover drill for the db team"
TITLES = (LAG, RUNBOOK, DRILL)
Body = dict[str, Any]


@pytest.fixture
def digest(world: SlackWorld) -> SlackWorld:
    """An incident whose card shows three items."""
    world.command("declare checkout errors sev2")
    world.works()
    for by, title in zip(("dana", "ben", "ana"), TITLES, strict=True):
        world.says(by, f"todo(0.6): {title}")
    world.works()
    world.passes(timedelta(minutes=7))
    return world


def card_of(world: SlackWorld) -> Body:
    (card,) = world.cards()
    return card


def ticks(world: SlackWorld, by: str, *titles: str, on: Body | None = None) -> Body:
    message = on or card_of(world)
    for title in titles:
        world.checks(by, message, "suggestion_pick", [title], title=title)
    return message


def decisions(world: SlackWorld) -> dict[str, tuple[str | None, str | None]]:
    with world.db.reading() as session:
        rows = session.scalars(select(Suggestion).order_by(Suggestion.id)).all()
        return {row.title: (row.decision, row.decision_reason) for row in rows}


def follow_ups(world: SlackWorld) -> list[str]:
    with world.db.reading() as session:
        return list(session.scalars(select(FollowUp.title).order_by(FollowUp.id)))


def test_what_is_ticked_is_accepted_and_the_rest_stays(digest: SlackWorld) -> None:
    card = ticks(digest, "ben", LAG, DRILL)
    digest.press("ben", card, "suggestion_accept")
    digest.works()
    assert follow_ups(digest) == [LAG, DRILL]
    shown = words_of(card_of(digest))
    assert f"✓ {LAG} · dana · accepted by ben" in shown
    assert "Why this?" in shown  # one is left, which needs no tick
    digest.press("ana", card_of(digest), "suggestion_dismiss", choose="Too noisy")
    digest.works()
    assert decisions(digest)[RUNBOOK] == ("dismissed", "too_noisy")
    assert not [block for block in card_of(digest)["blocks"] if block["type"] == "actions"]


def test_nothing_ticked_changes_nothing_and_says_what_to_do(digest: SlackWorld) -> None:
    card = card_of(digest)
    for action in ("suggestion_accept", "suggestion_edit", "suggestion_snooze"):
        digest.press("ben", card, action)
    assert "Tick what you mean first." in words_of(digest.private("ben"))
    assert set(decisions(digest).values()) == {(None, None)}
    assert not digest.has_view("ben")


def test_what_somebody_else_decided_first_is_told_and_the_rest_is_done(digest: SlackWorld) -> None:
    card = ticks(digest, "ana", LAG, RUNBOOK)
    ticks(digest, "ben", RUNBOOK, on=card)
    digest.press("ben", card, "suggestion_dismiss", choose="Done already")
    digest.press("ana", card, "suggestion_accept")  # her card still offers both
    assert follow_ups(digest) == [LAG]
    told = words_of(digest.private("ana"))
    assert f"✓ *{LAG}* is a follow-up now." in told
    assert f"“{RUNBOOK}” was dismissed by ben" in told


def test_several_are_edited_in_one_form(digest: SlackWorld) -> None:
    card = ticks(digest, "ben", LAG, RUNBOOK)
    digest.press("ben", card, "suggestion_edit")
    blocks = [block["block_id"] for block in digest.view_of("ben")["blocks"]]
    done = digest.submits("ben", {blocks[0]: "<!channel> page us", blocks[2]: "Mend step 4"})
    assert "mention" in done.errors[blocks[0]]
    assert follow_ups(digest) == []  # not even the one that would do
    done = digest.submits(
        "ben", {blocks[0]: "Page on lag", blocks[1]: "dana", blocks[2]: "Mend step 4"}
    )
    assert done.is_closed
    assert sorted(follow_ups(digest)) == ["Mend step 4", "Page on lag"]
    digest.works()
    assert "Page on lag · dana · accepted with changes by ben" in words_of(card_of(digest))


def test_what_is_left_for_the_review_waits_there(digest: SlackWorld) -> None:
    card = ticks(digest, "ben", LAG)
    digest.press("ben", card, "suggestion_snooze")
    digest.works()
    assert f"– {LAG} · dana · left for the review by ben" in words_of(card_of(digest))
    assert LAG not in digest.command("suggestions")
    digest.command("resolve")
    shown = digest.command("suggestions")
    assert LAG in shown
    private = digest.private("ana")
    ticks(digest, "ana", LAG, on=private)
    digest.press("ana", private, "suggestion_accept")
    assert follow_ups(digest) == [LAG]


def test_opening_a_source_is_noted_and_why_is_told_of_all(digest: SlackWorld) -> None:
    digest.press("ben", card_of(digest), "suggestion_source_1", title=RUNBOOK)
    said = next(event for event in digest.events() if RUNBOOK in event.text)
    with digest.db.reading() as session:
        opening = session.scalars(select(SourceOpening)).one()
        titles = dict(session.execute(select(Suggestion.id, Suggestion.title)).all())
    assert (titles[opening.suggestion_id], opening.message_ts) == (RUNBOOK, said.message_ts)
    assert opening.opened_by == digest.person("ben")
    digest.press("ben", card_of(digest), "suggestion_why")
    shown = words_of(digest.view_of("ben"))
    assert all(title in shown for title in TITLES)


def test_who_is_not_in_a_public_channel_decides_nothing_there(digest: SlackWorld) -> None:
    digest.workspace.leave(digest.person("ben"), digest.channel())
    digest.works()
    card = card_of(digest)
    digest.checks("ben", card, "suggestion_pick", [LAG], title=LAG)
    digest.press("ben", card, "suggestion_accept")
    assert "join it first. Nothing was changed." in words_of(digest.private("ben"))
    assert follow_ups(digest) == []
    digest.workspace.join(digest.person("ben"), digest.channel())
    digest.works()
    digest.press("ben", card_of(digest), "suggestion_accept")
    assert follow_ups(digest) == [LAG]


def test_somebody_outside_a_private_channel_decides_nothing(digest: SlackWorld) -> None:
    with digest.db.transaction() as session:
        for channel in session.scalars(select(Channel)):
            channel.is_private = True
    card = card_of(digest)
    _, box = element_of(card, "suggestion_pick", LAG)
    incident = digest.incident()
    for user, is_in in (("U0STRANGER", False), (digest.person("ben"), True)):
        answer = digest.slack.interaction(
            {
                "type": "block_actions",
                "team": {"id": digest.workspace.team_id},
                "user": {"id": user},
                "channel": {"id": digest.channel()},
                "state": {
                    "values": {"b": {"suggestion_pick": {"selected_options": box["options"]}}}
                },
                "actions": [
                    {
                        "type": "button",
                        "action_id": "suggestion_accept",
                        "value": f"{incident.id}:*",
                    }
                ],
            }
        )
        assert answer.status == 200
        assert (follow_ups(digest) == [LAG]) is is_in


def test_a_press_on_what_never_was_is_answered(digest: SlackWorld) -> None:
    accept = {"type": "button", "action_id": "suggestion_accept"}
    for changes in (
        {"actions": [{**accept, "action_id": "suggestion_retired", "value": "1:1"}]},
        {"actions": [{**accept, "value": "1:999"}]},
        {"actions": [{**accept, "value": "999:1"}]},
        {"actions": [accept]},
        {"actions": [{**accept, "action_id": "suggestion_dismiss", "value": "1:1"}]},
        {"actions": [{**accept, "action_id": "suggestion_source_1", "value": "x"}]},
        {"user": None},
        {"channel": None, "container": None},
        {"state": {"values": [1]}},
    ):
        pressed = {
            "type": "block_actions",
            "team": {"id": digest.workspace.team_id},
            "user": {"id": digest.person("ana")},
            "channel": {"id": digest.channel()},
            "actions": [{**accept, "value": "1:*"}],
            **changes,
        }
        assert digest.slack.interaction(pressed).status == 200, changes
    assert set(decisions(digest).values()) == {(None, None)}


def test_a_decision_stands_though_slack_is_away(digest: SlackWorld) -> None:
    card = ticks(digest, "ben", LAG, RUNBOOK)
    with digest.workspace.outage():
        digest.press("ben", card, "suggestion_accept")
        assert follow_ups(digest) == [LAG, RUNBOOK]
        try_to_work(digest)
        digest.press("ana", card, "suggestion_why")  # its form can't be opened, and no 500
    assert "accepted by ben" not in words_of(card_of(digest))
    digest.passes(timedelta(minutes=2))
    assert words_of(card_of(digest)).count("accepted by ben") == 2


def test_many_decisions_are_one_redraw(digest: SlackWorld) -> None:
    for title in TITLES:
        card = ticks(digest, "ben", title, on=card_of(digest))
        digest.press("ben", card, "suggestion_accept")
    digest.works()
    with digest.db.reading() as session:
        delivery = session.scalars(select(Delivery)).one()
        assert delivery.drawn_version == delivery.card_version == 3
    assert words_of(card_of(digest)).count("accepted by ben") == 3


def try_to_work(world: SlackWorld) -> None:
    """As workers do, for which a Slack that is away is no failure."""
    while world.jobs:
        with suppress(TemporaryError):
            world.works()

"""Declare, talk, card, decision: the way of a suggestion through Slack."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from copilot.incidents.models import FollowUp
from copilot.suggestions.models import Suggestion
from copilot.timeline.models import EventKind
from tests.one_database import ON_BOTH
from tests.one_database import database_url as database_url
from tests.scenarios.block_reading import element_of
from tests.scenarios.slack_world import SlackWorld, item_buttons, words_of

TITLE = "Add an alert on replica lag above 30 s"


@pytest.fixture
def talked(world_on_both: SlackWorld) -> SlackWorld:
    """An incident in which somebody has said what is to be done."""
    world = world_on_both
    world.command("declare checkout errors sev2")
    world.works()
    world.says("ana", "still 500s after the rollback")
    world.says("dana", f"todo: {TITLE}")
    world.works()
    return world


def follow_ups(world: SlackWorld) -> list[FollowUp]:
    with world.db.reading() as session:
        found = session.scalars(select(FollowUp).order_by(FollowUp.id)).all()
        session.expunge_all()
    return list(found)


def the_suggestion(world: SlackWorld) -> Suggestion:
    with world.db.reading() as session:
        found = session.scalars(select(Suggestion)).one()
        session.expunge_all()
    return found


def test_what_was_said_becomes_one_card_with_its_source(talked: SlackWorld) -> None:
    (card,) = talked.cards()
    shown = words_of(card)
    assert f"*{TITLE}*" in shown
    assert "from 1 message" in shown
    _, source = element_of(card, "suggestion_source_1")
    said = next(event for event in talked.events() if TITLE in event.text)
    assert said.message_ts is not None
    assert source["url"] == talked.workspace.permalink(talked.channel(), said.message_ts)


@ON_BOTH
def test_accepting_makes_a_follow_up_and_the_card_says_who(talked: SlackWorld) -> None:
    (card,) = talked.cards()
    talked.press("ben", card, "suggestion_accept")
    talked.works()
    (follow_up,) = follow_ups(talked)
    assert (follow_up.title, follow_up.created_by) == (TITLE, talked.person("ben"))
    (redrawn,) = talked.cards()
    assert redrawn["ts"] == card["ts"]
    assert f"✓ {TITLE}" in words_of(redrawn)
    assert "accepted by ben" in words_of(redrawn)
    assert not [block for block in redrawn["blocks"] if block["type"] == "actions"]


def test_a_decision_is_an_event_of_the_timeline(talked: SlackWorld) -> None:
    (card,) = talked.cards()
    talked.press("ben", card, "suggestion_accept")
    kinds = [event.kind for event in talked.events()]
    assert kinds.count(EventKind.SUGGESTION_DECIDED) == 1


def test_editing_lets_a_person_say_it_better(talked: SlackWorld) -> None:
    (card,) = talked.cards()
    ben = talked.person("ben")
    talked.press("ben", card, "suggestion_edit")
    view = talked.workspace.open_view(ben)
    assert view is not None
    assert view.body["blocks"][0]["element"]["initial_value"] == TITLE
    done = talked.submits("ben", {"title": "Page on replica lag above 20 s", "owner": "ana"})
    assert done.is_closed, done.errors
    talked.works()
    (follow_up,) = follow_ups(talked)
    assert follow_up.title == "Page on replica lag above 20 s"
    assert follow_up.owner_id == talked.person("ana")
    (redrawn,) = talked.cards()
    assert "by ben" in words_of(redrawn)
    assert the_suggestion(talked).decision == "edited"


def test_an_edit_of_what_somebody_else_decided_says_so_in_the_form(talked: SlackWorld) -> None:
    (card,) = talked.cards()
    talked.press("ben", card, "suggestion_edit")
    talked.press("ana", card, "suggestion_accept")
    done = talked.submits("ben", {"title": "Something else"})
    assert not done.is_closed
    assert "accepted by ana" in done.errors[f"title-{the_suggestion(talked).id}"]
    assert [one.title for one in follow_ups(talked)] == [TITLE]


def test_dismissing_takes_a_reason_and_makes_no_follow_up(talked: SlackWorld) -> None:
    (card,) = talked.cards()
    talked.press("ben", card, "suggestion_dismiss", choose="Not a follow-up")
    talked.works()
    assert follow_ups(talked) == []
    suggestion = the_suggestion(talked)
    assert (suggestion.decision, suggestion.decision_reason) == ("dismissed", "wrong")
    (redrawn,) = talked.cards()
    assert f"– {TITLE}" in words_of(redrawn)
    assert "dismissed by ben" in words_of(redrawn)


@ON_BOTH
def test_the_second_press_changes_nothing_and_says_so_privately(talked: SlackWorld) -> None:
    (card,) = talked.cards()
    talked.press("ben", card, "suggestion_accept")
    talked.press("ana", card, "suggestion_dismiss", choose="Too noisy")
    talked.press("ben", card, "suggestion_accept")
    assert len(follow_ups(talked)) == 1
    assert the_suggestion(talked).decision == "accepted"
    for name in ("ana", "ben"):
        note = words_of(talked.private(name))
        assert "accepted by ben" in note
        assert "Nothing was changed." in note
    assert len(talked.cards()) == 1


def test_opening_the_form_of_a_decided_item_says_so_instead(talked: SlackWorld) -> None:
    (card,) = talked.cards()
    talked.press("ben", card, "suggestion_accept")
    talked.press("ana", card, "suggestion_edit")
    assert talked.workspace.open_view(talked.person("ana")) is None
    assert "accepted by ben" in words_of(talked.private("ana"))


def test_why_tells_how_sure_and_from_what(talked: SlackWorld) -> None:
    (card,) = talked.cards()
    talked.press("ana", card, "suggestion_why")
    view = talked.workspace.open_view(talked.person("ana"))
    assert view is not None
    shown = words_of(view.body)
    assert "How sure" in shown
    assert "0.90 of 1" in shown
    assert f"todo: {TITLE}" in shown


@ON_BOTH
def test_a_button_of_a_vanished_suggestion_says_so(talked: SlackWorld) -> None:
    (card,) = talked.cards()
    with talked.db.transaction() as session:
        session.delete(session.get_one(Suggestion, the_suggestion(talked).id))
    talked.press("ana", card, "suggestion_accept")
    assert "not there any more" in words_of(talked.private("ana"))


def test_a_button_of_another_workspace_is_refused(talked: SlackWorld) -> None:
    incident, suggestion = talked.incident(), the_suggestion(talked)
    answer = talked.slack.interaction(
        {
            "type": "block_actions",
            "team": {"id": "T0OTHER"},
            "user": {"id": "U0OTHER"},
            "channel": {"id": talked.channel()},
            "actions": [
                {
                    "action_id": "suggestion_accept",
                    "type": "button",
                    "value": f"{incident.id}:{suggestion.id}",
                }
            ],
        }
    )
    assert answer.status == 200
    assert the_suggestion(talked).decision is None


@ON_BOTH
def test_a_button_with_a_foreign_value_is_refused(talked: SlackWorld) -> None:
    for value in ("", "x", "1", "1:x", "1:2:maybe", "9" * 30 + ":1", None):
        payload = {
            "type": "block_actions",
            "team": {"id": talked.workspace.team_id},
            "user": {"id": talked.person("ana")},
            "channel": {"id": talked.channel()},
            "actions": [{"action_id": "suggestion_accept", "type": "button", "value": value}],
        }
        assert talked.slack.interaction(payload).status == 200, value
        assert the_suggestion(talked).decision is None, value


def test_asking_privately_shows_open_suggestions_with_buttons(talked: SlackWorld) -> None:
    shown = talked.command("suggestions", by="ben")
    assert "1 follow-up to decide on" in shown
    assert TITLE in shown
    talked.press("ben", talked.private("ben"), "suggestion_accept")
    talked.works()
    redrawn = words_of(talked.private("ben"))
    assert f"✓ *{TITLE}* is a follow-up now." in redrawn
    assert "No follow-ups wait for a decision" in redrawn
    (card,) = talked.cards()
    assert "accepted by ben" in words_of(card)


def test_editing_from_the_private_list_redraws_it(talked: SlackWorld) -> None:
    talked.command("suggestions", by="ben")
    talked.press("ben", talked.private("ben"), "suggestion_edit")
    assert talked.submits("ben", {"title": "Page on lag"}).is_closed
    assert "✓ *Page on lag* is a follow-up now." in words_of(talked.private("ben"))


def test_a_stale_private_list_is_redrawn_with_what_happened(talked: SlackWorld) -> None:
    talked.command("suggestions", by="ben")
    (card,) = talked.cards()
    talked.press("ana", card, "suggestion_accept")
    talked.press("ben", talked.private("ben"), "suggestion_accept")
    shown = words_of(talked.private("ben"))
    assert "accepted by ana" in shown
    assert "Nothing was changed." in shown


def test_hostile_words_reach_the_card_harmless(world: SlackWorld) -> None:
    world.command("declare checkout errors")
    world.works()
    bait = "&lt;!channel&gt; see &lt;http://evil.example|this&gt;"
    world.says("dana", f"{bait}, todo: Keep lag &lt; 30 s &amp; tell ops")
    world.works()
    (card,) = world.cards()
    raw = str(card["blocks"]) + card["text"]
    assert "Keep lag &lt; 30 s &amp; tell ops" in raw
    assert "<" not in raw


def test_a_card_whose_answer_was_lost_is_posted_once(world: SlackWorld) -> None:
    world.command("declare checkout errors")
    world.works()
    world.workspace.drop_after_storing("chat.postMessage")
    world.says("dana", f"todo: {TITLE}")
    world.works()
    world.passes(timedelta(minutes=3))
    assert len(world.cards()) == 1


def test_our_own_cards_are_no_part_of_the_conversation(talked: SlackWorld) -> None:
    (card,) = talked.cards()
    talked.press("ben", card, "suggestion_accept")
    talked.works()
    authors = {event.author_id for event in talked.events()}
    assert talked.workspace.bot_user_id not in authors
    assert not [event for event in talked.events() if "Looks like a follow-up" in event.text]


def test_a_digest_waits_for_a_lull_and_tells_why_it_came_then(world: SlackWorld) -> None:
    world.command("declare checkout errors")
    world.works()
    world.says("dana", f"todo(0.6): {TITLE}")
    world.says("ben", "todo(0.7): File a ticket for the stale runbook step 4")
    world.works()
    assert world.cards() == []
    assert "2 follow-ups to decide on" in world.command("suggestions")
    world.passes(timedelta(minutes=8))
    (card,) = world.cards()
    assert card["text"].startswith("Two follow-ups")
    world.press("ana", card, "suggestion_why")
    view = world.workspace.open_view(world.person("ana"))
    assert view is not None
    assert "shown when the channel had gone quiet" in words_of(view.body)
    world.checks("ben", card, "suggestion_pick", [TITLE], title=TITLE)
    world.press("ben", card, "suggestion_accept")
    world.works()
    (card,) = world.cards()
    assert f"✓ {TITLE}" in words_of(card)
    assert item_buttons(card, "runbook")
    assert "1 follow-up to decide on" in world.command("suggestions")


@ON_BOTH
def test_deliveries_at_once_record_once(world_on_both: SlackWorld) -> None:
    world = world_on_both
    world.command("declare checkout errors")
    world.works()
    before = len(world.events())
    event = {"type": "message", "channel": world.channel(), "user": "U1", "text": "at once"}
    sent = [{**event, "ts": f"177263290{number % 5}.000100"} for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        answers = pool.map(
            lambda one: world.slack.event(one, team_id=world.workspace.team_id).status, sent
        )
    assert set(answers) == {200}
    assert len(world.events()) == before + 5

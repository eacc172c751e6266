"""The page of the pretend Slack: what a person does on it reaches the app."""

import re

from playwright.sync_api import expect

from tests.browser.sandbox_scene import CARD, VIEW, Scene
from tests.browser.sandbox_scene import scene as scene
from tests.unit.sandbox.listening_app import Heard, Reply


def test_a_typed_message_reaches_the_app(scene: Scene) -> None:
    scene.open()
    scene.page.fill("#text", "hello <b> @ben")
    scene.page.keyboard.press("Enter")
    expect(scene.page.locator(".message .text")).to_have_text("hello <b> @ben")
    assert scene.app.events[-1]["text"] == "hello &lt;b&gt; <@U2>"
    expect(scene.page.locator("#text")).to_have_value("")


def test_a_command_is_hinted_at_and_answered_privately(scene: Scene) -> None:
    scene.app.on_heard = lambda heard: Reply(body={"text": f"*private* {heard.form['text']}"})
    scene.open()
    scene.page.type("#text", "/inc")
    expect(scene.page.locator(".hints li")).to_have_count(1)
    scene.page.keyboard.press("Tab")
    scene.page.type("#text", "he")
    expect(scene.page.locator(".hints li")).to_have_count(2)
    scene.page.keyboard.press("Enter")
    expect(scene.page.locator("#text")).to_have_value("/incident held ")
    scene.page.keyboard.press("Enter")
    private = scene.page.locator(".message.private")
    expect(private).to_contain_text("Only visible to you")
    expect(private).to_contain_text("private held")
    scene.page.select_option("#viewer", "U2")
    expect(private).to_have_count(0)
    scene.page.select_option("#viewer", "U1")
    private.get_by_text("Dismiss").click()
    expect(private).to_have_count(0)


def test_a_card_is_shown_and_its_button_works(scene: Scene) -> None:
    ts = scene.client.chat_postMessage(channel="C1", text="card", blocks=CARD)["ts"]

    def accept(heard: Heard) -> None:
        if b"payload=" in heard.raw:
            done = [{"type": "section", "text": {"type": "mrkdwn", "text": "✓ accepted by ana"}}]
            scene.client.chat_update(channel="C1", ts=ts, text="done", blocks=done)

    scene.app.on_heard = accept
    scene.open()
    card = scene.message(ts)
    expect(card.locator(".b-header")).to_have_text("A follow-up")
    expect(card.locator(".b-text strong").first).to_have_text("Add an alert")
    card.get_by_role("button", name="Accept").click()
    expect(card).to_contain_text("✓ accepted by ana")
    expect(card.locator(".b-actions")).to_have_count(0)
    (payload,) = [heard.payload for heard in scene.app.heard if b"payload=" in heard.raw]
    assert payload["actions"][0]["value"] == "7"
    assert payload["user"]["id"] == "U1"


def test_a_choice_is_sent_when_it_is_made(scene: Scene) -> None:
    ts = scene.client.chat_postMessage(channel="C1", text="card", blocks=CARD)["ts"]
    scene.open()
    with scene.page.expect_response(re.compile("/sandbox/click")):
        scene.message(ts).locator("select").select_option("done")
    payload = scene.app.heard[-1].payload
    assert payload["actions"][0]["selected_option"]["value"] == "done"


def test_a_modal_is_filled_in(scene: Scene) -> None:
    def show(heard: Heard) -> Reply | None:
        if b"payload=" not in heard.raw:
            return None
        payload = heard.payload
        if payload["type"] == "block_actions":
            scene.client.views_open(trigger_id=payload["trigger_id"], view=VIEW)
        elif payload["view"]["state"]["values"]["title"]["text"]["value"] == "bad":
            return Reply(
                body={"response_action": "errors", "errors": {"title": "That is too vague."}}
            )
        return None

    scene.app.on_heard = show
    ts = scene.client.chat_postMessage(channel="C1", text="card", blocks=CARD)["ts"]
    scene.open()
    scene.message(ts).get_by_role("button", name="Edit", exact=True).click()
    modal = scene.page.locator("#modal")
    modal.get_by_role("button", name="Save").click()
    expect(modal).to_contain_text("Please complete this required field.")
    modal.get_by_label("Title").fill("bad")
    modal.get_by_role("button", name="Save").click()
    expect(modal).to_contain_text("That is too vague.")
    modal.get_by_label("Title").fill("good")
    modal.get_by_label("Owner").select_option("U2")
    modal.get_by_label("Tell all").check()
    modal.get_by_role("button", name="Save").click()
    expect(modal).not_to_be_visible()
    values = scene.app.heard[-1].payload["view"]["state"]["values"]
    assert values["title"]["text"]["value"] == "good"
    assert values["owner"]["user"]["selected_user"] == "U2"
    assert values["also"]["picked"]["selected_options"][0]["value"] == "all"


def test_ones_own_message_is_edited_and_deleted(scene: Scene) -> None:
    ts = scene.workspace.say("U1", "C1", "tpyo for <@U2>")
    scene.open()
    scene.choose(ts, "Edit message")
    box = scene.message(ts).locator("textarea")
    expect(box).to_have_value("tpyo for @ben")
    box.fill("typo for @ben")
    box.press("Enter")
    expect(scene.message(ts)).to_contain_text("typo for @ben (edited)")
    scene.choose(ts, "Delete message")
    scene.page.locator("#ask").get_by_role("button", name="Delete").click()
    expect(scene.message(ts)).to_have_count(0)
    assert scene.app.events[-1]["subtype"] == "message_deleted"


def test_the_menu_of_a_message_has_the_shortcuts_of_the_app(scene: Scene) -> None:
    scene.workspace.shortcuts = (("mark_key_moment", "Mark as key moment"),)
    ts = scene.workspace.say("U2", "C1", "failing over to db-2")
    scene.open()
    scene.message(ts).hover()
    more = scene.message(ts).get_by_label("More actions")
    more.click()
    scene.page.keyboard.press("Escape")
    expect(scene.page.locator(".menu-box")).to_have_count(0)
    expect(more).to_be_focused()
    scene.page.keyboard.press("Enter")
    expect(scene.page.get_by_role("menuitem").first).to_be_focused()
    with scene.page.expect_response("**/shortcut"):
        scene.page.keyboard.press("Enter")
    expect(scene.page.locator(".menu-box")).to_have_count(0)
    sent = scene.app.interactions[-1]
    assert (sent["type"], sent["callback_id"]) == ("message_action", "mark_key_moment")
    assert sent["message"]["ts"] == ts


def test_what_one_ticked_stays_until_it_is_sent(scene: Scene) -> None:
    boxes = {
        "type": "checkboxes",
        "action_id": "chosen",
        "options": [
            {"text": {"type": "mrkdwn", "text": f"*Item {number}*"}, "value": str(number)}
            for number in (1, 2)
        ],
    }
    accept = {
        "type": "button",
        "action_id": "accept",
        "text": {"type": "plain_text", "text": "Accept selected"},
    }
    blocks = [
        {"type": "actions", "block_id": "items", "elements": [boxes]},
        {"type": "actions", "block_id": "decide", "elements": [accept]},
    ]
    ts = scene.client.chat_postMessage(channel="C1", text="Two follow-ups", blocks=blocks)["ts"]
    scene.open()
    card = scene.message(ts)
    card.get_by_label("Item 2").check()
    scene.workspace.react("U2", "C1", ts, "eyes")
    expect(card.locator(".chip")).to_have_count(1)
    expect(card.get_by_label("Item 2")).to_be_checked()
    with scene.page.expect_response("**/click"):
        card.get_by_role("button", name="Accept selected").click()
    state = scene.app.interactions[-1]["state"]["values"]["items"]["chosen"]
    assert [option["value"] for option in state["selected_options"]] == ["2"]


def test_a_channel_is_pinned_in_renamed_and_archived(scene: Scene) -> None:
    ts = scene.workspace.say("U1", "C1", "Read me *first*")
    scene.open()
    scene.choose(ts, "Pin to this channel")
    expect(scene.page.locator("#pins")).to_contain_text("Read me first")
    menu = scene.page.get_by_label("Channel actions")
    menu.click()
    scene.page.get_by_role("menuitem", name="Rename…").click()
    scene.page.locator("#ask input").fill("Checkout errors")
    scene.page.keyboard.press("Enter")
    expect(scene.page.locator("#title")).to_have_text("# checkout-errors")
    menu.click()
    scene.page.get_by_role("menuitem", name="Archive…").click()
    scene.page.locator("#ask").get_by_role("button", name="Archive").click()
    expect(scene.page.locator("#archived")).to_be_visible()
    expect(scene.page.locator("#composer")).to_be_hidden()
    told = [event["type"] for event in scene.app.events]
    assert {"pin_added", "channel_rename", "channel_archive"} <= set(told)

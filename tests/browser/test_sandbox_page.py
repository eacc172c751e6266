"""The sandbox's page in a real browser."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from slack_sdk import WebClient

from copilot.clock import ReplayClock
from copilot.sandbox.playback import Playback
from copilot.sandbox.sender import Sender
from copilot.sandbox.server import SandboxServer
from copilot.sandbox.workspace import SandboxWorkspace
from tests.unit.sandbox.listening_app import Heard, ListeningApp, Reply, a_listening_app

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
CARD: list[dict[str, Any]] = [
    {"type": "header", "text": {"type": "plain_text", "text": "A follow-up"}},
    {
        "type": "section",
        "text": {"type": "mrkdwn", "text": "*Add an alert* on lag &gt; 30 s"},
        "fields": [{"type": "mrkdwn", "text": "*Owner*\ndana"}],
    },
    {
        "type": "actions",
        "block_id": "card",
        "elements": [
            {
                "type": "button",
                "action_id": "accept",
                "value": "7",
                "style": "primary",
                "text": {"type": "plain_text", "text": "Accept"},
            },
            {
                "type": "button",
                "action_id": "edit",
                "text": {"type": "plain_text", "text": "Edit"},
            },
            {
                "type": "static_select",
                "action_id": "dismiss",
                "placeholder": {"type": "plain_text", "text": "Dismiss"},
                "options": [{"text": {"type": "plain_text", "text": "Done"}, "value": "done"}],
            },
        ],
    },
]
VIEW = {
    "type": "modal",
    "callback_id": "edit",
    "title": {"type": "plain_text", "text": "Edit it"},
    "submit": {"type": "plain_text", "text": "Save"},
    "blocks": [
        {
            "type": "input",
            "block_id": "title",
            "label": {"type": "plain_text", "text": "Title"},
            "element": {"type": "plain_text_input", "action_id": "text"},
        },
        {
            "type": "input",
            "block_id": "owner",
            "optional": True,
            "label": {"type": "plain_text", "text": "Owner"},
            "element": {"type": "users_select", "action_id": "user"},
        },
        {
            "type": "input",
            "block_id": "also",
            "optional": True,
            "label": {"type": "plain_text", "text": "Also"},
            "element": {
                "type": "checkboxes",
                "action_id": "picked",
                "options": [{"text": {"type": "plain_text", "text": "Tell all"}, "value": "all"}],
            },
        },
    ],
}


@dataclass
class Scene:
    workspace: SandboxWorkspace
    app: ListeningApp
    client: WebClient
    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str = "") -> None:
        self.page.goto(self.url + path)
        expect(self.page.locator("#title")).not_to_have_text("Loading…")

    def choose(self, ts: str, label: str) -> None:
        """Take something from the menu of a message."""
        self.message(ts).hover()
        self.message(ts).get_by_label("More actions").click()
        self.page.get_by_role("menuitem", name=label).click()

    def message(self, ts: str) -> Any:
        return self.page.locator(f'#messages [data-ts="{ts}"]')


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no chromium on the PATH")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture
def scene(browser: Browser) -> Iterator[Scene]:
    workspace = SandboxWorkspace(ReplayClock(datetime(2026, 3, 4, 14, 0, tzinfo=UTC)))
    workspace.add_user("ana", "Ana Costa", user_id="U1")
    workspace.add_user("ben", "Ben Okafor", user_id="U2")
    workspace.add_channel("incidents", channel_id="C1")
    workspace.add_channel("general", channel_id="C2")
    with SandboxServer(workspace) as server, a_listening_app() as app:
        sender = Sender(workspace, app.url, retry_delays_s=())
        workspace.connect(sender)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        client = WebClient(workspace.bot_token, base_url=server.api_url)
        scene = Scene(workspace, app, client, page, server.url)
        watch(scene)
        yield scene
        page.close()
        sender.close()
    assert scene.complaints == []


def watch(scene: Scene) -> None:
    """Nothing may be loaded from elsewhere, and nothing may go wrong unseen."""
    say = scene.complaints.append
    scene.page.on("pageerror", lambda error: say(f"error: {error}"))
    scene.page.on(
        "console", lambda line: say(line.text) if line.type in ("error", "warning") else None
    )
    scene.page.on(
        "request", lambda r: None if r.url.startswith(scene.url) else say(f"elsewhere: {r.url}")
    )


def test_messages_appear_as_they_are_said(scene: Scene) -> None:
    scene.open()
    scene.workspace.say("U2", "C1", "the *deploy* failed at `step 4`, <@U1> :eyes:")
    text = scene.page.locator(".message .text")
    expect(text).to_have_text("the deploy failed at step 4, @ana 👀")
    expect(text.locator("strong")).to_have_text("deploy")
    expect(text.locator("code")).to_have_text("step 4")
    expect(text.locator(".mention.me")).to_have_text("@ana")


@pytest.mark.parametrize(
    "text",
    [
        "<script>window.hurt = 1</script>",
        "<img src=x onerror='window.hurt = 1'>",
        "<javascript:window.hurt=1|click me>",
        "<data:text/html,hurt|click me>",
        '<https://x.test/" onmouseover="window.hurt=1|label>',
        "*bold <b onclick=x>* _<i>_ `<u>` ```<s>``` :<svg>: <@<b>> <!<b>|<i>>",
        "</textarea></script><svg onload=window.hurt=1>",
    ],
)
def test_hostile_text_stays_text(scene: Scene, text: str) -> None:
    hostile = {"type": "section", "text": {"type": "mrkdwn", "text": text}}
    scene.workspace.post_as_app(
        "C1",
        {
            **scene.workspace.bot_fields(),
            "text": text,
            "username": text,
            "blocks": [hostile, {"type": text, "block_id": text}],
            "attachments": [{"title": text, "title_link": "javascript:x", "color": text}],
            "files": [{"name": text}],
            "reactions": [{"name": text, "users": [text], "count": 1}],
        },
    )
    scene.workspace.say("U1", "C1", text)
    scene.open()
    expect(scene.page.locator(".message")).to_have_count(2)
    assert scene.page.evaluate("window.hurt") is None
    inside = scene.page.locator("#messages")
    assert inside.locator("script, img, svg, b[onclick], [onmouseover], [onload]").count() == 0
    links = inside.locator("a").evaluate_all("all => all.map((a) => a.protocol)")
    assert set(links) <= {"http:", "https:"}


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


def test_a_permalink_scrolls_to_its_message(scene: Scene) -> None:
    said = [scene.workspace.say("U1", "C1", f"message {n}") for n in range(400)]
    link = scene.workspace.permalink("C1", said[120])
    scene.open(link.removeprefix(scene.url))
    expect(scene.message(said[120])).to_have_class(re.compile("target"))
    expect(scene.message(said[120])).to_be_in_viewport()
    scene.page.locator("#jump").click()
    expect(scene.message(said[399])).to_be_in_viewport()


def test_a_permalink_of_a_reply_opens_its_thread(scene: Scene) -> None:
    parent = scene.workspace.say("U1", "C1", "parent")
    reply = scene.workspace.say("U2", "C1", "the reply", thread_ts=parent)
    scene.open(scene.workspace.permalink("C1", reply).removeprefix(scene.url))
    thread = scene.page.locator("#thread")
    expect(thread.locator(f'[data-ts="{reply}"]')).to_have_class(re.compile("target"))
    scene.page.fill("#thread-text", "another")
    scene.page.keyboard.press("Enter")
    expect(thread.locator(".message")).to_have_count(3)
    assert scene.app.events[-1]["thread_ts"] == parent
    thread.get_by_label("Close the thread").click()
    expect(thread).not_to_be_visible()
    expect(scene.message(parent).locator(".thread-count")).to_have_text("2 replies")


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


def test_another_channel_says_how_much_is_new(scene: Scene) -> None:
    scene.open()
    scene.workspace.say("U1", "C2", "over here")
    badge = scene.page.locator("#channels .badge")
    expect(badge).to_have_text("1")
    scene.page.get_by_role("link", name="general").click()
    expect(scene.page.locator(".message .text")).to_have_text("over here")
    expect(badge).to_have_count(0)
    assert scene.page.url.endswith("/archives/C2")
    scene.page.go_back()
    expect(scene.page.locator("#title")).to_have_text("# incidents")


def test_a_replay_can_be_paused_on_the_page(scene: Scene) -> None:
    now = scene.workspace.now()
    playback = Playback(
        speed=60,
        total=10,
        starts_at=now,
        ends_at=now,
        longest_wait_s=8,
        on_change=scene.workspace.playback_changed,
    )
    scene.workspace.playback = playback
    scene.open()
    bar = scene.page.locator("#playback")
    expect(bar).to_contain_text("2026-03-04 14:00:00")
    bar.get_by_role("button", name="Pause").click()
    expect(bar).to_contain_text("Replay paused")
    assert playback.progress.state == "paused"


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_sticks_out_at_the_side(scene: Scene, width: int, scheme: str) -> None:
    scene.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    scene.page.set_viewport_size({"width": width, "height": 800})
    scene.client.chat_postMessage(channel="C1", text="card", blocks=CARD)
    scene.workspace.say("U1", "C1", "x" * 400)
    scene.workspace.say("U1", "C1", "```" + "long log line " * 40 + "```")
    scene.open()
    expect(scene.page.locator(".message")).to_have_count(3)
    widest = scene.page.evaluate("document.querySelector('#scroll').scrollWidth")
    shown = scene.page.evaluate("document.querySelector('#scroll').clientWidth")
    assert widest <= shown


def test_a_page_opened_too_early_finds_its_way(scene: Scene) -> None:
    scene.workspace.channels.clear()
    scene.page.goto(scene.url)
    expect(scene.page.locator("#empty")).to_have_text("This workspace has no channels yet.")
    scene.workspace.add_channel("late", channel_id="C3")
    expect(scene.page.locator("#title")).to_have_text("# late")
    scene.workspace.say("U1", "C3", "finally")
    expect(scene.page.locator(".message .text")).to_have_text("finally")
    assert scene.page.url.endswith("/archives/C3")


def test_on_a_phone_the_channels_are_a_drawer(scene: Scene) -> None:
    scene.page.set_viewport_size({"width": 390, "height": 800})
    scene.open()
    general = scene.page.get_by_role("link", name="general")
    expect(general).not_to_be_visible()
    scene.page.get_by_label("Channels and people").click()
    general.click()
    expect(scene.page.locator("#title")).to_have_text("# general")
    expect(general).not_to_be_visible()


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


def test_the_home_of_the_app_shows_what_it_published_for_one_person(scene: Scene) -> None:
    with scene.page.expect_response("**/home/open"):
        scene.open("app")
    expect(scene.page.locator("#home")).to_contain_text("The app has put nothing here yet.")
    assert scene.app.events[-1]["type"] == "app_home_opened"
    scene.client.views_publish(user_id="U1", view={"type": "home", "blocks": CARD})
    expect(scene.page.locator("#home .b-header")).to_have_text("A follow-up")
    with scene.page.expect_response("**/home/click"):
        scene.page.locator("#home").get_by_role("button", name="Accept").click()
    assert scene.app.interactions[-1]["view"]["type"] == "home"
    scene.page.locator("#viewer").select_option("U2")
    expect(scene.page.locator("#home")).to_contain_text("The app has put nothing here yet.")


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

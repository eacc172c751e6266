"""The page of the pretend Slack: what it shows, whatever the width and the theme."""

import re

import pytest
from playwright.sync_api import expect

from copilot.sandbox.playback import Playback
from tests.browser.sandbox_scene import CARD, Scene
from tests.browser.sandbox_scene import scene as scene


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

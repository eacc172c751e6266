"""A browser in front of the pretend Slack: what its tests share."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from slack_sdk import WebClient

from copilot.clock import ReplayClock
from copilot.sandbox.sender import Sender
from copilot.sandbox.server import SandboxServer
from copilot.sandbox.workspace import SandboxWorkspace
from tests.unit.sandbox.listening_app import ListeningApp, a_listening_app

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

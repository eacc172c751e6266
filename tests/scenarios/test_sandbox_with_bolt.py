"""A small app on Slack's own framework, living in the sandbox: commands, buttons, modals."""

import logging
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from slack_bolt import App
from slack_bolt.app.app import SlackAppDevelopmentServer
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from copilot.clock import ReplayClock
from copilot.sandbox.sender import Sender
from copilot.sandbox.workspace import SandboxWorkspace
from tests.prompt_server import PromptSandbox

CARD: list[dict[str, Any]] = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "Add an alert?"}},
    {
        "type": "actions",
        "block_id": "card",
        "elements": [
            {
                "type": "button",
                "action_id": "accept",
                "value": "7",
                "text": {"type": "plain_text", "text": "Accept"},
            },
            {
                "type": "static_select",
                "action_id": "dismiss",
                "options": [
                    {"text": {"type": "plain_text", "text": "Done already"}, "value": "done"},
                    {"text": {"type": "plain_text", "text": "No"}, "value": "no"},
                ],
            },
        ],
    },
]
VIEW = {
    "type": "modal",
    "callback_id": "edit",
    "title": {"type": "plain_text", "text": "Edit"},
    "submit": {"type": "plain_text", "text": "Save"},
    "private_metadata": "7",
    "blocks": [
        {
            "type": "input",
            "block_id": "title",
            "label": {"type": "plain_text", "text": "Title"},
            "element": {"type": "plain_text_input", "action_id": "text", "initial_value": "old"},
        },
        {
            "type": "input",
            "block_id": "owner",
            "optional": True,
            "label": {"type": "plain_text", "text": "Owner"},
            "element": {"type": "users_select", "action_id": "user"},
        },
    ],
}


class LittleApp:
    """Records what its listeners were given."""

    def __init__(self, client: WebClient, signing_secret: str) -> None:
        self.given: list[tuple[str, Any]] = []
        self.bolt = App(
            client=client,
            signing_secret=signing_secret,
            process_before_response=True,
            logger=logging.getLogger("little"),
        )
        self.bolt.command("/incident")(self.on_command)
        self.bolt.action("accept")(self.on_accept)
        self.bolt.action("dismiss")(self.on_dismiss)
        self.bolt.view("edit")(self.on_view)
        self.bolt.event("message")(self.on_message)

    def on_message(self, event: dict[str, Any]) -> None:
        self.given.append(("message", event))

    def on_command(
        self, ack: Any, command: dict[str, Any], client: WebClient, respond: Any
    ) -> None:
        self.given.append(("command", command))
        if command["text"] == "edit":
            client.views_open(trigger_id=command["trigger_id"], view=VIEW)
            ack()
        elif command["text"] == "later":
            ack()
            respond("first")
            respond("second")
        elif command["text"] == "fail":
            raise ValueError(command["text"])
        else:
            ack(f"*private* {command['text']}")

    def on_accept(self, ack: Any, body: dict[str, Any], respond: Any, client: WebClient) -> None:
        self.given.append(("accept", body))
        if body["container"]["is_ephemeral"]:
            respond(replace_original=True, text="decided")
        else:
            channel, ts = body["channel"]["id"], body["message"]["ts"]
            client.chat_update(channel=channel, ts=ts, text="accepted by ana", blocks=[])
        ack()

    def on_dismiss(self, ack: Any, body: dict[str, Any]) -> None:
        self.given.append(("dismiss", body))
        ack()

    def on_view(self, ack: Any, view: dict[str, Any]) -> None:
        self.given.append(("view", view))
        if view["state"]["values"]["title"]["text"]["value"] == "bad":
            ack(response_action="errors", errors={"title": "Too vague"})
        else:
            ack()

    def last(self, kind: str) -> Any:
        return [given for name, given in self.given if name == kind][-1]


@pytest.fixture
def workspace(clock: ReplayClock) -> SandboxWorkspace:
    workspace = SandboxWorkspace(clock)
    workspace.add_user("ana", user_id="U1")
    workspace.add_user("ben", user_id="U2")
    workspace.add_channel("incidents", channel_id="C1")
    return workspace


@pytest.fixture
def client(workspace: SandboxWorkspace) -> Iterator[WebClient]:
    with PromptSandbox(workspace) as server:
        yield WebClient(workspace.bot_token, base_url=server.api_url)


@pytest.fixture
def app(workspace: SandboxWorkspace, client: WebClient) -> Iterator[LittleApp]:
    little = LittleApp(client, workspace.signing_secret)
    server = SlackAppDevelopmentServer(0, "/slack/events", little.bolt)
    port = server._server.server_port
    serving = threading.Thread(target=server._server.serve_forever, args=(0.01,), daemon=True)
    serving.start()
    sender = Sender(workspace, f"http://127.0.0.1:{port}/slack/events", retry_delays_s=())
    workspace.connect(sender)
    yield little
    sender.wait_until_idle()
    sender.close()
    server._server.shutdown()
    server._server.server_close()


def texts(workspace: SandboxWorkspace, user_id: str = "U1") -> list[str]:
    return [answer.body["text"] for answer in workspace.private_answers(user_id)]


def test_a_message_reaches_a_listener(workspace: SandboxWorkspace, app: LittleApp) -> None:
    ts = workspace.say("U1", "C1", "the deploy failed")
    assert app.last("message")["ts"] == ts


def test_a_command_is_answered_privately(workspace: SandboxWorkspace, app: LittleApp) -> None:
    workspace.command("U1", "C1", "/incident", "held")
    assert texts(workspace) == ["*private* held"]
    assert texts(workspace, "U2") == []
    assert workspace.channel("C1").size == 0
    assert app.last("command")["channel_name"] == "incidents"


def test_answers_may_come_later_by_the_response_url(
    workspace: SandboxWorkspace, app: LittleApp
) -> None:
    workspace.command("U1", "C1", "/incident", "later")
    assert texts(workspace) == ["first", "second"]


def test_a_command_that_fails_says_so_as_slack_does(
    workspace: SandboxWorkspace, app: LittleApp
) -> None:
    workspace.command("U1", "C1", "/incident", "fail")
    assert "dispatch_failed" in texts(workspace)[0]


def test_a_command_nobody_registered_is_not_sent(
    workspace: SandboxWorkspace, app: LittleApp
) -> None:
    workspace.command("U1", "C1", "/tableflip")
    assert texts(workspace) == ["/tableflip is not a valid command."]
    assert app.given == []


def test_a_button_changes_the_message_it_is_on(
    workspace: SandboxWorkspace, app: LittleApp, client: WebClient
) -> None:
    ts = client.chat_postMessage(channel="C1", text="card", blocks=CARD)["ts"]
    answer = workspace.click("U1", "C1", ts, "accept")
    assert answer.is_ok
    body = app.last("accept")
    assert body["user"]["id"] == "U1"
    assert body["actions"][0]["value"] == "7"
    assert body["message"]["ts"] == ts
    message = workspace.message("C1", ts)
    assert (message["text"], message["blocks"]) == ("accepted by ana", [])


def test_a_choice_is_sent_with_its_option(
    workspace: SandboxWorkspace, app: LittleApp, client: WebClient
) -> None:
    ts = client.chat_postMessage(channel="C1", text="card", blocks=CARD)["ts"]
    workspace.click("U1", "C1", ts, "dismiss", value="done")
    body = app.last("dismiss")
    assert body["actions"][0]["selected_option"]["value"] == "done"
    state = body["state"]["values"]["card"]["dismiss"]
    assert state["selected_option"]["value"] == "done"


def test_a_button_of_a_private_answer_replaces_it(
    workspace: SandboxWorkspace, app: LittleApp, client: WebClient
) -> None:
    ts = client.chat_postEphemeral(channel="C1", user="U1", text="card", blocks=CARD)["message_ts"]
    workspace.click("U1", "C1", ts, "accept")
    assert texts(workspace) == ["decided"]
    assert "message" not in app.last("accept")


def test_a_modal_is_filled_in_and_submitted(workspace: SandboxWorkspace, app: LittleApp) -> None:
    workspace.command("U1", "C1", "/incident", "edit")
    assert workspace.open_view("U1") is not None
    refused = workspace.submit_view("U1", {"title": {"text": "bad"}})
    assert (refused.is_closed, refused.errors) == (False, {"title": "Too vague"})
    missing = workspace.submit_view("U1", {"title": {"text": " "}})
    assert set(missing.errors) == {"title"}
    done = workspace.submit_view("U1", {"title": {"text": "new"}, "owner": {"user": "U2"}})
    assert done.is_closed
    assert workspace.open_view("U1") is None
    view = app.last("view")
    assert view["private_metadata"] == "7"
    assert view["state"]["values"]["title"]["text"]["value"] == "new"
    assert view["state"]["values"]["owner"]["user"]["selected_user"] == "U2"


def test_an_untouched_modal_holds_what_was_there_at_first(
    workspace: SandboxWorkspace, app: LittleApp
) -> None:
    workspace.command("U1", "C1", "/incident", "edit")
    workspace.submit_view("U1", {})
    values = app.last("view")["state"]["values"]
    assert values["title"]["text"]["value"] == "old"
    assert values["owner"]["user"]["selected_user"] is None


def test_a_trigger_opens_one_modal_only(
    workspace: SandboxWorkspace, app: LittleApp, client: WebClient
) -> None:
    workspace.command("U1", "C1", "/incident", "edit")
    used = app.last("command")["trigger_id"]
    with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
        client.views_open(trigger_id=used, view=VIEW)
    with pytest.raises(SlackApiError, match="invalid_trigger_id"):
        client.views_open(trigger_id="1.2", view=VIEW)


def test_a_trigger_expires(workspace: SandboxWorkspace, app: LittleApp, client: WebClient) -> None:
    workspace.tickets.trigger_lifetime_s = 0
    workspace.command("U1", "C1", "/incident", "held")
    with pytest.raises(SlackApiError, match="expired_trigger_id"):
        client.views_open(trigger_id=app.last("command")["trigger_id"], view=VIEW)

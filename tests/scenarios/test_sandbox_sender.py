"""What the sandbox delivers to an app over real HTTP."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from slack_sdk.signature import SignatureVerifier

from copilot.clock import ReplayClock
from copilot.sandbox.sender import Sender
from copilot.sandbox.workspace import SandboxWorkspace
from tests.unit.sandbox.listening_app import Heard, ListeningApp, Reply, a_listening_app


@pytest.fixture
def app() -> Iterator[ListeningApp]:
    with a_listening_app() as app:
        yield app


@pytest.fixture
def workspace(clock: ReplayClock) -> SandboxWorkspace:
    workspace = SandboxWorkspace(clock)
    workspace.add_user("ana", user_id="U1")
    workspace.add_user("ben", user_id="U2")
    workspace.add_channel("incidents", channel_id="C1")
    return workspace


@pytest.fixture
def sender(workspace: SandboxWorkspace, app: ListeningApp) -> Iterator[Sender]:
    sender = Sender(workspace, app.url, timeout_s=0.4, retry_delays_s=(0.0, 0.01, 0.02))
    workspace.connect(sender)
    yield sender
    sender.close()


def retry_headers(heard: Heard) -> tuple[str | None, str | None]:
    return heard.headers.get("x-slack-retry-num"), heard.headers.get("x-slack-retry-reason")


def test_an_event_is_signed_with_the_wall_clocks_time(
    workspace: SandboxWorkspace, sender: Sender, app: ListeningApp
) -> None:
    workspace.say("U1", "C1", "hello")
    (heard,) = app.heard
    assert SignatureVerifier(workspace.signing_secret).is_valid_request(heard.raw, heard.headers)
    signed_at = datetime.fromtimestamp(int(heard.headers["x-slack-request-timestamp"]), UTC)
    assert abs(signed_at.timestamp() - time.time()) < 60


def test_a_message_event_has_slacks_shape(
    workspace: SandboxWorkspace, sender: Sender, app: ListeningApp
) -> None:
    ts = workspace.say("U1", "C1", "hello")
    envelope = app.heard[0].json
    assert envelope["type"] == "event_callback"
    assert envelope["team_id"] == "T0SANDBOX"
    assert envelope["event_time"] == int(ts.partition(".")[0])
    assert envelope["authorizations"][0]["user_id"] == "U0SANDBOX"
    event = envelope["event"]
    assert event["type"] == "message"
    assert (event["channel"], event["user"], event["text"]) == ("C1", "U1", "hello")
    assert event["ts"] == event["event_ts"] == ts
    assert event["channel_type"] == "channel"


def test_edits_deletions_reactions_and_pins_are_told(
    workspace: SandboxWorkspace, sender: Sender, app: ListeningApp
) -> None:
    ts = workspace.say("U1", "C1", "first")
    workspace.edit("U1", "C1", ts, "second")
    workspace.react("U2", "C1", ts, "eyes")
    workspace.unreact("U2", "C1", ts, "eyes")
    workspace.pin("U2", "C1", ts)
    workspace.delete("U1", "C1", ts)
    edited, added, removed, pinned, deleted = app.events[1:]
    assert edited["message"]["text"] == "second"
    assert edited["message"]["edited"]["user"] == "U1"
    assert edited["previous_message"]["text"] == "first"
    assert (added["type"], added["item"]["ts"], added["item_user"]) == ("reaction_added", ts, "U1")
    assert removed["type"] == "reaction_removed"
    assert pinned["item"]["message"]["permalink"].endswith(f"C1/p{ts.replace('.', '')}")
    assert (deleted["subtype"], deleted["deleted_ts"]) == ("message_deleted", ts)
    assert workspace.channel("C1").get(ts) is None


def test_an_unchanged_edit_is_no_event(
    workspace: SandboxWorkspace, sender: Sender, app: ListeningApp
) -> None:
    ts = workspace.say("U1", "C1", "same")
    workspace.edit("U1", "C1", ts, "same")
    assert len(app.events) == 1


def test_the_app_hears_nothing_of_channels_it_is_not_in(
    workspace: SandboxWorkspace, sender: Sender, app: ListeningApp
) -> None:
    workspace.add_channel("elsewhere", channel_id="C2", has_bot=False)
    workspace.say("U1", "C2", "psst")
    assert app.heard == []
    workspace.join("U0SANDBOX", "C2")
    assert sender.wait_until_idle()
    assert [event["type"] for event in app.events] == ["member_joined_channel", "message"]


def test_a_refused_event_is_retried_three_times_with_the_reason(
    workspace: SandboxWorkspace, sender: Sender, app: ListeningApp
) -> None:
    app.replies = [Reply(500), Reply(404), Reply(302), Reply(500)]
    workspace.say("U1", "C1", "hello")
    assert sender.wait_until_idle()
    assert [retry_headers(heard) for heard in app.heard] == [
        (None, None),
        ("1", "http_error"),
        ("2", "http_error"),
        ("3", "http_error"),
    ]
    assert len({heard.json["event_id"] for heard in app.heard}) == 1
    (delivery,) = sender.deliveries
    assert [attempt.status for attempt in delivery.attempts] == [500, 404, 302, 500]
    assert not delivery.is_ok


def test_retries_stop_at_the_first_good_answer(
    workspace: SandboxWorkspace, sender: Sender, app: ListeningApp
) -> None:
    app.replies = [Reply(503), Reply(200)]
    workspace.say("U1", "C1", "hello")
    assert sender.wait_until_idle()
    assert len(app.heard) == 2
    assert sender.deliveries[0].is_ok


def test_a_slow_app_is_told_that_it_was_slow(
    workspace: SandboxWorkspace, sender: Sender, app: ListeningApp
) -> None:
    app.replies = [Reply(200, delay_s=0.8)]
    workspace.say("U1", "C1", "hello")
    assert sender.wait_until_idle()
    assert retry_headers(app.heard[1]) == ("1", "http_timeout")


def test_an_app_may_ask_not_to_be_retried(
    workspace: SandboxWorkspace, sender: Sender, app: ListeningApp
) -> None:
    app.replies = [Reply(500, headers=(("x-slack-no-retry", "1"),))]
    workspace.say("U1", "C1", "hello")
    assert sender.wait_until_idle()
    assert len(app.heard) == 1


def test_an_app_that_is_not_there_is_a_failed_connection(workspace: SandboxWorkspace) -> None:
    sender = Sender(workspace, "http://127.0.0.1:1/slack/events", retry_delays_s=(0.0,))
    workspace.connect(sender)
    workspace.say("U1", "C1", "hello")
    assert sender.wait_until_idle()
    assert [a.failure for a in sender.deliveries[0].attempts] == ["connection_failed"] * 2
    sender.close()


def test_a_needless_repeat_says_that_it_is_one(
    workspace: SandboxWorkspace, sender: Sender, app: ListeningApp
) -> None:
    envelope = sender.envelope({"type": "message", "event_ts": "1.000000"})
    for copy in range(3):
        assert sender.deliver(envelope, redelivery=copy).is_ok
    assert [retry_headers(heard)[0] for heard in app.heard] == [None, "1", "2"]


def test_the_apps_own_posts_are_told_to_it_too(
    workspace: SandboxWorkspace, sender: Sender, app: ListeningApp
) -> None:
    workspace.post_as_app("C1", {**workspace.bot_fields(), "text": "card"})
    assert sender.wait_until_idle()
    assert app.events[0]["bot_id"] == "B0SANDBOX"

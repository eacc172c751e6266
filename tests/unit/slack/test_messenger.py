from datetime import UTC, datetime
from typing import Any

import pytest
from slack_sdk import WebClient

from copilot.errors import PermanentError, TemporaryError
from copilot.ports import Messenger
from copilot.slack.clients import OneWorkspace
from copilot.slack.messenger import SlackMessenger
from tests.fakes.slack_web_api import FakeSlackWebApi, Fields, Reply, refusal
from tests.unit.slack.cards_made import a_card, an_item

SINCE = datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)


def posted(delivery_id: str, ts: str, **more: Any) -> dict[str, Any]:
    metadata = {
        "event_type": "incident_copilot_card",
        "event_payload": {"delivery_id": delivery_id},
    }
    return {"type": "message", "ts": ts, "bot_id": "B1", "metadata": metadata, **more}


@pytest.fixture
def messenger(client: WebClient) -> Messenger:
    return SlackMessenger(OneWorkspace(client))


def test_it_posts_without_unfurling_or_linking_names(
    web_api: FakeSlackWebApi, messenger: Messenger
) -> None:
    web_api.on("chat.postMessage", Reply({"ok": True, "ts": "1700000000.000100"}))
    assert messenger.post_card("T0TEAM", "C1", a_card(an_item())) == "1700000000.000100"
    assert web_api.calls_of("conversations.history") == []  # nobody tried before
    (sent,) = web_api.calls_of("chat.postMessage")
    assert sent["channel"] == "C1"
    assert (sent["unfurl_links"], sent["unfurl_media"], sent["link_names"]) == (False, False, False)
    assert sent["metadata"]["event_payload"] == {"delivery_id": "3"}
    assert sent["text"].startswith("Two follow-ups from the last 20 minutes: Add an alert")


def test_a_card_whose_answer_was_lost_is_found_and_not_posted_again(
    web_api: FakeSlackWebApi, messenger: Messenger
) -> None:
    channel: list[dict[str, Any]] = []

    def post(fields: Fields) -> Reply:
        channel.append({"ts": "1700000000.000100", "bot_id": "B1", "metadata": fields["metadata"]})
        return Reply(hangs_up=True)

    web_api.on("conversations.history", lambda _: Reply({"ok": True, "messages": channel}))
    web_api.on("chat.postMessage", post)
    with pytest.raises(TemporaryError):
        messenger.post_card("T0TEAM", "C1", a_card(an_item()))
    again = messenger.post_card("T0TEAM", "C1", a_card(an_item()), SINCE)
    assert again == "1700000000.000100"
    assert len(web_api.calls_of("chat.postMessage")) == 1


def test_it_looks_back_to_the_first_attempt_on_further_pages(
    web_api: FakeSlackWebApi, messenger: Messenger
) -> None:
    first = {"ok": True, "messages": [], "response_metadata": {"next_cursor": "c2"}}
    second = {"ok": True, "messages": [posted("3", "1700000000.000200")]}
    web_api.on("conversations.history", Reply(first), Reply(second))
    assert messenger.post_card("T0TEAM", "C1", a_card(), SINCE) == "1700000000.000200"
    first_call, second_call = web_api.calls_of("conversations.history")
    assert first_call["oldest"] == "1699999700.000000"  # five minutes for clocks that differ
    assert second_call["cursor"] == "c2"


@pytest.mark.parametrize(
    "message",
    [
        posted("4", "1.1"),
        posted("3", "1.1", bot_id=None),
        {"ts": "1.1", "bot_id": "B1", "metadata": {"event_type": "other", "event_payload": {}}},
        {"ts": "1.1", "bot_id": "B1"},
    ],
)
def test_another_message_is_not_mistaken_for_the_card(
    web_api: FakeSlackWebApi, messenger: Messenger, message: dict[str, Any]
) -> None:
    web_api.on("conversations.history", Reply({"ok": True, "messages": [message]}))
    web_api.on("chat.postMessage", Reply({"ok": True, "ts": "2.2"}))
    assert messenger.post_card("T0TEAM", "C1", a_card(), SINCE) == "2.2"


def test_it_does_not_post_when_it_cannot_look(
    web_api: FakeSlackWebApi, messenger: Messenger
) -> None:
    web_api.on("conversations.history", refusal("internal_error"))
    with pytest.raises(TemporaryError):
        messenger.post_card("T0TEAM", "C1", a_card(), SINCE)
    assert web_api.calls_of("chat.postMessage") == []


def test_a_rate_limit_is_handed_on(web_api: FakeSlackWebApi, messenger: Messenger) -> None:
    web_api.on(
        "chat.postMessage", Reply({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": "30"})
    )
    with pytest.raises(TemporaryError) as caught:
        messenger.post_card("T0TEAM", "C1", a_card())
    assert caught.value.retry_after_s == 30


def test_a_card_is_redrawn_in_place(web_api: FakeSlackWebApi, messenger: Messenger) -> None:
    web_api.on("chat.update", Reply({"ok": True, "ts": "1.1"}))
    messenger.update_card("T0TEAM", "C1", "1.1", a_card(an_item(decided="accepted by sam 14:32")))
    (sent,) = web_api.calls_of("chat.update")
    assert sent["ts"] == "1.1"
    assert "accepted by sam" in str(sent["blocks"])
    assert sent["metadata"]["event_payload"] == {"delivery_id": "3"}


def test_a_card_that_was_deleted_cannot_be_redrawn(
    web_api: FakeSlackWebApi, messenger: Messenger
) -> None:
    web_api.on("chat.update", refusal("message_not_found"))
    with pytest.raises(PermanentError, match="message_not_found"):
        messenger.update_card("T0TEAM", "C1", "1.1", a_card())

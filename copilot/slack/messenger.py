"""Posts cards to Slack, each exactly once."""

from typing import Any

from slack_sdk import WebClient

from copilot.ports import SuggestionCard
from copilot.slack.cards import card_blocks, card_text
from copilot.slack.client import translated
from copilot.slack.incident_channel import SlackIncidentChannel

_EVENT_TYPE = "incident_copilot_card"
_HISTORY_PAGE = 200
_HISTORY_PAGES = 5


class SlackMessenger(SlackIncidentChannel):
    """A `Messenger` over the Web API.

    Each card carries its delivery id as message metadata. An attempt whose answer was lost, or
    whose worker died before it could write down the message ts, leaves no other trace; so
    every attempt looks in the channel's history first. Cards are rare, so the look is cheap.
    """

    def post_card(self, team_id: str, channel_id: str, card: SuggestionCard) -> str:
        client = self._clients.of(team_id)
        posted_ts = _find(client, channel_id, card.delivery_id)
        if posted_ts is not None:
            return posted_ts
        with translated(client, "post a card"):
            answer = client.chat_postMessage(
                channel=channel_id,
                metadata=_metadata(card.delivery_id),
                unfurl_links=False,
                unfurl_media=False,
                link_names=False,
                text=card_text(card),
                blocks=card_blocks(card),
            )
        return str(answer["ts"])

    def update_card(
        self, team_id: str, channel_id: str, message_ts: str, card: SuggestionCard
    ) -> None:
        client = self._clients.of(team_id)
        with translated(client, "redraw a card"):
            client.chat_update(
                channel=channel_id,
                ts=message_ts,
                metadata=_metadata(card.delivery_id),
                link_names=False,
                text=card_text(card),
                blocks=card_blocks(card),
            )


def _find(client: WebClient, channel_id: str, delivery_id: int) -> str | None:
    """The ts of the card posted for this delivery, if it is among the newest messages."""
    cursor = ""
    for _ in range(_HISTORY_PAGES):
        with translated(client, "check what is already posted"):
            page = client.conversations_history(
                channel=channel_id,
                limit=_HISTORY_PAGE,
                cursor=cursor or None,
                include_all_metadata=True,
            )
        for message in page.get("messages") or ():
            if _carries(message, delivery_id):
                return str(message["ts"])
        cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            break
    return None


def _metadata(delivery_id: int) -> dict[str, Any]:
    return {"event_type": _EVENT_TYPE, "event_payload": {"delivery_id": str(delivery_id)}}


def _carries(message: dict[str, Any], delivery_id: int) -> bool:
    """Only our own messages count; another app may use the same words."""
    metadata = message.get("metadata") or {}
    return bool(
        message.get("bot_id")
        and metadata.get("event_type") == _EVENT_TYPE
        and (metadata.get("event_payload") or {}).get("delivery_id") == str(delivery_id)
    )

"""Posts cards to Slack, each exactly once."""

from datetime import datetime
from typing import Any

from copilot.ports import AdminNote, ReviewerNote, SuggestionCard
from copilot.slack.admin_note import admin_note
from copilot.slack.answers import Answer
from copilot.slack.cards import card_blocks, card_text
from copilot.slack.client import translated
from copilot.slack.incident_channel import SlackIncidentChannel
from copilot.slack.own_posts import find_own_post
from copilot.slack.reviewer_note import reviewer_note

_EVENT_TYPE = "incident_copilot_card"


class SlackMessenger(SlackIncidentChannel):
    """A `Messenger` over the Web API.

    Each card carries its delivery id as message metadata. An attempt whose answer was lost, or
    whose worker died before it could write down the message ts, leaves no other trace; so
    every further attempt looks in the channel's history first.
    """

    def post_card(
        self,
        team_id: str,
        channel_id: str,
        card: SuggestionCard,
        tried_since: datetime | None = None,
    ) -> str:
        client = self._clients.of(team_id)
        if tried_since is not None:
            metadata = _metadata(card.delivery_id)
            posted_ts = find_own_post(client, channel_id, metadata, tried_since)
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

    def tell_admin(self, team_id: str, user_id: str, note: AdminNote) -> None:
        self._write_to(team_id, user_id, admin_note(note), "tell an admin")

    def tell_reviewer(self, team_id: str, user_id: str, note: ReviewerNote) -> None:
        self._write_to(team_id, user_id, reviewer_note(note), "tell a reviewer")

    def _write_to(self, team_id: str, user_id: str, message: Answer, doing: str) -> None:
        client = self._clients.of(team_id)
        with translated(client, doing):
            # A person's id stands for their conversation with the app.
            client.chat_postMessage(
                channel=user_id,
                unfurl_links=False,
                unfurl_media=False,
                link_names=False,
                text=str(message["text"]),
                blocks=message["blocks"],
            )


def _metadata(delivery_id: int) -> dict[str, Any]:
    return {"event_type": _EVENT_TYPE, "event_payload": {"delivery_id": str(delivery_id)}}

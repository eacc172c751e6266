"""What stands in an incident's channel for all to see: its headline, topic and people."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from copilot.errors import PermanentError
from copilot.ports import Briefing, HeadlineCard
from copilot.slack.answers import note
from copilot.slack.briefing import briefing_answer
from copilot.slack.client import slack_error_code, translated
from copilot.slack.clients import SlackClients
from copilot.slack.escaping import safe
from copilot.slack.headline import headline_blocks, headline_text
from copilot.slack.own_posts import find_own_post
from copilot.timeline.mrkdwn import to_plain

_EVENT_TYPE = "incident_copilot_headline"
_IS_GONE = "message_not_found"
_LONGEST_WORDS = 500


class SlackIncidentChannel:
    """An `IncidentChannel` over the Web API.

    A headline carries its incident and posting as message metadata: an attempt whose answer was
    lost leaves no other trace. Who tries again looks in the channel's history first.
    """

    def __init__(self, clients: SlackClients) -> None:
        self._clients = clients

    def post_headline(
        self,
        team_id: str,
        channel_id: str,
        card: HeadlineCard,
        tried_since: datetime | None = None,
    ) -> str:
        client = self._clients.of(team_id)
        if tried_since is not None:
            posted_ts = find_own_post(client, channel_id, _metadata(card), tried_since)
            if posted_ts is not None:
                return posted_ts
        with translated(client, "post the headline"):
            answer = client.chat_postMessage(
                channel=channel_id, unfurl_links=False, unfurl_media=False, **_message(card)
            )
        return str(answer["ts"])

    def update_headline(
        self, team_id: str, channel_id: str, message_ts: str, card: HeadlineCard
    ) -> bool:
        client = self._clients.of(team_id)
        try:
            with translated(client, "redraw the headline"):
                client.chat_update(channel=channel_id, ts=message_ts, **_message(card))
        except PermanentError as error:
            if slack_error_code(error) == _IS_GONE:
                return False
            raise
        return True

    def pin(self, team_id: str, channel_id: str, message_ts: str) -> None:
        client = self._clients.of(team_id)
        try:
            with translated(client, "pin the headline"):
                client.pins_add(channel=channel_id, timestamp=message_ts)
        except PermanentError as error:
            if slack_error_code(error) != "already_pinned":
                raise

    def topic(self, team_id: str, channel_id: str) -> str:
        client = self._clients.of(team_id)
        with translated(client, "read the channel's topic"):
            channel = client.conversations_info(channel=channel_id)["channel"]
        return to_plain(str((channel.get("topic") or {}).get("value") or ""), {})

    def set_topic(self, team_id: str, channel_id: str, topic: str) -> None:
        client = self._clients.of(team_id)
        with translated(client, "set the channel's topic"):
            client.conversations_setTopic(channel=channel_id, topic=topic)

    def invite(self, team_id: str, channel_id: str, user_ids: Sequence[str]) -> None:
        client = self._clients.of(team_id)
        try:
            with translated(client, "invite people to the channel"):
                # Forced, so that one who can't come does not keep out the others.
                client.conversations_invite(channel=channel_id, users=list(user_ids), force=True)
        except PermanentError as error:
            if slack_error_code(error) != "already_in_channel":
                raise

    def brief(self, team_id: str, channel_id: str, user_id: str, briefing: Briefing) -> None:
        answer = briefing_answer(briefing)
        client = self._clients.of(team_id)
        with translated(client, "tell the new commander how it stands"):
            client.chat_postEphemeral(
                channel=channel_id,
                user=user_id,
                text=str(answer["text"]),
                blocks=answer["blocks"],
                link_names=False,
            )

    def tell(self, team_id: str, channel_id: str, user_id: str, text: str) -> None:
        answer = note(safe(text, _LONGEST_WORDS))
        client = self._clients.of(team_id)
        with translated(client, "tell somebody in private"):
            client.chat_postEphemeral(
                channel=channel_id,
                user=user_id,
                text=str(answer["text"]),
                blocks=answer["blocks"],
                link_names=False,
            )


def _message(card: HeadlineCard) -> dict[str, Any]:
    return {
        "metadata": _metadata(card),
        "link_names": False,
        "text": headline_text(card),
        "blocks": headline_blocks(card),
    }


def _metadata(card: HeadlineCard) -> dict[str, Any]:
    payload = {"incident_id": str(card.incident_id), "posting": str(card.posting)}
    return {"event_type": _EVENT_TYPE, "event_payload": payload}

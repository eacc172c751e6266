"""What stands in an incident's channel for all to see: its headline, topic and people."""

from collections.abc import Sequence
from typing import Any

from copilot.errors import PermanentError
from copilot.ports import HeadlineCard
from copilot.slack.client import slack_error_code, translated
from copilot.slack.clients import SlackClients
from copilot.slack.headline import headline_blocks, headline_text
from copilot.timeline.mrkdwn import to_plain

_EVENT_TYPE = "incident_copilot_headline"
_HISTORY_PAGE = 200
_HISTORY_PAGES = 5
_IS_GONE = "message_not_found"


class SlackIncidentChannel:
    """An `IncidentChannel` over the Web API.

    A headline carries its incident and posting as message metadata: an attempt whose answer was
    lost leaves no other trace. Who tries again looks in the channel's history first.
    """

    def __init__(self, clients: SlackClients) -> None:
        self._clients = clients

    def post_headline(
        self, team_id: str, channel_id: str, card: HeadlineCard, *, may_be_there: bool
    ) -> str:
        if may_be_there:
            posted_ts = self._find(team_id, channel_id, card)
            if posted_ts is not None:
                return posted_ts
        client = self._clients.of(team_id)
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

    def _find(self, team_id: str, channel_id: str, card: HeadlineCard) -> str | None:
        """The ts of this posting, if it is among the newest messages."""
        client = self._clients.of(team_id)
        cursor = ""
        for _ in range(_HISTORY_PAGES):
            with translated(client, "check whether the headline is posted"):
                page = client.conversations_history(
                    channel=channel_id,
                    limit=_HISTORY_PAGE,
                    cursor=cursor or None,
                    include_all_metadata=True,
                )
            for message in page.get("messages") or ():
                if _carries(message, card):
                    return str(message["ts"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                break
        return None


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


def _carries(message: dict[str, Any], card: HeadlineCard) -> bool:
    """Only our own messages count; another app may use the same words."""
    found, wanted = message.get("metadata") or {}, _metadata(card)
    return bool(message.get("bot_id")) and all(
        found.get(name) == value for name, value in wanted.items()
    )

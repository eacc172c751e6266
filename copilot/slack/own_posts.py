"""Finds what we posted when the answer to that got lost."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from slack_sdk import WebClient

from copilot.slack.client import translated
from copilot.timeline.permalinks import instant_to_ts

_PAGE = 200
_CLOCKS_APART = timedelta(minutes=5)
"""How far our clock may be from Slack's."""


def find_own_post(
    client: WebClient, channel_id: str, metadata: Mapping[str, Any], tried_since: datetime
) -> str | None:
    """The ts of the message that carries this metadata, among those said since.

    However busy the channel: the time bounds the look, not a number of messages.
    """
    oldest = instant_to_ts(tried_since - _CLOCKS_APART)
    cursor = ""
    while True:
        with translated(client, "check what is already posted"):
            page = client.conversations_history(
                channel=channel_id,
                oldest=oldest,
                limit=_PAGE,
                cursor=cursor or None,
                include_all_metadata=True,
            )
        for message in page.get("messages") or ():
            if _carries(message, metadata):
                return str(message["ts"])
        cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            return None


def _carries(message: Mapping[str, Any], metadata: Mapping[str, Any]) -> bool:
    """Only our own messages count; another app may use the same words."""
    found = message.get("metadata") or {}
    return bool(message.get("bot_id")) and all(
        found.get(name) == value for name, value in metadata.items()
    )

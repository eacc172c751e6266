"""Private words to one person, outside the answer to their request."""

import http.client
import logging
from collections.abc import Mapping
from typing import Any

from slack_sdk.webhook import WebhookClient

from copilot.errors import CopilotError
from copilot.slack.client import translated
from copilot.slack.escaping import is_web_address
from copilot.slack.services import SlackServices

# A listener has three seconds in all.
_TIMEOUT_S = 2

_log = logging.getLogger(__name__)

Answer = dict[str, Any]


def send_private(
    slack: SlackServices,
    *,
    team_id: str,
    response_url: str,
    channel_id: str,
    user_id: str,
    answer: Answer,
) -> None:
    """Say it where only this person sees it.

    Never raises: what it comments on is already committed or refused, and a failure would make
    the person press again.
    """
    if is_web_address(response_url):
        _respond(response_url, {"replace_original": False, **answer})
        return
    try:
        client = slack.client_of(team_id)
        with translated(client, "send a private note"):
            client.chat_postEphemeral(
                channel=channel_id,
                user=user_id,
                text=str(answer["text"]),
                blocks=answer.get("blocks"),
                link_names=False,
            )
    except CopilotError as error:
        _log.warning("a private note was lost: %s", error)


def replace_private(response_url: str, answer: Answer) -> None:
    """Redraw the private answer that a button was pressed on. Never raises."""
    if is_web_address(response_url):
        _respond(response_url, {**answer, "replace_original": True})


def _respond(response_url: str, message: Mapping[str, Any]) -> None:
    client = WebhookClient(response_url, timeout=_TIMEOUT_S, retry_handlers=[])
    try:
        response = client.send_dict(dict(message))
    except (OSError, http.client.HTTPException) as error:
        _log.warning("a private note was lost: %s", type(error).__name__)
        return
    if response.status_code != 200:
        _log.warning("Slack refused a private note: HTTP %d", response.status_code)

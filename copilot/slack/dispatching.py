"""What both ways in have in common: a body that is proven goes to Bolt, and never comes back."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from slack_bolt import App, BoltRequest, BoltResponse

from copilot.errors import BadInputError

# What Bolt finds wherever a body has it, and everything behind it takes for a name. In an event
# the listener looks at the rest itself, and acknowledges what it can't use.
_WHOSE = ("team_id", "enterprise_id")
_WHO_AND_WHERE = (*_WHOSE, "user_id", "channel_id", "thread_ts")
_SLACKS_DOMAINS = (".slack.com", ".slack-gov.com")

_log = logging.getLogger(__name__)


def dispatch(
    bolt: App, body: dict[str, Any], headers: Mapping[str, str | Sequence[str]]
) -> BoltResponse:
    """Let a listener take it. Raises BadInputError for a shape that Slack never sends."""
    if "response_url" in body and not _is_slacks(body["response_url"], bolt.client.base_url):
        # Answers go there, with what is said in private: without it Slack's API takes them.
        body = {**body, "response_url": ""}
    try:
        # Socket mode is Bolt's word for a body that is already read and proven.
        request = BoltRequest(body=body, headers=dict(headers), mode="socket_mode")
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        raise BadInputError("The body has a shape that Slack never sends.") from None
    named = _WHOSE if "event" in body else _WHO_AND_WHERE
    if not all(isinstance(request.context.get(name) or "", str) for name in named):
        raise BadInputError("The body names nobody and no place that Slack could mean.")
    answer = bolt.dispatch(request)
    if answer.status == 404:
        # Nobody wanted it. To Slack a 404 is a failed delivery, and too many end the subscription.
        _log.info("dropped an unroutable request of type %.60r", body.get("type"))
        return BoltResponse(status=200)
    return answer


def _is_slacks(address: object, api_url: str) -> bool:
    """Whether it leads to Slack, or to whatever stands in for it here."""
    try:
        asked, ours = urlsplit(str(address)), urlsplit(api_url)
        host = asked.hostname or ""
    except ValueError:
        return False
    is_encrypted = asked.scheme == "https" and host.endswith(_SLACKS_DOMAINS)
    return is_encrypted or (asked.scheme, asked.netloc) == (ours.scheme, ours.netloc)

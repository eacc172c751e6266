"""What Slack says about our tokens, for `doctor`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

from slack_sdk import WebClient

from copilot.errors import PermanentError
from copilot.ports import WorkspaceInfo
from copilot.slack.client import build_client, slack_error_code, translated
from copilot.slack.who_we_are import to_workspace_info

_CANT_SEE = frozenset({"channel_not_found", "not_in_channel"})


@dataclass(frozen=True, slots=True)
class BotReport:
    workspace: WorkspaceInfo
    scopes: frozenset[str] | None
    """None where Slack, or something between, did not say."""
    slack_now: datetime | None
    """By Slack's own clock, to the second."""


def inspect_bot(client: WebClient) -> BotReport:
    """Raises TemporaryError or PermanentError."""
    with translated(client, "ask Slack who we are"):
        answer = client.auth_test()
    headers = {str(name).lower(): value for name, value in _headers(answer.headers).items()}
    return BotReport(to_workspace_info(answer), _scopes(headers), _date(headers))


def try_socket(app_token: str, api_url: str) -> None:
    """Ask for the address of a socket, and open none. Raises TemporaryError or PermanentError."""
    client = build_client(app_token, api_url)
    with translated(client, "open a socket to Slack"):
        client.apps_connections_open(app_token=app_token)


def is_in_channel(client: WebClient, channel_id: str) -> bool:
    """Whether we hear what is said there. Raises TemporaryError or PermanentError."""
    try:
        with translated(client, "look up a channel"):
            channel = client.conversations_info(channel=channel_id)["channel"]
    except PermanentError as error:
        if slack_error_code(error) in _CANT_SEE:
            return False
        raise
    return bool(channel.get("is_member"))


def _headers(headers: Mapping[str, object] | None) -> Mapping[str, object]:
    return headers or {}


def _scopes(headers: Mapping[str, object]) -> frozenset[str] | None:
    granted = headers.get("x-oauth-scopes")
    if not isinstance(granted, str):
        return None
    return frozenset(scope.strip() for scope in granted.split(",") if scope.strip())


def _date(headers: Mapping[str, object]) -> datetime | None:
    try:
        found = parsedate_to_datetime(str(headers.get("date", "")))
    except ValueError:
        return None
    return found if found.tzinfo else None

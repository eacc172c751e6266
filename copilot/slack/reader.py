"""Asks Slack who and where, and for what was said before the copilot listened."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from slack_sdk import WebClient
from slack_sdk.web import SlackResponse

from copilot.errors import PermanentError, TemporaryError
from copilot.ports import (
    ChannelInfo,
    MemberInfo,
    Page,
    Unreadable,
    UnreadableError,
    WorkspaceInfo,
)
from copilot.slack.client import slack_error_code, translated
from copilot.slack.clients import SlackClients
from copilot.slack.who_we_are import ask_who_we_are

_PAGE_SIZE = 200
_GUEST_FLAGS = ("is_restricted", "is_ultra_restricted", "is_stranger")
_UNREADABLE = {
    "not_in_channel": Unreadable.NOT_IN_CHANNEL,
    # Also Slack's word for a private channel that the bot is not in.
    "channel_not_found": Unreadable.NOT_IN_CHANNEL,
    "thread_not_found": Unreadable.THREAD_GONE,
    "message_not_found": Unreadable.THREAD_GONE,
    "invalid_cursor": Unreadable.STALE_CURSOR,
    "account_inactive": Unreadable.DISCONNECTED,
    "invalid_auth": Unreadable.DISCONNECTED,
    "not_authed": Unreadable.DISCONNECTED,
    "token_expired": Unreadable.DISCONNECTED,
    "token_revoked": Unreadable.DISCONNECTED,
    "access_denied": Unreadable.NO_PERMISSION,
    "ekm_access_denied": Unreadable.NO_PERMISSION,
    "missing_scope": Unreadable.NO_PERMISSION,
    "no_permission": Unreadable.NO_PERMISSION,
    "not_allowed_token_type": Unreadable.NO_PERMISSION,
}


class SlackReader:
    """A `WorkspaceReader` over the Web API."""

    def __init__(self, clients: SlackClients) -> None:
        self._clients = clients

    def workspace(self, team_id: str) -> WorkspaceInfo:
        return ask_who_we_are(self._clients.of(team_id), team_id).workspace

    def channel(self, team_id: str, channel_id: str) -> ChannelInfo:
        client = self._clients.of(team_id)
        with translated(client, "look up the channel"):
            answer = client.conversations_info(channel=channel_id)
        return to_channel_info(answer["channel"])

    def members(self, team_id: str) -> Iterable[MemberInfo]:
        client = self._clients.of(team_id)
        for page in _pages(client, "list members", client.users_list):
            yield from map(to_member_info, page.get("members") or ())

    def channel_members(self, team_id: str, channel_id: str) -> Iterable[str]:
        client = self._clients.of(team_id)
        method = client.conversations_members
        for page in _pages(client, "list who is in the channel", method, channel=channel_id):
            yield from (str(user_id) for user_id in page.get("members") or ())

    def history_page(
        self,
        team_id: str,
        channel_id: str,
        *,
        oldest_ts: str,
        latest_ts: str,
        limit: int,
        cursor: str | None = None,
    ) -> Page:
        client = self._clients.of(team_id)
        with _translated_read(client, "read the channel"):
            answer = client.conversations_history(
                channel=channel_id,
                oldest=oldest_ts,
                latest=latest_ts,  # without it Slack begins at the oldest message
                inclusive=True,
                limit=limit,
                cursor=cursor,
            )
        return _to_page(answer)

    def replies_page(
        self,
        team_id: str,
        channel_id: str,
        parent_ts: str,
        *,
        oldest_ts: str,
        latest_ts: str,
        limit: int,
        cursor: str | None = None,
    ) -> Page:
        client = self._clients.of(team_id)
        with _translated_read(client, "read a thread"):
            answer = client.conversations_replies(
                channel=channel_id,
                ts=parent_ts,
                oldest=oldest_ts,
                latest=latest_ts,
                inclusive=True,
                limit=limit,
                cursor=cursor,
            )
        return _to_page(answer)


@contextmanager
def _translated_read(client: WebClient, wish: str) -> Iterator[None]:
    """Raise UnreadableError where Slack refuses for good."""
    try:
        with translated(client, wish):
            yield
    except PermanentError as error:
        code = slack_error_code(error)
        # Without a code there was no token to ask with.
        why = _UNREADABLE.get(code, Unreadable.REFUSED) if code else Unreadable.DISCONNECTED
        raise UnreadableError(str(error), why) from error


def _to_page(answer: SlackResponse) -> Page:
    """Raises TemporaryError for an answer cut short: what it lacks would pass for deleted."""
    messages = answer.get("messages")
    metadata = answer.get("response_metadata")
    cursor = metadata.get("next_cursor") if isinstance(metadata, dict) else None
    if not isinstance(messages, list) or (answer.get("has_more") and not cursor):
        raise TemporaryError("Slack's answer is not whole.")
    return Page(
        tuple(each for each in messages if isinstance(each, dict)),
        next_cursor=str(cursor) if cursor else None,
        is_limited=bool(answer.get("is_limited")),
    )


def _pages(
    client: WebClient, wish: str, method: Callable[..., SlackResponse], **arguments: Any
) -> Iterator[SlackResponse]:
    cursor = ""
    while True:
        with translated(client, wish):
            page = method(limit=_PAGE_SIZE, cursor=cursor or None, **arguments)
        yield page
        cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            return


def to_channel_info(channel: Mapping[str, Any]) -> ChannelInfo:
    """From a channel object of the Web API or of an event."""
    channel_id = str(channel["id"])
    if channel.get("is_im"):
        return ChannelInfo(channel_id, "direct message", is_private=True)
    return ChannelInfo(
        channel_id,
        str(channel.get("name") or channel_id),
        is_private=bool(channel.get("is_private") or channel.get("is_group")),
        is_archived=bool(channel.get("is_archived")),
        is_shared=bool(channel.get("is_ext_shared") or channel.get("is_pending_ext_shared")),
    )


def to_member_info(user: Mapping[str, Any]) -> MemberInfo:
    """From a user object; the display name is what people see, and is often empty."""
    profile = user.get("profile")
    if not isinstance(profile, dict):
        profile = {}
    real_name = str(profile.get("real_name") or user.get("real_name") or "")
    name = profile.get("display_name") or real_name or user.get("name") or user["id"]
    return MemberInfo(
        user_id=str(user["id"]),
        name=str(name),
        real_name=real_name,
        is_bot=bool(user.get("is_bot")) or user["id"] == "USLACKBOT",
        is_admin=bool(user.get("is_admin") or user.get("is_owner")),
        is_guest=any(user.get(name) for name in _GUEST_FLAGS),
        is_deactivated=bool(user.get("deleted")),
        time_zone=str(user.get("tz") or ""),
    )

"""Asks Slack who and where, and for what was said before the copilot listened."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from slack_sdk import WebClient
from slack_sdk.web import SlackResponse

from copilot.ports import ChannelInfo, MemberInfo, WorkspaceInfo
from copilot.slack.client import translated
from copilot.slack.clients import SlackClients

_PAGE_SIZE = 200


class SlackReader:
    """A `WorkspaceReader` over the Web API."""

    def __init__(self, clients: SlackClients) -> None:
        self._clients = clients

    def workspace(self, team_id: str) -> WorkspaceInfo:
        client = self._clients.of(team_id)
        with translated(client, "ask Slack who we are"):
            answer = client.auth_test()
        return to_workspace_info(answer)

    def channel(self, team_id: str, channel_id: str) -> ChannelInfo:
        client = self._clients.of(team_id)
        with translated(client, "look up the channel"):
            answer = client.conversations_info(channel=channel_id)
        return to_channel_info(answer["channel"])

    def members(self, team_id: str) -> Iterable[MemberInfo]:
        client = self._clients.of(team_id)
        for page in _pages(client, "list members", client.users_list):
            yield from map(to_member_info, page.get("members") or ())

    def history(self, team_id: str, channel_id: str, oldest_ts: str) -> Iterable[Mapping[str, Any]]:
        client = self._clients.of(team_id)
        pages = _pages(
            client,
            "read the channel",
            client.conversations_history,
            channel=channel_id,
            oldest=oldest_ts,
            inclusive=True,
        )
        for page in pages:
            for message in page.get("messages") or ():
                yield message
                if message.get("reply_count") or message.get("thread_ts") == message.get("ts"):
                    yield from _replies(client, channel_id, message["ts"], oldest_ts)


def _replies(
    client: WebClient, channel_id: str, parent_ts: str, oldest_ts: str
) -> Iterator[Mapping[str, Any]]:
    pages = _pages(
        client,
        "read a thread",
        client.conversations_replies,
        channel=channel_id,
        ts=parent_ts,
        oldest=oldest_ts,
        inclusive=True,
    )
    for page in pages:
        for reply in page.get("messages") or ():
            if reply.get("ts") != parent_ts:
                yield reply


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


def to_workspace_info(answer: SlackResponse) -> WorkspaceInfo:
    url = str(answer.get("url") or "")
    return WorkspaceInfo(
        team_id=str(answer["team_id"]),
        name=str(answer.get("team") or answer["team_id"]),
        url=url if url.endswith("/") else f"{url}/",
        bot_user_id=str(answer.get("user_id") or ""),
    )


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
    )

"""Web API methods with which the app reads: conversations.*, users.*."""

import base64
import binascii
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

from copilot.sandbox.api_arguments import ApiError, Arguments
from copilot.sandbox.channels import Body, SandboxChannel
from copilot.sandbox.chat_methods import a_channel
from copilot.sandbox.faults import THROTTLED_PAGE
from copilot.sandbox.people import user_object
from copilot.sandbox.stamps import Moment, is_stamp, moment, to_stamp
from copilot.sandbox.workspace import SandboxWorkspace

_DEFAULT_LIMIT = 100


def list_channels(workspace: SandboxWorkspace, arguments: Arguments) -> dict[str, Any]:
    types = arguments.text("types", "public_channel").split(",")
    visible = [
        channel
        for channel in workspace.channels.values()
        if _type_of(channel) in types
        and not (channel.is_archived and arguments.flag("exclude_archived"))
        and (not channel.is_private or workspace.bot_user_id in channel.member_ids)
    ]
    page, metadata = _page(visible, arguments)
    shown = [channel_object(workspace, channel) for channel in page]
    return {"channels": shown, "response_metadata": metadata}


def info(workspace: SandboxWorkspace, arguments: Arguments) -> dict[str, Any]:
    channel = a_channel(workspace, arguments)
    shown = channel_object(workspace, channel)
    if arguments.flag("include_num_members"):
        shown["num_members"] = len(channel.member_ids)
    return {"channel": shown}


def members(workspace: SandboxWorkspace, arguments: Arguments) -> dict[str, Any]:
    channel = a_channel(workspace, arguments)
    page, metadata = _page(sorted(channel.member_ids), arguments)
    return {"members": page, "response_metadata": metadata}


def history(workspace: SandboxWorkspace, arguments: Arguments) -> dict[str, Any]:
    """Newest first, as Slack does; replies are left to conversations.replies."""
    channel = a_channel(workspace, arguments, must_be_in=True)
    limit = _page_limit(workspace, arguments, _DEFAULT_LIMIT)
    bounds = _Bounds(arguments)
    horizon = _horizon(workspace)
    with workspace.lock:
        before = _cursor_value(arguments) or None
        found = _until_too_old(channel.newest_first(before), bounds)
        wanted = (body for body in found if bounds.include(body))
        page = list(islice((body for body in wanted if _is_seen(body, horizon)), limit + 1))
    has_more = len(page) > limit
    page = page[:limit]
    cursor = _cursor(page[-1]["ts"]) if has_more else ""
    return {
        "messages": [_readable(body, arguments) for body in page],
        "has_more": has_more,
        "pin_count": len(channel.pinned),
        "response_metadata": {"next_cursor": cursor},
        **({"is_limited": True} if horizon else {}),
    }


def replies(workspace: SandboxWorkspace, arguments: Arguments) -> dict[str, Any]:
    """The parent, then its replies, oldest first."""
    channel = a_channel(workspace, arguments, must_be_in=True)
    parent_ts = arguments.required("ts")
    bounds = _Bounds(arguments)
    with workspace.lock:
        parent = channel.get(parent_ts)
        if parent is None:
            raise ApiError("thread_not_found")
        thread = [channel.shown(parent)]
        thread += [body for body in channel.replies(parent_ts) if bounds.include(body)]
    limit = _page_limit(workspace, arguments, 1000)
    page, metadata = _page(thread, arguments, limit=limit)
    return {
        "messages": [_readable(body, arguments) for body in page],
        "has_more": bool(metadata["next_cursor"]),
        "response_metadata": metadata,
    }


def list_users(workspace: SandboxWorkspace, arguments: Arguments) -> dict[str, Any]:
    page, metadata = _page(list(workspace.users.values()), arguments, default=1000)
    shown = [user_object(user, workspace.team_id) for user in page]
    return {"members": shown, "cache_ts": 0, "response_metadata": metadata}


def user_info(workspace: SandboxWorkspace, arguments: Arguments) -> dict[str, Any]:
    user = workspace.users.get(arguments.required("user"))
    if user is None:
        raise ApiError("user_not_found")
    return {"user": user_object(user, workspace.team_id)}


class _Bounds:
    """`oldest` and `latest`; both exclusive unless `inclusive`."""

    def __init__(self, arguments: Arguments) -> None:
        self._is_inclusive = arguments.flag("inclusive")
        self.oldest = self._stamp(arguments, "oldest")
        self.latest = self._stamp(arguments, "latest")

    def include(self, body: Body) -> bool:
        if body.get("subtype") == "tombstone" and not body.get("thread_ts"):
            return False
        at = moment(body["ts"])
        if self._is_inclusive and at in (self.oldest, self.latest):
            return True
        is_after = self.oldest is None or at > self.oldest
        return is_after and (self.latest is None or at < self.latest)

    @staticmethod
    def _stamp(arguments: Arguments, name: str) -> tuple[int, int] | None:
        text = arguments.text(name)
        if not text or text in ("0", "now"):
            return None
        if not is_stamp(text):
            raise ApiError(f"invalid_ts_{name}")
        return moment(text)


def _until_too_old(bodies: Iterator[Body], bounds: _Bounds) -> Iterator[Body]:
    for body in bodies:
        if bounds.oldest is not None and moment(body["ts"]) < bounds.oldest:
            return
        yield body


def _page_limit(workspace: SandboxWorkspace, arguments: Arguments, default: int) -> int:
    limit = arguments.limit(default)
    return limit if workspace.faults.throttle is None else min(limit, THROTTLED_PAGE)


def _horizon(workspace: SandboxWorkspace) -> Moment | None:
    """Where the past ends that a workspace without a paid plan may still read."""
    if workspace.visible_days is None:
        return None
    return moment(to_stamp(workspace.now() - timedelta(days=workspace.visible_days)))


def _is_seen(body: Body, horizon: Moment | None) -> bool:
    return horizon is None or moment(body["ts"]) >= horizon


def _readable(body: Body, arguments: Arguments) -> Body:
    """History gives metadata only to those who ask."""
    if arguments.flag("include_all_metadata"):
        return body
    return {name: value for name, value in body.items() if name != "metadata"}


def _page(
    items: list[Any],
    arguments: Arguments,
    *,
    default: int = _DEFAULT_LIMIT,
    limit: int | None = None,
) -> tuple[list[Any], dict[str, str]]:
    limit = limit or arguments.limit(default)
    text = _cursor_value(arguments)
    if text and not text.isdecimal():
        raise ApiError("invalid_cursor")
    start = int(text or 0)
    more = start + limit < len(items)
    cursor = _cursor(str(start + limit)) if more else ""
    return items[start : start + limit], {"next_cursor": cursor}


def _cursor(value: str) -> str:
    return base64.b64encode(f"next:{value}".encode()).decode()


def _cursor_value(arguments: Arguments) -> str:
    cursor = arguments.text("cursor")
    if not cursor:
        return ""
    try:
        text = base64.b64decode(cursor, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise ApiError("invalid_cursor") from None
    kind, _, value = text.partition(":")
    if kind != "next" or not is_stamp(value):
        raise ApiError("invalid_cursor")
    return value


def _type_of(channel: SandboxChannel) -> str:
    if channel.is_direct:
        return "im"
    return "private_channel" if channel.is_private else "public_channel"


def channel_object(workspace: SandboxWorkspace, channel: SandboxChannel) -> dict[str, Any]:
    """The channel as conversations.info and .list show it."""
    if channel.is_direct:
        return {
            "id": channel.id,
            "created": 0,
            "is_archived": False,
            "is_im": True,
            "is_org_shared": False,
            "context_team_id": workspace.team_id,
            "user": channel.partner_id,
        }
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": not channel.is_private,
        "is_group": channel.is_private,
        "is_im": False,
        "is_mpim": False,
        "is_private": channel.is_private,
        "is_archived": channel.is_archived,
        "is_general": channel.name == "general",
        "is_shared": channel.is_shared,
        "is_ext_shared": channel.is_shared,
        "is_org_shared": False,
        "is_member": workspace.bot_user_id in channel.member_ids,
        "created": 0,
        "creator": channel.creator_id,
        "context_team_id": workspace.team_id,
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": channel.purpose, "creator": "", "last_set": 0},
        "previous_names": list(channel.previous_names),
    }

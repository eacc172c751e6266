"""What the browser page is told, as plain JSON."""

from collections.abc import Iterable
from itertools import islice
from typing import Any

from copilot.sandbox.changes import Change, ChangeKind
from copilot.sandbox.channels import Body, SandboxChannel
from copilot.sandbox.playback import Playback
from copilot.sandbox.stamps import is_stamp
from copilot.sandbox.workspace import SandboxWorkspace

PAGE_SIZE = 150
_MOST_CHANGES = 400
_PIN_WORDS = 200
_SHOWN = (
    "ts",
    "thread_ts",
    "user",
    "username",
    "bot_id",
    "subtype",
    "text",
    "blocks",
    "attachments",
    "edited",
    "reactions",
    "pinned_to",
    "reply_count",
    "reply_users",
    "latest_reply",
)


def directory(workspace: SandboxWorkspace, viewer: str = "") -> dict[str, Any]:
    """People, and the channels that this person may see."""
    with workspace.lock:
        return {
            "name": workspace.name,
            "url": workspace.url,
            "consoleUrl": workspace.console_url,
            "botUserId": workspace.bot_user_id,
            "hints": [list(hint) for hint in workspace.command_hints],
            "shortcuts": [list(shortcut) for shortcut in workspace.shortcuts],
            "people": [
                {
                    "id": user.id,
                    "name": user.name,
                    "shownName": user.shown_name,
                    "realName": user.real_name,
                    "initials": user.initials,
                    "colour": user.colour,
                    "isBot": user.is_bot,
                    "isDeleted": user.is_deleted,
                }
                for user in workspace.users.values()
            ],
            "channels": [
                _channel(workspace, channel, viewer)
                for channel in workspace.channels.values()
                if not viewer or not channel.is_private or viewer in channel.member_ids
            ],
        }


def _channel(workspace: SandboxWorkspace, channel: SandboxChannel, viewer: str) -> dict[str, Any]:
    return {
        "id": channel.id,
        "name": channel.name,
        "isPrivate": channel.is_private,
        "isDirect": channel.is_direct,
        "isArchived": channel.is_archived,
        "isShared": channel.is_shared,
        "isMember": viewer in channel.member_ids,
        "hasApp": workspace.bot_user_id in channel.member_ids,
        "topic": channel.topic,
        "members": len(channel.member_ids),
    }


def news(workspace: SandboxWorkspace, viewer: str, channel_id: str, since: int) -> dict[str, Any]:
    """What changed after version `since` for this person in this channel."""
    with workspace.lock:
        changes = workspace.changes_since(since)
        told: dict[str, Any] = {
            "version": workspace.version,
            "sizes": {channel.id: channel.size for channel in workspace.channels.values()},
            "playback": playback(workspace.playback),
        }
        if since == 0 or any(change.kind is ChangeKind.DIRECTORY for change in changes):
            told["directory"] = directory(workspace, viewer)
        told["private"] = [
            message(answer.body) for answer in workspace.private_answers(viewer, channel_id)
        ]
        view = workspace.open_view(viewer)
        told["view"] = view.body if view else None
        home = workspace.home(viewer)
        told["home"] = home.body if home else None
        if channel_id in workspace.channels:
            told["pins"] = _pins(workspace.channel(channel_id))
        if since > 0 and channel_id in workspace.channels:
            told.update(_changed_messages(workspace.channel(channel_id), changes))
        return told


def _pins(channel: SandboxChannel) -> list[dict[str, str]]:
    """What is pinned, the latest first, each with the words that a notification would show."""
    bodies = [channel.get(ts) for ts in reversed(channel.pinned)]
    return [
        {"ts": body["ts"], "text": str(body.get("text") or "").partition("\n")[0][:_PIN_WORDS]}
        for body in bodies
        if body
    ]


def _changed_messages(channel: SandboxChannel, changes: Iterable[Change]) -> dict[str, Any]:
    stamps = {
        change.key: None
        for change in changes
        if change.kind is ChangeKind.MESSAGE and change.channel_id == channel.id
    }
    if len(stamps) > _MOST_CHANGES:
        return {"reload": True}
    bodies = {ts: channel.get(ts) for ts in stamps}
    return {
        "changed": [message(channel.shown(body)) for body in bodies.values() if body],
        "removed": [ts for ts, body in bodies.items() if body is None],
    }


def messages(
    workspace: SandboxWorkspace, channel_id: str, *, before: str = "", around: str = ""
) -> dict[str, Any]:
    """A stretch of a channel, oldest first: the latest, those before a ts, or those around one."""
    with workspace.lock:
        channel = workspace.channel(channel_id)
        version = workspace.version
        newer: list[Body] = []
        anchor = before if is_stamp(before) else ""
        if is_stamp(around):
            found = channel.get(around)
            newer = [channel.shown(found)] if found and _is_top(found) else []
            newer += islice(channel.oldest_first(around), PAGE_SIZE + 1)
            anchor = around
        older = list(islice(channel.newest_first(anchor or None), PAGE_SIZE + 1))
    has_newer = len(newer) > PAGE_SIZE
    page = [*reversed(older[:PAGE_SIZE]), *newer[:PAGE_SIZE]]
    return {
        "version": version,
        "messages": [message(body) for body in page],
        "hasOlder": len(older) > PAGE_SIZE,
        "hasNewer": has_newer,
    }


def thread(workspace: SandboxWorkspace, channel_id: str, parent_ts: str) -> dict[str, Any]:
    """A parent and all its replies."""
    with workspace.lock:
        channel = workspace.channel(channel_id)
        parent = channel.get(parent_ts)
        bodies = [channel.shown(parent)] if parent else []
        bodies += channel.replies(parent_ts)
        version = workspace.version
    return {"version": version, "messages": [message(body) for body in bodies]}


def message(body: Body) -> dict[str, Any]:
    """The fields that the page shows; files by name only."""
    shown = {name: body[name] for name in _SHOWN if body.get(name)}
    files = body.get("files") or ([body["file"]] if isinstance(body.get("file"), dict) else [])
    names = [str(f.get("name") or f.get("title") or "file") for f in files if isinstance(f, dict)]
    if names:
        shown["files"] = names
    return shown


def playback(playing: Playback | None) -> dict[str, Any] | None:
    if playing is None:
        return None
    progress = playing.progress
    return {
        "state": progress.state.value,
        "speed": progress.speed,
        "done": progress.done,
        "total": progress.total,
        "now": progress.now.isoformat(),
        "startsAt": progress.starts_at.isoformat(),
        "endsAt": progress.ends_at.isoformat(),
        "skippingMin": round(progress.skipping.total_seconds() / 60) if progress.skipping else 0,
    }


def _is_top(body: Body) -> bool:
    parent_ts = body.get("thread_ts")
    return not parent_ts or parent_ts == body["ts"]

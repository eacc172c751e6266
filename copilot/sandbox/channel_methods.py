"""Web API methods with which the app changes channels: conversations.create to .unarchive."""

import re
import secrets
from typing import Any

from copilot.sandbox.api_arguments import ApiError, Arguments
from copilot.sandbox.channels import SandboxChannel
from copilot.sandbox.chat_methods import a_channel
from copilot.sandbox.conversation_methods import channel_object
from copilot.sandbox.workspace import SandboxWorkspace

_CHANNEL_NAME = re.compile(r"[\w-]{1,80}")
_MAX_TOPIC = 250
_MAX_INVITED = 100


def create(workspace: SandboxWorkspace, arguments: Arguments) -> dict[str, Any]:
    name = arguments.text("name")
    _check_name(workspace, name)
    channel = workspace.add_channel(
        name, is_private=arguments.flag("is_private"), creator_id=workspace.bot_user_id
    )
    channel.member_ids = {workspace.bot_user_id}
    return {"channel": channel_object(workspace, channel)}


def join(workspace: SandboxWorkspace, arguments: Arguments) -> dict[str, Any]:
    channel = a_channel(workspace, arguments)
    if channel.is_private:
        raise ApiError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise ApiError("is_archived")
    answer: dict[str, Any] = {}
    if not workspace.join(workspace.bot_user_id, channel.id):
        answer = {
            "warning": "already_in_channel",
            "response_metadata": {"warnings": ["already_in_channel"]},
        }
    return {"channel": channel_object(workspace, channel), **answer}


def invite(workspace: SandboxWorkspace, arguments: Arguments) -> dict[str, Any]:
    """All or none, unless `force` is given: then those who can be invited are."""
    channel = a_channel(workspace, arguments, must_be_in=True, must_be_open=True)
    user_ids = [user_id for user_id in arguments.text("users").split(",") if user_id]
    if not user_ids:
        raise ApiError("no_user")
    if len(user_ids) > _MAX_INVITED:
        raise ApiError("too_many_users")
    problems = {user_id: _why_not_invited(workspace, channel, user_id) for user_id in user_ids}
    refused: list[dict[str, Any]] = [
        {"user": user_id, "ok": False, "error": problem}
        for user_id, problem in problems.items()
        if problem
    ]
    if refused and (len(refused) == len(problems) or not arguments.flag("force")):
        raise ApiError(refused[0]["error"], fields={"errors": refused})
    for user_id, problem in problems.items():
        if not problem:
            workspace.join(user_id, channel.id, inviter_id=workspace.bot_user_id)
    answer: dict[str, Any] = {"channel": channel_object(workspace, channel)}
    return {**answer, "errors": refused} if refused else answer


def kick(workspace: SandboxWorkspace, arguments: Arguments) -> dict[str, Any]:
    channel = a_channel(workspace, arguments, must_be_in=True, must_be_open=True)
    user_id = arguments.required("user")
    if user_id == workspace.bot_user_id:
        raise ApiError("cant_kick_self")
    if channel.name == "general":
        raise ApiError("cant_kick_from_general")
    if not workspace.leave(user_id, channel.id, by=workspace.bot_user_id):
        raise ApiError("not_in_channel")
    return {"errors": {}}


def leave(workspace: SandboxWorkspace, arguments: Arguments) -> dict[str, Any]:
    channel = a_channel(workspace, arguments)
    if channel.name == "general":
        raise ApiError("cant_leave_general")
    return {} if workspace.leave(workspace.bot_user_id, channel.id) else {"not_in_channel": True}


def open_direct(workspace: SandboxWorkspace, arguments: Arguments) -> dict[str, Any]:
    """The conversation with one person; groups of people are not in the sandbox."""
    user_id = arguments.text("users")
    if not user_id:
        raise ApiError("users_list_not_supplied")
    if user_id not in workspace.users:
        raise ApiError("user_not_found")
    if user_id == workspace.bot_user_id:
        raise ApiError("cannot_dm_bot")
    channel = workspace.open_direct(user_id)
    if arguments.flag("return_im"):
        return {"channel": channel_object(workspace, channel)}
    return {"channel": {"id": channel.id}}


def set_topic(workspace: SandboxWorkspace, arguments: Arguments) -> dict[str, Any]:
    channel = a_channel(workspace, arguments, must_be_in=True, must_be_open=True)
    topic = _short(arguments, "topic")
    workspace.set_topic(workspace.bot_user_id, channel.id, topic)
    return {"channel": channel_object(workspace, channel), "topic": topic}


def set_purpose(workspace: SandboxWorkspace, arguments: Arguments) -> dict[str, Any]:
    channel = a_channel(workspace, arguments, must_be_in=True, must_be_open=True)
    purpose = _short(arguments, "purpose")
    workspace.set_purpose(workspace.bot_user_id, channel.id, purpose)
    return {"channel": channel_object(workspace, channel), "purpose": purpose}


def rename(workspace: SandboxWorkspace, arguments: Arguments) -> dict[str, Any]:
    """Only who made a channel may rename it."""
    channel = a_channel(workspace, arguments, must_be_in=True, must_be_open=True)
    name = arguments.text("name")
    if channel.creator_id != workspace.bot_user_id:
        raise ApiError("not_authorized")
    if name != channel.name:
        _check_name(workspace, name)
        workspace.rename(workspace.bot_user_id, channel.id, name)
    return {"channel": channel_object(workspace, channel)}


def archive(workspace: SandboxWorkspace, arguments: Arguments) -> dict[str, Any]:
    channel = a_channel(workspace, arguments, must_be_in=True)
    if channel.name == "general":
        raise ApiError("cant_archive_general")
    if not workspace.archive(workspace.bot_user_id, channel.id):
        raise ApiError("already_archived")
    return {}


def unarchive(workspace: SandboxWorkspace, arguments: Arguments) -> dict[str, Any]:
    channel = a_channel(workspace, arguments)
    if not workspace.unarchive(workspace.bot_user_id, channel.id):
        raise ApiError("not_archived")
    return {}


def add_bookmark(workspace: SandboxWorkspace, arguments: Arguments) -> dict[str, Any]:
    wanted = arguments.required("channel_id")
    channel = a_channel(workspace, Arguments({"channel": wanted}), must_be_in=True)
    if arguments.required("type") != "link":
        raise ApiError("invalid_bookmark_type")
    link = arguments.text("link")
    if not link.startswith(("http://", "https://")):
        raise ApiError("invalid_link")
    bookmark = {
        "id": f"Bk{secrets.token_hex(5).upper()}",
        "channel_id": channel.id,
        "title": arguments.required("title"),
        "link": link,
        "type": "link",
        "app_id": workspace.app_id,
    }
    return {"bookmark": bookmark}


def _why_not_invited(
    workspace: SandboxWorkspace, channel: SandboxChannel, user_id: str
) -> str | None:
    if user_id not in workspace.users:
        return "user_not_found"
    if user_id == workspace.bot_user_id:
        return "cant_invite_self"
    return "already_in_channel" if user_id in channel.member_ids else None


def _check_name(workspace: SandboxWorkspace, name: str) -> None:
    if not name:
        raise ApiError("invalid_name_required")
    if name != name.lower() or not _CHANNEL_NAME.fullmatch(name):
        raise ApiError("invalid_name_specials")
    if workspace.channel_named(name):
        raise ApiError("name_taken")


def _short(arguments: Arguments, name: str) -> str:
    words = arguments.text(name)
    if len(words) > _MAX_TOPIC:
        raise ApiError("too_long")
    return words

"""Web API methods for modals and the App Home: views.*."""

import json
from typing import Any

from copilot.sandbox.api_arguments import ApiError, Arguments
from copilot.sandbox.blocks import MAX_VIEW_BLOCKS, problems
from copilot.sandbox.changes import Change, ChangeKind
from copilot.sandbox.tickets import TriggerError
from copilot.sandbox.workspace import SandboxWorkspace

_MAX_VIEW_BYTES = 250_000
_MAX_TITLE = 24
_MAX_METADATA = 3000
_MAX_STACK = 3


def open_view(workspace: SandboxWorkspace, arguments: Arguments) -> dict[str, Any]:
    view = _view(arguments)
    with workspace.lock:
        user_id, channel_id = _redeem(workspace, arguments)
        with workspace.changing(Change(ChangeKind.VIEW, channel_id, user_id)):
            workspace.views.close_all(user_id)
            opened = workspace.views.push(user_id, channel_id, view)
    return {"view": opened.body}


def push_view(workspace: SandboxWorkspace, arguments: Arguments) -> dict[str, Any]:
    view = _view(arguments)
    with workspace.lock:
        user_id, channel_id = _redeem(workspace, arguments)
        if workspace.views.depth(user_id) >= _MAX_STACK:
            raise ApiError("push_limit_reached")
        with workspace.changing(Change(ChangeKind.VIEW, channel_id, user_id)):
            opened = workspace.views.push(user_id, channel_id, view)
    return {"view": opened.body}


def publish_view(workspace: SandboxWorkspace, arguments: Arguments) -> dict[str, Any]:
    """Put up a person's App Home."""
    view = _view(arguments, kind="home")
    user_id = arguments.required("user_id")
    if user_id not in workspace.users:
        raise ApiError("invalid_arguments", details=["user_id is no user of this workspace"])
    with workspace.lock:
        before = workspace.home(user_id)
        if before and arguments.has("hash") and arguments.text("hash") != before.body["hash"]:
            raise ApiError("hash_conflict")
        published = workspace.publish_home(user_id, view)
    return {"view": published.body}


def update_view(workspace: SandboxWorkspace, arguments: Arguments) -> dict[str, Any]:
    wanted = arguments.mapping("view", "invalid_arguments") or {}
    view = _view(arguments, kind="home" if wanted.get("type") == "home" else "modal")
    with workspace.lock:
        found = workspace.views.find(
            view_id=arguments.text("view_id") or None,
            external_id=arguments.text("external_id") or None,
        )
        if found is None:
            raise ApiError("not_found")
        if arguments.has("hash") and arguments.text("hash") != found.body["hash"]:
            raise ApiError("hash_conflict")
        with workspace.changing(Change(ChangeKind.VIEW, found.channel_id, found.user_id)):
            replaced = workspace.views.replace(found, view)
    return {"view": replaced.body}


def _redeem(workspace: SandboxWorkspace, arguments: Arguments) -> tuple[str, str]:
    try:
        return workspace.tickets.redeem_trigger(arguments.required("trigger_id"))
    except TriggerError as error:
        raise ApiError(str(error)) from None


def _view(arguments: Arguments, kind: str = "modal") -> dict[str, Any]:
    view = arguments.mapping("view", "invalid_arguments")
    if view is None:
        raise ApiError("invalid_arguments", details=["missing required field: view"])
    if len(json.dumps(view)) > _MAX_VIEW_BYTES:
        raise ApiError("view_too_large")
    found: list[str] = []
    if view.get("type") != kind:
        found.append("unsupported type [json-pointer:/view/type]")
    if kind == "modal":
        found += _word_problems(view)
    if len(str(view.get("private_metadata") or "")) > _MAX_METADATA:
        found.append(f"private_metadata: at most {_MAX_METADATA} characters")
    blocks = view.get("blocks")
    found += problems(blocks, limit=MAX_VIEW_BLOCKS)
    has_input = isinstance(blocks, list) and any(
        isinstance(block, dict) and block.get("type") == "input" for block in blocks
    )
    if has_input and kind == "modal" and not view.get("submit"):
        found.append("submit is required when an input block is within blocks")
    if found:
        raise ApiError("invalid_arguments", details=found)
    return view


def _word_problems(view: dict[str, Any]) -> list[str]:
    """Title, submit and close: short plain text each."""
    found: list[str] = []
    for name in ("title", "submit", "close"):
        words = view.get(name)
        if words is None and name != "title":
            continue
        is_plain = isinstance(words, dict) and words.get("type") == "plain_text"
        if not is_plain or not 1 <= len(str((words or {}).get("text") or "")) <= _MAX_TITLE:
            found.append(f"{name}: plain_text of 1 to {_MAX_TITLE} characters")
    return found

"""Web API methods for modals: views.open, views.push, views.update."""

import json
from typing import Any

from copilot.sandbox.api_arguments import ApiError, Arguments
from copilot.sandbox.blocks import MAX_VIEW_BLOCKS, problems
from copilot.sandbox.changes import Change, ChangeKind
from copilot.sandbox.tickets import TriggerError
from copilot.sandbox.workspace import SandboxWorkspace

_MAX_VIEW_BYTES = 250_000
_MAX_TITLE = 24
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


def update_view(workspace: SandboxWorkspace, arguments: Arguments) -> dict[str, Any]:
    view = _view(arguments)
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


def _view(arguments: Arguments) -> dict[str, Any]:
    view = arguments.mapping("view", "invalid_arguments")
    if view is None:
        raise ApiError("invalid_arguments", details=["missing required field: view"])
    if len(json.dumps(view)) > _MAX_VIEW_BYTES:
        raise ApiError("view_too_large")
    found: list[str] = []
    if view.get("type") != "modal":
        found.append("unsupported type [json-pointer:/view/type]")
    title = view.get("title")
    if not isinstance(title, dict) or not 1 <= len(str(title.get("text") or "")) <= _MAX_TITLE:
        found.append(f"title: 1 to {_MAX_TITLE} characters [json-pointer:/view/title]")
    blocks = view.get("blocks")
    found += problems(blocks, limit=MAX_VIEW_BLOCKS)
    has_input = isinstance(blocks, list) and any(
        isinstance(block, dict) and block.get("type") == "input" for block in blocks
    )
    if has_input and not view.get("submit"):
        found.append("submit is required when an input block is within blocks")
    if found:
        raise ApiError("invalid_arguments", details=found)
    return view

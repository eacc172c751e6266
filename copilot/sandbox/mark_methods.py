"""Web API methods with which the app marks messages: reactions.*, pins.*."""

from typing import Any

from copilot.errors import BadInputError
from copilot.sandbox.api_arguments import ApiError, Arguments
from copilot.sandbox.chat_methods import a_channel
from copilot.sandbox.workspace import SandboxWorkspace


def add_reaction(workspace: SandboxWorkspace, arguments: Arguments) -> dict[str, Any]:
    return _react(workspace, arguments, is_added=True)


def remove_reaction(workspace: SandboxWorkspace, arguments: Arguments) -> dict[str, Any]:
    return _react(workspace, arguments, is_added=False)


def add_pin(workspace: SandboxWorkspace, arguments: Arguments) -> dict[str, Any]:
    channel = a_channel(workspace, arguments, must_be_in=True, must_be_open=True)
    ts = arguments.text("timestamp")
    if not ts:
        raise ApiError("no_item_specified")
    if channel.get(ts) is None:
        raise ApiError("message_not_found")
    if not workspace.pin(workspace.bot_user_id, channel.id, ts):
        raise ApiError("already_pinned")
    return {}


def remove_pin(workspace: SandboxWorkspace, arguments: Arguments) -> dict[str, Any]:
    channel = a_channel(workspace, arguments, must_be_in=True, must_be_open=True)
    ts = arguments.text("timestamp")
    if not ts:
        raise ApiError("no_item_specified")
    if channel.get(ts) is None:
        raise ApiError("message_not_found")
    if not workspace.unpin(workspace.bot_user_id, channel.id, ts):
        raise ApiError("no_pin")
    return {}


def list_pins(workspace: SandboxWorkspace, arguments: Arguments) -> dict[str, Any]:
    """The latest pin first."""
    channel = a_channel(workspace, arguments, must_be_in=True)
    with workspace.lock:
        pins = [(channel.get(ts), pin) for ts, pin in reversed(channel.pinned.items())]
    items = [
        {
            "type": "message",
            "created": pin.created_s,
            "created_by": pin.user_id,
            "channel": channel.id,
            "message": {**body, "permalink": workspace.permalink(channel.id, body["ts"])},
        }
        for body, pin in pins
        if body is not None
    ]
    return {"items": items}


def get_reactions(workspace: SandboxWorkspace, arguments: Arguments) -> dict[str, Any]:
    channel = a_channel(workspace, arguments)
    body = channel.get(arguments.required("timestamp"))
    if body is None:
        raise ApiError("message_not_found")
    return {"type": "message", "channel": channel.id, "message": body}


def _react(workspace: SandboxWorkspace, arguments: Arguments, *, is_added: bool) -> dict[str, Any]:
    channel = a_channel(workspace, arguments, must_be_in=True, must_be_open=True)
    ts, name = arguments.required("timestamp"), arguments.required("name").strip(":")
    if channel.get(ts) is None:
        raise ApiError("message_not_found")
    act = workspace.react if is_added else workspace.unreact
    try:
        is_changed = act(workspace.bot_user_id, channel.id, ts, name)
    except BadInputError:
        raise ApiError("invalid_name") from None
    if not is_changed:
        raise ApiError("already_reacted" if is_added else "no_reaction")
    return {}

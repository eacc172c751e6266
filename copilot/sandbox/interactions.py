"""What Slack posts when somebody uses a command, a button or a modal; pure."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from copilot.sandbox.blocks import Found
from copilot.sandbox.element_state import chosen_state


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every payload says about where it comes from."""

    team_id: str
    domain: str
    app_id: str
    user_id: str
    user_name: str
    trigger_id: str
    enterprise: Mapping[str, str] | None = None
    is_org_install: bool = False

    def fields(self) -> dict[str, Any]:
        return {
            "team": {"id": self.team_id, "domain": self.domain},
            "user": {
                "id": self.user_id,
                "username": self.user_name,
                "name": self.user_name,
                "team_id": self.team_id,
            },
            "api_app_id": self.app_id,
            "token": "sandbox-verification-token",
            "trigger_id": self.trigger_id,
            "enterprise": self.enterprise,
            "is_enterprise_install": self.is_org_install,
        }


def action(found: Found, value: Any) -> dict[str, Any]:
    """The entry of `actions` for the element that was used."""
    state = chosen_state(found.element, value)
    entry = {
        "action_id": found.element.get("action_id", ""),
        "block_id": found.block.get("block_id", ""),
        "action_ts": _action_ts(),
        **state,
    }
    if found.element.get("type") == "button":
        entry["text"] = found.element.get("text")
        for key in ("style", "url"):
            if key in found.element:
                entry[key] = found.element[key]
    return entry


def message_shortcut(
    around: Surroundings,
    *,
    callback_id: str,
    message: Mapping[str, Any],
    channel_id: str,
    channel_name: str,
    response_url: str,
) -> dict[str, Any]:
    """`message_action`: what Slack sends when a shortcut is chosen from a message's menu."""
    payload = {
        "type": "message_action",
        **around.fields(),
        "callback_id": callback_id,
        "action_ts": _action_ts(),
        "channel": {"id": channel_id, "name": channel_name},
        "response_url": response_url,
        "message_ts": message["ts"],
        "message": message,
    }
    del payload["api_app_id"]  # Slack leaves it out here
    return payload


def global_shortcut(around: Surroundings, callback_id: str) -> dict[str, Any]:
    """`shortcut`: what Slack sends when a shortcut is chosen that belongs to no message."""
    payload = {
        "type": "shortcut",
        **around.fields(),
        "callback_id": callback_id,
        "action_ts": _action_ts(),
    }
    del payload["api_app_id"]
    return payload


def message_action(
    around: Surroundings,
    *,
    message: Mapping[str, Any],
    channel_id: str,
    channel_name: str,
    is_private: bool,
    response_url: str,
    entry: Mapping[str, Any],
    state: Mapping[str, Any],
) -> dict[str, Any]:
    """block_actions from a message, or from a private answer."""
    container: dict[str, Any] = {
        "type": "message",
        "message_ts": message["ts"],
        "channel_id": channel_id,
        "is_ephemeral": is_private,
    }
    if message.get("thread_ts"):
        container["thread_ts"] = message["thread_ts"]
    payload: dict[str, Any] = {
        "type": "block_actions",
        **around.fields(),
        "container": container,
        "channel": {"id": channel_id, "name": channel_name},
        "response_url": response_url,
        "actions": [entry],
        "state": {"values": state},
    }
    if not is_private:  # of an ephemeral message Slack sends only the container
        payload["message"] = message
    return payload


def view_action(
    around: Surroundings, view: Mapping[str, Any], entry: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "type": "block_actions",
        **around.fields(),
        "container": {"type": "view", "view_id": view["id"]},
        "view": view,
        "actions": [entry],
    }


def submission(around: Surroundings, view: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "view_submission", **around.fields(), "view": view, "response_urls": []}


def closing(around: Surroundings, view: Mapping[str, Any]) -> dict[str, Any]:
    payload = {"type": "view_closed", **around.fields(), "view": view, "is_cleared": False}
    del payload["trigger_id"]
    return payload


def _action_ts() -> str:
    now_us = time.time_ns() // 1000
    return f"{now_us // 1_000_000}.{now_us % 1_000_000:06d}"

"""What Slack posts when somebody uses a command, a button or a modal; pure."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from copilot.errors import BadInputError
from copilot.sandbox.blocks import Block, Found, elements_of

Values = Mapping[str, Mapping[str, Any]]
"""block_id -> action_id -> what was typed (text) or chosen (value, or list of values)."""


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


def chosen_state(element: Mapping[str, Any], value: Any) -> dict[str, Any]:
    """The state of one element, as `view.state.values` and actions hold it."""
    kind = element.get("type", "")
    state: dict[str, Any] = {"type": kind}
    if kind in ("plain_text_input", "email_text_input", "url_text_input", "number_input"):
        state["value"] = str(value) if value not in (None, "") else None
    elif kind in ("static_select", "radio_buttons", "overflow"):
        state["selected_option"] = _option(element, value)
    elif kind in ("checkboxes", "multi_static_select"):
        state["selected_options"] = [_option(element, one) for one in value or []]
    elif kind in ("users_select", "channels_select", "conversations_select"):
        state[f"selected_{kind.partition('s_')[0]}"] = value or None
    elif kind == "multi_users_select":
        state["selected_users"] = list(value or [])
    elif kind in ("datepicker", "timepicker"):
        state["selected_date" if kind == "datepicker" else "selected_time"] = value or None
    elif kind == "button":
        state["value"] = element.get("value", "")
    else:
        raise BadInputError(f"The sandbox knows no {kind or 'nameless'} element.")
    return state


def initial_value(element: Mapping[str, Any]) -> Any:
    """What an untouched element holds."""
    kind = element.get("type", "")
    if kind in ("static_select", "radio_buttons"):
        return (element.get("initial_option") or {}).get("value")
    if kind in ("checkboxes", "multi_static_select"):
        return [option.get("value") for option in element.get("initial_options") or []]
    if kind in ("datepicker", "timepicker"):
        return element.get("initial_date" if kind == "datepicker" else "initial_time")
    if kind == "multi_users_select":
        return element.get("initial_users") or []
    if kind.endswith("s_select"):
        return element.get(f"initial_{kind.partition('s_')[0]}")
    return element.get("initial_value")


def state_values(blocks: Sequence[Block], values: Values) -> dict[str, dict[str, Any]]:
    """`state.values` of a message or view: what people entered, else what was there at first."""
    state: dict[str, dict[str, Any]] = {}
    for block in blocks:
        entered = values.get(block.get("block_id", ""), {})
        for element in elements_of(block):
            if element.get("type") in ("button", "overflow"):
                continue
            action_id = element.get("action_id", "")
            value = entered[action_id] if action_id in entered else initial_value(element)
            state.setdefault(block["block_id"], {})[action_id] = chosen_state(element, value)
    return state


def missing_inputs(blocks: Sequence[Block], values: Values) -> dict[str, str]:
    """block_id -> complaint, for required inputs that are empty; Slack checks these itself."""
    errors: dict[str, str] = {}
    for block in blocks:
        if block.get("type") != "input" or block.get("optional"):
            continue
        element = block["element"]
        entered = values.get(block["block_id"], {})
        value = entered.get(element["action_id"], initial_value(element))
        if value is None or not (value if isinstance(value, list) else str(value).strip()):
            errors[block["block_id"]] = "Please complete this required field."
    return errors


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


def _option(element: Mapping[str, Any], value: Any) -> dict[str, Any] | None:
    if value in (None, ""):
        return None
    options = list(element.get("options") or [])
    for group in element.get("option_groups") or []:
        options += group.get("options") or []
    for option in options:
        if option.get("value") == value:
            return dict(option)
    raise BadInputError(f"{value!r} is not among the choices.")

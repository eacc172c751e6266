"""What the elements of a message or a view hold, in Slack's words for each kind; pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from copilot.errors import BadInputError
from copilot.sandbox.blocks import Block, elements_of

Values = Mapping[str, Mapping[str, Any]]
"""block_id -> action_id -> what was typed (text) or chosen (value, or list of values)."""

_KEYS = {
    **dict.fromkeys(
        ("plain_text_input", "email_text_input", "url_text_input", "number_input"), "value"
    ),
    **dict.fromkeys(("static_select", "radio_buttons", "overflow"), "selected_option"),
    **dict.fromkeys(("checkboxes", "multi_static_select"), "selected_options"),
    "users_select": "selected_user",
    "channels_select": "selected_channel",
    "conversations_select": "selected_conversation",
    "multi_users_select": "selected_users",
    "multi_channels_select": "selected_channels",
    "multi_conversations_select": "selected_conversations",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
}


def chosen_state(element: Mapping[str, Any], value: Any) -> dict[str, Any]:
    """The state of one element, as `view.state.values` and actions hold it."""
    kind = element.get("type", "")
    if kind == "button":
        return {"type": kind, "value": element.get("value", "")}
    key = _KEYS.get(kind)
    if key is None:
        raise BadInputError(f"The sandbox knows no {kind or 'nameless'} element.")
    return {"type": kind, key: _held(element, key, value)}


def initial_value(element: Mapping[str, Any]) -> Any:
    """What an untouched element holds."""
    key = _KEYS.get(element.get("type", ""), "value")
    initial = element.get(
        key.replace("selected_", "initial_", 1) if key != "value" else "initial_value"
    )
    if key == "selected_option":
        return (initial or {}).get("value")
    if key == "selected_options":
        return [option.get("value") for option in initial or []]
    return list(initial or []) if key.endswith("s") else initial


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


def _held(element: Mapping[str, Any], key: str, value: Any) -> Any:
    if key == "selected_option":
        return _option(element, value)
    if key == "selected_options":
        return [_option(element, one) for one in value or []]
    if key.endswith("s"):
        return list(value or [])
    if value in (None, ""):
        return None
    return int(value) if key == "selected_date_time" else str(value)


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

"""Reads the body of a request that Slack signed, and refuses shapes that Slack never sends.

Our own reading instead of Bolt's, which answers 500 to a body it can't parse and loses a
command whose text contains the word "payload".
"""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from copilot.errors import BadInputError

_MAX_FIELDS = 200
_FORM_FIELDS = frozenset({"command", "payload", "ssl_check", "team_id"})
# PostgreSQL stores no NUL and neither store takes half a surrogate pair.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_MAY_BE_UNSTORABLE = re.compile(r"\\u0000|\\u[dD][89a-fA-F]|%00|\x00")
_NAMES = ("action_id", "block_id", "callback_id", "command", "response_url", "text", "trigger_id")
_KINDS: dict[str, type | tuple[type, ...]] = {
    **dict.fromkeys(_NAMES, str),
    **dict.fromkeys(("container", "message", "view"), dict),
    **dict.fromkeys(("channel", "enterprise", "team", "user"), (dict, str)),
}


def read_body(raw: bytes, content_type: str) -> dict[str, Any]:
    """The object that Slack sent, as JSON, as a form, or as JSON in a form's `payload`."""
    try:
        text = raw.decode()
        body = _parse(text, content_type)
    except (ValueError, RecursionError):  # UnicodeDecodeError and JSONDecodeError included
        raise BadInputError("The body is neither JSON nor a form in UTF-8.") from None
    return checked_body(body, text)


def checked_body(body: object, text: str) -> dict[str, Any]:
    """A body that was read already, out of `text`: fit to be stored, and of a shape we know."""
    if not isinstance(body, dict):
        raise BadInputError("The body is no object.")
    found: dict[str, Any] = _without_unstorable(body) if _is_suspect(text) else body
    _require_shape(found)
    return found


def _parse(text: str, content_type: str) -> Any:
    if content_type.startswith("application/json") or text.lstrip()[:1] in ("{", "["):
        return json.loads(text)
    form = dict(
        parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MAX_FIELDS)
    )
    if _FORM_FIELDS.isdisjoint(form):
        raise ValueError("no form of Slack's")
    # A command may contain the word; only an interaction has it as its field.
    return json.loads(form["payload"]) if "payload" in form and "command" not in form else form


def _is_suspect(text: str) -> bool:
    return _MAY_BE_UNSTORABLE.search(text) is not None


def _without_unstorable(value: Any) -> Any:
    if isinstance(value, str):
        return _UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_without_unstorable(item) for item in value]
    if isinstance(value, dict):
        return {_without_unstorable(key): _without_unstorable(item) for key, item in value.items()}
    return value


def _require_shape(body: Mapping[str, Any]) -> None:
    """Check what Bolt takes for granted."""
    _require_kinds(body)
    if not _is_list_of_objects(body.get("authorizations") or []):
        raise BadInputError("`authorizations` is no list of objects.")
    if "event" in body:
        _require_event(body["event"])
    if "actions" in body:
        _require_actions(body["actions"], needs_id=body.get("type") == "block_actions")
    if body.get("type") in ("view_submission", "view_closed"):
        _require_view(body.get("view") or {})


def _require_kinds(holder: Mapping[str, Any]) -> None:
    for name, kinds in _KINDS.items():
        if holder.get(name) is not None and not isinstance(holder[name], kinds):
            raise BadInputError(f"`{name}` is of a kind that Slack never sends.")


def _require_event(event: Any) -> None:
    if not isinstance(event, dict):
        raise BadInputError("`event` is no object.")
    if not isinstance(event.get("type"), str):
        raise BadInputError("`event` has no `type`.")


def _require_actions(actions: Any, *, needs_id: bool) -> None:
    if not _is_list_of_objects(actions) or not actions:
        raise BadInputError("`actions` is empty or no list of objects.")
    for action in actions:
        _require_kinds({name: action.get(name) for name in _NAMES if name != "text"})
    if needs_id and any(action.get("action_id") is None for action in actions):
        raise BadInputError("An action has no `action_id`.")


def _require_view(view: Mapping[str, Any]) -> None:
    if not (isinstance(view.get("callback_id"), str) and isinstance(view.get("type"), str)):
        raise BadInputError("`view` has no `callback_id` or no `type`.")


def _is_list_of_objects(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)

"""Who pressed which button on which suggestion, read from Slack's payload."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from copilot.errors import BadInputError
from copilot.suggestions.vocabulary import DismissReason

_VALUE = re.compile(r"(\d{1,18}):(\d{1,18})(?::([a-z_]{1,32}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Pointer:
    """The suggestion that something in Slack stands for."""

    team_id: str
    incident_id: int
    suggestion_id: int


@dataclass(frozen=True, slots=True)
class Click(Pointer):
    action_id: str
    user_id: str
    channel_id: str
    dismiss_reason: DismissReason | None
    trigger_id: str
    response_url: str
    is_on_private_answer: bool


def read_click(body: Mapping[str, Any], action: Mapping[str, Any], team_id: str) -> Click:
    """Raises BadInputError for a button that this version never made."""
    option = action.get("selected_option")
    value = option.get("value") if isinstance(option, dict) else action.get("value")
    matched = _VALUE.fullmatch(value) if isinstance(value, str) else None
    if matched is None:
        raise BadInputError("This button is out of date.")
    incident_id, suggestion_id, reason = matched.groups()
    container = body.get("container") or {}
    return Click(
        action_id=str(action["action_id"]),
        team_id=team_id,
        user_id=_id_of(body.get("user")),
        channel_id=_id_of(body.get("channel")) or str(container.get("channel_id") or ""),
        incident_id=int(incident_id),
        suggestion_id=int(suggestion_id),
        dismiss_reason=_reason(reason),
        trigger_id=str(body.get("trigger_id") or ""),
        response_url=str(body.get("response_url") or ""),
        is_on_private_answer=bool(container.get("is_ephemeral")),
    )


def _reason(word: str | None) -> DismissReason | None:
    if word is None:
        return None
    try:
        return DismissReason(word)
    except ValueError:
        raise BadInputError("This button is out of date.") from None


def _id_of(value: object) -> str:
    return str(value.get("id") or "") if isinstance(value, dict) else str(value or "")

"""Who pressed which button on which suggestions, read from Slack's payload.

Everything in it may be missing or of another kind: the button may be one of an older version, or
none of ours.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from copilot.errors import BadInputError
from copilot.slack.cards import PICK
from copilot.suggestions.vocabulary import DismissReason

_VALUE = re.compile(
    r"(?P<incident>\d{1,18}):(?P<ids>\d{1,18}(?:\.\d{1,18}){0,19}|\*)"
    r"(?::(?P<reason>[a-z_]{1,32})|@(?P<ts>[\d.]{0,32}))?",
    re.ASCII,
)
_OUT_OF_DATE = "This button is out of date; `/incident suggestions` shows what is open now."


@dataclass(frozen=True, slots=True)
class Person:
    """Who acted and where Slack lets us answer; any of it may be empty."""

    team_id: str
    user_id: str
    channel_id: str
    response_url: str
    trigger_id: str
    is_on_private_answer: bool


@dataclass(frozen=True, slots=True)
class Click:
    """What a button stands for. `suggestion_ids` are those ticked, or the one that it is for."""

    action_id: str
    by: Person
    incident_id: int
    suggestion_ids: tuple[int, ...]
    dismiss_reason: DismissReason | None
    message_ts: str | None
    """The source that was opened."""


def read_person(body: Mapping[str, Any], team_id: str) -> Person:
    container = _mapping(body.get("container"))
    return Person(
        team_id=team_id,
        user_id=_id_of(body.get("user")),
        channel_id=_id_of(body.get("channel")) or _text(container.get("channel_id")),
        response_url=_text(body.get("response_url")),
        trigger_id=_text(body.get("trigger_id")),
        is_on_private_answer=container.get("is_ephemeral") is True,
    )


def read_click(body: Mapping[str, Any], action: Mapping[str, Any], by: Person) -> Click:
    """Raises BadInputError for a button that this version never made, or if nothing is ticked."""
    option = action.get("selected_option")
    matched = _match(option.get("value") if isinstance(option, dict) else action.get("value"))
    incident_id, ids = int(matched["incident"]), matched["ids"]
    chosen = _ticked(body, incident_id) if ids == "*" else [int(one) for one in ids.split(".")]
    if not chosen:
        raise BadInputError("Tick what you mean first.")
    return Click(
        action_id=_text(action.get("action_id")),
        by=by,
        incident_id=incident_id,
        suggestion_ids=tuple(dict.fromkeys(chosen)),
        dismiss_reason=_reason(matched["reason"]),
        message_ts=matched["ts"] or None,
    )


def _ticked(body: Mapping[str, Any], incident_id: int) -> list[int]:
    """The boxes that were ticked when the button was pressed."""
    found = []
    for value in _ticked_values(body):
        matched = _match(value)
        if int(matched["incident"]) != incident_id or not matched["ids"].isdigit():
            raise BadInputError(_OUT_OF_DATE)
        found.append(int(matched["ids"]))
    return found


def _ticked_values(body: Mapping[str, Any]) -> Iterator[object]:
    values = _mapping(_mapping(body.get("state")).get("values"))
    for elements in values.values():
        options = _mapping(_mapping(elements).get(PICK)).get("selected_options")
        for option in options if isinstance(options, list) else ():
            yield _mapping(option).get("value")


def _match(value: object) -> re.Match[str]:
    matched = _VALUE.fullmatch(value) if isinstance(value, str) else None
    if matched is None:
        raise BadInputError(_OUT_OF_DATE)
    return matched


def _reason(word: str | None) -> DismissReason | None:
    if word is None:
        return None
    try:
        return DismissReason(word)
    except ValueError:
        raise BadInputError(_OUT_OF_DATE) from None


def _id_of(value: object) -> str:
    return _text(value.get("id")) if isinstance(value, dict) else _text(value)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}

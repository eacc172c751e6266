"""The form of a bare `/incident declare`, and what was entered in it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from copilot.errors import BadInputError
from copilot.incidents.models import Severity
from copilot.slack.cards import Block
from copilot.slack.command_words import MAX_TITLE, to_channel_name, unquoted
from copilot.slack.escaping import clean, clip, mrkdwn, plain

DECLARED = "incident_declared"
TITLE = "title"
SEVERITY = "severity"
PLACE = "place"
CHANNEL_NAME = "channel_name"
PEOPLE = "people"
HERE = "here"
NEW_CHANNEL = "new"

_MAX_METADATA = 3000
_MAX_CHANNEL_NAME = 80
_SEVERITY_LABELS = {
    Severity.SEV1: "SEV1, the worst",
    Severity.SEV2: "SEV2",
    Severity.SEV3: "SEV3",
    Severity.SEV4: "SEV4, the mildest",
}


@dataclass(frozen=True, slots=True)
class FormOrigin:
    """Where the form was asked for, and where the answer is told."""

    channel_id: str
    channel_name: str
    response_url: str

    def to_metadata(self) -> str:
        name = clip(self.channel_name, _MAX_CHANNEL_NAME)
        text = json.dumps([self.channel_id, name, self.response_url])
        # The address only takes the answer; where it was asked is what matters.
        return text if len(text) <= _MAX_METADATA else json.dumps([self.channel_id, name, ""])


@dataclass(frozen=True, slots=True)
class Entered:
    title: str
    severity: Severity | None
    new_channel: str | None
    """A name, empty to have one made of the title; None to stay where the form was asked for."""
    people: tuple[str, ...]


class FormError(BadInputError):
    """Said beside the input that it is about."""

    def __init__(self, block_id: str, message: str) -> None:
        super().__init__(message)
        self.block_id = block_id


def read_origin(metadata: str) -> FormOrigin:
    """Raises BadInputError if a form that is not ours, or of another version, was submitted."""
    try:
        channel_id, channel_name, response_url = json.loads(metadata)
    except (TypeError, ValueError):
        raise BadInputError(
            "This form is out of date, so nothing was declared; open it again."
        ) from None
    return FormOrigin(str(channel_id), str(channel_name), str(response_url))


def declare_form(
    origin: FormOrigin, *, can_be_here: bool, caution: str, now: datetime
) -> dict[str, Any]:
    """`caution` says what there is to know about declaring it here; may be empty."""
    blocks: list[Block] = [
        _input(
            TITLE,
            "What is wrong",
            {
                "type": "plain_text_input",
                "max_length": MAX_TITLE,
                "placeholder": plain("Checkout errors", 150),
            },
        ),
        _input(SEVERITY, "How bad is it", _severities(), optional=True),
        _input(PLACE, "Where", _places(origin, can_be_here=can_be_here, is_wary=bool(caution))),
    ]
    if caution:
        blocks.append({"type": "context", "elements": [mrkdwn(caution)]})
    blocks += [
        _input(
            CHANNEL_NAME,
            "Name of the new channel",
            {
                "type": "plain_text_input",
                "max_length": _MAX_CHANNEL_NAME,
                "placeholder": plain(suggested_name("checkout errors", now), 150),
            },
            optional=True,
            hint="Left empty, it is made of the day and the title. Without a new channel it is "
            "not used.",
        ),
        _input(
            PEOPLE,
            "Who else is needed",
            {"type": "multi_users_select", "placeholder": plain("Nobody yet", 150)},
            optional=True,
            hint="They are invited to the channel.",
        ),
    ]
    return {
        "type": "modal",
        "callback_id": DECLARED,
        "private_metadata": origin.to_metadata(),
        "title": plain("Declare an incident", 24),
        "submit": plain("Declare", 24),
        "close": plain("Cancel", 24),
        "blocks": blocks,
    }


def read_form(view: Mapping[str, Any]) -> Entered:
    """Raises FormError."""
    values = (view.get("state") or {}).get("values") or {}
    title = clip(clean(unquoted(str(_entry(values, TITLE).get("value") or ""))), MAX_TITLE)
    if not title:
        raise FormError(TITLE, "Say in a few words what is wrong.")
    people = _entry(values, PEOPLE).get("selected_users") or []
    return Entered(
        title=title,
        severity=_severity(_chosen(values, SEVERITY)),
        new_channel=_new_channel(values),
        people=tuple(str(user_id) for user_id in people),
    )


def suggested_name(title: str, now: datetime) -> str:
    return to_channel_name(f"inc-{now:%Y-%m-%d}-{title}")


def _new_channel(values: Mapping[str, Any]) -> str | None:
    if _chosen(values, PLACE) != NEW_CHANNEL:
        return None
    typed = str(_entry(values, CHANNEL_NAME).get("value") or "").strip()
    name = to_channel_name(typed)
    if typed and not name:
        raise FormError(CHANNEL_NAME, "A channel's name has letters, digits and hyphens.")
    return name


def _severity(value: str | None) -> Severity | None:
    return Severity(value) if value in set(Severity) else None


def _chosen(values: Mapping[str, Any], name: str) -> str | None:
    option = _entry(values, name).get("selected_option")
    return str(option.get("value")) if isinstance(option, Mapping) else None


def _entry(values: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = (values.get(name) or {}).get(name)
    return found if isinstance(found, Mapping) else {}


def _severities() -> Block:
    return {
        "type": "static_select",
        "placeholder": plain("Not known yet", 150),
        "options": [_option(label, value) for value, label in _SEVERITY_LABELS.items()],
    }


def _places(origin: FormOrigin, *, can_be_here: bool, is_wary: bool) -> Block:
    new = _option("In a new channel", NEW_CHANNEL)
    if not can_be_here:
        return {"type": "radio_buttons", "options": [new], "initial_option": new}
    here = _option(f"Here{_named(origin)}", HERE)
    return {
        "type": "radio_buttons",
        "options": [here, new],
        "initial_option": new if is_wary else here,
    }


def _named(origin: FormOrigin) -> str:
    name = clean(origin.channel_name)
    return ", in this private channel" if name == "privategroup" else f", in #{clip(name, 60)}"


def _option(label: str, value: str) -> Block:
    return {"text": plain(label, 75), "value": value}


def _input(
    name: str, label: str, element: Block, *, optional: bool = False, hint: str = ""
) -> Block:
    block: Block = {
        "type": "input",
        "block_id": name,
        "label": plain(label, 2000),
        "element": {**element, "action_id": name},
        "optional": optional,
    }
    return {**block, "hint": plain(hint, 2000)} if hint else block

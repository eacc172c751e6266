"""The form that makes a message a follow-up, in the person's own words."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from copilot.errors import BadInputError
from copilot.slack.cards import Block
from copilot.slack.escaping import clean, clip, mrkdwn, plain, safe

WRITTEN = "follow_up_written"
TITLE, OWNER, DUE = "title", "owner", "due"
MAX_TITLE, MAX_DUE = 300, 100
_MAX_METADATA = 3000
_USER_ID = re.compile(r"[UW][A-Z0-9]{2,30}")


@dataclass(frozen=True, slots=True)
class WrittenFrom:
    """The message it is made of, and where to say that it is done."""

    channel_id: str
    message_ts: str
    response_url: str = ""

    def to_metadata(self) -> str:
        text = json.dumps([self.channel_id, self.message_ts, self.response_url])
        # The address only serves to say so in private; the message is what matters.
        is_short = len(text) <= _MAX_METADATA
        return text if is_short else json.dumps([self.channel_id, self.message_ts, ""])


@dataclass(frozen=True, slots=True)
class FollowUpFields:
    title: str
    owner_id: str | None
    due: str | None


def read_written_from(metadata: str) -> WrittenFrom:
    """Raises BadInputError for a form that is not ours, or of another version."""
    try:
        channel_id, message_ts, response_url = json.loads(metadata)
    except (TypeError, ValueError):
        raise BadInputError("This form is out of date; open it again.") from None
    return WrittenFrom(str(channel_id), str(message_ts), str(response_url))


def follow_up_modal(
    fields: FollowUpFields, origin: WrittenFrom, *, quote: str, author: str, is_known: bool
) -> dict[str, Any]:
    """Prefilled with `fields`; `quote` shows what it is made of. `is_known`: it is one already."""
    title: Block = {"type": "plain_text_input", "action_id": TITLE, "max_length": MAX_TITLE}
    due: Block = {"type": "plain_text_input", "action_id": DUE, "max_length": MAX_DUE}
    owner: Block = {
        "type": "users_select",
        "action_id": OWNER,
        "placeholder": plain("Nobody yet", 150),
    }
    # What is typed into an input is shown as it is, so here nothing is escaped.
    if words := clip(clean(fields.title), MAX_TITLE):
        title["initial_value"] = words
    if when := clip(clean(fields.due or ""), MAX_DUE):
        due["initial_value"] = when
    if fields.owner_id and _USER_ID.fullmatch(fields.owner_id):
        owner["initial_user"] = fields.owner_id
    blocks: list[Block] = [
        _input(TITLE, "What is to be done", title),
        _input(OWNER, "Who takes it", owner, optional=True),
        _input(DUE, "By when, in any words", due, optional=True),
    ]
    if said := safe(quote, 300):
        source = f"From {safe(author, 60) or 'somebody'}: “{said}”"
        blocks.append({"type": "context", "elements": [mrkdwn(source)]})
    return {
        "type": "modal",
        "callback_id": WRITTEN,
        "private_metadata": origin.to_metadata(),
        "title": plain("Change follow-up" if is_known else "Create follow-up", 24),
        "submit": plain("Save" if is_known else "Create", 24),
        "close": plain("Cancel", 24),
        "blocks": blocks,
    }


def read_fields(view: Mapping[str, Any]) -> FollowUpFields:
    """As the person left them. Raises BadInputError without a title."""
    values = (view.get("state") or {}).get("values") or {}
    title = _value(values, TITLE, "value")
    if not title or not clean(title):
        raise BadInputError("Say in a few words what is to be done.")
    due = _value(values, DUE, "value")
    return FollowUpFields(
        title=clip(clean(title), MAX_TITLE),
        owner_id=_value(values, OWNER, "selected_user"),
        due=clip(clean(due), MAX_DUE) if due and clean(due) else None,
    )


def _value(values: Mapping[str, Any], name: str, key: str) -> str | None:
    found = ((values.get(name) or {}).get(name) or {}).get(key)
    return found if isinstance(found, str) and found else None


def _input(name: str, label: str, element: Block, *, optional: bool = False) -> Block:
    return {
        "type": "input",
        "block_id": name,
        "label": plain(label),
        "optional": optional,
        "element": element,
    }

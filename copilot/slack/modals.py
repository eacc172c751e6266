"""Modals: editing a suggestion before it becomes a follow-up, and why it was made."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from copilot.errors import BadInputError
from copilot.ports import CardItem
from copilot.slack.cards import Block, source_buttons, subject
from copilot.slack.escaping import clean, clip, mrkdwn, plain, safe

EDITED = "suggestion_edited"
WHY_SHOWN = "suggestion_why_shown"
TITLE = "title"
OWNER = "owner"
MAX_TITLE = 300
_MAX_METADATA = 3000
_USER_ID = re.compile(r"[UW][A-Z0-9]{2,30}")


@dataclass(frozen=True, slots=True)
class EditOrigin:
    """Which suggestion a modal edits, and the private answer it was opened from, if any."""

    incident_id: int
    suggestion_id: int
    channel_id: str
    response_url: str = ""

    def to_metadata(self) -> str:
        fields = [self.incident_id, self.suggestion_id, self.channel_id, self.response_url]
        text = json.dumps(fields)
        # The address only redraws a private answer; the ids are what matters.
        return text if len(text) <= _MAX_METADATA else json.dumps([*fields[:3], ""])


def read_origin(metadata: str) -> EditOrigin:
    """Raises BadInputError if a modal that is not ours, or of another version, was submitted."""
    try:
        incident_id, suggestion_id, channel_id, response_url = json.loads(metadata)
        return EditOrigin(int(incident_id), int(suggestion_id), str(channel_id), str(response_url))
    except (TypeError, ValueError):
        raise BadInputError("This form is out of date; open it again.") from None


def edit_modal(item: CardItem, origin: EditOrigin) -> dict[str, Any]:
    owner: Block = {
        "type": "users_select",
        "action_id": OWNER,
        "placeholder": plain("Nobody yet", 150),
    }
    if item.owner_id and _USER_ID.fullmatch(item.owner_id):
        owner["initial_user"] = item.owner_id
    title: Block = {"type": "plain_text_input", "action_id": TITLE, "max_length": MAX_TITLE}
    # What is typed into an input is shown as it is, so here nothing is escaped.
    suggested = clip(clean(item.title), MAX_TITLE)
    if suggested:
        title["initial_value"] = suggested
    return {
        "type": "modal",
        "callback_id": EDITED,
        "private_metadata": origin.to_metadata(),
        "title": plain("Edit follow-up", 24),
        "submit": plain("Add follow-up", 24),
        "close": plain("Cancel", 24),
        "blocks": [
            {
                "type": "input",
                "block_id": TITLE,
                "label": plain("What is to be done"),
                "element": title,
            },
            {
                "type": "input",
                "block_id": OWNER,
                "label": plain("Who takes it"),
                "optional": True,
                "element": owner,
            },
        ],
    }


def read_edit(view: Mapping[str, Any]) -> tuple[str, str | None]:
    """Title and owner as a person left them."""
    values = (view.get("state") or {}).get("values") or {}
    title = ((values.get(TITLE) or {}).get(TITLE) or {}).get("value")
    owner_id = ((values.get(OWNER) or {}).get(OWNER) or {}).get("selected_user")
    if not isinstance(title, str) or not clean(title):
        raise BadInputError("Say in a few words what is to be done.")
    return clip(clean(title), MAX_TITLE), owner_id if isinstance(owner_id, str) else None


def why_modal(item: CardItem) -> dict[str, Any]:
    blocks: list[Block] = [
        _section(f"*{safe(item.title, 300) or 'Untitled'}*\n{subject(item)}"),
        _section(f"*How sure*\n{confidence_in_words(item.confidence)}"),
        _section(f"*Why it came up*\n{safe(item.why, 400) or 'No reason was recorded.'}"),
    ]
    for source in item.sources[:5]:
        author = safe(source.author_name, 60) or "somebody"
        blocks.append(_section(f"*{author}*\n“{safe(source.quote, 400)}”"))
    buttons = source_buttons(item.sources)
    if buttons:
        blocks.append({"type": "actions", "elements": buttons})
    return {
        "type": "modal",
        "callback_id": WHY_SHOWN,
        "title": plain("Why this came up", 24),
        "close": plain("Close", 24),
        "blocks": blocks,
    }


def confidence_in_words(confidence: float) -> str:
    if confidence >= 0.9:
        words = "Almost certainly a follow-up"
    elif confidence >= 0.75:
        words = "Probably a follow-up"
    elif confidence >= 0.5:
        words = "More likely a follow-up than not"
    else:
        words = "Perhaps a follow-up"
    return f"{words} ({confidence:.2f} of 1)"


def _section(text: str) -> Block:
    return {"type": "section", "text": mrkdwn(text)}

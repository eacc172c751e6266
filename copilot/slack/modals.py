"""Modals: editing suggestions before they become follow-ups, and why they were made."""

import json
import re
from collections.abc import Mapping, Sequence
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
# A view holds 100 blocks: at most two inputs, or six sections, an item.
_MAX_EDITED = 20
_MAX_EXPLAINED = 14
_MAX_QUOTES = 3
_OUT_OF_DATE = "This form is out of date; open it again."


@dataclass(frozen=True, slots=True)
class EditOrigin:
    """Which suggestions a modal edits, and the private answer it was opened from, if any."""

    incident_id: int
    suggestion_ids: tuple[int, ...]
    channel_id: str
    response_url: str = ""

    def to_metadata(self) -> str:
        fields = [self.incident_id, list(self.suggestion_ids), self.channel_id, self.response_url]
        text = json.dumps(fields)
        # The address only redraws a private answer; the ids are what matters.
        return text if len(text) <= _MAX_METADATA else json.dumps([*fields[:3], ""])


@dataclass(frozen=True, slots=True)
class Edit:
    suggestion_id: int
    title: str
    owner_id: str | None


def read_origin(metadata: object) -> EditOrigin:
    """Raises BadInputError if a modal that is not ours, or of another version, was submitted."""
    try:
        incident_id, ids, channel_id, response_url = json.loads(str(metadata))
        chosen = [ids] if isinstance(ids, int) else ids
        found = EditOrigin(
            int(incident_id), tuple(int(one) for one in chosen), str(channel_id), str(response_url)
        )
    except (TypeError, ValueError):
        raise BadInputError(_OUT_OF_DATE) from None
    if not found.suggestion_ids:
        raise BadInputError(_OUT_OF_DATE)
    return found


def title_block(suggestion_id: int) -> str:
    return f"{TITLE}-{suggestion_id}"


def owner_block(suggestion_id: int) -> str:
    return f"{OWNER}-{suggestion_id}"


def edit_modal(items: Sequence[CardItem], origin: EditOrigin) -> dict[str, Any]:
    """Title and owner of each, as they were suggested."""
    several = len(items) > 1
    return {
        "type": "modal",
        "callback_id": EDITED,
        "private_metadata": origin.to_metadata(),
        "title": plain("Edit follow-ups" if several else "Edit follow-up", 24),
        "submit": plain("Add follow-ups" if several else "Add follow-up", 24),
        "close": plain("Cancel", 24),
        "blocks": [
            block
            for number, item in enumerate(items[:_MAX_EDITED], start=1)
            for block in _inputs(item, f"{number}. " if several else "")
        ],
    }


def _inputs(item: CardItem, number: str) -> list[Block]:
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
    return [
        {
            "type": "input",
            "block_id": title_block(item.suggestion_id),
            "label": plain(f"{number}What is to be done"),
            "element": title,
        },
        {
            "type": "input",
            "block_id": owner_block(item.suggestion_id),
            "label": plain("Who takes it"),
            "optional": True,
            "element": owner,
        },
    ]


def read_edits(view: Mapping[str, Any], origin: EditOrigin) -> list[Edit]:
    """What a person made of each. Raises BadInputError if a title is missing."""
    values = _mapping(_mapping(view.get("state")).get("values"))
    edits = []
    for suggestion_id in origin.suggestion_ids:
        typed = _mapping(_mapping(values.get(title_block(suggestion_id))).get(TITLE)).get("value")
        chosen = _mapping(_mapping(values.get(owner_block(suggestion_id))).get(OWNER))
        owner_id = chosen.get("selected_user")
        if not isinstance(typed, str) or not clean(typed):
            raise BadInputError("Say in a few words what is to be done.")
        title = clip(clean(typed), MAX_TITLE)
        edits.append(Edit(suggestion_id, title, owner_id if isinstance(owner_id, str) else None))
    return edits


def why_modal(items: Sequence[CardItem], incident_id: int) -> dict[str, Any]:
    """For each, how sure, which rule let it through and which messages it rests on."""
    shown = items[:_MAX_EXPLAINED]
    return {
        "type": "modal",
        "callback_id": WHY_SHOWN,
        "title": plain("Why this came up" if len(shown) == 1 else "Why these came up", 24),
        "close": plain("Close", 24),
        "blocks": [
            block
            for number, item in enumerate(shown)
            for block in _explanation(item, incident_id, is_first=number == 0)
        ],
    }


def _explanation(item: CardItem, incident_id: int, *, is_first: bool) -> list[Block]:
    about = safe(subject(item), 200)
    blocks: list[Block] = [] if is_first else [{"type": "divider"}]
    blocks += [
        _section(f"*{safe(item.title, 300) or 'Untitled'}*\n{about}"),
        _section(
            f"*How sure*  {confidence_in_words(item.confidence)}\n"
            f"*Why it came up*  {safe(item.why, 400) or 'No reason was recorded.'}"
        ),
    ]
    if quotes := [_quote(source.author_name, source.quote) for source in item.sources]:
        blocks.append(_section("\n".join(quotes[:_MAX_QUOTES])))
    if buttons := source_buttons(item.sources, incident_id, item.suggestion_id):
        blocks.append({"type": "actions", "elements": buttons})
    return blocks


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


def _quote(author_name: str, quote: str) -> str:
    return f"*{safe(author_name, 40) or 'somebody'}*  “{safe(quote, 140)}”"


def _section(text: str) -> Block:
    return {"type": "section", "text": mrkdwn(text)}


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}

"""Suggestion cards: what people see in the channel, and in private when they ask."""

import hashlib
from collections.abc import Sequence
from typing import Any

from copilot.ports import CardItem, CardSource, SuggestionCard
from copilot.slack.escaping import is_web_address, mrkdwn, plain, safe
from copilot.suggestions.vocabulary import DismissReason

Block = dict[str, Any]

ACCEPT = "suggestion_accept"
EDIT = "suggestion_edit"
DISMISS = "suggestion_dismiss"
WHY = "suggestion_why"
SOURCE = "suggestion_source"

DISMISS_LABELS = {
    DismissReason.WRONG: "Not a follow-up",
    DismissReason.DONE_ALREADY: "Done already",
    DismissReason.NOT_NOW: "Not now",
    DismissReason.DUPLICATE: "Duplicate",
    DismissReason.TOO_NOISY: "Too noisy",
}

_NO_HEADLINE = "Looks like a follow-up"
# As read; escaping makes text at most five times longer, and a section holds 3,000.
_TITLE_LENGTH = 150
_QUOTE_LENGTH = 180
_NAME_LENGTH = 60
# Two blocks an item; a message holds 50.
MAX_ITEMS = 20
_MAX_SOURCE_BUTTONS = 3


def card_text(card: SuggestionCard) -> str:
    """What a notification shows."""
    return safe(card.headline, 300) or _NO_HEADLINE


def card_blocks(card: SuggestionCard) -> list[Block]:
    head = f"*{safe(card.headline, 200) or _NO_HEADLINE}*"
    if context := safe(card.context, 200):
        head += f"  ·  {context}"
    tag = f"{card.delivery_id}-{_version(card)}"
    return [
        {"type": "section", "block_id": f"head-{tag}", "text": mrkdwn(head)},
        *item_blocks(card.items, card.incident_id, tag),
    ]


def item_blocks(items: Sequence[CardItem], incident_id: int, tag: str) -> list[Block]:
    """Two blocks for an open item, one for a decided one. `tag` makes block ids unique."""
    blocks: list[Block] = []
    for number, item in enumerate(items[:MAX_ITEMS], start=1):
        place = f"{number}-{item.suggestion_id}-{tag}"
        if item.decided is not None:
            blocks.append(_decided(item, place))
        else:
            blocks += [_open(item, place), _buttons(item, incident_id, place)]
    if len(items) > MAX_ITEMS:
        left_out = f"and {len(items) - MAX_ITEMS} more"
        blocks.append(
            {"type": "context", "block_id": f"more-{tag}", "elements": [mrkdwn(left_out)]}
        )
    return blocks


def subject(item: CardItem) -> str:
    """`dana · by Friday · from 2 messages`, escaped."""
    parts = []
    if owner := safe(item.owner_name or "", _NAME_LENGTH):
        parts.append(owner)
    elif not item.owner_id:
        parts.append("unowned")
    if due := safe(item.due or "", _NAME_LENGTH):
        parts.append(due)
    count = len(item.sources)
    if count:
        parts.append(f"from {count} message{'s' if count > 1 else ''}")
    return " · ".join(parts)


def source_buttons(sources: Sequence[CardSource]) -> list[Block]:
    """Buttons rather than links, so that opening a source can be seen."""
    linked = [source for source in sources if is_web_address(source.permalink)]
    shown = linked[:_MAX_SOURCE_BUTTONS]
    return [
        {
            "type": "button",
            "action_id": f"{SOURCE}_{number}",
            "text": plain("Source" if len(shown) == 1 else f"Source {number}", 75),
            "url": source.permalink,
        }
        for number, source in enumerate(shown, start=1)
    ]


def _open(item: CardItem, place: str) -> Block:
    text = f"*{safe(item.title, _TITLE_LENGTH) or 'Untitled'}*"
    if about := subject(item):
        text += f"  {about}"
    if item.sources:
        quote = safe(item.sources[0].quote, _QUOTE_LENGTH)
        author = safe(item.sources[0].author_name, _NAME_LENGTH)
        text += f"\n{author}: “{quote}”" if author else f"\n“{quote}”"
    return {"type": "section", "block_id": f"item-{place}", "text": mrkdwn(text)}


def _decided(item: CardItem, place: str) -> Block:
    decided = item.decided or ""
    mark = "–" if decided.startswith("dismissed") else "✓"
    parts = [safe(item.title, _TITLE_LENGTH) or "Untitled"]
    if item.owner_name:
        parts.append(safe(item.owner_name, _NAME_LENGTH))
    parts.append(safe(decided, 200))
    return {
        "type": "context",
        "block_id": f"done-{place}",
        "elements": [mrkdwn(f"{mark} {' · '.join(parts)}")],
    }


def _buttons(item: CardItem, incident_id: int, place: str) -> Block:
    value = f"{incident_id}:{item.suggestion_id}"
    dismiss: Block = {
        "type": "static_select",
        "action_id": DISMISS,
        "placeholder": plain("Dismiss", 150),
        "options": [
            {"text": plain(label, 75), "value": f"{value}:{reason}"}
            for reason, label in DISMISS_LABELS.items()
        ],
    }
    return {
        "type": "actions",
        "block_id": f"act-{place}",
        "elements": [
            _button(ACCEPT, "Accept", value),
            _button(EDIT, "Edit", value),
            dismiss,
            *source_buttons(item.sources),
            _button(WHY, "Why", value),
        ],
    }


def _button(action_id: str, label: str, value: str) -> Block:
    # No `primary` style: buttons of equal weight do not lead the hand.
    return {"type": "button", "action_id": action_id, "text": plain(label, 75), "value": value}


def _version(card: SuggestionCard) -> str:
    """Slack wants new block ids with each redraw; the same card drawn twice keeps its own."""
    return hashlib.sha256(repr(card).encode(errors="replace")).hexdigest()[:10]

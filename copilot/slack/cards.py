"""Suggestion cards: what people see in the channel, and in private when they ask."""

import hashlib
from collections.abc import Sequence
from typing import Any

from copilot.ports import CardItem, CardSource, SuggestionCard
from copilot.slack.escaping import (
    clean,
    clip,
    is_web_address,
    mrkdwn,
    plain,
    safe,
    safe_within,
)
from copilot.suggestions.harmless import without_addresses, without_calls
from copilot.suggestions.vocabulary import DismissReason

Block = dict[str, Any]

PICK = "suggestion_pick"
ACCEPT = "suggestion_accept"
EDIT = "suggestion_edit"
DISMISS = "suggestion_dismiss"
SNOOZE = "suggestion_snooze"
WHY = "suggestion_why"
SOURCE = "suggestion_source"
THE_TICKED = "*"
"""In a button's value, in place of an id: what it is about was ticked."""

DISMISS_LABELS = {
    DismissReason.WRONG: "Not a follow-up",
    DismissReason.DONE_ALREADY: "Done already",
    DismissReason.NOT_NOW: "Not now",
    DismissReason.DUPLICATE: "Duplicate",
    DismissReason.TOO_NOISY: "Too noisy",
}

_NO_HEADLINE = "Looks like a follow-up"
_NOTIFICATION_LENGTH = 300
_OPTION_LENGTH = 75
"""Slack's limit for both lines of a checkbox."""
# As read; escaping makes text at most five times longer, and a section holds 3,000.
_TITLE_LENGTH = 150
_QUOTE_LENGTH = 180
_NAME_LENGTH = 60
# Two blocks an item; a message holds 50.
MAX_ITEMS = 20
_MAX_SOURCE_BUTTONS = 3


def card_text(card: SuggestionCard) -> str:
    """What a notification shows: the point, and what it is about."""
    titles = "; ".join(title for item in card.items if (title := clean(item.title)))
    headline = clean(card.headline) or _NO_HEADLINE
    return safe_within(f"{headline}: {titles}" if titles else headline, _NOTIFICATION_LENGTH)


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
    """Open items with one row of buttons for all of them, then what is decided.

    Several open items are told apart by ticking them; one alone needs no tick. `tag` makes block
    ids unique.
    """
    placed = [
        (f"{number}-{item.suggestion_id}-{tag}", item)
        for number, item in enumerate(items[:MAX_ITEMS], start=1)
    ]
    open_items = [item for _, item in placed if item.decided is None]
    blocks: list[Block] = []
    for place, item in placed:
        if item.decided is None and len(open_items) == 1:
            blocks.append(_only(item, incident_id, place))
        elif item.decided is None:
            blocks += _one_of_several(item, incident_id, place)
    if open_items:
        blocks.append(_buttons(open_items, incident_id, tag))
    blocks += [_decided(item, place) for place, item in placed if item.decided is not None]
    if len(items) > MAX_ITEMS:
        left_out = f"and {len(items) - MAX_ITEMS} more"
        blocks.append(
            {"type": "context", "block_id": f"more-{tag}", "elements": [mrkdwn(left_out)]}
        )
    return blocks


def subject(item: CardItem) -> str:
    """`dana · by Friday · from 2 messages`, not escaped."""
    parts = []
    if owner := clip(clean(item.owner_name or ""), _NAME_LENGTH):
        parts.append(owner)
    elif not item.owner_id:
        parts.append("unowned")
    if due := clip(clean(item.due or ""), _NAME_LENGTH):
        parts.append(due)
    count = len(item.sources)
    if count:
        parts.append(f"from {count} message{'s' if count > 1 else ''}")
    return " · ".join(parts)


def source_buttons(
    sources: Sequence[CardSource], incident_id: int, suggestion_id: int
) -> list[Block]:
    """Buttons rather than links, so that opening a source can be seen."""
    linked = [source for source in sources if is_web_address(source.permalink)]
    shown = linked[:_MAX_SOURCE_BUTTONS]
    return [
        {
            "type": "button",
            "action_id": f"{SOURCE}_{number}",
            "text": plain("Source" if len(shown) == 1 else f"Source {number}", 75),
            "url": source.permalink,
            "value": f"{incident_id}:{suggestion_id}@{source.message_ts[:32]}",
        }
        for number, source in enumerate(shown, start=1)
    ]


def button(action_id: str, label: str, value: str) -> Block:
    # No `primary` style: buttons of equal weight do not lead the hand.
    return {"type": "button", "action_id": action_id, "text": plain(label, 75), "value": value}


def _only(item: CardItem, incident_id: int, place: str) -> Block:
    text = f"*{safe(item.title, _TITLE_LENGTH) or 'Untitled'}*"
    if about := safe(subject(item), 3 * _NAME_LENGTH):
        text += f"  {about}"
    if quote := _quote(item):
        text += f"\n{quote}"
    block: Block = {"type": "section", "block_id": f"item-{place}", "text": mrkdwn(text)}
    sources = source_buttons(item.sources, incident_id, item.suggestion_id)
    if len(sources) == 1:
        block["accessory"] = sources[0]
    return block


def _one_of_several(item: CardItem, incident_id: int, place: str) -> list[Block]:
    title = clean(item.title) or "Untitled"
    option: Block = {
        "text": plain(title, _OPTION_LENGTH),
        "value": f"{incident_id}:{item.suggestion_id}",
    }
    if about := subject(item):
        option["description"] = plain(about, _OPTION_LENGTH)
    pick: Block = {"type": "checkboxes", "action_id": PICK, "options": [option]}
    sources = source_buttons(item.sources, incident_id, item.suggestion_id)
    blocks: list[Block] = [
        {"type": "actions", "block_id": f"item-{place}", "elements": [pick, *sources]}
    ]
    # Nobody should have to accept what could not be read to its end.
    whole = f"*{safe(title, _TITLE_LENGTH)}*" if len(title) > _OPTION_LENGTH else ""
    words = "\n".join(line for line in (whole, _quote(item)) if line)
    if words:
        blocks.append({"type": "context", "block_id": f"said-{place}", "elements": [mrkdwn(words)]})
    return blocks


def _quote(item: CardItem) -> str:
    if not item.sources:
        return ""
    # The words were somebody's, the post is ours: it leads nowhere but to their message.
    words = without_calls(without_addresses(clean(item.sources[0].quote), "[link]"))
    quote = safe(words, _QUOTE_LENGTH)
    author = safe(item.sources[0].author_name, _NAME_LENGTH)
    return f"{author}: “{quote}”" if author else f"“{quote}”"


def _decided(item: CardItem, place: str) -> Block:
    decided = item.decided or ""
    mark = "✓" if decided.startswith("accepted") else "–"
    parts = [safe(item.title, _TITLE_LENGTH) or "Untitled"]
    if item.owner_name:
        parts.append(safe(item.owner_name, _NAME_LENGTH))
    parts.append(safe(decided, 200))
    return {
        "type": "context",
        "block_id": f"done-{place}",
        "elements": [mrkdwn(f"{mark} {' · '.join(parts)}")],
    }


def _buttons(items: Sequence[CardItem], incident_id: int, tag: str) -> Block:
    only = items[0] if len(items) == 1 else None
    target = f"{incident_id}:{only.suggestion_id if only else THE_TICKED}"
    all_of_them = ".".join(str(item.suggestion_id) for item in items)
    dismiss: Block = {
        "type": "static_select",
        "action_id": DISMISS,
        "placeholder": plain("Dismiss", 150),
        "options": [
            {"text": plain(label, 75), "value": f"{target}:{reason}"}
            for reason, label in DISMISS_LABELS.items()
        ],
    }
    sources = source_buttons(only.sources, incident_id, only.suggestion_id) if only else []
    return {
        "type": "actions",
        "block_id": f"act-{tag}",
        "elements": [
            *(sources if len(sources) > 1 else []),
            button(ACCEPT, "Accept" if only else "Accept selected", target),
            button(EDIT, "Edit", target),
            dismiss,
            button(SNOOZE, "Leave for the review", target),
            button(WHY, "Why this?" if only else "Why these?", f"{incident_id}:{all_of_them}"),
        ],
    }


def _version(card: SuggestionCard) -> str:
    """Slack wants new block ids with each redraw; the same card drawn twice keeps its own."""
    return hashlib.sha256(repr(card).encode(errors="replace")).hexdigest()[:10]

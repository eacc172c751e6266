"""What Slack would refuse, and what could fire, in messages and views; written from its limits."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_MENTION_OR_LINK = re.compile(r"<([^<>]*)>")
_OWN_LINK = re.compile(r"https?://[^\s<>|]+\|[\w ]+|#C[A-Z0-9]+")
_BARE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt);)")
_MESSAGE_BLOCKS = 50
_VIEW_BLOCKS = 100
_VIEW_BYTES = 250_000


def message_problems(message: Mapping[str, Any]) -> list[str]:
    found = list(_blocks(message.get("blocks") or [], _MESSAGE_BLOCKS))
    text = message.get("text")
    if not isinstance(text, str) or not text.strip():
        found.append("a message needs a text for its notification")
    elif len(text) > 4000:
        found.append(f"text has {len(text)} characters")
    else:
        found += _markup(text)
    return found


def view_problems(view: Mapping[str, Any]) -> list[str]:
    found = list(_blocks(view["blocks"], _VIEW_BLOCKS))
    if len(json.dumps(view).encode()) > _VIEW_BYTES:
        found.append("view_too_large")
    found += [
        f"{part} must be 1 to 24 characters"
        for part in ("title", "submit", "close")
        if part in view and not 1 <= len(view[part]["text"]) <= 24
    ]
    if len(view.get("private_metadata", "")) > 3000:
        found.append("private_metadata is longer than 3000")
    if len(view.get("callback_id", "")) > 255:
        found.append("callback_id is longer than 255")
    return found


def _blocks(blocks: Sequence[Mapping[str, Any]], most: int) -> Iterator[str]:
    if len(blocks) > most:
        yield f"{len(blocks)} blocks"
    block_ids = [block["block_id"] for block in blocks if "block_id" in block]
    if len(block_ids) != len(set(block_ids)):
        yield "a block_id is used twice"
    for block in blocks:
        if len(block.get("block_id", "")) > 255:
            yield "a block_id is longer than 255"
        yield from _CHECKS[block["type"]](block)


def _section(block: Mapping[str, Any]) -> Iterator[str]:
    yield from _text(block["text"], 3000)


def _context(block: Mapping[str, Any]) -> Iterator[str]:
    if not 1 <= len(block["elements"]) <= 10:
        yield "context: 1 to 10 elements"
    for element in block["elements"]:
        yield from _text(element, 3000)


def _actions(block: Mapping[str, Any]) -> Iterator[str]:
    elements = block["elements"]
    if not 1 <= len(elements) <= 25:
        yield "actions: 1 to 25 elements"
    action_ids = [element["action_id"] for element in elements]
    if len(action_ids) != len(set(action_ids)):
        yield "an action_id is used twice in one block"
    if any(element.get("style") == "primary" for element in elements):
        yield "a primary button leads the hand"
    for element in elements:
        yield from _element(element)


def _input(block: Mapping[str, Any]) -> Iterator[str]:
    yield from _text(block["label"], 2000, kinds={"plain_text"})
    yield from _element(block["element"])


def _element(element: Mapping[str, Any]) -> Iterator[str]:
    if not 1 <= len(element["action_id"]) <= 255:
        yield "action_id: 1 to 255"
    if "placeholder" in element:
        yield from _text(element["placeholder"], 150, kinds={"plain_text"})
    if element["type"] == "button":
        yield from _button(element)
    elif element["type"] == "static_select":
        yield from _options(element["options"], 100)
    elif element["type"] == "plain_text_input":
        most = element.get("max_length", 3000)
        if not 1 <= most <= 3000 or len(element.get("initial_value", "")) > most:
            yield "initial_value is longer than max_length"


def _button(element: Mapping[str, Any]) -> Iterator[str]:
    yield from _text(element["text"], 75, kinds={"plain_text"})
    if len(element.get("value", "")) > 2000:
        yield "button value is longer than 2000"
    if len(element.get("url", "")) > 3000:
        yield "button url is longer than 3000"


def _options(options: Sequence[Mapping[str, Any]], most: int) -> Iterator[str]:
    if not 1 <= len(options) <= most:
        yield f"1 to {most} options"
    for option in options:
        yield from _text(option["text"], 75, kinds={"plain_text"})
        if not 1 <= len(option["value"]) <= 75:
            yield "option value: 1 to 75"


def _text(
    text: Mapping[str, Any], most: int, kinds: frozenset[str] | set[str] = frozenset()
) -> Iterator[str]:
    if text["type"] not in (kinds or {"mrkdwn", "plain_text"}):
        yield f"{text['type']} is not allowed here"
    if not 1 <= len(text["text"]) <= most:
        yield f"text has {len(text['text'])} characters, 1 to {most} allowed"
    if text["type"] == "mrkdwn":
        if text.get("verbatim") is not True:
            yield "without verbatim, bare addresses become links"
        yield from _markup(text["text"])


def _markup(text: str) -> Iterator[str]:
    for control in _MENTION_OR_LINK.findall(text):
        if not _OWN_LINK.fullmatch(control):
            yield f"this could fire: <{control}>"
    if _BARE_AMPERSAND.search(text):
        yield "an ampersand is not escaped, or an entity was cut"
    try:
        text.encode()
    except UnicodeEncodeError:
        yield "half a surrogate pair"


def _nothing(_block: Mapping[str, Any]) -> Iterator[str]:
    return iter(())


_CHECKS = {
    "section": _section,
    "context": _context,
    "actions": _actions,
    "input": _input,
    "divider": _nothing,
}

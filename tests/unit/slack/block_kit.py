"""What Slack would refuse, and what could fire, in messages and views; written from its limits."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_CONTROL = re.compile(r"<([^<>]*)>")
_OWN_LINK = re.compile(r"https?://[^\s<>|]+\|[\w ]+|#C[A-Z0-9]+|!date\^\d+\^[^|]+\|[\w :.,-]+")
_BARE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt);)")
_WEB_ADDRESS = re.compile(r"https?://[^\s<>|]+")
_MESSAGE_BLOCKS = 50
_VIEW_BLOCKS = 100
_VIEW_BYTES = 250_000
_PLAIN = frozenset({"plain_text"})
_ANY_TEXT = frozenset({"plain_text", "mrkdwn"})

Body = Mapping[str, Any]


def message_problems(message: Body) -> list[str]:
    found = list(_blocks(message.get("blocks") or [], _MESSAGE_BLOCKS, _IN_MESSAGES))
    text = message.get("text")
    if not isinstance(text, str) or not text.strip():
        found.append("a message needs a text for its notification")
    elif len(text) > 4000:
        found.append(f"text has {len(text)} characters")
    else:
        found += _markup(text)
    return found


def view_problems(view: Body) -> list[str]:
    is_home = view["type"] == "home"
    found = list(_blocks(view["blocks"], _VIEW_BLOCKS, _IN_HOME if is_home else _IN_MODALS))
    if len(json.dumps(view).encode()) > _VIEW_BYTES:
        found.append("view_too_large")
    found += _home_frame(view) if is_home else _modal_frame(view)
    for part, most in (("private_metadata", 3000), ("callback_id", 255), ("external_id", 255)):
        if len(view.get(part, "")) > most:
            found.append(f"{part} is longer than {most}")
    return found


def _home_frame(view: Body) -> list[str]:
    return [f"a home has no {part}" for part in ("title", "submit", "close") if part in view]


def _modal_frame(view: Body) -> list[str]:
    found = [
        f"{part}: {problem}"
        for part in ("title", "submit", "close")
        if part in view
        for problem in _text(view[part], 24, _PLAIN)
    ]
    if "title" not in view:
        found.append("a modal needs a title")
    if any(block["type"] == "input" for block in view["blocks"]) and "submit" not in view:
        found.append("a modal with inputs needs a submit")
    return found


def _blocks(blocks: Sequence[Body], most: int, allowed: frozenset[str]) -> Iterator[str]:
    if len(blocks) > most:
        yield f"{len(blocks)} blocks"
    block_ids = [block["block_id"] for block in blocks if "block_id" in block]
    if len(block_ids) != len(set(block_ids)):
        yield "a block_id is used twice"
    for block in blocks:
        if block["type"] not in allowed:
            yield f"no {block['type']} here"
            continue
        if "block_id" in block and not 1 <= len(block["block_id"]) <= 255:
            yield "block_id: 1 to 255"
        yield from _CHECKS[block["type"]](block)


def _section(block: Body) -> Iterator[str]:
    if "text" not in block and "fields" not in block:
        yield "section: neither text nor fields"
    if "text" in block:
        yield from _text(block["text"], 3000)
    if "fields" in block:
        if not 1 <= len(block["fields"]) <= 10:
            yield "section: 1 to 10 fields"
        for field in block["fields"]:
            yield from _text(field, 2000)
    if "accessory" in block:
        yield from _element(block["accessory"])


def _header(block: Body) -> Iterator[str]:
    yield from _text(block["text"], 150, _PLAIN)


def _context(block: Body) -> Iterator[str]:
    if not 1 <= len(block["elements"]) <= 10:
        yield "context: 1 to 10 elements"
    for element in block["elements"]:
        yield from _text(element, 3000)


def _actions(block: Body) -> Iterator[str]:
    elements = block["elements"]
    if not 1 <= len(elements) <= 25:
        yield "actions: 1 to 25 elements"
    action_ids = [element["action_id"] for element in elements]
    if len(action_ids) != len(set(action_ids)):
        yield "an action_id is used twice in one block"
    for element in elements:
        yield from _element(element)


def _input(block: Body) -> Iterator[str]:
    yield from _text(block["label"], 2000, _PLAIN)
    if "hint" in block:
        yield from _text(block["hint"], 2000, _PLAIN)
    if block["element"]["type"] == "button":
        yield "a button is no input"
    yield from _element(block["element"])


def _divider(_block: Body) -> Iterator[str]:
    return iter(())


def _element(element: Body) -> Iterator[str]:
    kind = element["type"]
    if not 1 <= len(element["action_id"]) <= 255:
        yield "action_id: 1 to 255"
    if "placeholder" in element:
        yield from _text(element["placeholder"], 150, _PLAIN)
    if "confirm" in element:
        yield from _confirm(element["confirm"])
    yield from _ELEMENTS[kind](element)


def _button(element: Body) -> Iterator[str]:
    yield from _text(element["text"], 75, _PLAIN)
    if element.get("style") == "primary":
        yield "a primary button leads the hand"
    if "value" in element and not 1 <= len(element["value"]) <= 2000:
        yield "button value: 1 to 2000"
    if "url" in element and not (
        len(element["url"]) <= 3000 and _WEB_ADDRESS.fullmatch(element["url"])
    ):
        yield "button url: a web address of at most 3000"


def _select(element: Body) -> Iterator[str]:
    yield from _options(element, 100, _PLAIN, initial=("initial_option",))


def _several(element: Body) -> Iterator[str]:
    yield from _options(element, 10, _ANY_TEXT, initial=("initial_option", "initial_options"))


def _overflow(element: Body) -> Iterator[str]:
    yield from _options(element, 5, _PLAIN, initial=())


def _text_input(element: Body) -> Iterator[str]:
    most, least = element.get("max_length", 3000), element.get("min_length", 0)
    if not 0 <= least <= most <= 3000:
        yield "plain_text_input: lengths are 0 to 3000"
    if len(element.get("initial_value", "")) > most:
        yield "initial_value is longer than max_length"


def _number_input(element: Body) -> Iterator[str]:
    if not isinstance(element.get("is_decimal_allowed"), bool):
        yield "number_input: is_decimal_allowed is required"
    for name in ("initial_value", "min_value", "max_value"):
        if name in element and not re.fullmatch(r"-?\d+(\.\d+)?", str(element[name])):
            yield f"number_input: {name} is no number"
        if name in element and not isinstance(element[name], str):
            yield f"number_input: {name} is given as text"


def _free(_element: Body) -> Iterator[str]:
    return iter(())


def _options(
    element: Body, most: int, kinds: frozenset[str], initial: tuple[str, ...]
) -> Iterator[str]:
    options = element["options"]
    if not 1 <= len(options) <= most:
        yield f"{element['type']}: 1 to {most} options"
    values = [option["value"] for option in options]
    if len(values) != len(set(values)):
        yield "two options have the same value"
    for option in options:
        yield from _text(option["text"], 75, kinds)
        if "description" in option:
            yield from _text(option["description"], 75, kinds)
        if not 1 <= len(option["value"]) <= 75:
            yield "option value: 1 to 75"
    for name in initial:
        yield from _chosen(element, name)


def _chosen(element: Body, name: str) -> Iterator[str]:
    chosen = element.get(name, element["options"])
    for one in chosen if isinstance(chosen, list) else [chosen]:
        if one not in element["options"]:
            yield f"{name} is none of the options"


def _confirm(confirm: Body) -> Iterator[str]:
    yield from _text(confirm["title"], 100, _PLAIN)
    yield from _text(confirm["text"], 300)
    yield from _text(confirm["confirm"], 30, _PLAIN)
    yield from _text(confirm["deny"], 30, _PLAIN)


def _text(text: Body, most: int, kinds: frozenset[str] = _ANY_TEXT) -> Iterator[str]:
    if text["type"] not in kinds:
        yield f"{text['type']} is not allowed here"
    if not 1 <= len(text["text"]) <= most:
        yield f"text has {len(text['text'])} characters, 1 to {most} allowed"
    try:
        text["text"].encode()
    except UnicodeEncodeError:
        yield "half a surrogate pair"
    if text["type"] == "mrkdwn":
        if text.get("verbatim") is not True:
            yield "without verbatim, bare addresses become links"
        yield from _markup(text["text"])
    elif text.get("emoji") is not False:
        yield "plain text turns :words: into emoji"


def _markup(text: str) -> Iterator[str]:
    for control in _CONTROL.findall(text):
        if not _OWN_LINK.fullmatch(control):
            yield f"this could fire: <{control}>"
    if _BARE_AMPERSAND.search(text):
        yield "an ampersand is not escaped, or an entity was cut"
    try:
        text.encode()
    except UnicodeEncodeError:
        yield "half a surrogate pair"


_CHECKS = {
    "section": _section,
    "header": _header,
    "context": _context,
    "actions": _actions,
    "input": _input,
    "divider": _divider,
}
_IN_MESSAGES = frozenset(_CHECKS) - {"input"}
_IN_MODALS = frozenset(_CHECKS)
_IN_HOME = frozenset(_CHECKS) - {"input"}
_ELEMENTS = {
    "button": _button,
    "static_select": _select,
    "checkboxes": _several,
    "radio_buttons": _several,
    "overflow": _overflow,
    "plain_text_input": _text_input,
    "number_input": _number_input,
    "users_select": _free,
    "multi_users_select": _free,
    "conversations_select": _free,
    "channels_select": _free,
    "datepicker": _free,
}

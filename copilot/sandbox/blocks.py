"""Block Kit: a loose check of what the app sends, and finding the element somebody used."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MAX_MESSAGE_BLOCKS = 50
MAX_VIEW_BLOCKS = 100
_TEXT_LIMITS = {"section": 3000, "header": 150}
_KNOWN = {
    "actions", "alert", "call", "card", "carousel", "container", "context", "context_actions",
    "data_table", "data_visualization", "divider", "file", "header", "image", "input", "markdown",
    "plan", "rich_text", "section", "table", "task_card", "video",
}  # fmt: skip
_MAX_CONTEXT, _MAX_ACTIONS, _MAX_FIELDS = 10, 25, 10
_MAX_FIELD, _MAX_BUTTON, _MAX_BUTTON_VALUE, _MAX_URL, _MAX_ID = 2000, 75, 2000, 3000, 255
_MAX_OVERFLOW = 5

Block = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    block: Block
    element: Mapping[str, Any]


def problems(blocks: object, *, limit: int = MAX_MESSAGE_BLOCKS) -> list[str]:
    """What Slack would complain about, in its manner; an empty list is a pass."""
    if not isinstance(blocks, list):
        return ["blocks must be a list"]
    if len(blocks) > limit:
        return [f"no more than {limit} items allowed [json-pointer:/blocks]"]
    found: list[str] = []
    block_ids: set[str] = set()
    for number, block in enumerate(blocks):
        where = f"/blocks/{number}"
        if not isinstance(block, dict) or block.get("type") not in _KNOWN:
            found.append(f"unsupported type [json-pointer:{where}/type]")
            continue
        found += [f"{problem} [json-pointer:{where}]" for problem in _block_problems(block)]
        block_id = block.get("block_id")
        if block_id is not None and str(block_id) in block_ids:
            found.append(f"`block_id` already exists [json-pointer:{where}/block_id]")
        block_ids.add(str(block_id))
    return found


def _block_problems(block: Block) -> Iterator[str]:
    if len(str(block.get("block_id") or "")) > _MAX_ID:
        yield f"block_id: must be less than {_MAX_ID + 1} characters"
    kind = block["type"]
    if kind in _TEXT_LIMITS:
        yield from _text_problems(block.get("text"), _TEXT_LIMITS[kind], kind, block)
    if kind == "section":
        yield from _fields_problems(block.get("fields"))
    if kind == "context" and not 1 <= len(_list(block.get("elements"))) <= _MAX_CONTEXT:
        yield f"context: 1 to {_MAX_CONTEXT} elements allowed"
    if kind == "actions" and not 1 <= len(_list(block.get("elements"))) <= _MAX_ACTIONS:
        yield f"actions: 1 to {_MAX_ACTIONS} elements allowed"
    if kind == "input" and not (block.get("label") and block.get("element")):
        yield "input: label and element are required"
    seen: set[str] = set()
    for element in elements_of(block):
        yield from _element_problems(element, seen)


def _text_problems(text: object, limit: int, kind: str, block: Block) -> Iterator[str]:
    if text is None and kind == "section" and block.get("fields"):
        return
    if not isinstance(text, dict) or text.get("type") not in ("mrkdwn", "plain_text"):
        yield f"{kind}: missing required field: text"
        return
    if kind == "header" and text["type"] != "plain_text":
        yield "header: text must be plain_text"
    length = len(str(text.get("text") or ""))
    if not 1 <= length <= limit:
        yield f"{kind}: must be 1 to {limit} characters"


def _fields_problems(fields: object) -> Iterator[str]:
    if fields is None:
        return
    if not isinstance(fields, list) or not 1 <= len(fields) <= _MAX_FIELDS:
        yield f"section: 1 to {_MAX_FIELDS} fields allowed"
        return
    for field in fields:
        if not 1 <= len(str(_map(field).get("text") or "")) <= _MAX_FIELD:
            yield f"section: a field must be 1 to {_MAX_FIELD} characters"


def _element_problems(element: Mapping[str, Any], seen: set[str]) -> Iterator[str]:
    action_id = element.get("action_id")
    if action_id is not None:
        if len(str(action_id)) > _MAX_ID:
            yield f"action_id: must be less than {_MAX_ID + 1} characters"
        if action_id in seen:
            yield f"`action_id` {action_id} already exists for this block"
        seen.add(str(action_id))
    if element.get("type") == "button":
        yield from _button_problems(element)
    is_overflow = element.get("type") == "overflow"
    if is_overflow and not 1 <= len(_list(element.get("options"))) <= _MAX_OVERFLOW:
        yield f"overflow: 1 to {_MAX_OVERFLOW} options allowed"


def _button_problems(element: Mapping[str, Any]) -> Iterator[str]:
    if not 1 <= len(str(_map(element.get("text")).get("text") or "")) <= _MAX_BUTTON:
        yield f"button: text must be 1 to {_MAX_BUTTON} characters"
    if len(str(element.get("value") or "")) > _MAX_BUTTON_VALUE:
        yield f"button: value must be less than {_MAX_BUTTON_VALUE + 1} characters"
    if len(str(element.get("url") or "")) > _MAX_URL:
        yield f"button: url must be less than {_MAX_URL + 1} characters"


def elements_of(block: Block) -> list[Mapping[str, Any]]:
    """The interactive elements of a block."""
    kind = block.get("type")
    if kind in ("actions", "context_actions"):
        return [element for element in _list(block.get("elements")) if isinstance(element, dict)]
    if kind == "section" and isinstance(block.get("accessory"), dict):
        return [block["accessory"]]
    if kind == "input" and isinstance(block.get("element"), dict):
        return [block["element"]]
    return []


def with_ids(blocks: Sequence[Block]) -> list[dict[str, Any]]:
    """Slack names the blocks and elements that the app left nameless."""
    return [
        _named_elements({**block, "block_id": block.get("block_id") or secrets.token_urlsafe(4)})
        for block in blocks
    ]


def _named_elements(block: dict[str, Any]) -> dict[str, Any]:
    def named(element: Any) -> Any:
        if not isinstance(element, dict) or element.get("action_id"):
            return element
        return {**element, "action_id": secrets.token_urlsafe(4)}

    if block["type"] in ("actions", "context_actions"):
        return {**block, "elements": [named(element) for element in block["elements"]]}
    if block["type"] == "input":
        return {**block, "element": named(block["element"])}
    if block["type"] == "section" and "accessory" in block:
        return {**block, "accessory": named(block["accessory"])}
    return block


def find_element(
    blocks: Sequence[Block], action_id: str, block_id: str | None = None
) -> Found | None:
    for block in blocks:
        if block_id is not None and block.get("block_id") != block_id:
            continue
        for element in elements_of(block):
            if element.get("action_id") == action_id:
                return Found(block, element)
    return None


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _map(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}

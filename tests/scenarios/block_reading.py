"""Reading blocks as a person does: by their words rather than by their ids."""

from typing import Any

from copilot.sandbox.blocks import elements_of

Body = dict[str, Any]


def words_of(holder: Body) -> str:
    """All that a person can read in a message or a view, top to bottom."""
    lines: list[str] = []
    title = holder.get("title")
    if isinstance(title, dict):
        lines.append(title["text"])
    for block in holder.get("blocks") or []:
        lines += _words_of_block(block)
    return "\n".join(lines) if lines else str(holder.get("text") or "")


def _words_of_block(block: Body) -> list[str]:
    found = [block.get(name) for name in ("text", "label", "hint")]
    found += block.get("fields") or []
    lines = [one["text"] for one in found if isinstance(one, dict)]
    accessory, own = block.get("accessory"), block.get("element")
    for element in [*(block.get("elements") or ()), *(one for one in (accessory, own) if one)]:
        text = element.get("text")
        lines.append(text["text"] if isinstance(text, dict) else str(text or ""))
        for option in element.get("options") or ():
            lines += [option[part]["text"] for part in ("text", "description") if part in option]
    return lines


def item_buttons(message: Body, title: str = "") -> Body:
    """The row of buttons below the item with that title, or the first row."""
    is_below = not title
    for block in message["blocks"]:
        if title and title in "\n".join(_words_of_block(block)):
            is_below = True
        if is_below and block["type"] == "actions":
            return dict(block)
    raise AssertionError(f"no buttons for {title!r} in {words_of(message)}")


def element_of(holder: Body, action_id: str, title: str = "") -> tuple[Body, Body]:
    """The block and the element with that action, in a message or a view.

    With a title, the first one in or below the block that says it.
    """
    is_below = not title
    for block in holder["blocks"]:
        if title and title in "\n".join(_words_of_block(block)):
            is_below = True
        if not is_below:
            continue
        for element in elements_of(block):
            if element.get("action_id") == action_id:
                return block, dict(element)
    raise AssertionError(f"no {action_id} for {title!r} in {words_of(holder)}")


def input_named(view: Body, name: str) -> tuple[Body, Body]:
    """The block and the element that have `name` as block id or as action id."""
    for block in view["blocks"]:
        for element in elements_of(block):
            if name in (block["block_id"], element.get("action_id")):
                return block, dict(element)
    known = [
        (block["block_id"], element.get("action_id"))
        for block in view["blocks"]
        for element in elements_of(block)
    ]
    raise AssertionError(f"no input {name!r}; there are {known}")


def option_value(element: Body, chosen: str) -> str:
    """The value of the option that has this text, or this value."""
    options = list(element.get("options") or [])
    for group in element.get("option_groups") or []:
        options += group["options"]
    for option in options:
        if chosen in (option["text"]["text"], option["value"]):
            return str(option["value"])
    raise AssertionError(f"no option {chosen!r} in {[one['text']['text'] for one in options]}")


def entered_value(element: Body, value: Any) -> Any:
    if "options" not in element and "option_groups" not in element:
        return value
    if isinstance(value, str):
        return option_value(element, value) if value else None
    return [option_value(element, one) for one in value]

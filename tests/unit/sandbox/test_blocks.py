from typing import Any

import pytest

from copilot.sandbox.blocks import find_element, problems, with_ids


def section(text: str = "hi", **more: Any) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(text: str = "Go", **more: Any) -> dict[str, Any]:
    return {"type": "button", "text": {"type": "plain_text", "text": text}, **more}


def actions(*elements: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements), **more}


GOOD: list[list[dict[str, Any]]] = [
    [],
    [section("x" * 3000)],
    [{"type": "section", "fields": [{"type": "mrkdwn", "text": "a"}]}],
    [{"type": "header", "text": {"type": "plain_text", "text": "x" * 150}}],
    [actions(button("x" * 75, action_id="a"), button(action_id="b"), block_id="1")],
    [{"type": "divider"}] * 50,
]
BAD: list[tuple[Any, str]] = [
    ("blocks", "must be a list"),
    ([{"type": "divider"}] * 51, "no more than 50"),
    ([{"type": "marquee"}], "unsupported type"),
    ([7], "unsupported type"),
    ([section("")], "1 to 3000"),
    ([section("x" * 3001)], "1 to 3000"),
    ([{"type": "section"}], "missing required field: text"),
    ([{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}], "must be plain_text"),
    ([{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}], "1 to 150"),
    ([{"type": "section", "fields": [{"text": "a"}] * 11}], "1 to 10 fields"),
    ([actions()], "1 to 25 elements"),
    ([actions(button("x" * 76))], "1 to 75"),
    ([actions(button(value="x" * 2001))], "value"),
    ([actions(button(action_id="a"), button(action_id="a"))], "already exists"),
    ([section(block_id="1"), section(block_id="1")], "`block_id` already exists"),
    ([{"type": "context", "elements": []}], "1 to 10 elements"),
    ([{"type": "input", "label": {}}], "label and element"),
    ([section(accessory={"type": "overflow", "options": []})], "1 to 5 options"),
]


@pytest.mark.parametrize("blocks", GOOD)
def test_what_slack_takes_passes(blocks: list[dict[str, Any]]) -> None:
    assert problems(blocks) == []


@pytest.mark.parametrize(("blocks", "complaint"), BAD)
def test_what_slack_refuses_is_refused(blocks: Any, complaint: str) -> None:
    assert complaint in " ".join(problems(blocks))


def test_nameless_blocks_and_elements_get_names() -> None:
    named = with_ids([actions(button(), button(action_id="mine")), section(block_id="given")])
    first, second = named[0]["elements"]
    assert first["action_id"]
    assert second["action_id"] == "mine"
    assert named[0]["block_id"]
    assert named[1]["block_id"] == "given"


def test_an_element_is_found_by_its_action_and_block() -> None:
    blocks = [
        actions(button("one", action_id="go"), block_id="1"),
        section(accessory=button("two", action_id="go"), block_id="2"),
    ]
    found = find_element(blocks, "go", "2")
    assert found is not None
    assert found.element["text"]["text"] == "two"
    assert find_element(blocks, "stop") is None

"""Whatever we show in Slack, with whatever text in it, is within its limits and can't fire.

Builders are found by what they return, so a new one is checked from the day it is written.
"""

import importlib
import inspect
import pkgutil
import typing
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import copilot.slack
from copilot.slack.cards import card_text
from copilot.slack.escaping import safe
from copilot.slack.headline import headline_text
from tests.unit.slack.block_kit import message_problems, view_problems
from tests.unit.slack.cards_made import NASTY_TEXTS
from tests.unit.slack.filling import Filling

NO_SURFACES = {
    "checked_body": "reads what Slack sent",
    "manifest": "is read by Slack's settings",
    "mrkdwn": "is part of a block",
    "plain": "is part of a block",
    "read_body": "reads what Slack sent",
}
TAKES_MARKUP = {"lines_answer", "note"}
"""Given text that its callers have escaped."""
SIZES = (0, 1, 2, 3, 60)
FEW_SIZES = (1, 4)
"""For texts so long that a hundred of them only take time."""


def builders() -> dict[str, Callable[..., Any]]:
    """Functions outside the listeners that return blocks, a message or a view."""
    found = {}
    for module in pkgutil.iter_modules(copilot.slack.__path__, "copilot.slack."):
        for name, function in vars(importlib.import_module(module.name)).items():
            is_own = inspect.isfunction(function) and function.__module__ == module.name
            if is_own and not name.startswith("_") and name not in NO_SURFACES:
                returned = str(typing.get_type_hints(function).get("return"))
                if "dict[str, typing.Any]" in returned:
                    found[f"{module.name}.{name}"] = function
    return found


BUILDERS = builders()


def problems(made: Any) -> list[str]:
    if isinstance(made, list) and all(one["type"] == "button" for one in made):
        made = [{"type": "actions", "elements": made}] if made else []
    inputs = made if isinstance(made, list) else [made]
    if any(block.get("type") == "input" for block in inputs):
        title = {"type": "plain_text", "text": "x", "emoji": False}
        return view_problems({"type": "modal", "title": title, "submit": title, "blocks": inputs})
    if isinstance(made, list):
        return message_problems({"text": "x", "blocks": made})
    if made.get("type") in ("modal", "home"):
        return view_problems(made)
    if "blocks" in made:
        return message_problems(made)
    in_a_row = made["type"] in ("button", "overflow", "static_select")
    block = {"type": "actions", "elements": [made]} if in_a_row else made
    return message_problems({"text": "x", "blocks": [block]})


def made_with_extremes(name: str) -> Iterator[tuple[str, Any]]:
    builder = BUILDERS[name]
    takes_markup = name.rpartition(".")[2] in TAKES_MARKUP
    for text in NASTY_TEXTS:
        for size in SIZES if len(text) < 3000 else FEW_SIZES:
            filling = Filling(safe(text, 2000) if takes_markup else text, size)
            made = builder(**filling.arguments(builder))
            yield f"{size} of {text[:20]!r}", made


def test_what_there_is_to_show_was_found() -> None:
    names = {name.rpartition(".")[2] for name in BUILDERS}
    assert {
        "card_blocks",
        "declare_form",
        "edit_modal",
        "follow_up_modal",
        "headline_blocks",
        "held_answer",
        "help_answer",
        "home_view",
        "noise_modal",
        "standing_answer",
        "suggestions_answer",
        "why_modal",
    } <= names


@pytest.mark.parametrize("name", sorted(BUILDERS))
def test_any_text_in_any_number_is_within_slacks_limits(name: str) -> None:
    found = {what: wrong for what, made in made_with_extremes(name) if (wrong := problems(made))}
    assert found == {}


@pytest.mark.parametrize("text_of", [card_text, headline_text])
def test_a_notification_is_never_empty_long_or_dangerous(text_of: Callable[..., str]) -> None:
    for text in NASTY_TEXTS:
        for size in FEW_SIZES:
            made = text_of(**Filling(text, size).arguments(text_of))
            assert message_problems({"text": made}) == []

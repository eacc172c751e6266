from typing import Any

import pytest

from copilot.errors import BadInputError
from copilot.slack.modals import (
    Edit,
    EditOrigin,
    confidence_in_words,
    edit_modal,
    read_edits,
    read_origin,
    why_modal,
)
from tests.unit.slack.block_kit import view_problems
from tests.unit.slack.cards_made import NASTY_TEXTS, an_item

ORIGIN = EditOrigin(5, (7,), "C1", "https://hooks.example/1")


def submitted(title: Any, owner_id: Any = None) -> dict[str, Any]:
    return {
        "state": {
            "values": {
                "title-7": {"title": {"type": "plain_text_input", "value": title}},
                "owner-7": {"owner": {"type": "users_select", "selected_user": owner_id}},
            }
        }
    }


@pytest.mark.parametrize("text", NASTY_TEXTS)
def test_both_modals_take_any_text(text: str) -> None:
    item = an_item(
        title=text, owner_id=text, owner_name=text, why=text, quote=text, author_name=text,
        permalink=text, sources=9,
    )  # fmt: skip
    assert view_problems(edit_modal([item], ORIGIN)) == []
    assert view_problems(why_modal([item], 5)) == []


def test_the_form_starts_with_what_was_suggested() -> None:
    title, owner = edit_modal([an_item()], ORIGIN)["blocks"]
    assert title["element"]["initial_value"] == "Add an alert on replica lag above 30 s"
    assert owner["element"]["initial_user"] == "U0DANA000"


def test_an_owner_from_elsewhere_is_not_preselected() -> None:
    _, owner = edit_modal([an_item(owner_id="dana")], ORIGIN)["blocks"]
    assert "initial_user" not in owner["element"]


def test_the_form_remembers_what_it_edits() -> None:
    assert read_origin(edit_modal([an_item()], ORIGIN)["private_metadata"]) == ORIGIN


def test_an_endless_response_address_is_dropped_and_the_ids_are_kept() -> None:
    origin = EditOrigin(5, (7, 8), "C1", "https://hooks.example/" + "x" * 4000)
    items = [an_item(), an_item(suggestion_id=8)]
    view = edit_modal(items, origin)
    assert view_problems(view) == []
    assert read_origin(view["private_metadata"]) == EditOrigin(5, (7, 8), "C1", "")


@pytest.mark.parametrize(
    "metadata", ["", "{", "[]", "[1]", '["a", 1, "c", "d"]', "null", "[1,2,3,4,5]", "[1,{},3,4]"]
)
def test_a_foreign_form_is_refused(metadata: str) -> None:
    with pytest.raises(BadInputError):
        read_origin(metadata)


def test_it_reads_title_and_owner() -> None:
    assert read_edits(submitted("  Page on\nlag ", "U1"), ORIGIN) == [Edit(7, "Page on lag", "U1")]


def test_an_owner_may_be_left_out() -> None:
    assert read_edits(submitted("Page on lag"), ORIGIN) == [Edit(7, "Page on lag", None)]


@pytest.mark.parametrize("title", [None, "", "  ", 7, "\u202e"])
def test_a_follow_up_needs_a_title(title: Any) -> None:
    with pytest.raises(BadInputError):
        read_edits(submitted(title), ORIGIN)


@pytest.mark.parametrize("view", [{}, {"state": None}, {"state": {"values": {"title": None}}}])
def test_a_form_without_values_is_refused(view: dict[str, Any]) -> None:
    with pytest.raises(BadInputError):
        read_edits(view, ORIGIN)


@pytest.mark.parametrize(
    ("confidence", "words"),
    [
        (0.9, "Almost certainly a follow-up (0.90 of 1)"),
        (0.75, "Probably a follow-up (0.75 of 1)"),
        (0.5, "More likely a follow-up than not (0.50 of 1)"),
        (0.41, "Perhaps a follow-up (0.41 of 1)"),
    ],
)
def test_confidence_is_said_in_words(confidence: float, words: str) -> None:
    assert confidence_in_words(confidence) == words


def test_the_reason_and_the_sources_are_told() -> None:
    shown = str(why_modal([an_item(sources=2)], 5))
    assert "calm: 0.82 ≥ 0.75" in shown
    assert "we should really page on replica lag" in shown
    assert "suggestion_source_2" in shown

from typing import Any

import pytest

from copilot.slack.cards import MAX_ITEMS, card_blocks, card_text
from tests.unit.slack.block_kit import message_problems
from tests.unit.slack.cards_made import NASTY_TEXTS, a_card, an_item


def drawn(*items: Any, **fields: Any) -> dict[str, Any]:
    card = a_card(*items, **fields)
    return {"text": card_text(card), "blocks": card_blocks(card)}


def texts_of(message: dict[str, Any]) -> str:
    found = []
    for block in message["blocks"]:
        found.append((block.get("text") or {}).get("text", ""))
        found += [element.get("text") for element in block.get("elements", ())]
    return "\n".join(str(text) for text in found)


def action_ids(message: dict[str, Any]) -> list[str]:
    return [
        element["action_id"]
        for block in message["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
    ]


@pytest.mark.parametrize("count", [0, 1, 2, 3, 25])
def test_a_card_of_any_number_of_items_is_within_slacks_limits(count: int) -> None:
    items = [an_item(suggestion_id=number, sources=3) for number in range(count)]
    assert message_problems(drawn(*items)) == []


@pytest.mark.parametrize("text", NASTY_TEXTS)
def test_whatever_people_wrote_fits_and_nothing_in_it_can_fire(text: str) -> None:
    item = an_item(
        title=text,
        owner_name=text,
        due=text,
        why=text,
        quote=text,
        author_name=text,
        permalink=text,
        sources=3,
    )
    decided = an_item(title=text, owner_name=text, decided=f"accepted by {text}")
    message = drawn(item, item, decided, headline=text or "x", context=text)
    assert message_problems(message) == []


def test_an_open_item_can_be_accepted_edited_dismissed_traced_and_explained() -> None:
    assert action_ids(drawn(an_item())) == [
        "suggestion_accept",
        "suggestion_edit",
        "suggestion_dismiss",
        "suggestion_source_1",
        "suggestion_why",
    ]


def test_it_shows_title_owner_sources_and_the_words_it_came_from() -> None:
    message = drawn(an_item(sources=2))
    shown = texts_of(message)
    assert "*Add an alert on replica lag above 30 s*" in shown
    assert "dana · from 2 messages" in shown
    assert "ana: “we should really page on replica lag”" in shown


def test_an_item_without_an_owner_says_so() -> None:
    assert "unowned" in texts_of(drawn(an_item(owner_id=None, owner_name=None)))


def test_an_owner_is_never_mentioned() -> None:
    shown = texts_of(drawn(an_item(owner_name=None)))
    assert "U0DANA000" not in shown
    assert "unowned" not in shown


def test_a_decided_item_has_no_buttons_and_says_who_decided() -> None:
    message = drawn(an_item(decided="accepted by sam 14:32"))
    assert action_ids(message) == []
    shown = texts_of(message)
    assert "✓ Add an alert on replica lag above 30 s · dana · accepted by sam 14:32" in shown


def test_a_dismissed_item_is_not_ticked() -> None:
    message = drawn(an_item(decided="dismissed by sam 14:32 (wrong)"))
    assert "– Add an alert" in texts_of(message)


def test_deciding_one_item_leaves_the_buttons_of_the_others() -> None:
    message = drawn(an_item(decided="accepted by sam 14:32"), an_item(suggestion_id=8))
    values = [
        element["value"]
        for block in message["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
        if element["action_id"] == "suggestion_accept"
    ]
    assert values == ["5:8"]


def test_a_redrawn_card_has_new_block_ids() -> None:
    before = drawn(an_item(), an_item(suggestion_id=8))
    after = drawn(an_item(decided="accepted by sam 14:32"), an_item(suggestion_id=8))
    ids = [{block["block_id"] for block in message["blocks"]} for message in (before, after)]
    assert ids[0].isdisjoint(ids[1])


def test_the_same_card_is_drawn_the_same() -> None:
    assert drawn(an_item()) == drawn(an_item())


@pytest.mark.parametrize("address", ["", "javascript:alert(1)", "https://a b", "x" * 4000])
def test_what_is_no_web_address_gets_no_source_button(address: str) -> None:
    assert "suggestion_source_1" not in action_ids(drawn(an_item(permalink=address)))


def test_items_that_do_not_fit_are_counted() -> None:
    items = [an_item(suggestion_id=number) for number in range(MAX_ITEMS + 4)]
    assert "and 4 more" in texts_of(drawn(*items))


def test_the_notification_carries_the_point() -> None:
    assert drawn(an_item())["text"] == "Two follow-ups from the last 20 minutes"

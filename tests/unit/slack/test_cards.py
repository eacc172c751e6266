from typing import Any

import pytest

from copilot.slack.cards import MAX_ITEMS, card_blocks, card_text
from copilot.slack.suggestion_lists import held_answer, suggestions_answer
from tests.unit.slack.block_kit import message_problems
from tests.unit.slack.cards_made import NASTY_TEXTS, a_card, an_item

LINK = "http://127.0.0.1:8080/incidents/5/suggestions"
LONG = "Replace the replica lag alarm that only looks at the primary with one for each of the dbs"


def drawn(*items: Any, **fields: Any) -> dict[str, Any]:
    card = a_card(*items, **fields)
    return {"text": card_text(card), "blocks": card_blocks(card)}


def texts_of(message: dict[str, Any]) -> str:
    """All that can be read, top to bottom."""
    found: list[str] = []
    for block in message["blocks"]:
        found.append((block.get("text") or {}).get("text", ""))
        found += [field["text"] for field in block.get("fields", ())]
        for element in block.get("elements", ()):
            for option in element.get("options", ()) if element["type"] == "checkboxes" else ():
                found += [option["text"]["text"], option.get("description", {}).get("text", "")]
            if isinstance(element.get("text"), str):
                found.append(element["text"])
    return "\n".join(text for text in found if text)


def elements(message: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for block in message["blocks"]:
        found += block["elements"] if block["type"] == "actions" else []
        found += [block["accessory"]] if "accessory" in block else []
    return found


def action_ids(message: dict[str, Any]) -> list[str]:
    return [element["action_id"] for element in elements(message)]


def labels(message: dict[str, Any]) -> list[str]:
    return [one["text"]["text"] for one in elements(message) if one["type"] == "button"]


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
    alone = drawn(item, headline=text, context=text)
    among_others = drawn(item, item, decided, headline=text or "x", context=text)
    assert [message_problems(one) for one in (alone, among_others)] == [[], []]
    assert len(alone["text"]) <= 300


def test_one_open_item_needs_no_tick() -> None:
    message = drawn(an_item())
    assert "checkboxes" not in {element["type"] for element in elements(message)}
    assert labels(message) == ["Source", "Accept", "Edit", "Leave for the review", "Why this?"]
    values = {one["action_id"]: one.get("value") for one in elements(message)}
    assert values["suggestion_accept"] == values["suggestion_edit"] == "5:7"


def test_several_open_items_are_ticked_and_no_box_is_ticked_before() -> None:
    message = drawn(an_item(), an_item(suggestion_id=8))
    boxes = [element for element in elements(message) if element["type"] == "checkboxes"]
    assert [box["options"][0]["value"] for box in boxes] == ["5:7", "5:8"]
    assert not [box for box in boxes if "initial_options" in box]
    assert labels(message)[2:] == ["Accept selected", "Edit", "Leave for the review", "Why these?"]


def test_all_that_can_be_done_has_equal_weight() -> None:
    message = drawn(an_item(), an_item(suggestion_id=8))
    (dismiss,) = [one for one in elements(message) if one["type"] == "static_select"]
    assert [option["value"] for option in dismiss["options"]] == [
        "5:*:wrong",
        "5:*:done_already",
        "5:*:not_now",
        "5:*:duplicate",
        "5:*:too_noisy",
    ]
    assert not [element for element in elements(message) if "style" in element]


@pytest.mark.parametrize("others", [(), (8,)])
def test_it_shows_title_owner_sources_and_the_words_it_came_from(others: tuple[int, ...]) -> None:
    message = drawn(an_item(sources=2), *(an_item(suggestion_id=other) for other in others))
    shown = texts_of(message)
    assert "Add an alert on replica lag above 30 s" in shown
    assert "dana · from 2 messages" in shown
    assert "ana: “we should really page on replica lag”" in shown


def test_a_title_too_long_for_a_box_can_be_read_to_its_end() -> None:
    message = drawn(an_item(title=LONG), an_item(suggestion_id=8))
    assert f"*{LONG}*" in texts_of(message)
    assert message_problems(message) == []


def test_several_sources_are_numbered() -> None:
    alone = drawn(an_item(sources=2))
    several = drawn(an_item(sources=2), an_item(suggestion_id=8, sources=1))
    assert labels(alone)[:2] == ["Source 1", "Source 2"]
    assert labels(several)[:3] == ["Source 1", "Source 2", "Source"]
    (first, *_) = [one for one in elements(several) if one["action_id"] == "suggestion_source_1"]
    assert first["value"] == "5:7@1700000000.000100"


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


@pytest.mark.parametrize("decided", ["dismissed by sam 14:32: wrong", "left for the review by sam"])
def test_only_what_was_accepted_is_ticked_off(decided: str) -> None:
    assert "– Add an alert" in texts_of(drawn(an_item(decided=decided)))


def test_deciding_one_item_leaves_the_others_to_be_decided() -> None:
    message = drawn(
        an_item(decided="accepted by sam 14:32"),
        an_item(suggestion_id=8),
        an_item(suggestion_id=9),
    )
    boxes = [one for one in elements(message) if one["type"] == "checkboxes"]
    assert [box["options"][0]["value"] for box in boxes] == ["5:8", "5:9"]
    (why,) = [one for one in elements(message) if one["action_id"] == "suggestion_why"]
    assert why["value"] == "5:8.9"


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
    message = drawn(an_item(), an_item(suggestion_id=8, title="Mend step 4"))
    assert message["text"] == (
        "Two follow-ups from the last 20 minutes: "
        "Add an alert on replica lag above 30 s; Mend step 4"
    )


def test_a_long_list_is_shown_page_by_page() -> None:
    items = [an_item(suggestion_id=number) for number in range(12)]
    pages = [
        suggestions_answer(items, incident_id=5, tag="t", console_link=LINK, start=start)
        for start in (0, 5, 10, 99)
    ]
    assert [message_problems(page) for page in pages] == [[]] * 4
    assert [texts_of(page).splitlines()[-1] for page in pages] == [
        f"1–5 of 12 · <{LINK}|all in the console>",
        f"6–10 of 12 · <{LINK}|all in the console>",
        f"11–12 of 12 · <{LINK}|all in the console>",
        f"1–5 of 12 · <{LINK}|all in the console>",
    ]
    assert [labels(page)[-1] for page in pages] == [
        "Next 5",
        "Next 2",
        "From the beginning",
        "Next 5",
    ]
    assert elements(pages[0])[-1]["value"] == "5:5"


def test_what_was_held_is_a_table_of_rule_and_title() -> None:
    answer = held_answer([("Tidy `up`", "below threshold: 0.41 < 0.5 at any time")], LINK)
    assert answer["blocks"][1]["fields"][0]["text"] == (
        "`below threshold: 0.41 &lt; 0.5 at any time`"
    )
    assert answer["blocks"][1]["fields"][1]["text"] == "Tidy `up`"
    long = held_answer([("a", "b")] * 100, LINK)
    assert message_problems(long) == []
    assert f"and 60 more, <{LINK}|in the console>" in texts_of(long)

"""A sentence of one's own rests on messages that are ticked where they stand."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Desk

LAG = "The index was caught up, with 0 lag."
SHORT = "The index had 0 lag."


def opens_claim(desk: Desk) -> Page:
    page = desk.opens(f"/incidents/{desk.console.world.incident_id}/review")
    page.get_by_role("link", name=LAG).click()
    expect(page.locator(".claim.is-open a.text")).to_have_text(LAG)
    return page


def test_without_javascript_messages_are_ticked_and_come_back_ticked(plain: Desk) -> None:
    page = opens_claim(plain)
    expect(page.get_by_role("checkbox").first).to_be_hidden()
    page.locator("summary", has_text="Add a sentence of your own").click()
    page.get_by_label("The sentence; it is checked like any other").fill("too long " * 40)
    page.get_by_label("Under").select_option("impact")
    page.locator(".source article.is-cited").get_by_role("checkbox").check()
    page.get_by_role("button", name="Add it").click()
    expect(page.locator(".told").first).to_contain_text("Keep a sentence under 60 words")
    expect(page.get_by_label("The sentence; it is")).to_have_value("too long " * 40)
    expect(page.get_by_label("Under")).to_have_value("impact")
    expect(page.locator(".source article.is-cited").get_by_role("checkbox")).to_be_checked()
    page.get_by_label("The sentence; it is checked like any other").fill(SHORT)
    page.get_by_role("button", name="Add it").click()
    added = page.locator("#section-impact li.claim", has_text=SHORT)
    expect(added).to_contain_text("edited by sam")
    plain.complaints[:] = [line for line in plain.complaints if "409" not in line]


def test_without_javascript_ticks_stay_when_more_messages_are_shown(plain: Desk) -> None:
    page = opens_claim(plain)
    page.locator("summary", has_text="Add a sentence of your own").click()
    page.get_by_label("The sentence; it is checked like any other").fill(SHORT)
    cited = page.locator(".source article.is-cited").get_by_role("checkbox")
    cited.check()
    stamp = cited.get_attribute("value")
    for onward in ("Earlier messages", "Later messages"):
        page.get_by_role("button", name=onward).click()
        expect(page.get_by_label("The sentence; it is")).to_have_value(SHORT)
        expect(page.locator(".source article.is-cited").get_by_role("checkbox")).to_be_checked()
    more = page.locator(".source article").count()
    assert more > 12
    page.get_by_role("button", name="Whole conversation").click()
    expect(page.locator(f'[name="message"][value="{stamp}"]')).to_be_checked()
    assert page.locator(".source article").count() > more
    page.get_by_role("button", name="Add it").click()
    expect(page.locator(".section li.claim", has_text=SHORT)).to_contain_text("edited by sam")


def test_a_tick_stays_on_the_way_through_the_whole_conversation(desk: Desk) -> None:
    page = opens_claim(desk)
    page.keyboard.press("a")
    page.locator(".source article.is-cited").get_by_role("checkbox").check()
    page.get_by_role("button", name="Whole conversation").click()
    expect(page.get_by_role("complementary", name="Conversation")).to_be_visible()
    expect(page.locator(".source article.is-cited").get_by_role("checkbox")).to_be_checked()
    assert page.locator("#source").evaluate("(panel) => panel.scrollTop > 0")  # at what is cited
    page.get_by_role("button", name="Back to the sources").click()
    expect(page.get_by_role("complementary", name="Sources of the open sentence")).to_be_visible()
    expect(page.locator(".source article.is-cited").get_by_role("checkbox")).to_be_checked()


def test_a_sentence_is_added_with_keys_alone(desk: Desk) -> None:
    page = opens_claim(desk)
    page.keyboard.press("a")
    expect(page.get_by_label("The sentence; it is checked like any other")).to_be_focused()
    page.keyboard.type(SHORT)
    page.keyboard.press("Tab")
    expect(page.get_by_label("Under")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="conversation")).to_be_focused()
    page.keyboard.press("Enter")
    cited = page.locator(".source article.is-cited").get_by_role("checkbox")
    for _ in range(40):
        if cited.evaluate("(box) => box === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(cited).to_be_checked()
    page.keyboard.press("Control+Enter")
    added = page.locator(".section > ul > li.claim", has_text=SHORT)
    expect(added).to_contain_text("edited by sam")
    expect(page.get_by_role("checkbox").first).to_be_hidden()


@pytest.mark.parametrize("words", [LAG, "The runbook for indexer lag still says"])
def test_on_a_phone_the_open_sentence_stands_above_its_sources(phone: Desk, words: str) -> None:
    page = phone.opens(f"/incidents/{phone.console.world.incident_id}/review")
    page.get_by_role("link", name=words).click()
    opened = page.locator(".claim.is-open")
    expect(opened.locator("a.text")).to_contain_text(words)
    page.reload()
    expect(opened).to_be_focused()
    expect(page.locator(".source")).to_be_visible()
    page.wait_for_function(
        """() => {
          const claim = document.querySelector(".claim.is-open").getBoundingClientRect();
          const panel = document.querySelector(".source").getBoundingClientRect();
          return claim.top >= 0 && claim.bottom <= panel.top + 1;
        }"""
    )


def test_a_tick_stays_when_another_sentence_is_opened(desk: Desk) -> None:
    page = opens_claim(desk)
    page.keyboard.press("a")
    page.get_by_label("The sentence; it is checked like any other").fill(SHORT)
    page.locator(".source article.is-cited").get_by_role("checkbox").check()
    page.get_by_role("link", name="The runbook for indexer lag still says").click()
    kept = page.locator("#ticked").get_by_role("checkbox")
    expect(page.locator("#ticked")).to_contain_text("caught up")
    expect(kept).to_be_checked()
    page.get_by_role("link", name=LAG).click()
    expect(kept).to_have_count(0)
    expect(page.locator(".source article.is-cited").get_by_role("checkbox")).to_be_checked()
    page.get_by_role("link", name="The runbook for indexer lag still says").click()
    page.get_by_role("button", name="Add it").click()
    added = page.locator(".section > ul > li.claim", has_text=SHORT)
    expect(added).to_contain_text("edited by sam")
    expect(kept).to_have_count(0)
    expect(page.locator("[name=message]:checked")).to_have_count(0)


def test_while_a_draft_is_written_the_bar_takes_one_line(desk: Desk) -> None:
    page = desk.opens(f"/incidents/{desk.console.world.incident_id}/review")
    clock = desk.console.clock
    clock.advance_to(clock.now() + timedelta(minutes=1))
    page.get_by_role("button", name="Draft again").click()
    expect(page.get_by_text("a new draft is being written")).to_be_visible()
    # As wide as it gets: a review with much to go.
    page.locator(".to-go").evaluate(
        "(part) => { part.textContent = '137 sentences and 10 sections to go' }"
    )
    page.locator("#progress").evaluate(
        "(part) => { part.textContent = part.textContent.replace('0 of 11', '100 of 137') }"
    )
    tops = page.locator(".review-bar > *").evaluate_all(
        "(parts) => parts.map((part) => part.getBoundingClientRect().top)"
    )
    foot = page.locator(".review-bar > .grow").evaluate("(p) => p.getBoundingClientRect().bottom")
    assert max(tops) < foot

"""The console in a real browser, with keys, on a phone and without JavaScript."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from copilot.reviews.drafting import draft_review
from tests.browser.conftest import Console, Desk
from tests.console_world.engines import WorldDrafter

PAGES = ("/", "", "/suggestions", "/review", "/episodes/2", "/nowhere")


def incident(desk: Desk, path: str = "") -> str:
    return f"/incidents/{desk.console.world.incident_id}{path}"


def message(desk: Desk, time: str) -> str:
    ts = desk.console.world.stamps[time]
    return incident(desk, f"?at={ts}#m-{ts}")


def open_claim(page: Page) -> str:
    return page.locator(".claim.is-open a.text").inner_text()


def test_a_person_comes_in_and_leaves(browser: Browser, console: Console) -> None:
    page = browser.new_page()
    page.goto(f"{console.url}/incidents/1")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    console.sign_in(page, "Dana")
    expect(page.locator(".me-name")).to_have_text("Dana")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
    page.goto(f"{console.url}/")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.close()


def test_one_walks_from_the_list_to_a_message(desk: Desk) -> None:
    page = desk.page
    page.get_by_role("link", name="Search shows old prices in Europe").click()
    page.locator("details.episode > summary").nth(1).click()
    expect(page.get_by_text("members of the group: 4. should be 12")).to_be_visible()
    expect(page.locator(".said pre").first).to_contain_text("poll timeout")


def test_the_strip_leads_to_a_key_moment(desk: Desk) -> None:
    page = desk.opens(incident(desk))
    page.locator("svg.wide a[aria-label^='key moment']").nth(1).click()
    target = page.locator(".message:target")
    expect(target).to_be_in_viewport()
    expect(target).to_contain_text("the config map still says 5000")


def test_a_link_to_a_message_shows_it(desk: Desk) -> None:
    page = desk.opens(message(desk, "12:25:02"))
    expect(page.locator(".message:target")).to_be_in_viewport()


def test_a_suggestion_is_accepted_and_the_reader_goes_on(desk: Desk) -> None:
    page = desk.opens(incident(desk, "/suggestions"))
    first = page.locator("#waiting .suggestion").first
    title = first.locator("h3").inner_text()
    first.get_by_role("button", name="Accept").click()
    expect(page.locator(".told")).to_contain_text(f"“{title}” is now a follow-up")
    expect(page.locator("#waiting .suggestion")).to_have_count(4)
    expect(page.locator("#waiting .suggestion").first).to_be_focused()
    expect(page.locator(".tabs a[aria-current] .tally")).to_contain_text("4")


def test_a_suggestion_is_dismissed_with_keys(desk: Desk) -> None:
    page = desk.opens(incident(desk, "/suggestions"))
    page.keyboard.press("j")
    page.keyboard.press("j")
    second = page.locator("#waiting .suggestion").nth(1)
    expect(second).to_be_focused()
    title = second.locator("h3").inner_text()
    page.keyboard.press("d")
    second.get_by_label("Not now").check()
    second.get_by_role("button", name="Dismiss").click()
    expect(page.locator(".told")).to_contain_text(f"“{title}” was dismissed")
    expect(page.get_by_text("dismissed by sam 13:05 UTC: not now")).to_be_visible()


def test_a_suggestion_is_edited(desk: Desk) -> None:
    page = desk.opens(incident(desk, "/suggestions"))
    page.keyboard.press("j")
    page.keyboard.press("e")
    title = page.get_by_label("What is to be done").first
    expect(title).to_be_focused()
    title.fill("Put the batch size into the image")
    page.get_by_label("Who takes it").first.select_option("ben")
    page.get_by_role("button", name="Accept as changed").first.click()
    expect(page.get_by_text("accepted with changes by sam")).to_be_visible()


def test_a_claim_is_verified_by_key_and_the_next_one_opens(desk: Desk) -> None:
    page = desk.opens(incident(desk, "/review"))
    first = open_claim(page)
    page.keyboard.press("v")
    expect(page.locator(".review-bar")).to_contain_text("1 of 11 sentences checked")
    expect(page.locator(".claim.is-open a.text")).not_to_have_text(first)
    page.keyboard.press("v")
    expect(page.locator(".review-bar")).to_contain_text("2 of 11 sentences checked")
    page.keyboard.press("w")
    expect(page.locator(".review-bar")).to_contain_text("2 of 10 sentences checked")


def test_n_skips_a_claim_and_e_edits_it(desk: Desk) -> None:
    page = desk.opens(incident(desk, "/review"))
    first = open_claim(page)
    page.keyboard.press("n")
    expect(page.locator(".claim.is-open a.text")).not_to_have_text(first)
    page.keyboard.press("e")
    box = page.get_by_label("In your words; the sources stay")
    expect(box).to_be_focused()
    box.fill("41 orders went through at an old price, says sam.")
    box.press("v")  # letters typed into a form press no button
    page.get_by_role("button", name="Save my words").click()
    expect(page.get_by_text("edited by sam")).to_be_visible()


def test_escape_closes_a_form(desk: Desk) -> None:
    page = desk.opens(incident(desk, "/review"))
    page.keyboard.press("e")
    page.keyboard.press("Escape")
    expect(page.get_by_label("In your words; the sources stay")).to_be_hidden()


def test_sources_stand_beside_the_claim(desk: Desk) -> None:
    page = desk.opens(incident(desk, "/review"))
    page.get_by_role("link", name="The index was caught up, with 0 lag.").click()
    source = page.locator(".source")
    expect(source.locator("mark")).to_have_text("caught up. 0 lag")
    expect(source.get_by_text("300k")).to_be_visible()
    claim = page.locator(".claim.is-open").bounding_box()
    beside = source.bounding_box()
    assert claim
    assert beside
    assert beside["x"] > claim["x"] + claim["width"]
    expect(page).to_have_url(re.compile(r"\?claim=\d+$"))
    page.go_back()
    expect(source.locator("mark")).not_to_have_text("caught up. 0 lag")


def test_question_mark_shows_the_keys(desk: Desk) -> None:
    page = desk.opens(incident(desk, "/review"))
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog).to_contain_text("next to check, the riskiest first")
    page.keyboard.press("v")  # does nothing behind the list
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.locator(".review-bar")).to_contain_text("0 of 11 sentences checked")


def test_when_the_console_is_gone_the_page_says_that_nothing_was_changed(desk: Desk) -> None:
    page = desk.opens(incident(desk, "/review"))
    page.route("**/verify", lambda route: route.abort())
    page.wait_for_load_state("load")
    page.wait_for_timeout(1_000)  # on a busy machine keys work only some time after
    page.keyboard.press("v")
    expect(page.locator(".told")).to_contain_text("Nothing was changed")
    desk.complaints.clear()  # the browser reports the broken connection


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_wider_than_a_phone(phone: Desk, path: str) -> None:
    page = phone.opens(path if path in ("/", "/nowhere") else incident(phone, path))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    phone.complaints[:] = [line for line in phone.complaints if "404" not in line]


def test_on_a_phone_claim_and_source_are_seen_together(phone: Desk) -> None:
    page = phone.opens(incident(phone, "/review"))
    page.get_by_role("link", name="The freshness alert averages over 20 min.").tap()
    expect(page.locator(".claim.is-open a.text")).to_contain_text("averages over 20 min")
    expect(page.locator(".claim.is-open a.text")).to_be_in_viewport()
    expect(page.locator(".source mark")).to_be_in_viewport()
    claim = page.locator(".claim.is-open a.text").bounding_box()
    panel = page.locator(".source").bounding_box()
    assert claim
    assert panel
    assert claim["y"] + claim["height"] <= panel["y"]


def test_without_javascript_everything_can_be_read_and_decided(plain: Desk) -> None:
    page = plain.opens(message(plain, "09:50:44"))
    expect(page.locator(".message:target")).to_be_in_viewport()
    page.get_by_role("link", name="Suggestions").click()
    page.locator("#waiting .suggestion").first.get_by_role("button", name="Accept").click()
    expect(page.locator(".told")).to_contain_text("is now a follow-up")
    dismissed = page.locator("#waiting .suggestion").first
    dismissed.get_by_text("Dismiss").first.click()
    dismissed.get_by_role("button", name="Dismiss").click()
    expect(page.locator(".told")).to_contain_text("was dismissed")


def test_without_javascript_a_review_can_be_checked(plain: Desk) -> None:
    page = plain.opens(incident(plain, "/review"))
    expect(page.locator(".source mark")).to_be_visible()
    page.get_by_role("button", name="Verify").click()
    expect(page.locator(".review-bar")).to_contain_text("1 of 11 sentences checked")
    page.get_by_role("link", name="The index was caught up, with 0 lag.").click()
    expect(page.locator(".source mark")).to_have_text("caught up. 0 lag")
    expect(page.locator(".claim.is-open")).to_be_in_viewport()


def test_an_open_page_says_that_there_is_something_new(desk: Desk) -> None:
    page = desk.page
    page.clock.install()
    desk.opens(incident(desk))
    page.route("**/latest", lambda route: route.fulfill(json={"state": "other"}))
    page.clock.run_for(11_000)
    expect(page.get_by_role("button", name="There is something new: show it")).to_be_visible()
    page.unroute("**/latest")
    page.route("**/latest", lambda route: route.abort())
    page.clock.run_for(11_000)
    expect(page.locator(".fresh")).to_contain_text("may be old")
    desk.complaints.clear()  # the browser reports the broken connection


def test_a_draft_that_was_asked_for_appears_by_itself(desk: Desk) -> None:
    clock = desk.console.clock
    clock.advance_to(clock.now() + timedelta(minutes=1))
    page = desk.opens(incident(desk, "/review"))
    page.get_by_role("button", name="Draft again").click()
    expect(page.get_by_text("a new draft is being written")).to_be_visible()
    before = page.locator("[data-latest]").get_attribute("data-state")
    draft_review(desk.console.db, desk.console.world.incident_id, WorldDrafter(), clock)
    expect(page.get_by_text("Version 2, drafted")).to_be_visible(timeout=20_000)
    assert page.locator("[data-latest]").get_attribute("data-state") != before

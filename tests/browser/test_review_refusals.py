"""What is refused on the review page is seen, and the words go on being written."""

from playwright.sync_api import expect

from tests.browser.conftest import Desk

LAG = "The index was caught up, with 0 lag."
RUNBOOK = "The runbook for indexer lag still says restart everything, in step 3."


def test_without_javascript_a_refused_edit_keeps_the_words(plain: Desk) -> None:
    page = plain.opens(f"/incidents/{plain.console.world.incident_id}/review")
    page.get_by_role("link", name=LAG).click()
    page.locator("summary", has_text="Edit").click()
    page.get_by_label("In your words; the sources stay").fill("too long " * 40)
    page.get_by_role("button", name="Save my words").click()
    expect(page.locator(".told")).to_contain_text("Keep a sentence under 60 words")
    expect(page.get_by_label("In your words; the sources stay")).to_have_value("too long " * 40)
    plain.complaints[:] = [line for line in plain.complaints if "409" not in line]


def test_a_refusal_is_seen_far_down_and_writing_goes_on(desk: Desk) -> None:
    """Letters that are typed on must not become keys that verify or mark wrong."""
    page = desk.opens(f"/incidents/{desk.console.world.incident_id}/review")
    page.set_viewport_size({"width": 1280, "height": 420})
    page.get_by_role("link", name=RUNBOOK).click()
    expect(page.locator(".claim.is-open a.text")).to_have_text(RUNBOOK)
    page.keyboard.press("e")
    box = page.locator("textarea:focus")
    box.fill("too long " * 40)
    box.press("Control+Enter")
    told = page.locator("main > .told")
    expect(told).to_contain_text("Keep a sentence under 60 words")
    expect(told).to_be_in_viewport()
    page.keyboard.type("vw")
    expect(page.locator("textarea:focus")).to_have_value("too long " * 40 + "vw")
    desk.complaints[:] = [line for line in desk.complaints if "409" not in line]

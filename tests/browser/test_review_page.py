"""The review in real browsers: with keys alone, and several people at once."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from copilot.ports import Draft, DraftRequest
from copilot.reviews.drafting import draft_review, request_review
from copilot.timeline.permalinks import instant_to_ts
from copilot.timeline.recording import record
from copilot.timeline.slack_messages import to_records
from tests.browser.conftest import Console, Desk, at_desk
from tests.console_world import CHANNEL, STARTS_AT, TEAM
from tests.console_world.engines import WorldDrafter

WITHOUT_RELOAD = 20_000
"""Milliseconds within which a page has to show what others did."""


@pytest.fixture
def ben(browser: Browser, console: Console) -> Iterator[Desk]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield from at_desk(context, console, "ben")


def opens_review(desk: Desk, claim: str = "") -> Page:
    page = desk.opens(f"/incidents/{desk.console.world.incident_id}/review")
    if claim:
        page.get_by_role("link", name=claim).click()
        expect(page.locator(".claim.is-open a.text")).to_have_text(claim)
    page.evaluate("window.wasNeverReloaded = true")
    return page


def claim(page: Page, words: str) -> Locator:
    return page.locator("li.claim", has_text=words)


def open_text(page: Page) -> str:
    return page.locator(".claim.is-open a.text").inner_text()


@dataclass
class SecondThoughts:
    """Drafts again: puts one sentence otherwise, leaves one out, has a new one."""

    otherwise: dict[str, str]
    without: tuple[str, ...] = ()

    def draft(self, request: DraftRequest) -> Draft:
        draft = WorldDrafter().draft(request)
        claims = [
            replace(one, text=self.otherwise.get(one.text, one.text))
            for one in draft.claims
            if one.text not in self.without
        ]
        return replace(draft, claims=tuple(claims))


def drafts_again(console: Console, drafter: SecondThoughts) -> None:
    console.clock.advance_to(console.clock.now() + timedelta(minutes=1))
    with console.db.transaction() as session:
        request_review(session, console.world.incident_id, console.clock.now())
    draft_review(console.db, console.world.incident_id, drafter, console.clock)


def edits_source(console: Console, time: str, text: str) -> None:
    edited_ts = instant_to_ts(STARTS_AT + timedelta(hours=3))
    edit = {
        "type": "message",
        "subtype": "message_changed",
        "event_ts": edited_ts,
        "message": {
            "type": "message",
            "user": "U0ANA",
            "ts": console.world.stamps[time],
            "text": text,
            "edited": {"user": "U0ANA", "ts": edited_ts},
        },
    }
    with console.db.transaction() as session:
        record(session, to_records(TEAM, edit, CHANNEL), STARTS_AT)


LAG = "The index was caught up, with 0 lag."
BATCH = "The batch size went from 500 to 5000."
STAGING = "Staging has 300 products, so batches are never full."
RUNBOOK = "The runbook for indexer lag still says restart everything, in step 3."


def test_two_reviewers_a_new_draft_and_a_source_edit_at_once(desk: Desk, ben: Desk) -> None:
    """Nothing is lost, nothing is overwritten, and both see it without loading the page again."""
    console = desk.console
    sams, bens = opens_review(desk, BATCH), opens_review(ben, BATCH)

    # sam is half way through a sentence …
    sams.keyboard.press("e")
    box = sams.locator("textarea:focus")
    overtaken = sams.get_by_text("Somebody put this sentence otherwise while you wrote")
    expect(overtaken).to_be_hidden()
    box.fill("The batch size went up, from 500 to ")
    box.press("ArrowLeft")
    # … while ben puts the same one otherwise, verifies another, and comments on a third;
    bens.keyboard.press("e")
    bens.locator("textarea:focus").fill("Batch size went from 500 to 5000.")
    bens.keyboard.press("Control+Enter")
    expect(claim(bens, "Batch size went from 500 to 5000.")).to_contain_text("edited by ben")
    bens.get_by_role("link", name=STAGING).click()
    expect(bens.locator(".claim.is-open a.text")).to_have_text(STAGING)
    bens.keyboard.press("v")
    expect(claim(bens, STAGING)).to_contain_text("verified by ben")
    bens.get_by_role("link", name=RUNBOOK).click()
    expect(bens.locator(".claim.is-open a.text")).to_have_text(RUNBOOK)
    bens.keyboard.press("c")
    bens.locator("textarea:focus").fill("Which step 3?")
    bens.keyboard.press("Control+Enter")
    expect(claim(bens, RUNBOOK)).to_contain_text("Which step 3?")
    # a new draft says two touched ones otherwise, and a source is edited in Slack.
    drafts_again(
        console,
        SecondThoughts(
            {
                BATCH: "The batch size grew from 500 to 5000.",
                STAGING: "Staging has 300 products, so its batches are never full.",
            }
        ),
    )
    edits_source(console, "10:06:48", "caught up? not yet")

    for page in (sams, bens):
        for words in ("edited by ben", "proposes: The batch size grew from 500 to 5000."):
            expect(claim(page, "Batch size went from 500 to 5000.")).to_contain_text(
                words, timeout=WITHOUT_RELOAD
            )
        expect(claim(page, STAGING)).to_contain_text("verified by ben")
        expect(claim(page, STAGING)).to_contain_text("its batches are never full")
        expect(claim(page, LAG)).to_contain_text("source changed")
        assert page.evaluate("window.wasNeverReloaded")
    expect(claim(sams, RUNBOOK)).to_contain_text("1 comment")

    # What sam is writing is untouched: the words, the focus, the place in them.
    expect(sams.locator("textarea:focus")).to_have_value("The batch size went up, from 500 to ")
    assert sams.evaluate("document.activeElement.selectionStart") == 35
    expect(overtaken).to_be_visible()
    sams.keyboard.press("End")
    sams.keyboard.type("5000.")
    sams.keyboard.press("Control+Enter")
    for page in (sams, bens):
        both = claim(page, "Batch size went from 500 to 5000.")
        expect(both).to_contain_text(
            "sam proposes: The batch size went up, from 500 to 5000.", timeout=WITHOUT_RELOAD
        )
        assert page.evaluate("window.wasNeverReloaded")
    desk.complaints[:] = []
    ben.complaints[:] = []


def test_words_half_typed_survive_a_draft_that_drops_the_sentence(desk: Desk) -> None:
    page = opens_review(desk, STAGING)
    page.keyboard.press("e")
    page.locator("textarea:focus").fill("Staging has 300 products, batches are ")
    drafts_again(desk.console, SecondThoughts({}, without=(STAGING,)))
    expect(page.get_by_text("The review no longer shows this")).to_be_visible(
        timeout=WITHOUT_RELOAD
    )
    expect(page.locator("textarea:focus")).to_have_value("Staging has 300 products, batches are ")
    page.keyboard.type("never full.")
    page.keyboard.press("Control+Enter")
    kept = claim(page, "Staging has 300 products, batches are never full.")
    expect(kept).to_contain_text("edited by sam")
    expect(kept).to_have_count(1)


def test_escape_leaves_the_form_and_keeps_the_words(desk: Desk) -> None:
    page = opens_review(desk, BATCH)
    page.keyboard.press("e")
    page.locator("textarea:focus").fill("The batch size went ")
    page.keyboard.press("Escape")
    expect(page.locator("textarea[name=text]:visible")).to_have_count(0)
    page.keyboard.press("j")
    expect(page.locator(".claim.is-open a.text")).not_to_have_text(BATCH)
    expect(claim(page, BATCH)).to_have_class("claim unverified has-unsent")
    page.reload()
    page.get_by_role("link", name=BATCH).click()
    expect(page.locator(".claim.is-open a.text")).to_have_text(BATCH)
    page.keyboard.press("e")
    expect(page.locator("textarea:focus")).to_have_value("The batch size went ")


def test_everything_is_done_with_keys(desk: Desk) -> None:
    page = opens_review(desk)
    first = open_text(page)
    page.keyboard.press("s")
    expect(page.locator(".claim.is-open a.text")).not_to_have_text(first)
    second = open_text(page)
    page.keyboard.press("w")
    expect(page.locator("#progress")).to_contain_text("0 of 10 sentences checked")
    page.get_by_role("link", name=second).click()
    expect(page.locator(".claim.is-open a.text")).to_have_text(second)
    page.keyboard.press("u")
    expect(page.locator("#progress")).to_contain_text("0 of 11 sentences checked")
    page.keyboard.press("v")
    expect(page.locator("#progress")).to_contain_text("1 of 11 sentences checked")
    page.context.route("https://harbour.slack.com/**", lambda route: route.fulfill(body="Slack"))
    with page.context.expect_page() as opened:
        page.keyboard.press("o")
    expect(opened.value).to_have_url(re.compile(r"harbour\.slack\.com/archives/C0SEARCH/p\d+"))
    opened.value.close()
    page.keyboard.press("k")
    page.keyboard.press("n")
    page.keyboard.press("f")
    page.wait_for_url("**/review/sign")
    expect(page.get_by_text("10 sentences are not checked.")).to_be_visible()
    page.keyboard.press("n")
    expect(page.locator(".claim.is-open")).to_be_focused()


def test_a_message_of_the_shown_conversation_is_cited(desk: Desk) -> None:
    page = opens_review(desk, LAG)
    shown = page.locator(".source article")
    before = shown.count()
    page.get_by_role("button", name="Earlier messages").click()
    expect(shown).to_have_count(before + 8)
    page.keyboard.press("m")
    message = page.locator(".source article", has_text="40k")
    message.get_by_role("button", name="Cite this").click()
    expect(page.get_by_text("The message is a source of this sentence now")).to_be_visible()
    expect(page.locator(".source article.is-cited")).to_have_count(2)


def test_a_review_is_signed_and_corrected_with_keys(desk: Desk) -> None:
    page = opens_review(desk)
    for checked in range(1, 12):
        page.keyboard.press("v")
        expect(page.locator("#progress")).to_contain_text(f"{checked} of 11 sentences checked")
    page.keyboard.press("f")
    page.wait_for_url("**/review/sign")
    expect(page.get_by_role("heading", name="Sign off as sam")).to_be_visible()
    page.get_by_role("button", name="Sign as sam").press("Enter")
    expect(page.get_by_text("Signed by sam")).to_be_visible()
    expect(page.locator(".claim.is-open")).to_be_focused()
    page.keyboard.press("e")
    page.locator("textarea:focus").fill(open_text(page).replace("The ", "the "))
    page.keyboard.press("Tab")
    page.keyboard.type("plainer")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".told").first).to_contain_text("correction stands below")
    expect(page.locator("#amended")).to_contain_text("plainer")


def test_a_screen_reader_hears_what_is_open_and_what_is_left(desk: Desk) -> None:
    page = opens_review(desk, LAG)
    expect(page.locator(".claim.is-open")).to_match_aria_snapshot(
        """
        - listitem:
          - paragraph:
            - link "The index was caught up, with 0 lag."
            - text: ", to check"
            - link "source [1]"
          - group "What you say of this sentence":
            - button "Verify V"
            - button "Wrong W"
            - group: Edit E
            - button "Skip S"
            - group: Cite another message M
            - group: Comment C
            - link "Next N"
        """
    )
    expect(page.get_by_role("complementary", name="Sources of the open sentence")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_accessible_name(
        "0 of 11 sentences checked · 4 min of reading left · you 0"
    )


def test_what_somebody_else_did_is_said_without_a_sight_of_it(desk: Desk, ben: Desk) -> None:
    sams, bens = opens_review(desk), opens_review(ben, LAG)
    bens.keyboard.press("v")
    expect(sams.locator("#news")).to_contain_text("1 of 11", timeout=WITHOUT_RELOAD)
    expect(sams.locator(".claim.is-open")).to_be_focused()

"""The review page: what it shows of the review, before anybody acts."""

import re
from html import unescape

from copilot.db import Database
from copilot.jobs import Job, QueuedJob
from tests.console_world import World, build_world, world_clock
from tests.console_world.client import Visitor
from tests.console_world.one_database import ON_BOTH
from tests.integration.review_visits import claim_with, edit_source
from tests.integration.review_visits import database_url as database_url
from tests.integration.review_visits import review as review
from tests.integration.review_visits import sam as sam
from tests.integration.review_visits import world as world
from tests.integration.test_console_pages import text_of


class TestReading:
    def test_before_a_draft_the_page_says_what_a_draft_is(
        self, db: Database, sent_jobs: list[QueuedJob]
    ) -> None:
        world = build_world(db, reviewed=False)
        review = f"/incidents/{world.incident_id}/review"
        sam = Visitor(db, world_clock()).signs_in()
        assert "There is no review yet" in sam.sees(review)
        for path in (f"{review}.md", f"{review}/sign", f"{review}/versions"):
            sam.sees(path, status=404)
        sam.sends(f"{review}/draft")
        assert sent_jobs[-1] == QueuedJob(Job.DRAFT_REVIEW, world.incident_id)
        page = sam.sees(review)
        assert "A draft is being written" in page
        assert "data-soon" in page

    @ON_BOTH
    def test_all_sections_stand_also_the_empty_ones(self, sam: Visitor, review: str) -> None:
        page = sam.sees(review)
        assert page.count('class="section"') == 10
        assert "not in the timeline" in page

    def test_the_riskiest_claim_is_open_with_its_source(self, sam: Visitor, review: str) -> None:
        page = sam.sees(review)
        assert "<mark>orders: 41 went through" in page
        assert "I&#39;ll keep an eye on it over lunch" in page  # said before it
        assert "thank you for counting" in page  # said after it

    def test_more_of_the_conversation_is_one_press_away(self, sam: Visitor, review: str) -> None:
        claim = claim_with(sam, review, "0 lag")
        page = sam.sees(f"{review}?claim={claim}")
        (earlier,) = re.findall(r'id="earlier" [^>]*data-go="([^"]+)"', page)
        more = sam.sees(unescape(earlier))
        assert more.count("<article") == page.count("<article") + 8

    def test_any_claim_can_be_opened(self, sam: Visitor, review: str) -> None:
        claim = claim_with(sam, review, "0 lag")
        assert "<mark>caught up. 0 lag</mark>" in sam.sees(f"{review}?claim={claim}")

    def test_a_claim_that_does_not_exist_opens_the_first(self, sam: Visitor, review: str) -> None:
        assert "<mark>orders: 41" in sam.sees(f"{review}?claim=99999")

    def test_unsupported_claims_stand_apart_with_the_reason(
        self, sam: Visitor, review: str
    ) -> None:
        page = sam.sees(review)
        apart = text_of(page[page.index("Kept apart") :])
        assert "Customers lost 1200 euros" in apart
        claim = claim_with(sam, review, "Customers lost")
        opened = sam.sees(f"{review}?claim={claim}")
        assert f"claims/{claim}/verify" not in opened
        for way in ("wrong", "edit", "cite", "note"):
            assert f"claims/{claim}/{way}" in opened

    def test_an_edited_source_is_told_beside_the_claim(
        self, db: Database, sam: Visitor, review: str, world: World
    ) -> None:
        claim = claim_with(sam, review, "0 lag")
        edit_source(db, world, "10:06:48", "not caught up yet")
        shown = text_of(sam.sees(f"{review}?claim={claim}"))
        assert "source changed: a message it cites was edited" in shown
        assert "it said: “caught up. 0 lag”" in shown
        assert "A source of 1 sentence was edited or deleted since" in shown

    def test_it_can_be_taken_along(self, sam: Visitor, review: str) -> None:
        markdown = sam.http.get(f"{review}.md")
        assert markdown.headers["content-type"] == "text/markdown; charset=utf-8"
        assert "incident-1-review.md" in markdown.headers["content-disposition"]
        assert "41 orders went through" in markdown.text
        data = sam.http.get(f"{review}.json")
        assert data.headers["content-type"] == "application/json; charset=utf-8"
        assert {section["title"] for section in data.json()["sections"]} >= {"Impact"}

    @ON_BOTH
    def test_its_state_differs_once_somebody_acted(self, sam: Visitor, review: str) -> None:
        def state() -> str:
            return str(sam.http.get(f"{review}/latest").json()["state"])

        before = state()
        assert state() == before
        claim = claim_with(sam, review, "0 lag")
        sam.sends(f"{review}/claims/{claim}/verify")
        verified = state()
        sam.sends(f"{review}/claims/{claim}/comment", {"text": "Sure?"})
        assert len({before, verified, state()}) == 3

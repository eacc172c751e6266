"""Signing a review on its page, and correcting a signed one."""

import re
from html import unescape

from copilot.db import Database
from copilot.incidents.follow_ups import complete, write_follow_up
from copilot.incidents.notes import write_note
from copilot.incidents.queries import get_incident
from tests.console_world import World
from tests.console_world.client import Visitor
from tests.console_world.one_database import ON_BOTH
from tests.integration.review_visits import NOW, claim_with, edit_source, what_is_signed
from tests.integration.review_visits import checked as checked
from tests.integration.review_visits import database_url as database_url
from tests.integration.review_visits import review as review
from tests.integration.review_visits import sam as sam
from tests.integration.review_visits import signed as signed
from tests.integration.review_visits import world as world
from tests.integration.test_console_pages import text_of


class TestSigning:
    def test_what_is_missing_is_listed(self, sam: Visitor, review: str) -> None:
        assert "11 sentences to go" in sam.sees(review)
        shown = text_of(sam.sees(f"{review}/sign"))
        assert "11 sentences are not checked." in shown
        assert "Go on checking" in shown
        answer = sam.sends(f"{review}/sign")
        assert answer.headers["location"].endswith("/sign")
        assert "It cannot be signed yet" in sam.sees(f"{review}/sign")

    def test_when_all_is_checked_the_page_says_so(
        self, sam: Visitor, review: str, checked: None
    ) -> None:
        shown = text_of(sam.sees(review))
        assert "11 of 11 sentences checked · none left to check · you 11" in shown
        assert "sentences to check" not in sam.sees("/")
        assert "Nothing is left to check" in sam.sees(review)  # beside the open claim, with F

    def test_the_confirmation_shows_what_is_signed_under_whose_name(
        self, sam: Visitor, review: str, checked: None
    ) -> None:
        shown = text_of(sam.sees(f"{review}/sign"))
        assert "You sign 11 sentences" in shown
        assert "The index was caught up, with 0 lag. verified by sam" in shown
        assert "verified by sam · source: ana, 4 Mar 2026, 10:06" in shown
        assert "Sign as sam" in shown

    @ON_BOTH
    def test_the_confirmation_shows_what_people_wrote_down(
        self, db: Database, sam: Visitor, review: str, world: World, checked: None
    ) -> None:
        """The signature covers it."""
        by, now = "U0BEN", NOW
        with db.transaction() as session:
            incident = get_incident(session, world.incident_id)
            write_note(session, incident, "We called <b>them</b>.", by=by, now=now)
            kept = write_follow_up(
                session,
                incident,
                title="Warn the shop",
                owner_id="U0CHO",
                due="Friday",
                by=by,
                now=now,
            )
            complete(session, incident, kept.id, by=by, now=now)
        page = sam.sees(f"{review}/sign")
        shown = text_of(page)
        assert "and 2 things people wrote down, version 1" in shown
        assert "We called <b>them</b>." in unescape(shown)
        assert "<b>them</b>" not in page
        assert "Follow-up: Warn the shop (cho, Friday, done) ben, 4 Mar 2026, 13:05" in shown

    def test_nobody_signs_other_words_than_they_read(
        self, db: Database, sam: Visitor, review: str, checked: None
    ) -> None:
        seen = what_is_signed(sam, review)
        claim = claim_with(sam, review, "0 lag")
        sam.sends(f"{review}/claims/{claim}/edit", {"text": "The index had 0 lag."})
        sam.sends(f"{review}/sign", seen)
        assert "changed the review since you opened" in text_of(sam.sees(f"{review}/sign"))
        assert "Signed by" not in text_of(sam.sees(review))

    def test_nobody_signs_other_sources_than_they_read(
        self, sam: Visitor, review: str, world: World, checked: None
    ) -> None:
        seen = what_is_signed(sam, review)
        claim = claim_with(sam, review, "0 lag")
        stamp = world.stamps["10:06:02"]
        sam.sends(f"{review}/claims/{claim}/cite", {"message": stamp})
        sam.sends(f"{review}/sign", seen)
        assert "changed the review since you opened" in text_of(sam.sees(f"{review}/sign"))
        assert "Signed by" not in text_of(sam.sees(review))

    def test_who_does_not_say_what_they_read_signs_nothing(
        self, sam: Visitor, review: str, checked: None
    ) -> None:
        answer = sam.sends(f"{review}/sign")
        assert answer.headers["location"].endswith("/sign")
        assert "Signed by" not in text_of(sam.sees(review))

    def test_a_signed_review_is_frozen(self, sam: Visitor, review: str, signed: None) -> None:
        page = sam.sees(review)
        assert "Signed by sam, 4 Mar 2026, 13:05 UTC" in text_of(page)
        assert re.search(r"SHA-256 <code>[0-9a-f]{64}</code>", page)
        claim = claim_with(sam, review, "0 lag")
        for act in ("verify", "wrong", "edit", "undo", "skip", "comment"):
            assert f"claims/{claim}/{act}" not in page
            form = {"text": "The index had 0 lag."}
            answer = sam.sends(f"{review}/claims/{claim}/{act}", form)
            assert answer.status_code == 409, act
        assert "sam signed this review" in text_of(sam.sees(f"{review}/sign"))

    @ON_BOTH
    def test_a_signed_sentence_is_corrected_by_an_amendment(
        self, sam: Visitor, review: str, signed: None
    ) -> None:
        claim = claim_with(sam, review, "0 lag")
        at = f"{review}/claims/{claim}/amend"
        refused = sam.sends(at, {"text": "The index had 0 lag.", "why": ""})
        assert refused.status_code == 409
        sam.sends(at, {"text": "The index had 0 lag.", "why": "shorter"})
        shown = text_of(sam.sees(review))
        assert "1. The index had 0 lag." in shown
        assert "sam, 4 Mar 2026, 13:05 : shorter" in shown
        assert "corrected in amendment 1" in shown
        other = claim_with(sam, review, "Staging has 300")
        strike = {"text": "", "why": "not staging", "what": "strike"}
        sam.sends(f"{review}/claims/{other}/amend", strike)
        assert "2. The sentence is struck." in text_of(sam.sees(review))

    def test_a_source_that_changes_after_signing_is_told(
        self, db: Database, sam: Visitor, review: str, world: World, signed: None
    ) -> None:
        edit_source(db, world, "10:06:48", "not caught up yet")
        shown = text_of(sam.sees(review))
        assert "A source of 1 sentence was edited or deleted after it was signed" in shown

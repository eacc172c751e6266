"""What a person says of a sentence on the review page."""

import re

import pytest

from copilot.db import Database
from copilot.reviews.reviewers import Reviewer
from copilot.reviews.verification import edit_claim
from tests.console_world import World
from tests.console_world.client import Visitor
from tests.console_world.one_database import ON_BOTH
from tests.integration.review_visits import NOW, claim_with
from tests.integration.review_visits import checked as checked
from tests.integration.review_visits import database_url as database_url
from tests.integration.review_visits import review as review
from tests.integration.review_visits import sam as sam
from tests.integration.review_visits import world as world
from tests.integration.test_console_pages import text_of


class TestChecking:
    def test_verifying_names_the_person_and_goes_on(self, sam: Visitor, review: str) -> None:
        claim = claim_with(sam, review, "Support had tickets")
        answer = sam.sends(f"{review}/claims/{claim}/verify")
        assert re.search(r"\?claim=(\d+)#c-\1$", answer.headers["location"])
        assert f"claim={claim}#" not in answer.headers["location"]
        shown = text_of(sam.sees(review))
        assert "1 of 11 sentences checked" in shown
        assert "you 1" in shown
        assert "verified by sam 13:05" in shown

    def test_a_verified_claim_can_be_taken_back(self, sam: Visitor, review: str) -> None:
        claim = claim_with(sam, review, "Support had tickets")
        sam.sends(f"{review}/claims/{claim}/verify")
        answer = sam.sends(f"{review}/claims/{claim}/undo")
        assert answer.headers["location"].endswith(f"#c-{claim}")
        assert "0 of 11 sentences checked" in sam.sees(review)

    def test_a_skipped_claim_stays_unchecked(self, sam: Visitor, review: str) -> None:
        claim = claim_with(sam, review, "41 orders")
        answer = sam.sends(f"{review}/claims/{claim}/skip")
        assert f"claim={claim}#" not in answer.headers["location"]
        assert "0 of 11 sentences checked" in sam.sees(review)

    def test_a_wrong_claim_leaves_the_review(self, sam: Visitor, review: str) -> None:
        claim = claim_with(sam, review, "Staging has 300")
        sam.sends(f"{review}/claims/{claim}/wrong")
        shown = text_of(sam.sees(review))
        assert "0 of 10 sentences checked" in shown
        assert "marked wrong by sam" in shown
        assert "you 0" in shown  # of those 10
        assert "Staging has 300" not in sam.http.get(f"{review}.md").text

    def test_a_persons_words_replace_the_drafters(self, sam: Visitor, review: str) -> None:
        claim = claim_with(sam, review, "0 lag")
        form = {"text": "The index had caught up: 0 lag."}
        sam.sends(f"{review}/claims/{claim}/edit", form)
        shown = text_of(sam.sees(review))
        assert "The index had caught up: 0 lag." in shown
        assert "edited by sam" in shown

    def test_what_is_refused_is_said_and_the_words_stay_in_the_form(
        self, sam: Visitor, review: str
    ) -> None:
        claim = claim_with(sam, review, "0 lag")
        form = {"text": "very long words " * 40}
        answer = sam.sends(f"{review}/claims/{claim}/edit", form)
        assert answer.status_code == 409
        assert "Keep a sentence under 60 words" in answer.text
        assert "very long words very long words" in answer.text
        assert f'id="edit-{claim}" open' in answer.text

    def test_words_that_say_more_than_the_source_are_kept_apart(
        self, sam: Visitor, review: str
    ) -> None:
        claim = claim_with(sam, review, "0 lag")
        form = {"text": "The index was caught up after 7000 s, with 0 lag."}
        answer = sam.sends(f"{review}/claims/{claim}/edit", form)
        assert answer.headers["location"].endswith(f"#c-{claim}")
        page = sam.sees(review)
        assert "Your words are saved and kept apart" in page
        assert "7000 s" in page[page.index("Kept apart</h2>") :]

    @ON_BOTH
    def test_who_is_overtaken_loses_nothing(self, db: Database, sam: Visitor, review: str) -> None:
        claim = claim_with(sam, review, "0 lag")
        seen = {"seen": "The index was caught up, with 0 lag."}
        with db.transaction() as session:
            ben = Reviewer("ben")
            edit_claim(session, int(claim), text="The index had 0 lag.", by=ben, now=NOW)
        refused = sam.sends(f"{review}/claims/{claim}/verify", seen)
        assert refused.status_code == 409
        assert "ben put this sentence otherwise meanwhile" in text_of(refused.text)
        form = {**seen, "text": "Caught up: the index had 0 lag."}
        answer = sam.sends(f"{review}/claims/{claim}/edit", form)
        assert answer.headers["location"].endswith(f"#c-{claim}")
        shown = text_of(sam.sees(f"{review}?claim={claim}"))
        assert "The index had 0 lag." in shown
        assert "sam proposes: Caught up: the index had 0 lag." in shown

    @ON_BOTH
    def test_a_proposal_is_taken(self, db: Database, sam: Visitor, review: str) -> None:
        claim = claim_with(sam, review, "0 lag")
        for name, words in (("ben", "The index had 0 lag."), ("cho", "0 lag, caught up.")):
            with db.transaction() as session:
                edit_claim(
                    session,
                    int(claim),
                    text=words,
                    by=Reviewer(name),
                    now=NOW,
                    seen="The index was caught up, with 0 lag.",
                )
        page = sam.sees(f"{review}?claim={claim}")
        (proposal,) = set(re.findall(r'name="proposal" value="(\d+)"', page))
        assert "11 sentences to go" in page
        sam.sends(f"{review}/claims/{claim}/take", {"proposal": proposal})
        shown = text_of(sam.sees(f"{review}?claim={claim}"))
        assert "0 lag, caught up." in shown
        assert "proposes" not in shown

    def test_a_proposal_is_left(self, db: Database, sam: Visitor, review: str) -> None:
        claim = claim_with(sam, review, "0 lag")
        for words in ("The index had 0 lag.", "0 lag, caught up."):
            with db.transaction() as session:
                by, seen = Reviewer(words[:5]), "The index was caught up, with 0 lag."
                edit_claim(session, int(claim), text=words, by=by, now=NOW, seen=seen)
        page = sam.sees(f"{review}?claim={claim}")
        (proposal,) = set(re.findall(r'name="proposal" value="(\d+)"', page))
        sam.sends(f"{review}/claims/{claim}/leave", {"proposal": proposal})
        shown = text_of(sam.sees(f"{review}?claim={claim}"))
        assert "The index had 0 lag." in shown
        assert "0 lag, caught up." not in shown

    @pytest.mark.parametrize("settled", ["take", "leave"])
    def test_a_proposal_is_settled_at_its_own_sentence_only(
        self, db: Database, sam: Visitor, review: str, settled: str
    ) -> None:
        claim, other = claim_with(sam, review, "0 lag"), claim_with(sam, review, "41 orders")
        for words in ("The index had 0 lag.", "0 lag, caught up."):
            with db.transaction() as session:
                by, seen = Reviewer(words[:5]), "The index was caught up, with 0 lag."
                edit_claim(session, int(claim), text=words, by=by, now=NOW, seen=seen)
        page = sam.sees(f"{review}?claim={claim}")
        (proposal,) = set(re.findall(r'name="proposal" value="(\d+)"', page))
        answer = sam.sends(f"{review}/claims/{other}/{settled}", {"proposal": proposal})
        assert answer.status_code == 409
        assert "This proposal stands beside another sentence. Nothing was saved" in answer.text
        shown = text_of(sam.sees(f"{review}?claim={claim}"))
        assert "The index had 0 lag." in shown
        assert "proposes: 0 lag, caught up." in shown

    def test_a_claim_of_another_incident_is_not_here(
        self, sam: Visitor, review: str, world: World
    ) -> None:
        claim = claim_with(sam, review, "0 lag")
        elsewhere = f"/incidents/{world.incident_id + 1}/review/claims/{claim}/verify"
        for address in (elsewhere, f"{review}/claims/99999/verify", f"{review}/comments/9/settle"):
            assert sam.sends(address).status_code == 404

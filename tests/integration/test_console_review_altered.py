"""Altered sentences on the review page, for who asked for them."""

from html import unescape

import pytest
from sqlalchemy import select

from copilot.db import Database
from copilot.reviews.models import Claim, SeededCheck
from copilot.reviews.policies import set_policy
from copilot.reviews.review_policy import ReviewPolicy
from tests.console_world import TEAM, World
from tests.console_world.client import Visitor
from tests.integration.review_visits import NOW
from tests.integration.review_visits import checked as checked
from tests.integration.review_visits import database_url as database_url
from tests.integration.review_visits import review as review
from tests.integration.review_visits import sam as sam
from tests.integration.review_visits import world as world


class TestAltered:
    """Sentences that were altered on purpose, for who asked for them."""

    @pytest.fixture
    def altered(self, db: Database, world: World) -> None:
        policy = ReviewPolicy(seeded_share=0.2)
        with db.transaction() as session:
            set_policy(session, TEAM, policy, replaces=1, reason="try", by="U0ANA", now=NOW)

    def planted(self, db: Database, sam: Visitor, review: str) -> tuple[str, str, str]:
        """Its claim, how it reads on the page, and how the review has it."""
        sam.sees(review)
        with db.reading() as session:
            seeded = session.scalars(select(SeededCheck).order_by(SeededCheck.id)).first()
            assert seeded is not None
            real = session.get_one(Claim, seeded.claim_id).text
            return str(seeded.claim_id), seeded.text, real

    @pytest.mark.parametrize(
        ("act", "said"),
        [("verify", "This one got past you."), ("wrong", "You caught it."), ("edit", "You caught")],
    )
    def test_the_answer_is_revealed_in_its_place_and_says_nothing_of_the_real_one(
        self, db: Database, sam: Visitor, review: str, altered: None, act: str, said: str
    ) -> None:
        claim, shown, real = self.planted(db, sam, review)
        page = sam.sees(f"{review}?claim={claim}")
        assert shown in unescape(page)
        assert real not in unescape(page)
        assert "altered" not in page
        form = {"seen": shown, "text": "My own words."}
        answer = sam.sends(f"{review}/claims/{claim}/{act}", form)
        if act == "edit":  # what was typed is not lost with the sentence it was typed on
            after = unescape(answer.text)
            assert "My own words.</textarea>" in after
        else:
            assert answer.headers["location"].endswith(f"#c-{claim}")
            after = unescape(sam.sees(f"{review}?claim={claim}"))
        assert said in after
        assert real in after
        assert "0 of 11 sentences checked" in after

    def test_it_is_on_one_persons_page_only(
        self, db: Database, sam: Visitor, review: str, altered: None
    ) -> None:
        _, shown, real = self.planted(db, sam, review)
        for ending in ("md", "json"):
            taken = sam.http.get(f"{review}.{ending}").text
            assert shown not in taken
            assert real in taken
        assert shown not in unescape(sam.sees(f"{review}/versions"))

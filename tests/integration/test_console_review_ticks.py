"""Messages that are ticked for a sentence of one's own, wherever on the page they stand."""

import re
from dataclasses import dataclass

import pytest

from copilot.db import Database
from copilot.ports import Draft, DraftRequest
from copilot.reviews.drafting import draft_review, request_review
from copilot.reviews.export import read_for_export, to_html, to_markdown
from tests.console_world import World, build_world, world_clock
from tests.console_world.client import Visitor
from tests.console_world.one_database import ON_BOTH
from tests.integration.review_visits import NOW, claim_with
from tests.integration.review_visits import database_url as database_url
from tests.integration.review_visits import review as review
from tests.integration.review_visits import sam as sam
from tests.integration.review_visits import world as world
from tests.integration.test_console_pages import text_of

LITTLE = "The built-in engine found next to nothing in"


def listed(page: str) -> str:
    """The ticked messages that stand in the form."""
    found = re.search(r'<ul id="ticked"[^>]*>(.*?)</ul>', page, re.S)
    assert found
    return text_of(found[1])


class TestRefused:
    @ON_BOTH
    def test_a_tick_out_of_view_stays_in_the_form(
        self, db: Database, sam: Visitor, review: str, world: World
    ) -> None:
        claim = claim_with(sam, review, "0 lag")
        far, cited = min(world.stamps.values()), world.stamps["10:06:48"]
        form = {"text": "long " * 80, "section": "impact", "opened": claim}
        answer = sam.sends(f"{review}/claims", {**form, "message": ["", far, cited, "9.9"]})
        assert answer.status_code == 409
        assert f'name="message" value="{far}" checked' in answer.text
        assert len(re.findall(r'value="[^"]+" checked', answer.text)) == 2
        assert re.fullmatch(r"\w+, \d\d:\d\d:\d\d: .+", listed(answer.text).strip())

    def test_the_page_comes_back_with_as_much_of_the_conversation(
        self, sam: Visitor, review: str
    ) -> None:
        claim = claim_with(sam, review, "0 lag")
        shown = sam.sees(f"{review}?claim={claim}&before=10&after=3")
        assert 'name="before" value="10"' in shown
        first = re.findall(r'form="add-form" name="message" value="([\d.]+)"', shown)[0]
        form = {"text": "", "opened": claim, "before": "10", "after": "3"}
        answer = sam.sends(f"{review}/claims", {**form, "message": ["", first]})
        assert f'form="add-form" name="message" value="{first}" checked' in answer.text
        assert listed(answer.text).strip() == ""
        answer = sam.sends(f"{review}/claims/{claim}/edit", form)
        assert f'value="{first}"' in answer.text


@dataclass
class Speechless:
    """Read it all and found nothing, as the built-in engine does where nobody writes English."""

    engine: str = "local-3"

    def draft(self, request: DraftRequest) -> Draft:
        return Draft((), engine=self.engine)


class TestNextToNothing:
    @pytest.fixture
    def world(self, db: Database) -> World:
        return build_world(db, reviewed=False)

    def drafts(self, db: Database, world: World, engine: str) -> None:
        with db.transaction() as session:
            request_review(session, world.incident_id, NOW)
        draft_review(db, world.incident_id, Speechless(engine), world_clock())

    @ON_BOTH
    def test_it_is_said_once_and_people_can_tick_messages(
        self, db: Database, sam: Visitor, review: str, world: World
    ) -> None:
        self.drafts(db, world, "local-3")
        page = sam.sees(review)
        assert text_of(page).count(LITTLE) == 1
        assert "It reads English." in text_of(page)
        assert 'tabindex="-1" aria-label="Conversation"' in page
        assert page.count('class="pick"') > 20
        with db.reading() as session:
            read = read_for_export(session, world.incident_id)
        for told in (to_html(read.view, read.milestones), to_markdown(read.view, read.milestones)):
            assert told.count(f"{LITTLE} them; it reads English.") == 1
        form = {"section": "impact", "text": "The index had 0 lag."}
        sam.sends(f"{review}/claims", {**form, "message": ["", world.stamps["10:06:48"]]})
        page = text_of(sam.sees(review))
        assert page.count(LITTLE) == 1  # one sentence does not make a review
        assert "What stands here rests on 1 of them." in page
        stamps = sorted(world.stamps.values())[:4]
        sam.sends(f"{review}/claims", {**form, "text": "It was slow.", "message": ["", *stamps]})
        assert LITTLE not in text_of(sam.sees(review))

    def test_it_is_not_said_of_a_model(
        self, db: Database, sam: Visitor, review: str, world: World
    ) -> None:
        self.drafts(db, world, "model-1")
        assert LITTLE not in text_of(sam.sees(review))

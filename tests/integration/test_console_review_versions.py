"""The page of the versions of a review."""

from datetime import timedelta

from copilot.clock import ReplayClock
from copilot.db import Database
from copilot.reviews.drafting import draft_review
from copilot.timeline.recording import record
from copilot.timeline.slack_messages import to_records
from tests.console_world import CHANNEL, STARTS_AT, TEAM, World, world_clock
from tests.console_world.client import Visitor
from tests.console_world.engines import WorldDrafter
from tests.console_world.one_database import ON_BOTH
from tests.integration.review_visits import NOW, claim_with
from tests.integration.review_visits import database_url as database_url
from tests.integration.review_visits import review as review
from tests.integration.review_visits import sam as sam
from tests.integration.review_visits import world as world
from tests.integration.test_console_pages import text_of


def delete_source(db: Database, world: World, time: str) -> None:
    event = {"type": "message", "subtype": "message_deleted", "deleted_ts": world.stamps[time]}
    with db.transaction() as session:
        record(session, to_records(TEAM, event, CHANNEL), STARTS_AT)


class TestVersions:
    def test_one_version_has_nothing_to_compare_with(self, sam: Visitor, review: str) -> None:
        assert "There is one version" in sam.sees(f"{review}/versions")
        sam.sees(f"{review}/versions?from=1&to=9", status=404)
        sam.sees(f"{review}/versions?from=x", status=400)

    def test_words_added_and_removed_are_marked_for_eyes_and_ears(
        self, sam: Visitor, review: str
    ) -> None:
        claim = claim_with(sam, review, "0 lag")
        form = {"text": "The index had 0 lag."}
        sam.sends(f"{review}/claims/{claim}/edit", form)
        page = sam.sees(f"{review}?claim={claim}")
        assert '<ins><span class="visually-hidden">added: </span>had</ins>' in page
        assert '<span class="visually-hidden">removed: </span>was caught up, with</del>' in page

    @ON_BOTH
    def test_what_people_changed_within_a_version_is_told_with_who_and_when(
        self, db: Database, sam: Visitor, review: str
    ) -> None:
        for words, act, form in (
            ("0 lag", "edit", {"text": "The index had 0 lag."}),
            ("Staging has 300", "wrong", {}),
            ("41 orders", "verify", {}),
        ):
            sam.sends(f"{review}/claims/{claim_with(sam, review, words)}/{act}", form)
        page = sam.sees(f"{review}/versions")
        shown = text_of(page)
        assert "2 changes by people in it" in shown
        assert "sam put it otherwise, 4 Mar 2026, 13:05" in shown
        assert "removed: was caught up, with ; added: had ; 0 lag." in shown
        assert "sam marked it wrong, 4 Mar 2026, 13:05" in shown
        assert "removed: Staging has 300" in shown

    def test_what_is_taken_back_is_told_and_what_is_added_too(
        self, sam: Visitor, review: str, world: World
    ) -> None:
        claim = claim_with(sam, review, "Staging has 300")
        sam.sends(f"{review}/claims/{claim}/wrong")
        sam.sends(f"{review}/claims/{claim}/undo")
        form = {"section": "impact", "text": "The index had 0 lag."}
        sam.sends(f"{review}/claims", {**form, "message": world.stamps["10:06:48"]})
        shown = text_of(sam.sees(f"{review}/versions"))
        assert "3 changes by people in it" in shown
        assert "added: Staging has 300 products, so batches are never full. ; sam took it" in shown
        assert "added: The index had 0 lag. ; sam added it" in shown

    @ON_BOTH
    def test_what_stands_again_is_told_whoever_put_it_back(
        self, db: Database, sam: Visitor, review: str, world: World
    ) -> None:
        ben = Visitor(db, world_clock()).signs_in("ben")
        staging = f"{review}/claims/{claim_with(sam, review, 'Staging has 300')}"
        ben.sends(f"{staging}/wrong")
        sam.sends(f"{staging}/skip")  # does not put it back
        sam.sends(f"{staging}/verify")
        lag = f"{review}/claims/{claim_with(sam, review, '0 lag')}"
        ben.sends(f"{lag}/wrong")
        sam.sends(f"{lag}/edit", {"text": "The index had 0 lag."})
        shown = text_of(sam.sees(f"{review}/versions"))
        assert "4 changes by people in it" in shown
        assert "added: Staging has 300 products, so batches are never full." in shown
        assert "sam verified it, so it stands again, 4 Mar 2026, 13:05" in shown
        assert "added: The index had 0 lag. ; sam put it otherwise, so it stands again" in shown

    def test_each_change_stands_with_the_version_that_it_was_made_in(
        self, db: Database, sam: Visitor, review: str, world: World
    ) -> None:
        claim = claim_with(sam, review, "0 lag")
        sam.sends(f"{review}/claims/{claim}/edit", {"text": "The index had 0 lag."})
        later = ReplayClock(NOW + timedelta(minutes=1))
        sam.sends(f"{review}/draft")
        draft_review(db, world.incident_id, WorldDrafter(), later)
        page = sam.sees(f"{review}/versions")
        newest, first = page.split('<li id="v-1">')
        assert "put it otherwise" in first
        assert "put it otherwise" not in newest

    def test_what_a_deleted_message_said_is_not_told_by_a_change(
        self, db: Database, sam: Visitor, review: str, world: World
    ) -> None:
        claim = claim_with(sam, review, "0 lag")
        sam.sends(f"{review}/claims/{claim}/edit", {"text": "The index had 0 lag."})
        sam.sends(f"{review}/claims/{claim_with(sam, review, 'Staging has')}/wrong")
        delete_source(db, world, "10:06:48")
        shown = text_of(sam.sees(f"{review}/versions"))
        assert "caught up, with" not in shown
        assert "added: The index had 0 lag." in shown
        assert "Staging has 300" in shown

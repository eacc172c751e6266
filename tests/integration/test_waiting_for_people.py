"""What keeps the next section waiting is something that somebody can check, or it waits no more."""

from datetime import UTC, datetime

from copilot.clock import ReplayClock
from copilot.db import Database
from copilot.jobs import Job, QueuedJob
from copilot.reviews.debt import debt_of
from copilot.reviews.policies import set_policy
from copilot.reviews.review_policy import SHIPPED, ReviewPolicy
from copilot.reviews.reviewers import Reviewer
from copilot.reviews.verification import undo, verify
from copilot.reviews.zone_changes import change_zone
from tests.fakes.channel_story import row_ids
from tests.fakes.drafter import a_claim
from tests.integration.reviewing import (
    ROLLBACK,
    TEAM,
    an_incident,
    claim_like,
    draft,
    few_sections,
    read,
    talk,
)

ANA = Reviewer("Ana", "UANA")
ROLLING = a_claim("Deploy 4812 was rolling back.", (2, "rolling back deploy 4812"))


def test_a_proposal_goes_with_the_section_that_the_template_drops(
    db: Database, clock: ReplayClock
) -> None:
    few_sections(db, "impact", "key_moments")
    incident_id = an_incident(db)
    talk(db)
    claim_id = claim_like(draft(db, incident_id, clock, ROLLBACK), "ben was").id
    with db.transaction() as session:
        verify(session, claim_id, by=ANA, now=clock.now())
    assert draft(db, incident_id, clock, ROLLING).open_proposals == 1
    with db.transaction() as session:
        undo(session, claim_id, by=ANA, now=clock.now())
        kept = ReviewPolicy(sections=tuple(wish for wish in SHIPPED if wish.key == "impact"))
        set_policy(session, TEAM, kept, replaces=2, reason="less", by="UANA", now=clock.now())
    assert draft(db, incident_id, clock).claims == []
    with db.reading() as session:
        assert debt_of(session, incident_id, clock.now()).claims == 0


def test_other_clocks_that_set_sentences_apart_let_the_next_section_be_drafted(
    db: Database, clock: ReplayClock, sent_jobs: list[QueuedJob]
) -> None:
    few_sections(db, "key_moments", "response", debt_cap_minutes=1.0)
    incident_id = an_incident(db)
    stamps = talk(db)
    at = datetime.fromtimestamp(int(stamps[1].split(".")[0]), UTC)
    timed = [
        a_claim(f"{at:%H:%M} ben was rolling back deploy 4812{end}", (2, "rolling back deploy"))
        for end in (".", " then.", " again.", " at last.", " now.", " anew.")
    ]
    view = draft(db, incident_id, clock, *timed)
    assert (len(view.claims), view.waits_for_people) == (6, True)
    with db.transaction() as session:
        change_zone(session, incident_id, "Asia/Tokyo", clock.now())
    assert read(db, incident_id).claims == []
    assert row_ids(sent_jobs, Job.DRAFT_REVIEW) == [incident_id]

"""Only who holds the lease of a review's draft gives it back."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from copilot.clock import ReplayClock
from copilot.db import Database
from copilot.incidents.models import Incident
from copilot.ports import Draft, DraftRequest
from copilot.reviews.drafting import draft_now, draft_requested_review, request_review
from tests.fakes.drafter import ScriptedDrafter
from tests.integration.reviewing import NORMAL, an_incident, few_sections, talk


class OvertakenDrafter(ScriptedDrafter):
    """So slow that somebody else holds the lease before it has written anything."""

    def __init__(self, db: Database, clock: ReplayClock) -> None:
        super().__init__((NORMAL,))
        self.others_lease = clock.now() + timedelta(minutes=25)
        self._db = db

    def draft(self, request: DraftRequest) -> Draft:
        with self._db.transaction() as session:
            session.execute(update(Incident).values(review_due_at=self.others_lease))
        return super().draft(request)


def test_a_slow_worker_does_not_end_the_lease_of_who_took_over(
    db: Database, clock: ReplayClock
) -> None:
    few_sections(db, "impact")
    incident_id = an_incident(db)
    talk(db)
    with db.transaction() as session:
        request_review(session, incident_id, clock.now())
    drafter = OvertakenDrafter(db, clock)
    assert draft_requested_review(db, incident_id, drafter, clock, clock) is not None
    with db.reading() as session:
        assert session.get_one(Incident, incident_id).review_due_at == drafter.others_lease


class InterruptedDrafter(ScriptedDrafter):
    def draft(self, request: DraftRequest) -> Draft:
        raise KeyboardInterrupt


def test_who_interrupts_a_draft_may_begin_another_at_once(db: Database, clock: ReplayClock) -> None:
    few_sections(db, "impact")
    incident_id = an_incident(db)
    talk(db)
    with pytest.raises(KeyboardInterrupt):
        draft_now(db, incident_id, InterruptedDrafter(), clock, lease_clock=clock)
    with db.reading() as session:
        row = session.get_one(Incident, incident_id)
        assert (row.review_due_at, row.review_attempts) == (None, 0)
    clock.advance_to(clock.now() + timedelta(seconds=1))
    drafter = ScriptedDrafter((NORMAL,))
    assert draft_now(db, incident_id, drafter, clock, lease_clock=clock) > 0

"""A sentence that is kept apart is told which message it should cite as well."""

from datetime import timedelta

import pytest

from copilot.clock import ReplayClock
from copilot.db import Database
from copilot.incidents.models import Incident
from copilot.ports import WindowMessage
from copilot.reviews.citing import cite
from copilot.reviews.nearby import REACH, message_to_cite
from copilot.reviews.reviewers import Reviewer
from copilot.reviews.verification import edit_claim
from tests.integration.reviewing import (
    ROLLBACK,
    START,
    an_incident,
    claim_like,
    delete_message,
    draft,
    read,
    say,
    talk,
)

ANA = Reviewer("ana", "UANA")


@pytest.fixture
def clock() -> ReplayClock:
    return ReplayClock(START + timedelta(hours=1))


def put(db: Database, incident_id: int, text: str, clock: ReplayClock) -> int:
    """The drafted sentence in a person's words; its id."""
    claim = claim_like(read(db, incident_id), "4812").id
    with db.transaction() as session:
        edit_claim(session, claim, text=text, by=ANA, now=clock.now())
    return claim


def found(db: Database, incident_id: int, claim_id: int) -> WindowMessage | None:
    with db.reading() as session:
        return message_to_cite(session, session.get_one(Incident, incident_id), claim_id)


def test_the_message_that_says_the_rest_is_found_and_makes_it_whole(
    db: Database, clock: ReplayClock
) -> None:
    incident = an_incident(db)
    talk(db)
    draft(db, incident, clock, ROLLBACK)
    claim = put(db, incident, "Ben undid deploy 4812 as 12% of requests got a 500.", clock)
    assert not claim_like(read(db, incident), "undid").supported
    message = found(db, incident, claim)
    assert message is not None
    assert message.text.startswith("checkout is failing")
    with db.transaction() as session:
        cite(session, claim, message_ts=message.message_ts, by=ANA, now=clock.now())
    assert claim_like(read(db, incident), "undid").supported
    assert found(db, incident, claim) is None


def test_what_nobody_said_has_no_message(db: Database, clock: ReplayClock) -> None:
    incident = an_incident(db)
    talk(db)
    draft(db, incident, clock, ROLLBACK)
    claim = put(db, incident, "Ben undid deploy 4812 on host db-77 at 03:31.", clock)
    assert not claim_like(read(db, incident), "undid").supported
    assert found(db, incident, claim) is None


def test_neither_deleted_nor_distant_messages_are_offered(db: Database, clock: ReplayClock) -> None:
    incident = an_incident(db)
    talk(db)
    near = say(db, "UANA", "queue-7 is at 950 jobs")
    for at in range(REACH):
        say(db, "UANA", f"still looking, step {at}")
    say(db, "UANA", "queue-7 is at 950 jobs, still")
    delete_message(db, near)
    draft(db, incident, clock, ROLLBACK)
    claim = put(db, incident, "Ben undid deploy 4812 with queue-7 at 950 jobs.", clock)
    assert not claim_like(read(db, incident), "undid").supported
    assert found(db, incident, claim) is None

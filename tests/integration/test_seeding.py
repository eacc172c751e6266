"""Altered sentences: only where an admin wants them, only on one page, never a claim."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from copilot.clock import ReplayClock
from copilot.db import Database
from copilot.errors import AlreadyDecidedError, NotFoundError
from copilot.reviews.alterations import alterations_of
from copilot.reviews.debt import debt_of
from copilot.reviews.export import to_json, to_markdown
from copilot.reviews.gap_reports import read_ledger
from copilot.reviews.models import Claim, SeededCheck
from copilot.reviews.reading import current_review
from copilot.reviews.review_policy import ReviewPolicy
from copilot.reviews.reviewers import Reviewer
from copilot.reviews.seeding import SeededClaim, answer_seeded, seeded_for
from copilot.reviews.signing import what_is_missing
from copilot.reviews.verification import edit_claim, verify
from tests.fakes.drafter import a_claim
from tests.integration.reviewing import (
    NORMAL,
    ROLLBACK,
    START,
    an_incident,
    claim_like,
    draft,
    few_sections,
    read,
    say,
    talk,
)
from tests.one_database import ON_BOTH
from tests.one_database import database_url as database_url

ANA, BEN = Reviewer("ana", "UANA"), Reviewer("ben", "UBEN")
EVERY, NONE = ReviewPolicy(seeded_share=1.0), ReviewPolicy()
SHARE = a_claim("12% of requests got a 500.", (1, "12% of requests get a 500"))
CLOCK = ReplayClock(START + timedelta(hours=2))


@pytest.fixture
def clock() -> ReplayClock:
    return ReplayClock(START + timedelta(hours=2))


@pytest.fixture
def incident_id(db: Database, clock: ReplayClock) -> int:
    incident_id = an_incident(db)
    talk(db)
    few_sections(db, "key_moments")
    draft(db, incident_id, clock, ROLLBACK, NORMAL, SHARE)
    return incident_id


def seeded(
    db: Database, incident_id: int, policy: ReviewPolicy = EVERY, by: Reviewer = ANA
) -> list[SeededClaim]:
    with db.transaction() as session:
        return seeded_for(session, incident_id, by.signature, policy, CLOCK.now())


def everything_said(db: Database, incident_id: int) -> str:
    """All that leaves the review in any form."""
    with db.reading() as session:
        view = current_review(session, incident_id)
        assert view is not None
        ledger = read_ledger(session, [incident_id], CLOCK.now())
        missing = what_is_missing(session, incident_id)
        claims = [claim.text for claim in session.scalars(select(Claim))]
    return "\n".join(
        (to_markdown(view), json.dumps(to_json(view)), repr(ledger), *missing, *claims)
    )


@ON_BOTH
def test_there_are_none_unless_an_admin_wants_them(db: Database, incident_id: int) -> None:
    assert seeded(db, incident_id, NONE) == []
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(SeededCheck)) == 0


def test_what_is_altered_is_refused_as_a_claim_and_is_in_nothing_that_leaves(
    db: Database, incident_id: int, clock: ReplayClock
) -> None:
    before = everything_said(db, incident_id)
    shown = seeded(db, incident_id)
    assert shown
    assert everything_said(db, incident_id) == before
    for one in shown:
        assert one.text not in before
        with db.transaction() as session:
            claim = session.get_one(Claim, one.claim_id)
            assert claim.text != one.text
            edit_claim(session, one.claim_id, by=BEN, now=clock.now(), text=one.text)
            assert not claim.is_supported
    view = read(db, incident_id)
    published = {claim.text for claim in view.claims}
    assert published.isdisjoint(one.text for one in shown)


def test_what_would_be_true_as_well_is_no_altered_sentence(
    db: Database, clock: ReplayClock
) -> None:
    """Here the source carries the first thing that would be said instead."""
    true = "We restarted 3 workers, 40 s late."
    also_true = alterations_of(true)[0].text
    incident_id = an_incident(db)
    say(db, "UBEN", f"{true} {also_true}")
    few_sections(db, "key_moments")
    draft(db, incident_id, clock, a_claim(true, (1, true)))
    (shown,) = seeded(db, incident_id)
    assert shown.text not in (true, also_true)


def test_everybody_has_their_own_and_the_same_ones_again(db: Database, incident_id: int) -> None:
    mine = seeded(db, incident_id)
    assert seeded(db, incident_id) == mine
    with db.transaction() as session, pytest.raises(NotFoundError, match="no such sentence"):
        answer_seeded(session, mine[0].seeded_id, by=BEN, caught=True, now=CLOCK.now())


@ON_BOTH
def test_an_answer_reveals_it_once_and_counts_it(db: Database, incident_id: int) -> None:
    one = seeded(db, incident_id)[0]
    with db.transaction() as session:
        debt = debt_of(session, incident_id, CLOCK.now())
        revealed = answer_seeded(session, one.seeded_id, by=ANA, caught=False, now=CLOCK.now())
        claim = session.get_one(Claim, one.claim_id)
        assert (revealed.text, revealed.text_shown) == (claim.text, one.text)
        assert claim.state == "unverified"
        assert debt_of(session, incident_id, CLOCK.now()) == debt
    assert revealed.was in claim.text
    assert revealed.is_now in one.text
    assert "got past you" in revealed.words
    assert one.seeded_id not in {each.seeded_id for each in seeded(db, incident_id)}
    with db.transaction() as session, pytest.raises(AlreadyDecidedError, match="already"):
        answer_seeded(session, one.seeded_id, by=ANA, caught=True, now=CLOCK.now())
    with db.reading() as session:
        rate = read_ledger(session, [incident_id], CLOCK.now()).gap().seeded
    assert (rate.hits, rate.of) == (0, 1)


def test_it_goes_once_somebody_has_checked_the_real_one(db: Database, incident_id: int) -> None:
    shown = seeded(db, incident_id)
    with db.transaction() as session:
        verify(session, shown[0].claim_id, by=BEN, now=CLOCK.now())
    left = seeded(db, incident_id)
    assert shown[0].seeded_id not in {one.seeded_id for one in left}


def test_a_share_is_of_all_sentences(db: Database, incident_id: int) -> None:
    few = ReviewPolicy(seeded_share=0.1)
    assert seeded(db, incident_id, few) == []  # a tenth of three
    third = ReviewPolicy(seeded_share=0.34)
    assert len(seeded(db, incident_id, third)) == 1
    assert claim_like(read(db, incident_id), "rolling back").text == ROLLBACK.text

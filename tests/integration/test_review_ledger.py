"""The ledger has what happened, the debt follows from it, and drafting waits for people."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from copilot.clock import ReplayClock
from copilot.db import Database
from copilot.incidents.models import Incident
from copilot.incidents.queries import get_incident
from copilot.jobs import Job, QueuedJob
from copilot.reviews import ledger
from copilot.reviews.amendments import amend
from copilot.reviews.comments import write_comment
from copilot.reviews.debt import debt_of, may_draft_on, seconds_per_source_in
from copilot.reviews.gap_entries import Entry
from copilot.reviews.gap_reading import entries_of
from copilot.reviews.gap_reports import read_ledger, read_ledger_since
from copilot.reviews.models import Claim, LedgerEntry, Review
from copilot.reviews.policies import policy_in_force, set_policy
from copilot.reviews.proposals import leave_proposal
from copilot.reviews.review_policy import ReviewPolicy
from copilot.reviews.reviewers import Reviewer
from copilot.reviews.signing import sign_off
from copilot.reviews.verification import cite, edit_claim, mark_wrong, undo, verify
from copilot.reviews.vocabulary import LedgerKind
from copilot.reviews.weeks import span_of_week, week_of
from copilot.timeline.models import TimelineEvent
from tests.fakes.drafter import a_claim
from tests.integration.reviewing import (
    INVENTED,
    NORMAL,
    ROLLBACK,
    START,
    TEAM,
    an_incident,
    claim_like,
    draft,
    few_sections,
    read,
    talk,
)
from tests.one_database import ON_BOTH
from tests.one_database import database_url as database_url

ANA, BEN = Reviewer("ana", "UANA"), Reviewer("ben", "UBEN")


@pytest.fixture
def clock() -> ReplayClock:
    return ReplayClock(START + timedelta(hours=2))


@pytest.fixture
def incident_id(db: Database) -> int:
    incident_id = an_incident(db)
    talk(db)
    few_sections(db, "key_moments")
    return incident_id


def lines(db: Database, incident_id: int) -> list[Entry]:
    with db.reading() as session:
        return entries_of(session, [incident_id])


def opens(db: Database, claim_id: int, seconds: float, by: Reviewer, clock: ReplayClock) -> None:
    with db.transaction() as session:
        claim = session.get_one(Claim, claim_id)
        incident = get_incident(session, session.get_one(Review, claim.review_id).incident_id)
        ledger.note(
            session,
            incident,
            LedgerKind.OPENED,
            claim=claim,
            person=by.signature,
            seconds=seconds,
            now=clock.now(),
        )


@ON_BOTH
def test_what_happens_to_a_sentence_is_noted(
    db: Database, incident_id: int, clock: ReplayClock
) -> None:
    view = draft(db, incident_id, clock, ROLLBACK, NORMAL, INVENTED)
    rollback, normal = claim_like(view, "rolling back"), claim_like(view, "normal")
    opens(db, rollback.id, 12.5, ANA, clock)
    with db.transaction() as session:
        verify(session, rollback.id, by=ANA, now=clock.now())
        undo(session, rollback.id, by=ANA, now=clock.now())
        edit_claim(
            session, rollback.id, by=BEN, now=clock.now(), text="ben was rolling back deploy 4812"
        )
        mark_wrong(session, normal.id, by=BEN, now=clock.now())
    told = [(one.kind, one.claim_id, one.person) for one in lines(db, incident_id)]
    assert sorted(told, key=str) == sorted(
        [
            ("drafted", rollback.id, None),
            ("drafted", normal.id, None),
            ("opened", rollback.id, "ana"),
            ("verified", rollback.id, "ana"),
            ("undone", rollback.id, "ana"),
            ("edited", rollback.id, "ben"),
            ("rejected", normal.id, "ben"),
        ],
        key=str,
    )
    drafted = next(one for one in lines(db, incident_id) if one.claim_id == rollback.id)
    assert (drafted.words, drafted.sources, drafted.source_words, drafted.version) == (6, 1, 4, 1)
    edited = next(one for one in lines(db, incident_id) if one.kind == "edited")
    assert edited.edit_distance == pytest.approx(1 / 6)  # of the last word, the full stop went
    with db.reading() as session:
        kept = " ".join(str(row.details) for row in session.scalars(select(LedgerEntry)))
    assert "4812" not in kept  # counts, never words


@ON_BOTH
def test_a_sentence_is_drafted_once_however_often_it_is_noted(
    db: Database, incident_id: int, clock: ReplayClock
) -> None:
    draft(db, incident_id, clock, ROLLBACK, NORMAL)
    draft(db, incident_id, clock, ROLLBACK)
    with db.transaction() as session:
        claims = session.scalars(select(Claim)).all()
        ledger.note_drafted(session, get_incident(session, incident_id), claims, clock.now())
        count = select(LedgerEntry.kind, func.count()).group_by(LedgerEntry.kind)
        assert dict(session.execute(count).all()) == {"drafted": 2, "withdrawn": 1}


@ON_BOTH
def test_citing_commenting_and_amending_have_their_lines_and_change_no_number(
    db: Database, incident_id: int, clock: ReplayClock
) -> None:
    with db.reading() as session:
        said = session.scalars(
            select(TimelineEvent.message_ts)
            .where(TimelineEvent.message_ts.is_not(None))
            .order_by(TimelineEvent.occurred_at)
        )
        stamps = [stamp for stamp in said if stamp]
    view = draft(db, incident_id, clock, ROLLBACK, NORMAL)
    rolled_back, normal = claim_like(view, "4812").id, claim_like(view, "normal").id
    with db.transaction() as session:
        for claim_id in (rolled_back, normal):
            verify(session, claim_id, by=ANA, now=clock.now())
    with db.reading() as session:
        before = read_ledger(session, [incident_id], clock.now()).gap()
    clock.advance_to(clock.now() + timedelta(minutes=1))
    with db.transaction() as session:
        given: dict[str, Any] = {"by": BEN, "now": clock.now()}
        cite(session, rolled_back, message_ts=stamps[3], **given)
        write_comment(session, incident_id, claim_id=normal, text="since when?", **given)
        write_comment(session, incident_id, text="well done", **given)
        sign_off(session, incident_id, **given)
        words = "The error rate is back to normal, the failover worked."
        amend(session, incident_id, claim_id=normal, text=words, why="what helped", **given)
        amend(session, incident_id, claim_id=rolled_back, text=None, why="beside it", **given)
    told = [(one.kind, one.claim_id, one.words) for one in lines(db, incident_id)][-5:]
    (*_, (_, new_id, _), _) = told
    assert told == [
        ("cited", rolled_back, 6),
        ("commented", normal, 7),
        ("commented", None, 0),
        ("amended", new_id, 10),
        ("amended", rolled_back, 6),
    ]
    assert new_id not in (None, normal)
    with db.reading() as session:
        ledger_now = read_ledger(session, [incident_id], clock.now())
        assert ledger_now.gap() == before
        assert debt_of(session, incident_id, clock.now()).reviewers == 1
        rows = session.scalars(select(LedgerEntry)).all()
        assert {row.person for row in rows if row.kind in ("cited", "amended")} == {"ben"}


def test_the_debt_is_the_same_from_claims_and_from_the_ledger(
    db: Database, incident_id: int, clock: ReplayClock
) -> None:
    view = draft(db, incident_id, clock, ROLLBACK, NORMAL, INVENTED)

    def debts() -> tuple[float, float, float]:
        with db.reading() as session:
            found = debt_of(session, incident_id, clock.now()).minutes
            computed = read_ledger(session, [incident_id], clock.now()).gap().debt_minutes
            left = session.get_one(Incident, incident_id).review_debt_minutes
        return found, computed, left

    both = (6 + 7) / 238 + 2 * 15 / 60
    assert debts() == pytest.approx((both, both, both))
    with db.transaction() as session:
        verify(session, claim_like(view, "normal").id, by=ANA, now=clock.now())
    assert debts() == pytest.approx((6 / 238 + 0.25,) * 3)
    other = replace(NORMAL, text="The error rate is back to normal.")
    again = draft(db, incident_id, clock, other)  # drops one, proposes beside the other
    (proposal,) = claim_like(again, "normal").proposals
    assert debts() == pytest.approx((7 / 238 + 0.25,) * 3)
    with db.transaction() as session:
        leave_proposal(session, proposal.id, by=ANA, now=clock.now())
    assert debts() == pytest.approx((0, 0, 0))


@ON_BOTH
def test_the_newest_weeks_come_out_the_same_from_their_own_lines(
    db: Database, incident_id: int, clock: ReplayClock
) -> None:
    untouched = a_claim("12% of requests got a 500.", (1, "12% of requests get a 500"))
    view = draft(db, incident_id, clock, ROLLBACK, NORMAL, untouched)
    ids = [claim_like(view, "4812").id, claim_like(view, "normal").id]
    weeks = [week_of(clock.now() + timedelta(weeks=number)) for number in range(5)]
    for number, act in enumerate((None, verify, mark_wrong, undo, verify)):
        for claim_id in ids[number % 2 :]:
            clock.advance_to(clock.now() + timedelta(days=2))
            opens(db, claim_id, 3.0, ANA, clock)
            if act is not None:
                with db.transaction() as session:
                    act(session, claim_id, by=BEN, now=clock.now())
        clock.advance_to(clock.now() + timedelta(days=3))
    with db.transaction() as session:
        write_comment(session, incident_id, text="all done?", by=ANA, now=clock.now())
    with db.reading() as session:
        whole = read_ledger(session, [incident_id], clock.now())
        for first in range(5):
            since = span_of_week(weeks[first])[0]
            lately = read_ledger_since(session, [incident_id], since, clock.now())
            assert [lately.gap(week) for week in weeks[first:]] == [
                whole.gap(week) for week in weeks[first:]
            ]
        assert len(lately.entries) < len(whole.entries)
        assert read_ledger_since(session, [incident_id + 1], since, clock.now()).entries == []


def test_reviewers_are_those_who_acted_within_a_day(
    db: Database, incident_id: int, clock: ReplayClock
) -> None:
    left = a_claim("12% of requests got a 500.", (1, "12% of requests get a 500"))
    view = draft(db, incident_id, clock, ROLLBACK, NORMAL, left)

    def reviewers(later: timedelta) -> int:
        with db.reading() as session:
            return debt_of(session, incident_id, clock.now() + later).reviewers

    assert reviewers(timedelta(0)) == 1
    with db.transaction() as session:
        verify(session, claim_like(view, "normal").id, by=ANA, now=clock.now())
        verify(session, claim_like(view, "normal").id, by=BEN, now=clock.now())
        mark_wrong(session, claim_like(view, "rolling").id, by=BEN, now=clock.now())
    assert reviewers(timedelta(hours=23)) == 2
    assert reviewers(timedelta(hours=24)) == 1
    with db.reading() as session:
        debt = debt_of(session, incident_id, clock.now())
    assert debt.minutes == pytest.approx(6 / 238 + 0.25)
    assert debt.minutes_each == debt.minutes / 2


def test_the_next_section_waits_until_people_caught_up(
    db: Database, clock: ReplayClock, sent_jobs: list[QueuedJob]
) -> None:
    incident_id = an_incident(db)
    talk(db)
    few_sections(db, "key_moments", "response", debt_cap_minutes=1)
    twice = a_claim(ROLLBACK.text, (2, "rolling back"), (2, "deploy 4812"))
    again = a_claim(NORMAL.text, (6, "error rate is"), (6, "back to normal"))
    view = draft(db, incident_id, clock, twice, again)
    assert view.waits_for_people  # for 13 words and four sources: 1.05 minutes
    sent_jobs.clear()
    with db.transaction() as session:
        incident = get_incident(session, incident_id)
        assert not may_draft_on(session, incident, ReviewPolicy(debt_cap_minutes=1), clock.now())
        assert may_draft_on(session, incident, ReviewPolicy(debt_cap_minutes=1.1), clock.now())
    with db.transaction() as session:
        verify(session, claim_like(view, "normal").id, by=ANA, now=clock.now())
    assert QueuedJob(Job.DRAFT_REVIEW, incident_id) in sent_jobs
    assert not read(db, incident_id).waits_for_people


@ON_BOTH
def test_a_higher_cap_has_the_next_section_drafted(
    db: Database, clock: ReplayClock, sent_jobs: list[QueuedJob]
) -> None:
    incident_id = an_incident(db)
    talk(db)
    few_sections(db, "key_moments", "response", debt_cap_minutes=1)
    twice = [a_claim(NORMAL.text, *[(6, "error rate is")] * 5)]
    assert draft(db, incident_id, clock, *twice).waits_for_people
    sent_jobs.clear()
    with db.transaction() as session:
        in_force = policy_in_force(session, TEAM)
        more = replace(in_force.policy, debt_cap_minutes=5)
        version = in_force.version
        set_policy(session, TEAM, more, replaces=version, reason="x", by="UANA", now=clock.now())
    assert QueuedJob(Job.DRAFT_REVIEW, incident_id) in sent_jobs


def test_the_time_per_source_is_the_workspaces_own_once_it_is_known(
    db: Database, incident_id: int, clock: ReplayClock
) -> None:
    view = draft(db, incident_id, clock, ROLLBACK)
    claim_id = view.claims[0].id

    def seconds() -> float:
        with db.reading() as session:
            return seconds_per_source_in(session, TEAM)

    for _ in range(19):
        opens(db, claim_id, 30, ANA, clock)
        with db.transaction() as session:
            verify(session, claim_id, by=ANA, now=clock.now())
        clock.advance_to(clock.now() + timedelta(minutes=1))
    assert seconds() == 15
    opens(db, claim_id, 30, ANA, clock)
    with db.transaction() as session:
        verify(session, claim_id, by=ANA, now=clock.now())
    assert seconds() == pytest.approx(30 - 6 / 238 * 60)

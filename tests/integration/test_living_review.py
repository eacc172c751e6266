"""One review, drafted again and again while people check it: nothing of theirs is lost."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from copilot.clock import ReplayClock
from copilot.db import Database
from copilot.errors import BadInputError, NotFoundError
from copilot.jobs import Job, QueuedJob
from copilot.ports import (
    DraftedClaim,
    Judged,
    Judgement,
    JudgeRequest,
    Support,
)
from copilot.reviews import proposals
from copilot.reviews.claim_views import WITHHELD
from copilot.reviews.comments import settle_comment, write_comment
from copilot.reviews.drafting import draft_requested_review, draft_review, reviews_to_draft
from copilot.reviews.history import difference, versions
from copilot.reviews.models import ClaimState, LedgerEntry, Review, Section
from copilot.reviews.policies import set_policy
from copilot.reviews.reading import current_review
from copilot.reviews.review_policy import ReviewPolicy
from copilot.reviews.reviewers import Reviewer
from copilot.reviews.verification import (
    add_claim,
    cite,
    edit_claim,
    mark_wrong,
    skip,
    undo,
    verify,
)
from copilot.reviews.vocabulary import ActKind
from copilot.reviews.zone_changes import change_zone
from tests.fakes.drafter import ScriptedDrafter, a_claim
from tests.integration.reviewing import (
    INVENTED,
    NORMAL,
    ROLLBACK,
    TEAM,
    acts_on,
    an_incident,
    claim_like,
    delete_message,
    draft,
    edit_message,
    few_sections,
    read,
    talk,
)
from tests.one_database import ON_BOTH
from tests.one_database import database_url as database_url

ANA, BEN = Reviewer("Ana", "UANA"), Reviewer("Ben", "UBEN")
OTHERWISE = "Deploy 4812 was rolled back by ben."
ROLLING = a_claim("Deploy 4812 was rolling back.", (2, "rolling back deploy 4812"))


@pytest.fixture
def incident_id(db: Database) -> int:
    few_sections(db, "impact", "key_moments")
    return an_incident(db)


@pytest.fixture
def stamps(db: Database, incident_id: int) -> list[str]:
    return talk(db)


@pytest.fixture
def act(db: Database, clock: ReplayClock) -> Callable[..., Any]:
    """Do something in a transaction of its own, at the clock's instant."""

    def do(what: Callable[..., Any], *args: Any, by: Reviewer = ANA, **more: Any) -> Any:
        with db.transaction() as session:
            return what(session, *args, by=by, now=clock.now(), **more)

    return do


Act = Callable[..., Any]


def test_what_somebody_put_otherwise_meanwhile_cannot_be_verified_unread(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock, act: Act
) -> None:
    claim_id = draft(db, incident_id, clock, ROLLBACK).claims[0].id
    act(edit_claim, claim_id, text=OTHERWISE, seen=ROLLBACK.text)
    for judge in (verify, mark_wrong):
        with pytest.raises(BadInputError, match="Ana put this sentence otherwise.*" + OTHERWISE):
            act(judge, claim_id, by=BEN, seen=ROLLBACK.text)
    act(verify, claim_id, by=BEN, seen=OTHERWISE)
    (claim,) = read(db, incident_id).claims
    assert (claim.state, claim.checked_by) == (ClaimState.VERIFIED, "Ben")
    assert [(mark.person, mark.kind) for mark in claim.marks] == [
        ("Ben", ActKind.VERIFIED),
        ("Ana", ActKind.EDITED),
    ]


def test_of_two_edits_at_once_the_second_waits_beside_the_first(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock, act: Act
) -> None:
    claim_id = draft(db, incident_id, clock, ROLLBACK).claims[0].id
    act(edit_claim, claim_id, text=OTHERWISE, seen=ROLLBACK.text)
    act(edit_claim, claim_id, by=BEN, text="ben was reverting 4812.", seen=ROLLBACK.text)
    (claim,) = read(db, incident_id).claims
    assert (claim.text, claim.checked_by) == (OTHERWISE, "Ana")
    (beside,) = claim.proposals
    assert (beside.text, beside.by) == ("ben was reverting 4812.", "Ben")
    act(proposals.take_proposal, beside.id, seen=OTHERWISE)
    (claim,) = read(db, incident_id).claims
    assert (claim.id, claim.text, claim.checked_by) == (claim_id, beside.text, "Ben")
    assert claim.proposals == []
    with db.reading() as session:
        told = [(line.kind, line.person, line.text) for line in acts_on(session, claim_id)]
    assert told == [
        (ActKind.EDITED, "Ana", OTHERWISE),
        (ActKind.PROPOSED, "Ben", beside.text),
        (ActKind.TAKEN, "Ana", beside.text),
    ]


def test_what_a_person_put_beside_it_outlives_drafts_and_is_not_taken_unproven(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock, act: Act
) -> None:
    claim_id = draft(db, incident_id, clock, ROLLBACK).claims[0].id
    act(edit_claim, claim_id, text=OTHERWISE, seen=ROLLBACK.text)
    invented = "Frederick rolled back deploy 4812 at 09:15."
    act(edit_claim, claim_id, by=BEN, text=invented, seen=ROLLBACK.text)
    draft(db, incident_id, clock, ROLLBACK)
    (claim,) = draft(db, incident_id, clock).claims
    (beside,) = claim.proposals
    assert (claim.text, beside.text, beside.by) == (OTHERWISE, invented, "Ben")
    with pytest.raises(BadInputError, match="failed a check"):
        act(proposals.take_proposal, beside.id)
    assert [claim.text for claim in read(db, incident_id).claims] == [OTHERWISE]


@ON_BOTH
def test_a_new_draft_says_it_beside_what_a_person_touched_until_somebody_settles_it(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock, act: Act
) -> None:
    claim_id = draft(db, incident_id, clock, ROLLBACK, NORMAL).claims[0].id
    act(edit_claim, claim_id, text=OTHERWISE)
    again = draft(db, incident_id, clock, ROLLING, NORMAL)
    claim = claim_like(again, "4812")
    assert (claim.id, claim.text, claim.checked_by) == (claim_id, OTHERWISE, "Ana")
    (beside,) = claim.proposals
    assert (beside.text, beside.by, beside.version) == (ROLLING.text, None, 2)
    act(proposals.leave_proposal, beside.id, by=BEN)
    with pytest.raises(BadInputError, match="Ben settled"):
        act(proposals.take_proposal, beside.id)
    assert claim_like(draft(db, incident_id, clock, ROLLING), "4812").proposals == [], (
        "what somebody left is not said again"
    )


@ON_BOTH
def test_what_a_draft_proposed_is_unchecked_once_it_is_taken(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock, act: Act
) -> None:
    claim_id = draft(db, incident_id, clock, ROLLBACK).claims[0].id
    act(mark_wrong, claim_id)
    (claim,) = draft(db, incident_id, clock, ROLLING).rejected
    act(proposals.take_proposal, claim.proposals[0].id, by=BEN)
    (claim,) = read(db, incident_id).claims
    assert (claim.id, claim.text, claim.state) == (claim_id, ROLLING.text, ClaimState.UNVERIFIED)
    assert draft(db, incident_id, clock, NORMAL).claims[0].text == ROLLING.text, "it was chosen"


def test_a_machines_sentence_that_failed_is_not_made_good_by_saving_it(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock, act: Act
) -> None:
    claim_id = draft(db, incident_id, clock, INVENTED).unsupported[0].id
    for same in (INVENTED.text, "  Sam rolled back deploy 4813 "):
        with pytest.raises(BadInputError, match="failed a check"):
            act(edit_claim, claim_id, text=same)
    act(edit_claim, claim_id, text="sam rolled back deploy 4813 in a hurry.")
    view = read(db, incident_id)
    assert (view.claims, view.unsupported[0].checked_by) == ([], "Ana")
    for same in ("sam rolled back deploy 4813 in a hurry", "sam rolled back deploy 4813."):
        with pytest.raises(BadInputError, match="failed a check"):
            act(edit_claim, claim_id, text=same)
    with pytest.raises(BadInputError, match="failed a check"):
        act(verify, claim_id)


@ON_BOTH
def test_a_machines_wording_is_held_to_it_whoever_adds_it_again(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock, act: Act
) -> None:
    text = "Ben rolled back deploy 4812, and the mood in the war room improved."
    view = draft(db, incident_id, clock, a_claim(text, (2, "rolling back deploy 4812")))
    claim_id = view.unsupported[0].id
    added = act(add_claim, incident_id, section="impact", text=text.upper(), message_ts=stamps[1])
    nearly = act(edit_claim, claim_id, text=text.replace("improved", "rose"))
    assert not added.is_supported
    assert not nearly.is_supported
    own = "People were relieved that Ben had rolled 4812 back."
    assert act(edit_claim, claim_id, text=own).is_supported


def test_undoing_gives_back_the_words_only_of_ones_own_edit(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock, act: Act
) -> None:
    claim_id = draft(db, incident_id, clock, ROLLBACK).claims[0].id
    with pytest.raises(BadInputError, match="Nobody has said"):
        act(undo, claim_id)
    act(edit_claim, claim_id, text=OTHERWISE)
    act(undo, claim_id)
    (claim,) = read(db, incident_id).claims
    assert (claim.text, claim.state, claim.checked_by) == (
        ROLLBACK.text,
        ClaimState.UNVERIFIED,
        None,
    )
    act(edit_claim, claim_id, text=OTHERWISE)
    act(undo, claim_id, by=BEN)
    (claim,) = read(db, incident_id).claims
    assert (claim.text, claim.state) == (OTHERWISE, ClaimState.UNVERIFIED)
    assert draft(db, incident_id, clock).claims[0].text == OTHERWISE, "a person's words stay"


def test_undoing_an_edit_that_made_a_sentence_good_has_it_kept_apart_again(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock, act: Act
) -> None:
    (apart,) = draft(db, incident_id, clock, INVENTED).unsupported
    act(edit_claim, apart.id, text=OTHERWISE)
    assert [claim.text for claim in read(db, incident_id).claims] == [OTHERWISE]
    act(undo, apart.id)
    view = read(db, incident_id)
    assert (view.claims, [claim.text for claim in view.unsupported]) == ([], [INVENTED.text])


def test_a_skipped_sentence_is_as_it_was_but_it_is_known(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock, act: Act
) -> None:
    claim_id = draft(db, incident_id, clock, ROLLBACK).claims[0].id
    act(skip, claim_id)
    assert read(db, incident_id).claims[0].state == ClaimState.UNVERIFIED
    assert kinds_in_ledger(db) == ["drafted", "skipped"]


@ON_BOTH
def test_a_person_adds_a_source_and_a_sentence(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock, act: Act
) -> None:
    failed = a_claim("The failover worked.", (2, "rolling back deploy 4812"))
    claim_id = draft(db, incident_id, clock, failed).unsupported[0].id
    act(cite, claim_id, message_ts=stamps[5])
    (claim,) = read(db, incident_id).claims
    assert (claim.id, claim.state) == (claim_id, ClaimState.UNVERIFIED)
    assert [citation.message_ts for citation in claim.citations] == [stamps[1], stamps[5]]
    with pytest.raises(BadInputError, match="word for word"):
        act(cite, claim_id, message_ts=stamps[0], quote="nobody said that")
    with pytest.raises(BadInputError, match="not part of this incident"):
        act(cite, claim_id, message_ts="1.000000")
    own = "12% of requests got a 500."
    act(add_claim, incident_id, section="impact", text=own, message_ts=stamps[0])
    with pytest.raises(BadInputError, match="no such section"):
        act(add_claim, incident_id, section="secrets", text=own, message_ts=stamps[0])
    view = draft(db, incident_id, clock, ROLLBACK)
    added = claim_like(view, "12%")
    assert (added.section, added.checked_by, added.drafted_text) == ("impact", "Ana", "")
    assert claim_like(view, "failover").id == claim_id, "somebody worked on it"
    act(add_claim, incident_id, section="impact", text="Frederick paid 70 EUR.", message_ts=stamps)
    assert claim_like(read(db, incident_id), "Frederick") in read(db, incident_id).unsupported


@ON_BOTH
def test_another_source_takes_the_place_of_one_that_is_gone(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock, act: Act
) -> None:
    both = a_claim(
        "The error rate went back to normal.",
        (6, "error rate is back to normal"),
        (4, "shall we fail over to db-4?"),
    )
    claim_id = draft(db, incident_id, clock, both).claims[0].id
    act(verify, claim_id)
    delete_message(db, stamps[3])
    view = read(db, incident_id)
    assert (view.claims, view.source_changed) == ([], 1)
    act(cite, claim_id, message_ts=stamps[0])
    (claim,) = read(db, incident_id).claims
    assert (claim.state, claim.checked_by) == (ClaimState.UNVERIFIED, None)
    assert [citation.message_ts for citation in claim.citations] == [stamps[5], stamps[0]]


def test_an_edit_that_turns_the_message_round_is_not_verified_by_its_old_words(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock, act: Act
) -> None:
    claim = draft(db, incident_id, clock, a_claim("The failover worked.", (6, "failover worked")))
    edit_message(db, stamps[5], "nobody knows whether the failover worked. It did not work")
    with pytest.raises(BadInputError):
        act(verify, claim.claims[0].id)
    assert read(db, incident_id).claims == []


def test_by_other_clocks_a_sentence_with_a_time_is_checked_again(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock, act: Act
) -> None:
    at = datetime.fromtimestamp(int(stamps[1].split(".")[0]), UTC)
    timed = a_claim(f"{at:%H:%M} ben was rolling back deploy 4812.", (2, "rolling back deploy"))
    claim_id = draft(db, incident_id, clock, timed, NORMAL).claims[0].id
    with db.transaction() as session:
        policy = ReviewPolicy(time_zone="Asia/Tokyo")
        set_policy(session, TEAM, policy, replaces=2, reason="moved", by="UANA", now=clock.now())
    act(verify, claim_id)
    with db.transaction() as session:
        change_zone(session, incident_id, "Asia/Tokyo", clock.now())
    view = read(db, incident_id)
    assert [claim.text for claim in view.claims] == [NORMAL.text]
    assert view.unsupported[0].id == claim_id
    with pytest.raises(BadInputError, match="failed a check"):
        act(verify, claim_id)
    with db.transaction() as session:
        change_zone(session, incident_id, "UTC", clock.now())
    assert len(read(db, incident_id).claims) == 2


def test_comments_stay_with_their_sentence_and_keep_it(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock, act: Act
) -> None:
    claim_id = draft(db, incident_id, clock, ROLLBACK).claims[0].id
    comment = act(write_comment, incident_id, claim_id=claim_id, text=" Which deploy? \n4812?")
    act(write_comment, incident_id, text="Ready on Monday", by=BEN)
    act(settle_comment, comment.id, by=BEN)
    act(settle_comment, comment.id, by=ANA)
    with pytest.raises(BadInputError, match="needs words"):
        act(write_comment, incident_id, text="  ")
    with pytest.raises(NotFoundError):
        act(settle_comment, 404)
    view = draft(db, incident_id, clock)
    (claim,) = view.claims
    assert [(c.text, c.settled_by) for c in claim.comments] == [("Which deploy?\n4812?", "Ben")]
    assert [c.text for c in view.comments] == ["Ready on Monday"]


class Doubter:
    """A judge that finds nothing of deploys, and half of all else."""

    def judge(self, request: JudgeRequest) -> Judged:
        return Judged(
            tuple(
                Judgement(Support.NONE, "the source says rolling, not rolled")
                if "4812" in claim.text
                else Judgement(Support.PARTIAL)
                for claim in request.claims
            ),
            "doubter-1",
        )


@ON_BOTH
def test_what_the_second_judge_does_not_find_is_kept_apart_until_somebody_rewords_it(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock, act: Act
) -> None:
    draft_review(db, incident_id, ScriptedDrafter([ROLLBACK, NORMAL]), clock, judge=Doubter())
    view = read(db, incident_id)
    assert [(claim.text, claim.judged) for claim in view.claims] == [(NORMAL.text, "partial")]
    (doubted,) = view.unsupported
    assert doubted.why == "the source says rolling, not rolled"
    with pytest.raises(BadInputError, match="the source says rolling"):
        act(verify, doubted.id)
    with pytest.raises(BadInputError, match="failed a check"):
        act(edit_claim, doubted.id, text=ROLLBACK.text.upper())
    act(edit_claim, doubted.id, text=OTHERWISE)
    (doubted,) = read(db, incident_id).unsupported
    assert "it is being read again" in (doubted.why or ""), "these are the machine's words, turned"
    act(edit_claim, doubted.id, text="Ben took deploy 4812 out of service.")
    assert claim_like(read(db, incident_id), "4812").supported


@ON_BOTH
def test_the_next_section_waits_until_people_have_caught_up(
    db: Database,
    incident_id: int,
    stamps: list[str],
    clock: ReplayClock,
    act: Act,
    sent_jobs: list[QueuedJob],
) -> None:
    with db.transaction() as session:
        policy = ReviewPolicy(debt_cap_minutes=1.0)
        set_policy(session, TEAM, policy, replaces=2, reason="try", by="UANA", now=clock.now())
    impact = [
        a_claim(text, (1, "12% of requests get a 500"), section="impact")
        for text in (
            "12% of requests got a 500.",
            "Customers got a 500 for 12% of requests.",
            "12% of requests of customers got a 500.",
            "A 500 was what 12% of requests got.",
        )
    ]
    view = draft(db, incident_id, clock, *impact, ROLLBACK)
    assert (view.waits_for_people, view.sections_waiting[0]) == (True, "Key moments")
    assert [section.is_waiting for section in view.sections[:3]] == [False, False, True]
    with db.reading() as session:
        assert reviews_to_draft(session) == []
    sent_jobs.clear()
    for claim in view.claims:
        act(mark_wrong, claim.id)
    assert QueuedJob(Job.DRAFT_REVIEW, incident_id) in sent_jobs
    with db.reading() as session:
        assert reviews_to_draft(session) == [incident_id]
    draft_requested_review(db, incident_id, ScriptedDrafter([*impact, ROLLBACK]), clock)
    after = read(db, incident_id)
    assert (after.version, after.waits_for_people, after.sections_waiting) == (1, False, [])
    assert [claim.text for claim in after.claims] == [ROLLBACK.text]
    with db.reading() as session:
        assert reviews_to_draft(session) == []


@ON_BOTH
def test_who_waited_for_a_draft_to_be_saved_knows_that_it_waits_for_people(
    db: Database,
    incident_id: int,
    stamps: list[str],
    clock: ReplayClock,
    sent_jobs: list[QueuedJob],
) -> None:
    if db.dialect == "sqlite":
        pytest.skip("there nobody reads for a change while another one writes")
    claim_id = draft(db, incident_id, clock, ROLLBACK).claims[0].id
    sent_jobs.clear()
    with db.transaction() as session:
        assert not session.scalars(select(Review)).one().waits_for_people
        with db.transaction() as other:
            review = other.scalars(select(Review)).one()
            review.sections_left, review.waits_for_people = [Section.IMPACT.value], True
        verify(session, claim_id, by=ANA, now=clock.now())
    assert QueuedJob(Job.DRAFT_REVIEW, incident_id) in sent_jobs


def test_a_whole_new_draft_takes_over_from_one_that_waits(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock
) -> None:
    draft(db, incident_id, clock, ROLLBACK)
    with db.transaction() as session:
        review = session.scalars(select(Review)).one()
        review.sections_left, review.waits_for_people = [Section.KEY_MOMENTS.value], True
    view = draft(db, incident_id, clock, NORMAL)
    assert (view.version, view.sections_waiting) == (2, [])
    assert [claim.text for claim in view.claims] == [NORMAL.text]


@ON_BOTH
def test_history_tells_what_each_version_changed(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock, act: Act
) -> None:
    first = draft(db, incident_id, clock, ROLLBACK, NORMAL)
    act(edit_claim, claim_like(first, "normal").id, text="The error rate was back to normal.")
    impact = a_claim("12% of requests got a 500.", (1, "12% of requests get a 500"))
    draft(db, incident_id, clock, impact)
    clock.advance_to(clock.now() + timedelta(minutes=5))
    act(edit_claim, claim_like(first, "normal").id, text="The error rate went to normal.")
    with db.reading() as session:
        lines = versions(session, incident_id)
        change = difference(session, incident_id, 1, 2)
        with pytest.raises(NotFoundError):
            difference(session, incident_id, 1, 3)
    assert [(line.number, line.came, line.went) for line in lines] == [(2, 1, 1), (1, 2, 0)]
    assert [each.after for each in change.came] == [impact.text]
    assert [each.before for each in change.went] == [ROLLBACK.text]
    (reworded,) = change.reworded
    assert reworded.words == [
        ("same", "The error rate"),
        ("gone", "was back"),
        ("new", "went"),
        ("same", "to normal."),
    ]
    delete_message(db, stamps[1])
    delete_message(db, stamps[5])
    with db.reading() as session:
        change = difference(session, incident_id, 1, 2)
    assert [each.before for each in (*change.went, *change.reworded)] == [WITHHELD, WITHHELD]
    assert [each.after for each in change.reworded] == ["The error rate went to normal."]


def test_what_rests_on_a_deleted_message_is_not_sent_to_a_drafter(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock, act: Act
) -> None:
    view = draft(db, incident_id, clock, ROLLBACK, NORMAL)
    act(verify, claim_like(view, "ben was").id)
    act(edit_claim, claim_like(view, "normal").id, text="The error rate was back to normal.")
    delete_message(db, stamps[1])
    delete_message(db, stamps[5])
    drafter = ScriptedDrafter((ROLLBACK,))
    draft_review(db, incident_id, drafter, clock)
    assert [claim.text for claim in drafter.said] == ["The error rate was back to normal."]


@ON_BOTH
def test_every_act_is_in_the_ledger_once(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock, act: Act
) -> None:
    view = draft(db, incident_id, clock, ROLLBACK, NORMAL)
    first, second = (claim.id for claim in view.claims)
    act(verify, first)
    act(undo, first)
    act(edit_claim, first, text=OTHERWISE)
    act(mark_wrong, second, by=BEN)
    with pytest.raises(BadInputError):
        act(verify, first, seen="something else")
    draft(db, incident_id, clock, ROLLBACK, NORMAL)
    expected = ["drafted", "drafted", "verified", "undone", "edited", "rejected"]
    assert kinds_in_ledger(db) == expected


@ON_BOTH
def test_a_review_of_many_claims_is_read_in_few_queries(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock
) -> None:
    def statements(*claims: DraftedClaim) -> int:
        draft(db, incident_id, clock, *claims)
        seen: list[str] = []
        with db.reading() as session:
            event.listen(
                session.connection(), "before_cursor_execute", lambda *of: seen.append(of[2])
            )
            assert current_review(session, incident_id) is not None
        return len(seen)

    few = statements(ROLLBACK)
    assert statements(*many()) <= few
    assert len(read(db, incident_id).claims) >= 6


def many() -> list[DraftedClaim]:
    texts = ["The error rate {} back to normal.", "Back to normal {} the error rate."]
    said = [text.format(verb) for text in texts for verb in ("is", "was", "went", "came")]
    return [a_claim(text, (6, "error rate is back to normal")) for text in said]


def kinds_in_ledger(db: Database) -> list[str]:
    with db.reading() as session:
        return list(session.scalars(select(LedgerEntry.kind).order_by(LedgerEntry.id)))

"""Reviews on real databases: drafted, checked, verified, carried on, exported."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select

from copilot.clock import ReplayClock
from copilot.db import Database
from copilot.errors import BadInputError, NotFoundError, TemporaryError
from copilot.incidents.follow_ups import add_follow_up
from copilot.jobs import Job, QueuedJob
from copilot.local.drafter import LocalDrafter
from copilot.ports import DraftedClaim
from copilot.reviews.drafting import (
    draft_requested_review,
    draft_review,
    request_review,
    reviews_to_draft,
)
from copilot.reviews.export import to_html, to_json, to_markdown
from copilot.reviews.material import read_material
from copilot.reviews.models import Citation, ClaimState, Review, Section, VerificationAct
from copilot.reviews.reading import current_review
from copilot.reviews.reviewers import Reviewer
from copilot.reviews.verification import edit_claim, mark_wrong, verify
from copilot.suggestions.models import Evidence, ModelRun, Suggestion
from copilot.timeline.models import Revision, TimelineEvent
from tests.fakes.drafter import FailingDrafter, ScriptedDrafter, a_claim
from tests.integration.reviewing import (
    CHANNEL,
    CONVERSATION,
    INVENTED,
    NORMAL,
    ROLLBACK,
    START,
    URL,
    an_incident,
    claim_like,
    delete_message,
    deliver,
    draft,
    edit_message,
    read,
    say,
    talk,
)
from tests.one_database import ON_BOTH
from tests.one_database import database_url as database_url


@pytest.fixture
def incident_id(db: Database) -> int:
    return an_incident(db)


@pytest.fixture
def stamps(db: Database, incident_id: int) -> list[str]:
    return talk(db)


@ON_BOTH
def test_every_published_sentence_is_carried_by_its_sources(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock
) -> None:
    draft_review(db, incident_id, LocalDrafter(), clock)
    view = read(db, incident_id)
    assert [section.key for section in view.sections] == list(Section)
    assert len(view.claims) >= 4
    assert view.unsupported == []
    with db.reading() as session:
        for citation in session.scalars(select(Citation)):
            revision = session.get_one(Revision, citation.revision_id)
            event = session.get_one(TimelineEvent, citation.event_id)
            assert citation.quote in revision.text
            assert event.message_ts in stamps
            assert revision.event_id == event.id


@ON_BOTH
def test_what_its_sources_do_not_carry_reaches_no_export(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock
) -> None:
    view = draft(db, incident_id, clock, ROLLBACK, INVENTED, *HOSTILE)
    assert [claim.text for claim in view.claims] == [ROLLBACK.text]
    assert len(view.unsupported) == 1 + len(HOSTILE)
    published = json.dumps(to_json(view)) + to_markdown(view) + to_html(view)
    for claim in (INVENTED, *HOSTILE):
        assert claim.text not in published
    assert len(to_json(view)["unsupported"]) == 1 + len(HOSTILE)
    assert all(item["why"] for item in to_json(view)["unsupported"])


HOSTILE = (
    a_claim("The intern caused it.", (2, "rolling back deploy 4812")),
    a_claim("Deploy 4812 was being rolled back.", (77, "rolling back deploy 4812")),
    a_claim("See https://evil.example/?q=4812 for deploy 4812.", (2, "rolling back deploy 4812")),
    a_claim("<!channel> rolling back deploy 4812", (2, "rolling back deploy 4812")),
    a_claim("Everything is fine.", section="secrets"),
    a_claim("The nightly batch filled the disk of db-3.", (3, "the nightly batch filled the disk")),
    a_claim("rolling \0 back deploy 4812 \ud800", (2, "rolling back deploy 4812")),
    a_claim("word " * 5000, (2, "rolling back deploy 4812")),
)


def test_the_export_has_the_documented_shape(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock
) -> None:
    exported = to_json(draft(db, incident_id, clock, ROLLBACK, INVENTED))
    assert exported["schema_version"] == "1"
    assert exported["is_draft"] is True
    assert len(exported["unsupported"]) == 1
    assert [section["title"] for section in exported["sections"]][:3] == [
        "Summary",
        "Impact",
        "Key moments",
    ]
    (claim,) = exported["sections"][2]["claims"]
    link = f"{URL}archives/{CHANNEL}/p{stamps[1].replace('.', '')}"
    assert (claim["text"], claim["supported"]) == (ROLLBACK.text, True)
    (citation,) = claim["citations"]
    assert citation["message_ts"] == stamps[1]
    assert citation["quote"] == "rolling back deploy 4812"
    assert citation["permalink"] == link
    json.dumps(exported)


def test_markdown_links_its_sources_and_says_what_is_missing(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock
) -> None:
    text = to_markdown(draft(db, incident_id, clock, NORMAL, INVENTED))
    assert f"](<{URL}archives/{CHANNEL}/p{stamps[5].replace('.', '')}>)" in text
    assert "## Impact\n\n*Not in the timeline.*" in text
    assert "**Draft: 0 of 1 sentence checked**" in text
    assert "*Drafted from 7 messages.*" in text
    assert "1 sentence whose sources do not carry what was written" in text


def test_the_run_is_recorded_with_what_was_read_and_said(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock
) -> None:
    draft(db, incident_id, clock, ROLLBACK)
    with db.reading() as session:
        run = session.scalars(select(ModelRun)).one()
        assert (run.purpose, run.engine, run.outcome, run.tokens) == (
            "draft",
            "scripted-1",
            "ok",
            7 * len(Section),
        )
        assert len(run.inputs) == len(CONVERSATION)
        assert run.output[0]["text"] == ROLLBACK.text


@ON_BOTH
def test_a_drafter_that_cannot_answer_leaves_the_request_standing(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock
) -> None:
    with db.transaction() as session:
        request_review(session, incident_id, clock.now())
    with pytest.raises(TemporaryError):
        draft_review(db, incident_id, FailingDrafter(), clock)
    with db.reading() as session:
        assert reviews_to_draft(session) == [incident_id]
        assert session.scalars(select(ModelRun)).one().outcome.startswith("failed")


def test_a_request_is_served_by_one_draft(
    db: Database, incident_id: int, clock: ReplayClock, sent_jobs: list[QueuedJob]
) -> None:
    with db.reading() as session:
        assert reviews_to_draft(session) == []
    with db.transaction() as session:
        request_review(session, incident_id, clock.now())
    assert QueuedJob(Job.DRAFT_REVIEW, incident_id) in sent_jobs
    with db.reading() as session:
        assert reviews_to_draft(session) == [incident_id]
    draft(db, incident_id, clock)
    with db.reading() as session:
        assert reviews_to_draft(session) == []


def test_a_nudge_that_comes_twice_drafts_once(
    db: Database, incident_id: int, clock: ReplayClock
) -> None:
    with db.transaction() as session:
        request_review(session, incident_id, clock.now())
    drafted = [draft_requested_review(db, incident_id, ScriptedDrafter(), clock) for _ in range(2)]
    assert drafted[0] is not None
    assert drafted[1] is None
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Review)) == 1


@ON_BOTH
def test_a_drafter_that_fails_is_left_alone_for_a_while(
    db: Database, incident_id: int, clock: ReplayClock
) -> None:
    wall = ReplayClock(datetime(2026, 11, 22, 8, 0, tzinfo=UTC))

    def is_due() -> bool:
        with db.reading() as session:
            return reviews_to_draft(session, wall) == [incident_id]

    with db.transaction() as session:
        request_review(session, incident_id, clock.now())
    pauses = []
    for _ in range(3):
        with pytest.raises(TemporaryError):
            draft_requested_review(db, incident_id, FailingDrafter(), clock, wall)
        failed_at = wall.now()
        while not is_due():
            wall.advance_to(wall.now() + timedelta(seconds=1))
        pauses.append((wall.now() - failed_at).total_seconds())
    assert pauses == [5, 10, 20]
    with pytest.raises(TemporaryError):
        draft_requested_review(db, incident_id, FailingDrafter(), clock, wall)
    with db.transaction() as session:
        request_review(session, incident_id, clock.now())
    assert is_due(), "who asks again does not wait for what failed before"


def test_one_worker_drafts_at_a_time(db: Database, incident_id: int, clock: ReplayClock) -> None:
    wall = ReplayClock(datetime(2026, 11, 22, 8, 0, tzinfo=UTC))
    meanwhile: list[int | None] = []

    def nudge_again(_: object) -> list[DraftedClaim]:
        drafter = ScriptedDrafter()
        meanwhile.append(draft_requested_review(db, incident_id, drafter, clock, wall))
        return []

    with db.transaction() as session:
        request_review(session, incident_id, clock.now())
    first = draft_requested_review(db, incident_id, ScriptedDrafter(nudge_again), clock, wall)
    assert first is not None
    assert set(meanwhile) == {None}


@ON_BOTH
def test_workers_that_finish_at_once_save_one_version(
    db: Database, incident_id: int, clock: ReplayClock
) -> None:
    all_have_read = Barrier(4)

    def work(_: int) -> int:
        once = iter([lambda: all_have_read.wait(timeout=20)])

        def write(_: object) -> list[DraftedClaim]:
            next(once, lambda: None)()
            return []

        return draft_review(db, incident_id, ScriptedDrafter(write), clock)

    with ThreadPoolExecutor(4) as threads:
        saved = list(threads.map(work, range(4)))
    assert len(set(saved)) == 1
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Review)) == 1


def test_an_incident_without_a_message_gets_an_empty_review(
    db: Database, incident_id: int, clock: ReplayClock
) -> None:
    draft_review(db, incident_id, LocalDrafter(), clock)
    view = read(db, incident_id)
    assert view.claims == []
    assert to_markdown(view).count("*Not in the timeline.*") == len(Section)


def test_an_unknown_incident_is_refused(db: Database, clock: ReplayClock) -> None:
    with pytest.raises(NotFoundError):
        draft_review(db, 404, LocalDrafter(), clock)


def test_of_two_workers_that_draft_at_once_the_first_version_stands(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock
) -> None:
    def draft_meanwhile(_: object) -> list[DraftedClaim]:
        draft(db, incident_id, clock, NORMAL)
        return [ROLLBACK]

    draft_review(db, incident_id, ScriptedDrafter(draft_meanwhile), clock)
    view = read(db, incident_id)
    assert (view.version, [claim.text for claim in view.claims]) == (1, [NORMAL.text])


def test_a_person_verifies_under_their_name(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock
) -> None:
    view = draft(db, incident_id, clock, ROLLBACK)
    with db.transaction() as session:
        verify(session, view.claims[0].id, by=Reviewer("Ana Roe"), now=clock.now())
    after = read(db, incident_id)
    assert (after.checked, after.claims[0].checked_by) == (1, "Ana Roe")
    assert "*verified by Ana Roe, " in to_markdown(after)
    with db.reading() as session:
        act = session.scalars(select(VerificationAct)).one()
        assert (act.person, act.state, act.text) == ("Ana Roe", "verified", ROLLBACK.text)


def test_a_check_without_a_name_is_refused(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock
) -> None:
    view = draft(db, incident_id, clock, ROLLBACK)
    with pytest.raises(BadInputError), db.transaction() as session:
        verify(session, view.claims[0].id, by=Reviewer("  "), now=clock.now())
    assert read(db, incident_id).checked == 0


def test_a_wrong_claim_is_not_published_nor_drafted_again(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock
) -> None:
    view = draft(db, incident_id, clock, ROLLBACK, NORMAL)
    with db.transaction() as session:
        mark_wrong(session, claim_like(view, "4812").id, by=Reviewer("Ana"), now=clock.now())
    assert "4812" not in to_markdown(read(db, incident_id))
    again = draft(db, incident_id, clock, ROLLBACK, NORMAL)
    assert [claim.text for claim in again.claims] == [NORMAL.text]
    assert [claim.state for claim in again.rejected] == [ClaimState.WRONG]


def test_an_unsupported_claim_cannot_be_verified_only_edited(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock
) -> None:
    view = draft(db, incident_id, clock, INVENTED)
    claim_id = view.unsupported[0].id
    with pytest.raises(BadInputError, match="failed a check"), db.transaction() as session:
        verify(session, claim_id, by=Reviewer("Ana"), now=clock.now())
    with db.transaction() as session:
        edit_claim(
            session, claim_id, by=Reviewer("Ana"), now=clock.now(), text="ben rolled back 4812."
        )
    after = read(db, incident_id)
    assert [(claim.text, claim.supported) for claim in after.claims] == [
        ("ben rolled back 4812.", True)
    ]


def test_a_persons_words_beyond_the_sources_are_kept_apart_with_the_reason(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock
) -> None:
    view = draft(db, incident_id, clock, ROLLBACK)
    text = "ben rolled back deploy 4812 at 09:15 after a call with Frederick."
    with db.transaction() as session:
        edit_claim(session, view.claims[0].id, by=Reviewer("Ana"), now=clock.now(), text=text)
    after = read(db, incident_id)
    (claim,) = after.unsupported
    assert (claim.text, claim.supported, claim.state) == (text, False, ClaimState.EDITED)
    assert (claim.checked_by, after.claims) == ("Ana", [])
    assert claim.why
    assert "Frederick" not in to_markdown(after)


def test_a_new_draft_keeps_what_people_verified_and_wrote(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock
) -> None:
    view = draft(db, incident_id, clock, ROLLBACK, NORMAL)
    mine = "Deploy 4812 was rolled back by ben."
    with db.transaction() as session:
        rolled_back, normal = claim_like(view, "4812").id, claim_like(view, "normal").id
        edit_claim(session, rolled_back, by=Reviewer("Ana"), now=clock.now(), text=mine)
        verify(session, normal, by=Reviewer("Sam"), now=clock.now())
    other = a_claim("12% of requests got a 500.", (1, "12% of requests get a 500"))
    again = draft(db, incident_id, clock, ROLLBACK, other)
    assert again.version == 2
    assert {(claim.text, claim.state, claim.checked_by) for claim in again.claims} == {
        (mine, ClaimState.EDITED, "Ana"),
        (NORMAL.text, ClaimState.VERIFIED, "Sam"),
        (other.text, ClaimState.UNVERIFIED, None),
    }


def test_a_sentence_that_is_drafted_again_is_the_same_one(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock
) -> None:
    old = draft(db, incident_id, clock, ROLLBACK, NORMAL).claims
    new = draft(db, incident_id, clock, NORMAL, ROLLBACK)
    assert new.version == 2
    assert {claim.id for claim in new.claims} == {claim.id for claim in old}


def test_an_act_on_what_a_draft_has_withdrawn_brings_it_back(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock
) -> None:
    old = draft(db, incident_id, clock, ROLLBACK).claims[0].id
    other = a_claim("Deploy 4812 was rolling back.", (2, "rolling back deploy 4812"))
    assert [claim.text for claim in draft(db, incident_id, clock, other).claims] == [other.text]
    with db.transaction() as session:
        verify(session, old, by=Reviewer("Ana"), now=clock.now())
    (claim,) = read(db, incident_id).claims
    assert (claim.id, claim.checked_by) == (old, "Ana")
    assert [proposal.text for proposal in claim.proposals] == [other.text]


def test_an_edited_source_flips_its_claim(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock
) -> None:
    draft(db, incident_id, clock, ROLLBACK, NORMAL)
    edit_message(db, stamps[1], "NOT rolling back deploy 4812 yet", "UBEN")
    view = read(db, incident_id)
    assert [claim.text for claim in view.claims] == [NORMAL.text]
    (flipped,) = view.unsupported
    assert flipped.why == "source changed: a message it cites was edited"
    assert (flipped.supported, flipped.source_changed) == (False, True)


def test_a_person_who_has_seen_the_edit_can_verify_again(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock
) -> None:
    claim_id = draft(db, incident_id, clock, ROLLBACK).claims[0].id
    edit_message(db, stamps[1], "rolling back deploy 4812 (was: 4811)", "UBEN")
    assert read(db, incident_id).claims == []
    with db.transaction() as session:
        verify(session, claim_id, by=Reviewer("Ana"), now=clock.now())
    (claim,) = read(db, incident_id).claims
    assert (claim.supported, claim.source_changed) == (True, False)


def test_a_claim_whose_quote_was_edited_away_cannot_be_verified(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock
) -> None:
    claim_id = draft(db, incident_id, clock, ROLLBACK).claims[0].id
    edit_message(db, stamps[1], "never mind", "UBEN")
    with pytest.raises(BadInputError, match="changed or deleted"), db.transaction() as session:
        verify(session, claim_id, by=Reviewer("Ana"), now=clock.now())


def test_a_deleted_source_withholds_claim_and_quote_everywhere(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock
) -> None:
    draft(db, incident_id, clock, ROLLBACK, NORMAL)
    delete_message(db, stamps[1])
    view = read(db, incident_id)
    assert "4812" not in json.dumps(to_json(view)) + to_markdown(view)
    assert view.unsupported[0].why == "source changed: a message it cites was deleted"


@ON_BOTH
def test_follow_ups_come_with_the_evidence_they_were_proposed_on(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock
) -> None:
    suggestion_id = add_suggestion(db, incident_id, stamps[6])
    drafter = ScriptedDrafter()
    draft_review(db, incident_id, drafter, clock)
    (waiting,) = drafter.follow_ups
    assert not waiting.is_accepted
    with db.transaction() as session:
        add_follow_up(
            session,
            incident_id=incident_id,
            title="Add an alert on replica lag above 30 s",
            owner_id="UBEN",
            due=None,
            suggestion_id=suggestion_id,
            by="UANA",
            now=START,
        )
        session.get_one(Suggestion, suggestion_id).decision = "accepted"
    draft_review(db, incident_id, LocalDrafter(), clock)
    follow_ups = read(db, incident_id).sections[8]
    assert [claim.text for claim in follow_ups.claims] == [
        "Accepted follow-up: Add an alert on replica lag above 30 s (ben)"
    ]


def add_suggestion(db: Database, incident_id: int, ts: str) -> int:
    with db.transaction() as session:
        event = session.scalars(select(TimelineEvent).where(TimelineEvent.message_ts == ts)).one()
        revision_id = session.scalars(
            select(Revision.id).where(Revision.event_id == event.id)
        ).one()
        suggestion = Suggestion(
            incident_id=incident_id,
            kind="proposal",
            title="Add an alert on replica lag above 30 s",
            owner_id="UBEN",
            confidence=0.9,
            fingerprint="f",
            proposed_at=START,
            outcome="digest",
            reason="cleared",
            tempo="calm",
            judged_at=START,
        )
        session.add(suggestion)
        session.flush()
        session.add(
            Evidence(
                suggestion_id=suggestion.id,
                event_id=event.id,
                revision_id=revision_id,
                quote="we should add an alert on replica lag above 30 s",
                position=0,
            )
        )
        return suggestion.id


def test_what_did_not_fit_is_counted_and_marked_messages_are_kept(
    db: Database, incident_id: int, stamps: list[str]
) -> None:
    reaction = {"reaction": "eyes", "user": "USAM", "event_ts": f"{stamps[6]}1"[:-1]}
    item = {"type": "message", "channel": CHANNEL, "ts": stamps[0]}
    deliver(db, {"type": "reaction_added", "item": item, **reaction})
    with db.reading() as session:
        material = read_material(session, incident_id, limit=3)
    assert material.left_out == 4
    assert [message.message_ts for message in material.messages] == [stamps[0], *stamps[5:]]
    assert [message.number for message in material.messages] == [1, 2, 3]


def test_the_copilots_own_posts_are_no_evidence(
    db: Database, incident_id: int, stamps: list[str]
) -> None:
    say(db, "UCOPILOT", "Looks like a follow-up: add an alert")
    with db.reading() as session:
        material = read_material(session, incident_id)
    assert len(material.messages) == len(CONVERSATION)
    assert material.left_out == 0


def test_each_draft_is_a_version_of_its_own(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock
) -> None:
    for _ in range(3):
        draft(db, incident_id, clock, ROLLBACK)
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Review)) == 3
        assert current_review(session, incident_id) is not None

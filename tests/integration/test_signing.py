"""A signed review: what it takes, that nothing changes it, and how it is corrected."""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from copilot.clock import ReplayClock
from copilot.db import Database
from copilot.errors import BadInputError, NotFoundError
from copilot.incidents import lifecycle
from copilot.incidents.models import Status
from copilot.incidents.notes import write_note
from copilot.incidents.queries import get_incident
from copilot.reviews import proposals
from copilot.reviews.amendments import add_amendment, amend
from copilot.reviews.comments import settle_comment, write_comment
from copilot.reviews.drafting import draft_review, request_review, reviews_to_draft
from copilot.reviews.export import read_for_export, to_json
from copilot.reviews.models import Citation, Claim, Review, SignOff
from copilot.reviews.reading import ReviewView
from copilot.reviews.reviewers import Reviewer
from copilot.reviews.signing import sign_off, verify_hash, what_is_missing
from copilot.reviews.verification import (
    add_claim,
    cite,
    edit_claim,
    mark_wrong,
    skip,
    undo,
    verify,
)
from tests.fakes.drafter import ScriptedDrafter, a_claim
from tests.integration.reviewing import (
    INVENTED,
    NORMAL,
    ROLLBACK,
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
ROLLING = a_claim("Deploy 4812 was rolling back.", (2, "rolling back deploy 4812"))
Act = Callable[..., Any]


@pytest.fixture
def incident_id(db: Database) -> int:
    few_sections(db, "impact", "key_moments")
    return an_incident(db)


@pytest.fixture
def stamps(db: Database, incident_id: int) -> list[str]:
    return talk(db)


@pytest.fixture
def act(db: Database, clock: ReplayClock) -> Act:
    def do(what: Callable[..., Any], *args: Any, by: Reviewer = ANA, **more: Any) -> Any:
        with db.transaction() as session:
            return what(session, *args, by=by, now=clock.now(), **more)

    return do


@pytest.fixture
def signed(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock, act: Act
) -> ReviewView:
    """Of two sentences, and one that is kept apart."""
    view = draft(db, incident_id, clock, ROLLBACK, NORMAL, INVENTED)
    act(verify, claim_like(view, "normal").id)
    act(edit_claim, claim_like(view, "ben was").id, text="Deploy 4812 was rolled back by ben.")
    act(sign_off, incident_id, by=BEN)
    return read(db, incident_id)


def missing(db: Database, incident_id: int) -> list[str]:
    with db.reading() as session:
        return what_is_missing(session, incident_id)


@ON_BOTH
def test_sentences_are_held_against_their_sources_once_more(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock, act: Act
) -> None:
    act(verify, claim_like(draft(db, incident_id, clock, ROLLBACK), "ben was").id)
    with db.transaction() as session:
        session.execute(update(Claim).values(text="sam was rolling back deploy 4812."))
    assert missing(db, incident_id) == [
        "“sam was rolling back deploy 4812.” fails a check now: sam neither wrote nor is named "
        "in its sources."
    ]
    with pytest.raises(BadInputError, match="fails a check now"):
        act(sign_off, incident_id)


@ON_BOTH
def test_it_takes_that_every_sentence_is_checked_and_nothing_is_open(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock, act: Act
) -> None:
    assert missing(db, incident_id) == ["There is no review yet: draft one first."]
    view = draft(db, incident_id, clock, ROLLBACK, NORMAL, INVENTED)
    assert missing(db, incident_id) == ["2 sentences are not checked."]
    rolled_back, normal = claim_like(view, "ben was").id, claim_like(view, "normal").id
    act(verify, rolled_back)
    act(verify, normal)
    assert missing(db, incident_id) == []
    draft(db, incident_id, clock, ROLLING, NORMAL, INVENTED)
    assert missing(db, incident_id) == ["1 sentence waits beside another."]
    with pytest.raises(BadInputError, match=r"cannot be signed yet\. 1 sentence waits beside"):
        act(sign_off, incident_id)
    act(proposals.leave_proposal, claim_like(read(db, incident_id), "4812").proposals[0].id)
    edit_message(db, stamps[5], "error rate is back to normal, the failover worked. I think")
    assert missing(db, incident_id) == ["1 sentence rests on a message that changed."]
    act(verify, normal)
    with db.transaction() as session:
        session.execute(update(Review).values(sections_left=["impact", "key_moments"]))
    assert missing(db, incident_id) == ["Impact, Key moments are not drafted yet."]
    with db.transaction() as session:
        session.execute(update(Review).values(sections_left=[]))
    act(sign_off, incident_id)
    assert missing(db, incident_id) == ["Ana signed it already."]


def test_an_empty_review_is_not_signed(
    db: Database, incident_id: int, clock: ReplayClock, act: Act
) -> None:
    draft(db, incident_id, clock)
    with pytest.raises(BadInputError, match="no sentence yet"):
        act(sign_off, incident_id)


def test_nothing_changes_it_any_more(
    db: Database,
    incident_id: int,
    signed: ReviewView,
    stamps: list[str],
    clock: ReplayClock,
    act: Act,
) -> None:
    claim_id, apart = signed.claims[0].id, signed.unsupported[0].id
    for attempt in (
        lambda: act(verify, claim_id),
        lambda: act(mark_wrong, claim_id),
        lambda: act(edit_claim, claim_id, text="ben did it."),
        lambda: act(edit_claim, apart, text="ben was rolling back deploy 4812."),
        lambda: act(undo, claim_id),
        lambda: act(skip, claim_id),
        lambda: act(cite, claim_id, message_ts=stamps[0]),
        lambda: act(
            add_claim, incident_id, section="impact", text="12% got a 500.", message_ts=stamps[0]
        ),
        lambda: act(proposals.take_proposal, claim_id),
        lambda: act(proposals.leave_proposal, claim_id),
        lambda: act(write_comment, incident_id, text="Wait"),
        lambda: act(sign_off, incident_id),
        lambda: draft_review(db, incident_id, ScriptedDrafter([ROLLING]), clock),
        lambda: _request(db, incident_id, clock),
    ):
        with pytest.raises(BadInputError, match=r"Ben signed this review on 2026-03-04.*amendment"):
            attempt()
    assert read(db, incident_id) == signed


def _request(db: Database, incident_id: int, clock: ReplayClock) -> None:
    with db.transaction() as session:
        request_review(session, incident_id, clock.now())


def test_what_stands_above_and_below_it_stays_too(
    db: Database, incident_id: int, clock: ReplayClock, signed: ReviewView
) -> None:
    """Renamed, opened again and written about: the incident goes on, the signed review does not."""
    before = exported(db, incident_id)
    clock.advance_to(clock.now() + timedelta(minutes=5))
    with db.transaction() as session:
        incident = get_incident(session, incident_id)
        now = clock.now()
        write_note(session, incident, "It was all Ben's fault.", by="UANA", now=now)
        lifecycle.rename(session, incident, "Nothing happened", by="UANA", now=now)
        lifecycle.set_status(session, incident, Status.MONITORING, by="UANA", now=now)
    assert exported(db, incident_id) == before


def exported(db: Database, incident_id: int) -> dict[str, Any]:
    with db.reading() as session:
        found = read_for_export(session, incident_id)
    return to_json(found.view, found.milestones)


def test_a_comment_is_not_settled_either(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock, act: Act
) -> None:
    act(verify, draft(db, incident_id, clock, ROLLBACK).claims[0].id)
    comment = act(write_comment, incident_id, text="Wait")
    act(sign_off, incident_id)
    with pytest.raises(BadInputError, match="Ana signed"):
        act(settle_comment, comment.id)


def test_a_draft_that_was_being_written_meanwhile_changes_nothing(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock, act: Act
) -> None:
    claim_id = draft(db, incident_id, clock, ROLLBACK).claims[0].id
    act(verify, claim_id)

    def write(_: object) -> list[Any]:
        if read(db, incident_id).signed is None:
            act(sign_off, incident_id)
        return [ROLLING, NORMAL]

    with db.transaction() as session:
        request_review(session, incident_id, clock.now())
    draft_review(db, incident_id, ScriptedDrafter(write), clock)
    view = read(db, incident_id)
    assert (view.version, [claim.text for claim in view.claims]) == (1, [ROLLBACK.text])
    with db.reading() as session:
        assert reviews_to_draft(session) == []


def test_others_can_work_out_the_hash_from_what_is_exported(
    db: Database, incident_id: int, signed: ReviewView
) -> None:
    def digest(document: object) -> str:
        text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode("utf-8")).hexdigest()

    hashes = {
        claim.id: digest(
            {
                "text": claim.text,
                "state": claim.state.value,
                "checked_by": claim.checked_by,
                "citations": [
                    {"message_ts": cited.message_ts, "quote": cited.quote}
                    for cited in claim.citations
                ],
            }
        )
        for claim in signed.claims
    }
    assert signed.signed is not None
    whole = {
        "version": 1,
        "signed_by": "Ben",
        "signed_at": f"{signed.signed.at:%Y-%m-%dT%H:%M:%SZ}",
        "sections": [
            {
                "key": section.key,
                "title": section.title,
                "claims": [hashes[claim.id] for claim in section.claims],
            }
            for section in signed.sections
        ],
        "written_down": [],
    }
    assert {claim.id: claim.content_hash for claim in signed.claims} == hashes
    assert signed.signed.content_hash == digest(whole)


def test_the_documented_recipe_works_it_out_from_the_json_export(
    db: Database, incident_id: int, signed: ReviewView, stamps: list[str]
) -> None:
    page = (Path(__file__).parents[2] / "docs" / "reviews.md").read_text()
    recipe: dict[str, Any] = {}
    exec(page.split("```python")[1].split("```")[0], recipe)  # noqa: S102 - our own page
    exported = json.loads(json.dumps(to_json(signed)))
    assert recipe["hash_of_review"](exported) == exported["signed"]["content_hash"]
    delete_message(db, stamps[5])
    exported = json.loads(json.dumps(to_json(read(db, incident_id))))
    assert recipe["hash_of_review"](exported) == exported["signed"]["content_hash"]
    exported["sections"][1]["claims"][0]["text"] += "!"
    assert recipe["hash_of_review"](exported) != exported["signed"]["content_hash"]


@ON_BOTH
def test_tampering_with_what_was_signed_shows(
    db: Database, incident_id: int, signed: ReviewView
) -> None:
    verified = update(Claim).where(Claim.state == "verified")
    for tampering in (
        verified.values(text="The error rate went to normal."),
        verified.values(checked_by="Somebody"),
        verified.values(state="wrong"),
        update(Citation).values(quote="deploy 4812"),
        update(SignOff).values(signed_by="Ana"),
        update(SignOff).values(signed_at=datetime(2026, 3, 5, tzinfo=UTC)),
        update(SignOff).values(heading={}),
    ):
        with db.transaction() as session:
            for_now = session.begin_nested()
            session.execute(tampering)
            session.expire_all()
            assert not verify_hash(session, incident_id)
            for_now.rollback()
            assert verify_hash(session, incident_id)


def is_intact(db: Database, incident_id: int) -> bool:
    with db.reading() as session:
        return verify_hash(session, incident_id)


def test_a_review_that_is_not_signed_has_no_hash(
    db: Database, incident_id: int, clock: ReplayClock
) -> None:
    draft(db, incident_id, clock)
    with pytest.raises(BadInputError, match="not signed"):
        is_intact(db, incident_id)


def test_what_was_signed_stays_listed_and_is_marked_where_its_source_changed_since(
    db: Database, incident_id: int, signed: ReviewView, stamps: list[str]
) -> None:
    edit_message(db, stamps[5], "never mind")
    delete_message(db, stamps[1])
    view = read(db, incident_id)
    assert [claim.source_changed for claim in view.claims] == [True, True]
    assert (len(view.unsupported), view.source_changed) == (1, 3)
    assert [claim.content_hash for claim in view.claims] == [
        claim.content_hash for claim in signed.claims
    ]
    assert is_intact(db, incident_id), "what people did in Slack is no tampering"


def test_a_correction_is_an_amendment_with_sources_of_its_own(
    db: Database, incident_id: int, signed: ReviewView, stamps: list[str], act: Act
) -> None:
    normal, rolled_back = claim_like(signed, "normal").id, claim_like(signed, "4812").id
    act(
        amend,
        incident_id,
        claim_id=normal,
        text="The error rate is back to normal, the failover worked.",
        why="Said what helped",
    )
    act(amend, incident_id, claim_id=rolled_back, text=None, why="Beside the point", by=BEN)
    act(
        add_amendment,
        incident_id,
        section="impact",
        text="12% of requests got a 500.",
        message_ts=stamps[0],
        why="Forgotten",
    )
    view = read(db, incident_id)
    assert [
        (each.number, each.claim_id, each.author, each.section) for each in view.amendments
    ] == [
        (1, normal, "Ana", "key_moments"),
        (2, rolled_back, "Ben", "key_moments"),
        (3, None, "Ana", "impact"),
    ]
    assert view.amendments[1].text is None
    assert [cited.message_ts for cited in view.amendments[0].citations] == [stamps[5]]
    assert {claim.id: claim.amended_in for claim in view.claims} == {normal: 1, rolled_back: 2}
    assert [claim.text for claim in view.claims] == [claim.text for claim in signed.claims]
    assert is_intact(db, incident_id)


@ON_BOTH
def test_an_amendment_is_held_against_its_sources(
    db: Database, incident_id: int, signed: ReviewView, stamps: list[str], act: Act
) -> None:
    normal = claim_like(signed, "normal").id
    invented = {"claim_id": normal, "text": "Frederick fixed it at 09:15.", "why": "He did"}
    with pytest.raises(BadInputError, match="do not carry this"):
        act(amend, incident_id, **invented)
    with pytest.raises(BadInputError, match="Say why"):
        act(amend, incident_id, claim_id=normal, text=None, why=" ")
    with pytest.raises(NotFoundError):
        act(amend, incident_id, claim_id=signed.unsupported[0].id, text=None, why="Wrong")
    with pytest.raises(BadInputError, match=r"Say which message|no message"):
        act(
            add_amendment,
            incident_id,
            section="impact",
            text="12% got a 500.",
            message_ts=[],
            why="x",
        )
    act(amend, incident_id, claim_id=normal, text=None, why="Wrong", by=BEN)
    with pytest.raises(BadInputError, match="Ben amended this sentence meanwhile"):
        act(amend, incident_id, claim_id=normal, text=None, why="Wrong")
    with db.reading() as session:
        assert session.scalars(select(Claim).where(Claim.text.contains("Frederick"))).all() == []


def test_what_amended_a_sentence_can_be_amended_and_needs_other_sources_once_its_own_are_gone(
    db: Database, incident_id: int, signed: ReviewView, stamps: list[str], act: Act
) -> None:
    normal = claim_like(signed, "normal").id
    first = act(amend, incident_id, claim_id=normal, text="The failover worked.", why="Shorter")
    delete_message(db, stamps[5])
    again = {"claim_id": first.new_claim_id, "text": "12% of requests got a 500.", "why": "Gone"}
    with pytest.raises(BadInputError, match="cites no message"):
        act(amend, incident_id, **again)
    act(amend, incident_id, **again, message_ts=[stamps[0]])
    view = read(db, incident_id)
    assert claim_like(view, "ithheld").amended_in == 2
    assert [each.source_changed for each in view.amendments] == [True, False]


def test_a_review_that_is_not_signed_is_edited_not_amended(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock, act: Act
) -> None:
    claim_id = draft(db, incident_id, clock, ROLLBACK).claims[0].id
    with pytest.raises(BadInputError, match="not signed yet"):
        act(amend, incident_id, claim_id=claim_id, text=None, why="Wrong")

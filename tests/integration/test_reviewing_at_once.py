"""Two reviewers, a redraft and a changing source at the same moment: nothing is lost.

Real threads on both databases. Each writes down what it did and what came of it; afterwards every
act has to be in the history and the ledger, or to have been refused in words.
"""

import os
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select

from copilot.clock import ReplayClock
from copilot.db import Database
from copilot.errors import BadInputError
from copilot.reviews.drafting import draft_review
from copilot.reviews.models import Claim, LedgerEntry, Review, VerificationAct
from copilot.reviews.reading import ReviewView
from copilot.reviews.reviewers import Reviewer
from copilot.reviews.signing import sign_off, verify_hash
from copilot.reviews.verification import edit_claim, mark_wrong, skip, undo, verify
from copilot.reviews.vocabulary import ActKind
from tests.fakes.drafter import ScriptedDrafter, a_claim
from tests.integration.reviewing import (
    NORMAL,
    ROLLBACK,
    acts_on,
    an_incident,
    delete_message,
    draft,
    edit_message,
    few_sections,
    read,
    talk,
)

ANA, BEN = Reviewer("Ana", "UANA"), Reviewer("Ben", "UBEN")
FIRST = (
    ROLLBACK,
    NORMAL,
    a_claim("12% of requests got a 500.", (1, "12% of requests get a 500")),
    a_claim("The failover worked.", (6, "the failover worked"), section="went_well"),
)
SECOND = (
    a_claim("Deploy 4812 was rolling back.", (2, "rolling back deploy 4812")),
    NORMAL,
    a_claim("Customers got a 500.", (1, "customers, 12% of requests get a 500")),
)
WORDS = {
    ROLLBACK.text: "Deploy 4812 was being rolled back ({}).",
    NORMAL.text: "The error rate was back to normal ({}).",
    FIRST[2].text: "12% of requests: a 500 ({}).",
    FIRST[3].text: "It worked, the failover ({}).",
}
INTERLEAVINGS = int(os.environ.get("INTERLEAVINGS", "2"))
"""Each takes about a second; when something here changes, try fifty."""


@pytest.fixture
def incident_id(db: Database) -> int:
    few_sections(db, "key_moments", "went_well")
    return an_incident(db)


@pytest.fixture
def stamps(db: Database, incident_id: int) -> list[str]:
    return talk(db)


@dataclass(slots=True)
class Told:
    """What somebody did, and what came of it."""

    by: Reviewer
    did: list[tuple[str, int, str]] = field(default_factory=list)
    """Kind, claim and words of each act that was carried out."""
    refused: list[tuple[str, int, str]] = field(default_factory=list)
    """The same of those that were refused; the words are those they were refused with."""

    def attempt(self, db: Database, kind: str, claim_id: int, act: Callable[..., Claim]) -> None:
        try:
            with db.transaction() as session:
                words = act(session).text
        except BadInputError as error:
            self.refused.append((kind, claim_id, str(error)))
        else:
            self.did.append((kind, claim_id, words))


@pytest.mark.parametrize("seed", range(INTERLEAVINGS))
def test_nothing_is_lost_and_both_see_it(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock, seed: int
) -> None:
    seen = draft(db, incident_id, clock, *FIRST)
    clock.advance_to(clock.now() + timedelta(minutes=1))
    told = [Told(ANA), Told(BEN)]
    start = Barrier(4)

    def review(reviewer: Told) -> None:
        random = Random(f"{seed} {reviewer.by.name}")  # noqa: S311 - no secret
        start.wait(timeout=20)
        for _ in range(6):
            _do_something(db, clock, reviewer, random, seen)

    def redraft() -> None:
        start.wait(timeout=20)
        for said in (SECOND, FIRST):
            draft_review(db, incident_id, ScriptedDrafter(said), clock)

    def change_sources() -> None:
        start.wait(timeout=20)
        edit_message(db, stamps[1], "rolling back deploy 4812 (not 4811)", "UBEN")
        delete_message(db, stamps[5])

    _at_once(lambda: review(told[0]), lambda: review(told[1]), redraft, change_sources)
    _nothing_was_lost(db, incident_id, told)
    _both_see_each_others_marks(db, incident_id)
    _nothing_unsupported_is_published(read(db, incident_id), stamps)


def _at_once(*what: Callable[[], None]) -> None:
    with ThreadPoolExecutor(len(what)) as threads:
        for future in [threads.submit(each) for each in what]:
            future.result(timeout=60)


def _do_something(
    db: Database, clock: ReplayClock, who: Told, random: Random, seen: ReviewView
) -> None:
    """As on a page that was loaded before: the claim is shown as it read then."""
    claim = random.choice(seen.claims)
    common: dict[str, Any] = {"by": who.by, "now": clock.now()}
    kind = random.choice(["verify", "wrong", "edit", "edit", "undo", "skip"])
    text = WORDS[claim.text].format(f"{who.by.name.lower()} {random.randrange(10**9)}")
    acts: dict[str, Callable[..., Claim]] = {
        "verify": lambda s: verify(s, claim.id, seen=claim.text, **common),
        "wrong": lambda s: mark_wrong(s, claim.id, seen=claim.text, **common),
        "edit": lambda s: edit_claim(s, claim.id, text=text, seen=claim.text, **common),
        "undo": lambda s: undo(s, claim.id, **common),
        "skip": lambda s: skip(s, claim.id, **common),
    }
    who.attempt(db, kind, claim.id, acts[kind])


_KINDS = {
    "verify": {ActKind.VERIFIED},
    "wrong": {ActKind.WRONG},
    "edit": {ActKind.EDITED, ActKind.PROPOSED},
    "undo": {ActKind.UNDONE},
    "skip": {ActKind.SKIPPED},
}


def _nothing_was_lost(db: Database, incident_id: int, told: Sequence[Told]) -> None:
    with db.reading() as session:
        numbers = session.scalars(
            select(Review.version).where(Review.incident_id == incident_id).order_by(Review.version)
        ).all()
        assert list(numbers) == list(range(1, len(numbers) + 1))
        acts = session.scalars(select(VerificationAct)).all()
        ledger = session.scalars(select(LedgerEntry).where(LedgerEntry.person.is_not(None))).all()
        assert Counter((entry.person, entry.claim_id) for entry in ledger) == Counter(
            (act.person, act.claim_id) for act in acts
        )
        for who in told:
            own = [act for act in acts if act.person == who.by.name]
            assert len(own) == len(who.did)
            for kind, claim_id, words in who.did:
                history = acts_on(session, claim_id)
                assert any(
                    line.kind in _KINDS[kind]
                    and line.person == who.by.name
                    and (line.text == words or kind in ("undo", "verify", "wrong", "skip"))
                    for line in history
                )
            assert all("othing was saved" in why or "undone" in why for *_, why in who.refused)
            assert {kind for kind, *_ in who.refused} <= {"verify", "wrong", "undo"}, (
                "an edit is never refused: it stands, or waits beside"
            )
        _nobodys_words_are_gone(session, told)


def _nobodys_words_are_gone(session: Any, told: Sequence[Told]) -> None:
    """Whoever's words stand now, an act of theirs put them there; nobody wrote over another."""
    for claim in session.scalars(select(Claim)):
        acts = session.scalars(
            select(VerificationAct)
            .where(VerificationAct.claim_id == claim.id)
            .order_by(VerificationAct.id)
        ).all()
        read = claim.drafted_text or (acts[0].text if acts else "")
        writer = None
        for act in acts:
            if act.before is not None:
                assert act.before == read
                assert act.state == ActKind.UNDONE or writer in (None, act.person)
                read = act.text
                writer = act.person if act.state == ActKind.EDITED else None
        assert claim.text == read
    everything = {claim.text for claim in session.scalars(select(Claim))}
    everything |= {act.text for act in session.scalars(select(VerificationAct))}
    for who in told:
        assert {words for kind, _, words in who.did if kind == "edit"} <= everything


def _both_see_each_others_marks(db: Database, incident_id: int) -> None:
    """Whatever a person said last of a claim that stands, and nobody undid, is on the page."""
    view = read(db, incident_id)
    shown = {c.id: c for c in (*view.claims, *view.unsupported, *view.rejected)}
    with db.reading() as session:
        for claim in shown.values():
            said: dict[str, str] = {}
            for line in acts_on(session, claim.id):
                if line.is_of_proposal or line.kind in (ActKind.SKIPPED, ActKind.PROPOSED):
                    continue
                if line.kind == ActKind.UNDONE:
                    said = {}
                else:
                    said[line.person] = line.kind
            assert {mark.person: mark.kind for mark in claim.marks} == said


def _nothing_unsupported_is_published(view: ReviewView, stamps: Sequence[str]) -> None:
    for claim in view.claims:
        assert claim.supported
        assert not claim.source_changed
        assert stamps[5] not in [cited.message_ts for cited in claim.citations]


def test_who_acts_while_it_is_signed_is_in_it_or_refused(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock
) -> None:
    for claim in draft(db, incident_id, clock, *FIRST).claims:
        with db.transaction() as session:
            verify(session, claim.id, by=ANA, now=clock.now())
    seen = read(db, incident_id).claims
    start = Barrier(3)
    outcomes: list[str] = []

    def attempt(what: Callable[..., object]) -> None:
        start.wait(timeout=20)
        try:
            with db.transaction() as session:
                what(session)
        except BadInputError as error:
            outcomes.append(str(error))

    now = clock.now()
    _at_once(
        lambda: attempt(lambda s: sign_off(s, incident_id, by=BEN, now=now)),
        lambda: attempt(lambda s: mark_wrong(s, seen[0].id, by=ANA, now=now)),
        lambda: attempt(
            lambda s: edit_claim(
                s, seen[1].id, text="ben did it.", by=ANA, now=now, seen=seen[1].text
            )
        ),
    )
    view = read(db, incident_id)
    assert view.signed is not None, "what is marked wrong or fails a check keeps nobody from it"
    with db.reading() as session:
        assert verify_hash(session, incident_id)
        acts = session.scalars(select(VerificationAct)).all()
    assert len(acts) + len(outcomes) == len(FIRST) + 2
    assert all("Ben signed this review" in why for why in outcomes)

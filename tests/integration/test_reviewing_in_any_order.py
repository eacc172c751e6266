"""No order of acts, drafts, changed sources and sign-off publishes what no source carries, changes
what was signed, or loses what a person wrote."""

import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from copilot.clock import ReplayClock
from copilot.db import Database
from copilot.errors import BadInputError, NotFoundError
from copilot.incidents.models import Incident
from copilot.reviews import proposals
from copilot.reviews.amendments import add_amendment, amend
from copilot.reviews.checking import check_words
from copilot.reviews.comments import write_comment
from copilot.reviews.drafting import draft_review
from copilot.reviews.models import Claim, ClaimState, Comment, Review, VerificationAct
from copilot.reviews.reading import ClaimView, ReviewView, current_review
from copilot.reviews.reviewers import Reviewer
from copilot.reviews.signing import sign_off, verify_hash
from copilot.reviews.sources import sources_of
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
from tests.integration.fresh_copies import fresh
from tests.integration.reviewing import (
    CONVERSATION,
    INVENTED,
    NORMAL,
    ROLLBACK,
    START,
    an_incident,
    delete_message,
    edit_message,
    few_sections,
    talk,
)

EXAMPLES = int(os.environ.get("COPILOT_TEST_EXAMPLES", "3"))
STEPS = (
    ["verify", "edit", "redraft"] * 4
    + ["wrong", "undo", "skip", "cite", "add", "take", "leave", "comment"] * 2
    + ["source_edited", "source_deleted", "sign", "sign", "amend", "add_amendment"]
)
steps = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 2**32)), min_size=20, max_size=30)

DRAFTED = (
    ROLLBACK,
    NORMAL,
    INVENTED,
    a_claim("Deploy 4812 was rolling back.", (2, "rolling back deploy 4812")),
    a_claim("12% of requests got a 500.", (1, "12% of requests get a 500"), section="impact"),
    a_claim("Customers got a 500.", (1, "customers, 12% of requests get a 500"), section="impact"),
    a_claim("The failover did not work.", (6, "the failover worked")),
    a_claim("The failover worked.", (6, "the failover worked")),
)
WRITTEN = (
    "Deploy 4812 was rolled back by ben.",
    "The error rate was back to normal.",
    "12% of requests: a 500.",
    "Frederick caused it at 09:15.",
    "The failover never worked.",
    "sam rolled back deploy 4813",
)
SAID = (
    "never mind",
    "rolling back deploy 4812 (not 4811)",
    "error rate is back to normal, the failover worked, says ben",
    "the failover worked? It did not",
)
PEOPLE = (Reviewer("Ana", "UANA"), Reviewer("Ben"))


class Walk:
    """One review, from first draft to whatever comes."""

    def __init__(self, db: Database) -> None:
        self.db, self.clock = db, ReplayClock(START + timedelta(hours=1))
        few_sections(db, "impact", "key_moments")
        self.incident_id, self.stamps = an_incident(db), talk(db)
        self.written: set[str] = set()
        """What people saved and were told was saved."""
        self.signed: list[tuple[str, ...]] | None = None
        self.redraft(Random(0))  # noqa: S311 - no secret

    def step(self, name: str, number: int) -> None:
        self.clock.advance_to(self.clock.now() + timedelta(seconds=30))
        random = Random(number)  # noqa: S311 - no secret
        with suppress(BadInputError, NotFoundError):
            getattr(self, name)(random)
        self.check()

    def act(self, random: Random, what: Any, *args: Any, **more: Any) -> Any:
        with self.db.transaction() as session:
            return what(session, *args, by=random.choice(PEOPLE), now=self.clock.now(), **more)

    def view(self) -> ReviewView:
        with self.db.reading() as session:
            found = current_review(session, self.incident_id)
        assert found is not None
        return found

    def any_claim(self, random: Random) -> ClaimView:
        view = self.view()
        everything = [*view.claims, *view.unsupported, *view.rejected]
        if not everything:
            raise NotFoundError("There is none.")
        return random.choice(everything)

    def any_id(self, random: Random) -> int:
        """Also of what was withdrawn, or only stands beside another."""
        with self.db.reading() as session:
            return random.choice(session.scalars(select(Claim.id)).all())

    def redraft(self, random: Random) -> None:
        said = random.sample(DRAFTED, random.randrange(len(DRAFTED)))
        draft_review(self.db, self.incident_id, ScriptedDrafter(said), self.clock)

    def verify(self, random: Random) -> None:
        self.act(random, verify, self.any_id(random))

    def wrong(self, random: Random) -> None:
        self.act(random, mark_wrong, self.any_id(random))

    def edit(self, random: Random) -> None:
        seen = random.choice([None, "something else"])
        text = random.choice([*WRITTEN, self.any_claim(random).text.upper()])
        claim = self.act(random, edit_claim, self.any_id(random), text=text, seen=seen)
        assert claim.text == text
        self.written.add(text)

    def undo(self, random: Random) -> None:
        self.act(random, undo, self.any_id(random))

    def skip(self, random: Random) -> None:
        self.act(random, skip, self.any_id(random))

    def cite(self, random: Random) -> None:
        self.act(random, cite, self.any_id(random), message_ts=random.choice(self.stamps))

    def add(self, random: Random) -> None:
        text, ts = random.choice(WRITTEN), random.choice(self.stamps)
        self.act(random, add_claim, self.incident_id, section="impact", text=text, message_ts=ts)
        self.written.add(text)

    def take(self, random: Random) -> None:
        self.act(random, proposals.take_proposal, self.any_proposal(random))

    def leave(self, random: Random) -> None:
        self.act(random, proposals.leave_proposal, self.any_proposal(random))

    def any_proposal(self, random: Random) -> int:
        beside = self.any_claim(random).proposals
        return random.choice(beside).id if beside else self.any_id(random)

    def comment(self, random: Random) -> None:
        self.act(
            random, write_comment, self.incident_id, claim_id=self.any_id(random), text="Sure?"
        )

    def source_edited(self, random: Random) -> None:
        place = random.randrange(len(self.stamps))
        edit_message(self.db, self.stamps[place], random.choice(SAID), CONVERSATION[place][0])

    def source_deleted(self, random: Random) -> None:
        delete_message(self.db, random.choice(self.stamps))

    def sign(self, random: Random) -> None:
        view = self.view()
        for claim in view.claims:
            with suppress(BadInputError):
                self.act(random, verify, claim.id)
        for claim in view.unsupported:
            if claim.source_changed:
                self.act(random, mark_wrong, claim.id)
        for claim in [*view.claims, *view.unsupported, *view.rejected]:
            for proposal in claim.proposals:
                self.act(random, proposals.leave_proposal, proposal.id)
        self.act(random, sign_off, self.incident_id)
        self.signed = self.what_is_signed()

    def amend(self, random: Random) -> None:
        text, ts = random.choice([*WRITTEN, None]), [random.choice(self.stamps)]
        self.act(
            random,
            amend,
            self.incident_id,
            claim_id=self.any_id(random),
            text=text,
            why="Better so",
            message_ts=ts,
        )

    def add_amendment(self, random: Random) -> None:
        text, ts = random.choice(WRITTEN), random.choice(self.stamps)
        self.act(
            random,
            add_amendment,
            self.incident_id,
            section="impact",
            text=text,
            message_ts=ts,
            why="Forgotten",
        )

    def what_is_signed(self) -> list[tuple[str, ...]]:
        return [
            (
                section.key,
                str(claim.id),
                str(claim.content_hash),
                claim.state,
                str(claim.checked_by),
            )
            for section in self.view().sections
            for claim in section.claims
        ]

    def check(self) -> None:
        view = self.view()
        if self.signed is None:
            assert view.signed is None
            assert all(claim.supported and not claim.source_changed for claim in view.claims)
        else:
            assert self.what_is_signed() == self.signed
        with self.db.reading() as session:
            if self.signed is not None:
                assert verify_hash(session, self.incident_id)
            incident = session.get_one(Incident, self.incident_id)
            rows = session.scalars(select(Claim).order_by(Claim.id)).all()
            by_id = {row.id: row for row in rows}
            sources = sources_of(session, incident, list(by_id))
            published = [c.id for c in view.claims if not c.source_changed]
            amending = [each.new_claim_id for each in view.amendments if not each.source_changed]
            for claim_id in (*published, *(each for each in amending if each)):
                cited = sources[claim_id]
                assert all(source.still_says_it for source in cited)
                checked = check_words(session, incident, by_id[claim_id].text, cited)
                assert checked.problem is None, by_id[claim_id].text
            for row in rows:
                if row.state != ClaimState.UNVERIFIED and row.withdrawn_in_id is not None:
                    assert row.withdrawn_by is not None, "no draft withdraws what a person touched"
                if row.proposed_for_id is not None and row.withdrawn_in_id is None:
                    assert by_id[row.proposed_for_id].withdrawn_in_id is None
            everything = [*view.claims, *view.unsupported, *view.rejected]
            remarks = [*view.comments, *(one for claim in everything for one in claim.comments)]
            assert {one.id for one in remarks} == set(session.scalars(select(Comment.id)))
            acts = session.scalars(select(VerificationAct)).all()
            kept = {row.text for row in rows} | {act.text for act in acts}
            assert self.written <= kept
            numbers = session.scalars(select(Review.version).order_by(Review.version)).all()
            assert list(numbers) == list(range(1, len(numbers) + 1))


@pytest.fixture(scope="module")
def template(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copy(migrated_sqlite, tmp_path_factory.mktemp("reviewing") / "any.db"))


@pytest.mark.timeout(600)  # for all walks together, beside whatever else the machine does
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
    # A shorter walk takes minutes to find and tells no more: the blob plays the long one again.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(steps=steps)
def test_no_order_of_events_publishes_loses_or_unsigns_anything(
    template: Path, steps: Sequence[tuple[str, int]]
) -> None:
    with fresh(template) as db:
        walk = Walk(db)
        for name, number in steps:
            walk.step(name, number)

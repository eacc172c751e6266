"""What every act of a person on a review has in common.

The incident is held, so that acts and drafts come one after the other; a signed review is left as
it is; who did what is kept for ever; and what waited for people goes on once they have caught up.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from copilot.errors import BadInputError, NotFoundError
from copilot.incidents.models import Incident
from copilot.reviews import ledger
from copilot.reviews.citations import is_printable
from copilot.reviews.debt import resume_drafting
from copilot.reviews.models import Citation, Claim, ClaimState, Review, VerificationAct
from copilot.reviews.policies import policy_of
from copilot.reviews.reviewers import Reviewer
from copilot.reviews.sources import Source, sources_of
from copilot.reviews.versions import (
    MAX_PERSONS_WORDS,
    lock_unsigned,
    require_review,
    standing_claims,
)
from copilot.reviews.vocabulary import ActKind, LedgerKind
from copilot.reviews.words import word_count
from copilot.timeline.redaction import redact

MOST_LETTERS = 1_000
_LEDGER_KINDS = {
    ActKind.VERIFIED: LedgerKind.VERIFIED,
    ActKind.EDITED: LedgerKind.EDITED,
    ActKind.ADDED: LedgerKind.EDITED,
    ActKind.PROPOSED: LedgerKind.EDITED,
    ActKind.WRONG: LedgerKind.REJECTED,
    ActKind.LEFT: LedgerKind.REJECTED,
    ActKind.UNDONE: LedgerKind.UNDONE,
    ActKind.SKIPPED: LedgerKind.SKIPPED,
    ActKind.CITED: LedgerKind.CITED,
}
"""What was taken has its lines already: the proposal's, and that what was checked is undone."""


@dataclass(frozen=True, slots=True)
class Held:
    """A claim that nobody else changes before our transaction ends."""

    incident: Incident
    review: Review
    """The newest version."""
    claim: Claim
    sources: list[Source]


def hold_claim(session: Session, claim_id: int) -> Held:
    """Raises NotFoundError, and BadInputError once the review is signed."""
    claim = find_claim(session, claim_id)
    born_in = session.get_one(Review, claim.review_id)
    incident = lock_unsigned(session, born_in.incident_id)
    session.refresh(claim)
    review = require_review(session, incident.id)
    return Held(incident, review, claim, sources_of(session, incident, [claim.id])[claim.id])


def find_claim(session: Session, claim_id: int) -> Claim:
    claim = session.get(Claim, claim_id)
    if claim is None:
        raise NotFoundError("This sentence does not exist. Reload the review; nothing was saved.")
    return claim


def bring_back(session: Session, held: Held) -> None:
    """A draft has left the sentence out, but a person was at it: it stands again.

    What the draft says in its place waits beside it.
    """
    claim = held.claim
    if claim.withdrawn_in_id is None:
        return
    claim.withdrawn_in_id = None
    session.flush()
    events = _events_of(session, claim)
    rivals = session.scalars(
        standing_claims(held.incident.id).where(
            Claim.review_id == held.review.id,
            Claim.section == claim.section,
            Claim.state == ClaimState.UNVERIFIED,
            Claim.text == Claim.drafted_text,
            Claim.id != claim.id,
        )
    ).all()
    for rival in rivals:
        if _events_of(session, rival) == events:
            rival.proposed_for_id = claim.id
            beside = update(Claim).where(Claim.proposed_for_id == rival.id)
            session.execute(beside.values(proposed_for_id=claim.id))


def refuse_if_proposed(held: Held) -> None:
    claim = held.claim
    if claim.proposed_for_id is None:
        return
    if claim.withdrawn_in_id is not None:
        raise BadInputError(
            f"{claim.withdrawn_by or 'A newer draft'} settled this proposal meanwhile. Nothing "
            "was saved: reload the review and see how the sentence reads now."
        )
    raise BadInputError(
        "This sentence only stands beside another one. Nothing was saved: take it or leave it."
    )


def is_other_than_seen(claim: Claim, seen: str | None) -> bool:
    """Somebody put it otherwise since the person read it."""
    return seen is not None and " ".join(seen.split()) != " ".join(claim.text.split())


def refuse_if_unseen(held: Held, seen: str | None) -> None:
    if is_other_than_seen(held.claim, seen):
        raise BadInputError(
            f"{held.claim.checked_by or 'Somebody'} put this sentence otherwise meanwhile. It "
            f"reads now: “{held.claim.text}” Nothing was saved: read it, then say what you think "
            "of it."
        )


def record(
    session: Session,
    incident: Incident,
    claim: Claim,
    kind: ActKind,
    by: Reviewer,
    now: datetime,
    *,
    before: str | None = None,
    **details: Any,
) -> None:
    """Keep the act, and have the ledger know of it. `before` is how the claim read until then,
    where that changed; `details` go into the ledger."""
    session.flush()
    cited = session.execute(
        select(Citation.event_id, Citation.revision_id)
        .where(Citation.claim_id == claim.id)
        .order_by(Citation.position)
    )
    session.add(
        VerificationAct(
            claim_id=claim.id,
            state=kind,
            text=claim.text,
            before=before,
            sources=[list(each) for each in cited],
            person=by.signature,
            user_id=by.user_id,
            acted_at=now,
        )
    )
    session.flush()
    if kind in _LEDGER_KINDS:
        details = details if before is None else {"before": before, **details}
        ledger.note(
            session,
            incident,
            _LEDGER_KINDS[kind],
            claim=claim,
            person=by.signature,
            user_id=by.user_id,
            now=now,
            **details,
        )
    resume_drafting(session, incident, policy_of(session, incident.team_id), now)


def tidy(text: str) -> str:
    """One line of printable words, without secrets. Raises BadInputError."""
    line = redact(" ".join(text.split()))
    if not line:
        raise BadInputError("A sentence needs words. To drop it, mark it wrong.")
    if len(line) > MOST_LETTERS or word_count(line) > MAX_PERSONS_WORDS:
        raise BadInputError(f"Keep a sentence under {MAX_PERSONS_WORDS} words. Nothing was saved.")
    if not is_printable(line):
        raise BadInputError("The sentence contains invisible characters. Nothing was saved.")
    return line


def _events_of(session: Session, claim: Claim) -> frozenset[int]:
    return frozenset(
        session.scalars(select(Citation.event_id).where(Citation.claim_id == claim.id))
    )

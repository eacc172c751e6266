"""Sentences that stand beside one a person had touched, until somebody takes or leaves them.

A newer draft puts them there, and so does an edit of what somebody else put otherwise meanwhile.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from copilot.errors import BadInputError
from copilot.ports import Support
from copilot.reviews import ledger
from copilot.reviews.acting import Held, hold_claim, record, refuse_if_unseen
from copilot.reviews.checking import check_against, check_words, look_again
from copilot.reviews.models import Citation, Claim, ClaimState
from copilot.reviews.reviewers import Reviewer
from copilot.reviews.sources import Source, cited
from copilot.reviews.versions import add_row, cite_all
from copilot.reviews.vocabulary import JUDGE_AGAIN, ActKind, LedgerKind


def take_proposal(
    session: Session,
    proposal_id: int,
    *,
    beside: int | None = None,
    by: Reviewer,
    now: datetime,
    seen: str | None = None,
) -> Claim:
    """Have the sentence read as proposed; how it read before is in its history. `beside` is the
    sentence that `by` has before them, `seen` how they read it.

    A draft's words are then unchecked; a person's stand under that person's name. Raises
    BadInputError for a proposal that its sources do not carry, that somebody settled, or that
    stands beside another sentence.
    """
    proposal, held = _hold_proposal(session, proposal_id, beside)
    refuse_if_unseen(held, seen)
    sources = look_again(proposal.sources)
    if any(source.is_changed for source in sources) or not sources:
        raise BadInputError(
            "A message this proposal quotes was changed or deleted since. Nothing was saved: "
            "leave it, and put the sentence in your own words if it should change."
        )
    words = proposal.claim
    check = check_words(
        session, held.incident, words.text, sources, is_persons=bool(words.checked_by)
    )
    if not check.is_supported or not words.is_supported:
        raise BadInputError(
            f"This proposal failed a check: {check.problem or words.failed_check}. Nothing was "
            "saved: leave it, and put the sentence in your own words if it should change."
        )
    claim = held.claim
    before = claim.text
    claim.text, claim.judged = words.text, words.judged
    claim.drafted_text = words.drafted_text or claim.drafted_text
    claim.is_supported, claim.failed_check = True, None
    claim.state, claim.checked_by, claim.checked_at = (
        words.state,
        words.checked_by,
        words.checked_at,
    )
    session.execute(delete(Citation).where(Citation.claim_id == claim.id))
    cite_all(session, claim, [cited(source) for source in sources])
    _settle(session, proposal, by, now)
    if claim.state == ClaimState.UNVERIFIED:
        # Whatever was said of the old words was not said of these.
        ledger.note(
            session,
            held.incident,
            LedgerKind.UNDONE,
            claim=claim,
            person=by.signature,
            user_id=by.user_id,
            now=now,
        )
    record(session, held.incident, claim, ActKind.TAKEN, by, now, before=before)
    return claim


def leave_proposal(
    session: Session,
    proposal_id: int,
    *,
    beside: int | None = None,
    by: Reviewer,
    now: datetime,
) -> Claim:
    """Have the sentence stay as it is. Raises BadInputError for what somebody settled, or for a
    proposal that stands beside another sentence than the one that `by` has before them."""
    proposal, held = _hold_proposal(session, proposal_id, beside)
    _settle(session, proposal, by, now)
    record(session, held.incident, proposal.claim, ActKind.LEFT, by, now, proposal=True)
    return held.claim


def propose(
    session: Session,
    held: Held,
    text: str,
    sources: Sequence[Source],
    *,
    by: Reviewer,
    now: datetime,
    instead_of: Claim | None = None,
) -> Claim:
    """Keep the words of `by` beside those of somebody else, who was first; or `instead_of` another
    proposal there.

    What says again what the second judge refused is refused with it.
    """
    judged = [one.judged for one in (held.claim, instead_of) if one is not None]
    row = Claim(
        review_id=held.review.id,
        section=held.claim.section,
        position=held.claim.position,
        text=text,
        drafted_text="",
        judged=Support.NONE if {Support.NONE, JUDGE_AGAIN}.intersection(judged) else None,
        state=ClaimState.EDITED,
        checked_by=by.signature,
        checked_at=now,
        proposed_for_id=held.claim.id,
    )
    check = check_against(session, held.incident, row, look_again(sources))
    row.is_supported, row.failed_check = check.is_supported, check.problem
    add_row(session, row, [cited(source) for source in sources])
    record(session, held.incident, row, ActKind.PROPOSED, by, now, proposal=True)
    return row


def _hold_proposal(session: Session, proposal_id: int, beside: int | None) -> tuple[Held, Held]:
    """The proposal, and what it stands beside."""
    proposal = hold_claim(session, proposal_id)
    if proposal.claim.proposed_for_id is None:
        raise BadInputError("This sentence is no proposal. Reload the review; nothing was saved.")
    if proposal.claim.withdrawn_in_id is not None:
        who = proposal.claim.withdrawn_by or "A newer draft"
        raise BadInputError(
            f"{who} settled this proposal meanwhile. Nothing was saved: reload the review and see "
            "how the sentence reads now."
        )
    if beside is not None and proposal.claim.proposed_for_id != beside:
        raise BadInputError(
            "This proposal stands beside another sentence. Nothing was saved: reload the review, "
            "and take or leave it where it stands."
        )
    return proposal, hold_claim(session, proposal.claim.proposed_for_id)


def _settle(session: Session, proposal: Held, by: Reviewer, now: datetime) -> None:
    proposal.claim.withdrawn_in_id = proposal.review.id
    proposal.claim.withdrawn_by = by.signature
    ledger.note_withdrawn(session, proposal.incident, [proposal.claim], now)

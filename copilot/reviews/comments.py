"""Remarks of reviewers on a sentence, or on the review as a whole. Never published."""

from datetime import datetime

from sqlalchemy.orm import Session

from copilot.errors import BadInputError, NotFoundError
from copilot.reviews import ledger
from copilot.reviews.acting import bring_back, find_claim, hold_claim
from copilot.reviews.models import Comment, Review
from copilot.reviews.reviewers import Reviewer
from copilot.reviews.versions import lock_unsigned, require_review
from copilot.reviews.vocabulary import LedgerKind
from copilot.suggestions.harmless import visible
from copilot.timeline.redaction import redact

MOST_LETTERS = 2_000


def write_comment(
    session: Session,
    incident_id: int,
    *,
    claim_id: int | None = None,
    text: str,
    by: Reviewer,
    now: datetime,
) -> Comment:
    """Raises BadInputError, also once the review is signed, and NotFoundError."""
    incident = lock_unsigned(session, incident_id)
    require_review(session, incident.id)
    if claim_id is not None:
        claim_id = _standing(session, incident.id, claim_id)
    lines = [" ".join(visible(line).split()) for line in text.splitlines()]
    words = redact("\n".join(lines).strip())
    if not words:
        raise BadInputError("A comment needs words. Nothing was saved.")
    if len(words) > MOST_LETTERS:
        raise BadInputError(f"Keep a comment under {MOST_LETTERS} letters. Nothing was saved.")
    comment = Comment(
        incident_id=incident.id,
        claim_id=claim_id,
        text=words,
        author=by.signature,
        written_at=now,
    )
    session.add(comment)
    session.flush()
    ledger.note(
        session,
        incident,
        LedgerKind.COMMENTED,
        claim=find_claim(session, claim_id) if claim_id is not None else None,
        person=by.signature,
        user_id=by.user_id,
        now=now,
    )
    return comment


def _standing(session: Session, incident_id: int, claim_id: int) -> int:
    """Where the comment will be seen: what was remarked on a proposal stays with its sentence."""
    born_in = session.get_one(Review, find_claim(session, claim_id).review_id)
    if born_in.incident_id != incident_id:
        raise NotFoundError("This sentence is not in this review. Nothing was saved.")
    held = hold_claim(session, claim_id)
    if held.claim.proposed_for_id is not None:
        held = hold_claim(session, held.claim.proposed_for_id)
    bring_back(session, held)
    return held.claim.id


def settle_comment(session: Session, comment_id: int, *, by: Reviewer, now: datetime) -> Comment:
    """What it asked for is done, or needs no doing; the first who says so is named.

    Raises BadInputError once the review is signed, and NotFoundError.
    """
    comment = session.get(Comment, comment_id)
    if comment is None:
        raise NotFoundError("This comment does not exist. Reload the review.")
    lock_unsigned(session, comment.incident_id)
    session.refresh(comment)
    if comment.settled_at is None:
        comment.settled_by, comment.settled_at = by.signature, now
    session.flush()
    return comment

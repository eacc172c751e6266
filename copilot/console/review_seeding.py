"""Altered sentences on one person's page: shown in the place of the real one until answered.

Nothing in the page tells them apart, so the server knows one by what the person had before them.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.errors import AlreadyDecidedError
from copilot.reviews.models import ClaimState, SeededCheck
from copilot.reviews.reviewers import Reviewer
from copilot.reviews.seeding import SeededClaim, answer_seeded
from copilot.reviews.views import ClaimView, ReviewView


def with_altered(review: ReviewView, altered: Sequence[SeededClaim]) -> ReviewView:
    """The review as that person sees it; never what is stored, counted or exported."""
    texts = {one.claim_id: one.text for one in altered}
    if not texts:
        return review
    sections = [
        section.model_copy(update={"claims": [_altered(c, texts) for c in section.claims]})
        for section in review.sections
    ]
    return review.model_copy(update={"sections": sections})


def answer_if_altered(
    session: Session,
    claim_id: int,
    seen: str | None,
    *,
    by: Reviewer,
    caught: bool,
    seconds: float | None,
    now: datetime,
) -> str | None:
    """What to tell who just answered an altered sentence; None where it was the real one."""
    seeded_id = session.scalar(
        select(SeededCheck.id).where(
            SeededCheck.claim_id == claim_id,
            SeededCheck.person == by.signature,
            SeededCheck.text == seen,
            SeededCheck.answered_at.is_(None),
        )
    )
    if seen is None or seeded_id is None:
        return None
    try:
        revealed = answer_seeded(session, seeded_id, by=by, caught=caught, now=now, seconds=seconds)
    except AlreadyDecidedError as error:
        return str(error)
    return revealed.words


def _altered(claim: ClaimView, texts: dict[int, str]) -> ClaimView:
    if claim.id not in texts or claim.state != ClaimState.UNVERIFIED:
        return claim  # somebody may have said something of the real one meanwhile
    return claim.model_copy(update={"text": texts[claim.id]})

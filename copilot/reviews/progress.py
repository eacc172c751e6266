"""How far the checking of reviews has come."""

from collections.abc import Sequence

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from copilot.reviews.models import Amendment, Claim, ClaimState, Review


def claims_checked(session: Session, incident_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Claims of each review that may be published, and how many a person checked."""
    is_checked = case((Claim.state != ClaimState.UNVERIFIED, 1), else_=0)
    amending = select(Amendment.new_claim_id).where(Amendment.new_claim_id.is_not(None))
    found = session.execute(
        select(Review.incident_id, func.count(), func.sum(is_checked))
        .join(Claim, Claim.review_id == Review.id)
        .where(
            Review.incident_id.in_(incident_ids),
            Claim.withdrawn_in_id.is_(None),
            Claim.proposed_for_id.is_(None),
            Claim.state != ClaimState.WRONG,
            Claim.is_supported.is_(True),
            Claim.id.not_in(amending),
        )
        .group_by(Review.incident_id)
    )
    return {incident_id: (total, int(checked)) for incident_id, total, checked in found}

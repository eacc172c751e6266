"""In which order claims are checked: the riskiest first. Pure."""

from collections.abc import Sequence

from copilot.reviews.models import ClaimState
from copilot.reviews.risk import risk
from copilot.reviews.views import ClaimView, ReviewView


def in_page_order(review: ReviewView) -> list[ClaimView]:
    return [*review.claims, *review.unsupported, *review.rejected]


def is_left(claim: ClaimView) -> bool:
    """Somebody has to look at it before the review can be signed."""
    if claim.proposals:
        return True
    if claim.state == ClaimState.WRONG:
        return False
    return claim.source_changed or (claim.state == ClaimState.UNVERIFIED and claim.supported)


def by_risk(review: ReviewView) -> list[ClaimView]:
    """All claims in the order in which `N` visits those that are left."""
    return sorted(in_page_order(review), key=lambda claim: -risk(claim))


def first_left(review: ReviewView) -> ClaimView | None:
    return next((claim for claim in by_risk(review) if is_left(claim)), None)


def next_left(review: ReviewView, claim_id: int) -> int | None:
    """The claim to check after this one, from the top again if need be; None if none is left."""
    order = by_risk(review)
    return next_after(order, claim_id)


def next_after(order: Sequence[ClaimView], claim_id: int) -> int | None:
    place = next((i for i, claim in enumerate(order) if claim.id == claim_id), -1)
    onward = [*order[place + 1 :], *order[: max(0, place)]]
    return next((claim.id for claim in onward if is_left(claim)), None)

"""In which order claims are checked: the riskiest first. Pure."""

from collections.abc import Sequence

from copilot.reviews.models import ClaimState
from copilot.reviews.risk import risk
from copilot.reviews.views import ClaimView, ReviewView


def in_page_order(review: ReviewView) -> list[ClaimView]:
    return [*review.claims, *review.unsupported, *review.rejected]


def is_left(claim: ClaimView) -> bool:
    """Somebody has to look at it before the review can be signed."""
    if claim.proposals or claim.needs_settling:
        return True
    if claim.state == ClaimState.WRONG:
        return False
    return claim.source_changed or (claim.state == ClaimState.UNVERIFIED and claim.supported)


def left_by_risk(review: ReviewView) -> list[ClaimView]:
    """What is left to check, in the order in which `N` visits it."""
    left = [claim for claim in in_page_order(review) if is_left(claim)]
    return sorted(left, key=lambda claim: -risk(claim))


def next_after(left: Sequence[ClaimView], claim: ClaimView | None) -> int | None:
    """The claim to check after this one, from the top again if need be; None if none is left."""
    others = [each for each in left if claim is None or each.id != claim.id]
    if not others:
        return None
    if claim is None:
        return others[0].id
    place, danger = (
        next((i for i, each in enumerate(left) if each.id == claim.id), None),
        risk(claim),
    )
    if place is not None:
        return (others[place:] or others)[0].id
    return next((each.id for each in others if risk(each) <= danger), others[0].id)

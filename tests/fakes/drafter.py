"""A drafter that says what a test tells it to."""

from collections.abc import Callable, Sequence

from copilot.errors import TemporaryError
from copilot.ports import (
    Draft,
    DraftedClaim,
    DraftRequest,
    FollowUpFact,
    IncidentFacts,
    Quote,
    WindowMessage,
)
from copilot.reviews.review_policy import SHIPPED

Script = Callable[[Sequence[WindowMessage]], Sequence[DraftedClaim]]


class ScriptedDrafter:
    """Answers with `claims`, or with what `claims` makes of the messages it is given."""

    def __init__(self, claims: Sequence[DraftedClaim] | Script = ()) -> None:
        self.claims = claims
        self.seen: list[WindowMessage] = []
        self.follow_ups: Sequence[FollowUpFact] = ()
        self.facts: IncidentFacts | None = None
        self.said: Sequence[DraftedClaim] = ()

    def draft(self, request: DraftRequest) -> Draft:
        self.seen, self.said = request.messages, request.said
        self.facts, self.follow_ups = request.facts, request.follow_ups
        claims = self.claims(self.seen) if callable(self.claims) else self.claims
        return Draft(_asked_for(claims, request), engine="scripted-1", tokens=7)


def _asked_for(claims: Sequence[DraftedClaim], request: DraftRequest) -> tuple[DraftedClaim, ...]:
    """Those of the sections wanted now; what belongs to none comes with the first."""
    wanted = {wish.key for wish in request.sections}
    if SHIPPED[0].key in wanted:
        wanted |= {claim.section for claim in claims} - {wish.key for wish in SHIPPED}
    return tuple(claim for claim in claims if claim.section in wanted)


class FailingDrafter:
    """Cannot answer now."""

    def draft(self, request: DraftRequest) -> Draft:
        raise TemporaryError("The drafter is resting.")


def a_claim(text: str, *quotes: tuple[int, str], section: str = "key_moments") -> DraftedClaim:
    return DraftedClaim(section, text, tuple(Quote(number, quote) for number, quote in quotes))

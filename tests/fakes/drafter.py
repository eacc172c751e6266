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

Script = Callable[[Sequence[WindowMessage]], Sequence[DraftedClaim]]


class ScriptedDrafter:
    """Answers with `claims`, or with what `claims` makes of the messages it is given."""

    def __init__(self, claims: Sequence[DraftedClaim] | Script = ()) -> None:
        self.claims = claims
        self.seen: list[WindowMessage] = []
        self.follow_ups: Sequence[FollowUpFact] = ()
        self.facts: IncidentFacts | None = None

    def draft(self, request: DraftRequest) -> Draft:
        self.seen = request.messages
        self.facts, self.follow_ups = request.facts, request.follow_ups
        claims = self.claims(self.seen) if callable(self.claims) else self.claims
        return Draft(tuple(claims), engine="scripted-1", tokens=7)


class FailingDrafter:
    """Cannot answer now."""

    def draft(self, request: DraftRequest) -> Draft:
        raise TemporaryError("The drafter is resting.")


def a_claim(text: str, *quotes: tuple[int, str], section: str = "key_moments") -> DraftedClaim:
    return DraftedClaim(section, text, tuple(Quote(number, quote) for number, quote in quotes))

"""What waits for a person, incident by incident."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from copilot.console import words
from copilot.incidents.models import Incident, Status
from copilot.reviews.progress import claims_checked
from copilot.suggestions.listing import SuggestionView
from copilot.suggestions.models import Delivery, Suggestion
from copilot.suggestions.vocabulary import Outcome, Reason

_ONLY_UNPOSTED = (Reason.NOTHING_IS_POSTED, Reason.POST_FAILED)
"""Held only because nothing could be posted: a person should still decide."""


@dataclass(frozen=True, slots=True)
class Waiting:
    suggestions: int = 0
    claims: int = 0
    claims_checked: int = 0

    @property
    def claims_left(self) -> int:
        return self.claims - self.claims_checked

    @property
    def in_words(self) -> str:
        parts = []
        if self.suggestions:
            parts.append(words.count(self.suggestions, "suggestion"))
        if self.claims_left:
            parts.append(f"{words.count(self.claims_left, 'claim')} to check")
        return ", ".join(parts)


def is_waiting(view: SuggestionView, *, is_over: bool) -> bool:
    """Whether it is put before a person now, rather than kept back for a reason.

    Once the incident is over no pause comes any more, so what waited for one waits for a person.
    """
    is_put_forward = (
        view.verdict == Outcome.DELIVER
        or view.shown_at is not None
        or view.reason in _ONLY_UNPOSTED
        or (is_over and view.verdict == Outcome.DIGEST)
    )
    return view.decision is None and is_put_forward


def waiting_of(session: Session, incident_ids: Sequence[int]) -> dict[int, Waiting]:
    is_over = or_(Incident.status == Status.RESOLVED, Incident.is_imported.is_(True))
    found = session.execute(
        select(Suggestion.incident_id, func.count())
        .join(Incident, Incident.id == Suggestion.incident_id)
        .outerjoin(Delivery, Delivery.id == Suggestion.delivery_id)
        .where(
            Suggestion.incident_id.in_(incident_ids),
            Suggestion.decision.is_(None),
            or_(
                Suggestion.outcome == Outcome.DELIVER,
                Delivery.posted_at.is_not(None),
                Suggestion.reason.in_(_ONLY_UNPOSTED),
                and_(is_over, Suggestion.outcome == Outcome.DIGEST),
            ),
        )
        .group_by(Suggestion.incident_id)
    )
    suggestions = dict(found.all())
    claims = claims_checked(session, incident_ids)
    return {
        each: Waiting(suggestions.get(each, 0), *claims.get(each, (0, 0))) for each in incident_ids
    }

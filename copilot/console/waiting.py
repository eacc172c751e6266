"""What waits for a person, incident by incident."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from copilot.console import words
from copilot.incidents.models import Incident
from copilot.reviews.progress import claims_checked
from copilot.suggestions.models import Suggestion
from copilot.suggestions.waiting import are_over, waits


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
            parts.append(f"{words.count(self.claims_left, 'sentence')} to check")
        return ", ".join(parts)


def waiting_of(session: Session, incident_ids: Sequence[int]) -> dict[int, Waiting]:
    found = session.execute(
        select(Suggestion.incident_id, func.count())
        .join(Incident, Incident.id == Suggestion.incident_id)
        .where(Suggestion.incident_id.in_(incident_ids), waits(are_over()))
        .group_by(Suggestion.incident_id)
    )
    suggestions = dict(found.all())
    claims = claims_checked(session, incident_ids)
    return {
        each: Waiting(suggestions.get(each, 0), *claims.get(each, (0, 0))) for each in incident_ids
    }

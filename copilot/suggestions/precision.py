"""How much of what was shown people wanted, per kind, and how far so few decisions can be trusted.

Shown counts what was posted. Of what was decided on, accepted or edited is wanted, and *not a
follow-up* or *too noisy* is not; other dismissals say nothing of the kind and are left out.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from copilot.incidents.models import Incident
from copilot.suggestions.feedback import Label, label_of
from copilot.suggestions.models import Delivery, Suggestion
from copilot.suggestions.proportions import wilson
from copilot.suggestions.vocabulary import SuggestionKind

FEWEST_DECIDED = 10
"""Of fewer, a share says nothing."""


@dataclass(frozen=True, slots=True)
class KindPrecision:
    shown: int = 0
    decided: int = 0
    """As wanted or unwanted."""
    wanted: int = 0

    @property
    def share(self) -> float | None:
        """None while too few were decided on; `low` and `high` likewise."""
        return self.wanted / self.decided if self.decided >= FEWEST_DECIDED else None

    @property
    def low(self) -> float | None:
        """The lower end of the 95 % interval (Wilson)."""
        return wilson(self.wanted, self.decided)[0] if self.decided >= FEWEST_DECIDED else None

    @property
    def high(self) -> float | None:
        return wilson(self.wanted, self.decided)[1] if self.decided >= FEWEST_DECIDED else None


Row = tuple[str, str | None, str | None, int]
"""Kind, decision, reason of a dismissal, and how many there are."""


def precision_by_kind(
    session: Session, team_id: str, since: datetime, channel_id: str | None = None
) -> dict[str, KindPrecision]:
    """Of what was posted since then in the workspace or in one channel; every kind is there."""
    query = (
        select(Suggestion.kind, Suggestion.decision, Suggestion.decision_reason, func.count())
        .join(Incident, Incident.id == Suggestion.incident_id)
        .join(Delivery, Delivery.id == Suggestion.delivery_id)
        .where(Incident.team_id == team_id, Delivery.posted_at >= since)
        .group_by(Suggestion.kind, Suggestion.decision, Suggestion.decision_reason)
    )
    if channel_id is not None:
        query = query.where(Incident.channel_id == channel_id)
    return count_by_kind(session.execute(query))


def count_by_kind(rows: Iterable[Row]) -> dict[str, KindPrecision]:
    shown: Counter[str] = Counter()
    labels: Counter[tuple[str, Label]] = Counter()
    for kind, decision, reason, count in rows:
        shown[kind] += count
        label = label_of(decision, reason)
        if label is not None:
            labels[kind, label] += count
    return {
        kind: KindPrecision(
            shown=shown[kind],
            decided=labels[kind, Label.WANTED] + labels[kind, Label.UNWANTED],
            wanted=labels[kind, Label.WANTED],
        )
        for kind in [*SuggestionKind, *sorted(shown.keys() - set(SuggestionKind))]
    }

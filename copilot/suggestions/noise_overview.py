"""How much was said unasked lately, what was kept back and why, and how much of it was wanted."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.suggestions.models import Delivery, Suggestion
from copilot.suggestions.precision import FEWEST_DECIDED
from copilot.suggestions.vocabulary import DecisionKind

_WANTED = (DecisionKind.ACCEPTED, DecisionKind.EDITED, DecisionKind.MERGED)
_DECIDED = (*_WANTED, DecisionKind.DISMISSED)


@dataclass(frozen=True, slots=True)
class NoiseOverview:
    shown: int = 0
    """On a card of their own."""
    in_digests: int = 0
    kept_back: Mapping[str, int] = field(default_factory=dict)
    """How many by reason, the most frequent first."""
    decided: int = 0
    """Of those shown in either way."""
    wanted: int = 0

    @property
    def acceptance(self) -> float | None:
        """None while too few were decided on."""
        return self.wanted / self.decided if self.decided >= FEWEST_DECIDED else None


def noise_overview(
    session: Session, incident_ids: Collection[int], since: datetime
) -> NoiseOverview:
    """Of what was proposed in these incidents since then."""
    rows = session.execute(
        select(Suggestion.reason, Suggestion.decision, Delivery.posted_at, Delivery.breakpoint)
        .outerjoin(Delivery, Delivery.id == Suggestion.delivery_id)
        .where(Suggestion.incident_id.in_(incident_ids), Suggestion.proposed_at >= since)
    ).all()
    posted = [row for row in rows if row.posted_at is not None]
    kept_back = Counter(str(row.reason) for row in rows if row.posted_at is None)
    return NoiseOverview(
        shown=sum(row.breakpoint is None for row in posted),
        in_digests=sum(row.breakpoint is not None for row in posted),
        kept_back=dict(kept_back.most_common()),
        decided=sum(row.decision in _DECIDED for row in posted),
        wanted=sum(row.decision in _WANTED for row in posted),
    )

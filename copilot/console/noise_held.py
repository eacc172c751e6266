"""What was kept back lately in a workspace, each with the rule and the number behind it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from copilot.incidents.models import Incident
from copilot.suggestions.held_lately import held_lately
from copilot.suggestions.models import Delivery, Suggestion
from copilot.suggestions.wording import explain

MOST_SHOWN = 12


@dataclass(frozen=True, slots=True)
class HeldItem:
    id: int
    incident_id: int
    incident: str
    title: str
    kind: str
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Held:
    items: list[HeldItem]
    """The newest, of incidents that the viewer may read."""
    total: int
    elsewhere: int
    """How many of `total` are of incidents that the viewer may not read."""
    by_reason: list[tuple[str, int]]
    """Reason and how many, the most frequent first."""


def read_held(session: Session, team_id: str, readable: Collection[int], now: datetime) -> Held:
    counted = session.execute(
        select(Suggestion.incident_id, Suggestion.reason, func.count())
        .join(Incident, Incident.id == Suggestion.incident_id)
        .outerjoin(Delivery, Delivery.id == Suggestion.delivery_id)
        .where(*held_lately(team_id, now))
        .group_by(Suggestion.incident_id, Suggestion.reason)
    ).all()
    by_reason: dict[str, int] = {}
    for _, reason, number in counted:
        by_reason[reason] = by_reason.get(reason, 0) + number
    return Held(
        items=_items(session, team_id, readable, now),
        total=sum(by_reason.values()),
        elsewhere=sum(number for incident_id, _, number in counted if incident_id not in readable),
        by_reason=sorted(by_reason.items(), key=lambda each: (-each[1], each[0])),
    )


def _items(
    session: Session, team_id: str, readable: Collection[int], now: datetime
) -> list[HeldItem]:
    query = (
        select(Suggestion, Incident.title)
        .join(Incident, Incident.id == Suggestion.incident_id)
        .outerjoin(Delivery, Delivery.id == Suggestion.delivery_id)
        .where(*held_lately(team_id, now), Suggestion.incident_id.in_(readable))
        .order_by(Suggestion.judged_at.desc(), Suggestion.id.desc())
        .limit(MOST_SHOWN)
    )
    return [
        HeldItem(
            id=row.id,
            incident_id=row.incident_id,
            incident=title,
            title=row.title,
            kind=row.kind,
            why=explain(row.reason, row.reason_details),
            at=row.judged_at,
        )
        for row, title in session.execute(query)
    ]

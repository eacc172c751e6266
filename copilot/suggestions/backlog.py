"""How much checking waits for the people of an incident, so that no more is put on top of it."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from copilot.incidents.models import Incident
from copilot.suggestions.models import Delivery, Evidence, Suggestion
from copilot.suggestions.noise_policy import NoisePolicy
from copilot.suggestions.reading_time import minutes_to_check


def undecided_minutes(session: Session, incident_id: int) -> float:
    """To look at what was posted and nobody decided on."""
    sources = select(func.count()).where(Evidence.suggestion_id == Suggestion.id).scalar_subquery()
    shown = session.execute(
        select(Suggestion.title, sources)
        .join(Delivery, Delivery.id == Suggestion.delivery_id)
        .where(
            Suggestion.incident_id == incident_id,
            Suggestion.decision.is_(None),
            Delivery.posted_at.is_not(None),
        )
    )
    return sum(minutes_to_check(len(title.split()), quotes) for title, quotes in shown)


def backlog_minutes(session: Session, incident: Incident) -> float:
    """What waits of suggestions, and what the incident's review leaves to each reviewer."""
    return undecided_minutes(session, incident.id) + incident.review_debt_minutes


def is_behind(session: Session, incident: Incident, policy: NoisePolicy) -> bool:
    return backlog_minutes(session, incident) > policy.backlog_cap_minutes

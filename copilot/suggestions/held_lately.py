"""What was kept back lately, in the same sense wherever an admin looks at it."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement

from copilot.incidents.models import Incident
from copilot.suggestions.models import Delivery, Suggestion
from copilot.suggestions.vocabulary import Outcome

LATELY = timedelta(days=30)


def held_lately(team_id: str, now: datetime) -> list[ColumnElement[bool]]:
    """Nobody was shown it, and nobody decided on it; for a query that outer-joins Delivery.

    Without what was imported: nothing is ever posted there, whatever the numbers are.
    """
    return [
        Incident.team_id == team_id,
        Incident.is_imported.is_(False),
        Suggestion.judged_at >= now - LATELY,
        Suggestion.outcome != Outcome.DELIVER,
        Suggestion.decision.is_(None),
        Delivery.posted_at.is_(None),
    ]

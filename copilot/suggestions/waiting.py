"""What waits for a person: one rule, as Python for a row and as SQL for many."""

from sqlalchemy import ColumnElement, and_, false, or_, select, true
from sqlalchemy.orm import Session

from copilot.incidents.models import Incident, Status
from copilot.suggestions.models import Suggestion
from copilot.suggestions.vocabulary import DecisionKind, Outcome, Reason

_PUT_FORWARD = (Outcome.DELIVER, Outcome.DIGEST)
_ONLY_UNPOSTED = (Reason.NOTHING_IS_POSTED, Reason.POST_FAILED, Reason.KIND_MUTED)
"""Held only so that nothing is posted: a person should still decide. Of a kind that the copilot
muted by itself nobody said that they never want it, unlike of one that an admin turned off."""


def is_waiting(decision: str | None, outcome: str, reason: str, *, is_over: bool) -> bool:
    """Whether a person is asked about it now.

    Not what is unlikely, unwanted, done or a repetition: that is kept back, for whoever looks.
    What was left for the review waits again from the end of the incident on.
    """
    if decision is not None:
        return decision == DecisionKind.SNOOZED and is_over
    return outcome in _PUT_FORWARD or (outcome == Outcome.HOLD and reason in _ONLY_UNPOSTED)


def waits(is_over: ColumnElement[bool]) -> ColumnElement[bool]:
    """`is_waiting` as a condition on suggestions."""
    undecided = and_(
        Suggestion.decision.is_(None),
        or_(
            Suggestion.outcome.in_(_PUT_FORWARD),
            and_(Suggestion.outcome == Outcome.HOLD, Suggestion.reason.in_(_ONLY_UNPOSTED)),
        ),
    )
    return or_(undecided, and_(is_over, Suggestion.decision == DecisionKind.SNOOZED))


def waiting_ids(session: Session, incident: Incident) -> list[int]:
    """Suggestions of the incident that wait, in the order they were proposed."""
    over = true() if is_over(incident) else false()
    query = select(Suggestion.id).where(Suggestion.incident_id == incident.id, waits(over))
    return list(session.scalars(query.order_by(Suggestion.id)))


def is_over(incident: Incident) -> bool:
    """No pause comes any more in which something could be posted."""
    return incident.is_imported or incident.status == Status.RESOLVED


def are_over() -> ColumnElement[bool]:
    """`is_over` as a condition on incidents."""
    return or_(Incident.is_imported.is_(True), Incident.status == Status.RESOLVED)

"""How often the copilot may speak in an incident, as its people's decisions left it.

`pacing.rate` is the share of the policy's rate. It follows from all decided cards at once, so that
two workers, or two people on one card, come to the same whatever the order. The pacing row must be
locked before any suggestion is.
"""

from collections import defaultdict
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from copilot.errors import AlreadyDecidedError, NotFoundError
from copilot.incidents.models import Incident
from copilot.incidents.queries import get_incident
from copilot.suggestions.feedback import (
    FULL_RATE,
    Decided,
    DecidedCard,
    rate_after,
)
from copilot.suggestions.learned_models import COPILOT, Adaptation
from copilot.suggestions.models import Delivery, Pacing, Suggestion
from copilot.suggestions.pacing import has_unposted, lock_pacing, quiet_because, settle
from copilot.suggestions.policies import policy_of
from copilot.suggestions.vocabulary import DecisionKind

_FINAL = (
    DecisionKind.ACCEPTED,
    DecisionKind.EDITED,
    DecisionKind.MERGED,
    DecisionKind.DISMISSED,
)


def adapt_rate(
    session: Session, incident: Incident, suggestion: Suggestion, why: str, now: datetime
) -> None:
    """Let a decision on a card that was posted count. `why` says in words what was decided.

    Where nothing is posted any more there is no rate to change; should the incident be reopened,
    the next decision has all cards count.
    """
    if suggestion.delivery_id is None or quiet_because(incident) is not None:
        return
    pacing = lock_pacing(session, incident.id)
    start, since = _start(session, incident.id)
    cards = [
        card for card in _cards(session, incident.id) if since is None or card.first_at > since
    ]
    rate = rate_after(start, cards)
    if rate == pacing.rate:
        return
    session.add(
        Adaptation(
            incident_id=incident.id,
            suggestion_id=suggestion.id,
            old_rate=pacing.rate,
            new_rate=rate,
            reason=why,
            changed_by=COPILOT,
            changed_at=now,
        )
    )
    _set_rate(session, incident, pacing, rate, now)


def revert_rate(
    session: Session, team_id: str, adaptation_id: int, *, by: str, now: datetime
) -> None:
    """The rate is again what it was before; only cards decided on from now on change it.

    Raises NotFoundError, and AlreadyDecidedError if it changed again since.
    """
    change = session.get(Adaptation, adaptation_id)
    incident = get_incident(session, change.incident_id) if change else None
    if change is None or incident is None or incident.team_id != team_id:
        raise NotFoundError("There is no such change to undo.")
    pacing = lock_pacing(session, incident.id)
    newest = session.scalar(
        select(func.max(Adaptation.id)).where(Adaptation.incident_id == incident.id)
    )
    if newest != change.id or change.changed_by != COPILOT:
        raise AlreadyDecidedError("How often it speaks there was changed again since.")
    session.add(
        Adaptation(
            incident_id=incident.id,
            suggestion_id=None,
            old_rate=pacing.rate,
            new_rate=change.old_rate,
            reason=f"Undone: {change.reason}",
            changed_by=by[:64],
            changed_at=now,
            undoes_id=change.id,
        )
    )
    _set_rate(session, incident, pacing, change.old_rate, now)


def _start(session: Session, incident_id: int) -> tuple[float, datetime | None]:
    """The rate that a person set last, and when; the policy's until then."""
    query = (
        select(Adaptation)
        .where(Adaptation.incident_id == incident_id, Adaptation.changed_by != COPILOT)
        .order_by(Adaptation.id.desc())
        .limit(1)
    )
    set_by_person = session.scalar(query)
    if set_by_person is None:
        return FULL_RATE, None
    return set_by_person.new_rate, set_by_person.changed_at


def _cards(session: Session, incident_id: int) -> list[DecidedCard]:
    """The posted cards of the incident of which at least one item was decided on."""
    query = (
        select(
            Suggestion.delivery_id,
            Suggestion.decision,
            Suggestion.decision_reason,
            Suggestion.decided_at,
        )
        .join(Delivery, Delivery.id == Suggestion.delivery_id)
        .where(
            Suggestion.incident_id == incident_id,
            Suggestion.decision.in_(_FINAL),
            Delivery.posted_at.is_not(None),
        )
    )
    by_card: dict[int, list[Decided]] = defaultdict(list)
    for delivery_id, decision, reason, decided_at in session.execute(query):
        if delivery_id is not None and decision is not None and decided_at is not None:
            by_card[delivery_id].append(Decided(decision, reason, decided_at))
    return [DecidedCard(delivery_id, tuple(each)) for delivery_id, each in by_card.items()]


def _set_rate(
    session: Session, incident: Incident, pacing: Pacing, rate: float, now: datetime
) -> None:
    """The next post is as far from the last one as it would be had the rate held then."""
    pacing.rate = rate
    if not has_unposted(session, incident.id):
        settle(pacing, policy_of(session, incident), now)
    session.flush()

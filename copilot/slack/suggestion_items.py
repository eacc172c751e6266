"""Suggestions as Slack shows them: looked up, and checked to be those of the asker's workspace."""

from collections.abc import Collection
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.errors import NotFoundError
from copilot.incidents.models import Incident
from copilot.incidents.queries import get_incident
from copilot.ports import CardItem, CardSource
from copilot.suggestions.cards import build_card
from copilot.suggestions.listing import SuggestionView, held_of, suggestions_of
from copilot.suggestions.models import Delivery, Suggestion
from copilot.suggestions.waiting import is_over, is_waiting

_GONE = "This suggestion is not there any more."


def open_items(session: Session, incident_id: int) -> list[CardItem]:
    """What waits for a decision; what was shown comes first, then what is surest."""
    over = is_over(get_incident(session, incident_id))
    waiting = [
        view
        for view in suggestions_of(session, incident_id)
        if is_waiting(view.decision, view.verdict, view.reason, is_over=over)
    ]
    waiting.sort(key=lambda view: (view.shown_at is None, -view.confidence, view.id))
    return [replace(_to_item(view), decided=None) for view in waiting]


def held_in(session: Session, incident_id: int) -> list[tuple[str, str]]:
    """Title and rule of what nobody was shown."""
    return [(view.title, view.why) for view in held_of(session, incident_id)]


def require_theirs(
    session: Session, team_id: str, incident_id: int, suggestion_ids: Collection[int]
) -> Incident:
    """Raises NotFoundError, also for a suggestion of another workspace or incident."""
    incident = session.get(Incident, incident_id)
    if incident is None or incident.team_id != team_id:
        raise NotFoundError(_GONE)
    query = select(Suggestion.id).where(
        Suggestion.id.in_(suggestion_ids), Suggestion.incident_id == incident_id
    )
    if len(set(session.scalars(query))) < len(set(suggestion_ids)):
        raise NotFoundError(_GONE)
    return incident


def find_items(
    session: Session, incident_id: int, suggestion_ids: Collection[int]
) -> list[CardItem]:
    """As they stand on their cards, which tell why they were posted; in the order asked for."""
    views = {view.id: view for view in suggestions_of(session, incident_id)}
    found = [views[each] for each in suggestion_ids if each in views]
    return [_on_its_card(session, view) or _to_item(view) for view in found]


def _on_its_card(session: Session, view: SuggestionView) -> CardItem | None:
    """None for what is on no card."""
    delivery = session.get(Delivery, view.delivery_id) if view.delivery_id else None
    if delivery is None or delivery.posted_at is None:
        return None
    items = build_card(session, delivery).items
    return next((item for item in items if item.suggestion_id == view.id), None)


def _to_item(view: SuggestionView) -> CardItem:
    return CardItem(
        suggestion_id=view.id,
        kind=view.kind,
        title=view.title,
        owner_id=view.owner_id,
        owner_name=view.owner,
        due=view.due,
        confidence=view.confidence,
        why=view.why,
        sources=tuple(
            CardSource(
                evidence.author_name, evidence.quote, evidence.permalink, evidence.message_ts
            )
            for evidence in view.evidence
        ),
        decided=view.decided,
    )

"""Suggestions as Slack shows them: looked up, and checked to be those of the asker's workspace."""

from dataclasses import replace

from sqlalchemy.orm import Session

from copilot.errors import NotFoundError
from copilot.incidents.models import Incident
from copilot.ports import CardItem, CardSource
from copilot.slack.clicks import Pointer
from copilot.suggestions.cards import build_card
from copilot.suggestions.listing import SuggestionView, held_of, suggestions_of
from copilot.suggestions.models import Delivery
from copilot.suggestions.vocabulary import Outcome, Reason

_NOT_WANTED = frozenset({Reason.BELOW_THRESHOLD, Reason.KIND_OFF})


def open_items(session: Session, incident_id: int) -> list[CardItem]:
    """What somebody may want to decide on now: shown, waiting, or kept back for quiet's sake.

    What was kept back because it is unlikely, a repetition or done stays in the list of what was
    held. What was shown comes first, then what is surest.
    """
    waiting = [
        view
        for view in suggestions_of(session, incident_id)
        if view.decision is None
        and view.verdict != Outcome.SUPPRESS
        and not (view.verdict == Outcome.HOLD and view.reason in _NOT_WANTED)
    ]
    waiting.sort(key=lambda view: (view.shown_at is None, -view.confidence, view.id))
    return [_to_item(view) for view in waiting]


def held_in(session: Session, incident_id: int) -> list[tuple[str, str]]:
    """Title and rule of what nobody was shown."""
    return [(view.title, view.why) for view in held_of(session, incident_id)]


def find_item(session: Session, pointer: Pointer) -> CardItem:
    """Raises NotFoundError, also for a suggestion of another workspace or incident."""
    incident = session.get(Incident, pointer.incident_id)
    if incident is not None and incident.team_id == pointer.team_id:
        for view in suggestions_of(session, incident.id):
            if view.id == pointer.suggestion_id:
                return _on_its_card(session, view) or _to_item(view)
    raise NotFoundError("This suggestion is not there any more.")


def _on_its_card(session: Session, view: SuggestionView) -> CardItem | None:
    """What was posted tells why it was; None for what is on no card."""
    delivery = session.get(Delivery, view.delivery_id) if view.delivery_id else None
    if delivery is None or delivery.posted_at is None:
        return None
    items = build_card(session, delivery).items
    found = next((item for item in items if item.suggestion_id == view.id), None)
    return found and replace(found, owner_name=view.owner)


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
            CardSource(evidence.author_name, evidence.quote, evidence.permalink)
            for evidence in view.evidence
        ),
        decided=view.decided,
    )

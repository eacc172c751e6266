"""Redraws posted cards until what Slack shows is what was decided.

Decisions raise a card's version; however many come at once, one redraw shows them all, since
Slack allows fewer of these calls than people can press buttons.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from copilot.clock import Clock
from copilot.db import Database
from copilot.errors import PermanentError, TemporaryError
from copilot.incidents.queries import get_incident
from copilot.ports import Messenger, SuggestionCard
from copilot.suggestions.cards import build_card
from copilot.suggestions.leases import WALL_CLOCK, is_over
from copilot.suggestions.models import Delivery
from copilot.workspaces.retrying import POSTING_LEASE, back_off

CARDS_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class _Drawing:
    """A card, ours to redraw until the lease ends."""

    place: tuple[str, str]
    message_ts: str
    card: SuggestionCard
    version: int


def update_card(
    db: Database, delivery_id: int, messenger: Messenger, lease_clock: Clock = WALL_CLOCK
) -> None:
    """Redraw a posted card until what Slack shows is what was decided.

    One worker at a time: of two, an older drawing could be painted over the newer one. Raises
    TemporaryError when Slack can't now; the card is then left alone for a while.
    """
    while drawing := _claim(db, delivery_id, lease_clock.now()):
        failure = None
        try:
            messenger.update_card(*drawing.place, drawing.message_ts, drawing.card)
        except TemporaryError as error:
            until = lease_clock.now() + back_off(1, error.retry_after_s)
            _note(db, delivery_id, leased_until=until)
            raise
        except PermanentError as error:  # e.g. somebody deleted it: there is nothing to redraw
            failure = str(error)
        _note(db, delivery_id, drawn_version=drawing.version, failure=failure, leased_until=None)


def cards_to_update(
    session: Session, lease_clock: Clock = WALL_CLOCK, limit: int = CARDS_AT_ONCE
) -> list[int]:
    """Posted cards that show less than was decided, and that nobody is redrawing."""
    query = select(Delivery.id).where(*_is_due(lease_clock.now()))
    return list(session.scalars(query.order_by(Delivery.id).limit(limit)))


def _is_due(wall_now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Delivery.message_ts.is_not(None),
        Delivery.drawn_version < Delivery.card_version,
        is_over(Delivery.leased_until, wall_now),
    )


def _claim(db: Database, delivery_id: int, wall_now: datetime) -> _Drawing | None:
    with db.transaction() as session:
        delivery = session.scalars(
            update(Delivery)
            .where(Delivery.id == delivery_id, *_is_due(wall_now))
            .values(leased_until=wall_now + POSTING_LEASE)
            .returning(Delivery),
            execution_options={"populate_existing": True},
        ).one_or_none()
        if delivery is None or delivery.message_ts is None:
            return None
        incident = get_incident(session, delivery.incident_id)
        place = (incident.team_id, incident.channel_id)
        card = build_card(session, delivery)
        return _Drawing(place, delivery.message_ts, card, delivery.card_version)


def _note(db: Database, delivery_id: int, **values: Any) -> None:
    with db.transaction() as session:
        session.execute(update(Delivery).where(Delivery.id == delivery_id).values(**values))

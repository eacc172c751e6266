"""Redraws posted cards until what Slack shows is what was decided.

Decisions raise a card's version; however many come at once, one redraw shows them all, since
Slack allows fewer of these calls than people can press buttons.
"""

from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from copilot.clock import Clock
from copilot.db import Database
from copilot.errors import PermanentError, TemporaryError
from copilot.incidents.queries import get_incident
from copilot.ports import Messenger
from copilot.suggestions.cards import build_card
from copilot.suggestions.leases import WALL_CLOCK
from copilot.suggestions.models import Delivery
from copilot.workspaces.retrying import back_off


def update_card(
    db: Database, delivery_id: int, messenger: Messenger, lease_clock: Clock = WALL_CLOCK
) -> None:
    """Redraw a posted card until what Slack shows is what was decided.

    Raises TemporaryError when Slack can't now; the card is then left alone for a while.
    """
    while True:
        with db.reading() as session:
            delivery = session.get(Delivery, delivery_id)
            if delivery is None or delivery.message_ts is None:
                return
            if delivery.drawn_version >= delivery.card_version:
                return
            incident = get_incident(session, delivery.incident_id)
            message_ts = delivery.message_ts
            version, card = delivery.card_version, build_card(session, delivery)
        failure = None
        try:
            messenger.update_card(incident.team_id, incident.channel_id, message_ts, card)
        except TemporaryError as error:
            _leave_alone(db, delivery_id, lease_clock.now() + back_off(1, error.retry_after_s))
            raise
        except PermanentError as error:  # e.g. somebody deleted it: there is nothing to redraw
            failure = str(error)
        with db.transaction() as session:
            # Also where a newer drawing was there: this one was painted over it.
            session.execute(
                update(Delivery)
                .where(Delivery.id == delivery_id)
                .values(drawn_version=version, failure=failure)
            )


def cards_to_update(session: Session, lease_clock: Clock = WALL_CLOCK) -> list[int]:
    """Posted cards that show less than was decided."""
    query = select(Delivery.id).where(
        Delivery.message_ts.is_not(None),
        Delivery.drawn_version < Delivery.card_version,
        or_(Delivery.leased_until.is_(None), Delivery.leased_until <= lease_clock.now()),
    )
    return list(session.scalars(query.order_by(Delivery.id)))


def _leave_alone(db: Database, delivery_id: int, until: datetime) -> None:
    with db.transaction() as session:
        session.execute(
            update(Delivery).where(Delivery.id == delivery_id).values(leased_until=until)
        )

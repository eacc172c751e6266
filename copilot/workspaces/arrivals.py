"""When Slack last delivered an event of each workspace, for whoever asks whether it does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from copilot.workspaces.models import LastEvent


@dataclass(frozen=True, slots=True)
class Arrival:
    team_id: str
    at: datetime
    way: str
    """`http` or `socket_mode`."""


def note_arrival(session: Session, arrival: Arrival) -> None:
    connection = session.connection()
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    insert = dialect.insert(LastEvent).values(
        team_id=arrival.team_id, arrived_at=arrival.at, way=arrival.way
    )
    changes = {"arrived_at": insert.excluded.arrived_at, "way": insert.excluded.way}
    connection.execute(insert.on_conflict_do_update(index_elements=["team_id"], set_=changes))


def last_arrivals(session: Session) -> Sequence[Arrival]:
    """The newest first."""
    found = session.scalars(select(LastEvent).order_by(LastEvent.arrived_at.desc())).all()
    return [Arrival(row.team_id, row.arrived_at, row.way) for row in found]

"""How long a worker may hold a row.

Leases run by the wall clock even while an incident is replayed in its own time: they are about
workers that died, and a replay that jumps over an hour kills none.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import InstrumentedAttribute

from copilot.clock import Clock, SystemClock

WALL_CLOCK: Clock = SystemClock()
CONSIDERATION_LEASE = timedelta(minutes=2)
"""Longer than a proposer may take; after a failure it is also the pause before the next try."""
LONGEST_LEASE = timedelta(hours=2)
"""Longer than any lease or pause that is given. One that lies further ahead is of a wall clock that
ran ahead by then, and holds nobody up."""


def is_over(
    leased_until: InstrumentedAttribute[datetime | None], wall_now: datetime
) -> ColumnElement[bool]:
    """Whether nobody holds the row, as a condition."""
    return or_(
        leased_until.is_(None),
        leased_until <= wall_now,
        leased_until > wall_now + LONGEST_LEASE,
    )

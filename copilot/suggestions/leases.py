"""How long a worker may hold a row.

Leases run by the wall clock even while an incident is replayed in its own time: they are about
workers that died, and a replay that jumps over an hour kills none.
"""

from datetime import timedelta

from copilot.clock import Clock, SystemClock

WALL_CLOCK: Clock = SystemClock()
CONSIDERATION_LEASE = timedelta(minutes=2)
"""Longer than a proposer may take; after a failure it is also the pause before the next try."""

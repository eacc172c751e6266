"""How long a worker may hold a row, and how long it backs off.

Leases run by the wall clock even while an incident is replayed in its own time: they are about
workers that died, and a replay that jumps over an hour kills none.
"""

from datetime import timedelta

from copilot.clock import Clock, SystemClock

WALL_CLOCK: Clock = SystemClock()
CONSIDERATION_LEASE = timedelta(minutes=2)
"""Longer than a proposer may take; after a failure it is also the pause before the next try."""
POSTING_LEASE = timedelta(minutes=1)
"""Longer than Slack may take to answer a post."""
MAX_ATTEMPTS = 8
"""With the back-off below about ten minutes of a Slack that does not answer."""

_FIRST_BACK_OFF = timedelta(seconds=5)
_LONGEST_BACK_OFF = timedelta(minutes=5)


def back_off(attempts: int, retry_after_s: float | None = None) -> timedelta:
    """Doubles with each attempt; never shorter than what Slack asks for, never above its cap."""
    doubled = _FIRST_BACK_OFF * (1 << min(max(attempts, 1) - 1, 10))
    asked_for = timedelta(seconds=retry_after_s or 0)
    return min(max(doubled, asked_for), _LONGEST_BACK_OFF)

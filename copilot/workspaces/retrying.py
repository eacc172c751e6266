"""How long a worker may be at Slack, and how long it waits after Slack failed it."""

from datetime import timedelta

POSTING_LEASE = timedelta(minutes=1)
"""Longer than Slack may take to answer a post."""
MAX_ATTEMPTS = 8
"""With the back-off below about ten minutes of a Slack that does not answer."""

_FIRST_BACK_OFF = timedelta(seconds=5)
_LONGEST_BACK_OFF = timedelta(minutes=5)


def back_off(attempts: int, retry_after_s: float | None = None) -> timedelta:
    """Doubles with each attempt up to a cap; never shorter than what Slack asks for."""
    doubled = _FIRST_BACK_OFF * (1 << min(max(attempts, 1) - 1, 10))
    asked_for = timedelta(seconds=retry_after_s or 0)
    return max(min(doubled, _LONGEST_BACK_OFF), asked_for)

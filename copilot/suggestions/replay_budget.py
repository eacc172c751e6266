"""The posts that a replay made, and when the next one may come. Pure."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from copilot.suggestions.noise_policy import NoisePolicy

_SHARE_OF = timedelta(hours=1)
"""What a person's share of posts is counted over."""


@dataclass(slots=True)
class ReplayBudget:
    posted: list[datetime] = field(default_factory=list)
    rate: float = 1.0
    """What people's decisions had left of the policy's rate of posts, as recorded."""
    _next_post_at: datetime | None = None

    def spend(self, arrived_at: datetime, policy: NoisePolicy) -> None:
        self.posted.append(arrived_at)
        self._next_post_at = arrived_at + policy.post_interval / self.rate

    def spent_until(self, at: datetime) -> datetime | None:
        """When the incident may have another post, or None if it may now."""
        is_spent = self._next_post_at is not None and at < self._next_post_at
        return self._next_post_at if is_spent else None

    def crowded_until(self, at: datetime, policy: NoisePolicy) -> datetime | None:
        """When somebody who saw all of this incident's posts has room for another one, or None.

        What they met in other incidents is left out: who was in several is not replayed.
        """
        met = sorted(posted for posted in self.posted if at - _SHARE_OF < posted <= at)
        if len(met) < policy.posts_per_person:
            return None
        return met[len(met) - policy.posts_per_person] + _SHARE_OF

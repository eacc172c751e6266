"""What people have to check at any moment of a replay. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from copilot.suggestions.noise_policy import NoisePolicy
from copilot.suggestions.replay_history import Place, RecordedSuggestion

_NEVER = datetime.max.replace(tzinfo=UTC)

Shown = Mapping[int, tuple[Place, datetime]]


@dataclass(slots=True)
class ReplayBacklog:
    """People are taken to decide when they really did; what they never saw then, never."""

    by_id: dict[int, RecordedSuggestion] = field(default_factory=dict)
    review_minutes: float = 0.0
    """What the review left to each reviewer, as recorded last."""

    def minutes(self, shown: Shown, at: datetime) -> float:
        return self.review_minutes + sum(one.minutes for one in self._undecided(shown, at))

    def behind_until(self, shown: Shown, at: datetime, policy: NoisePolicy) -> datetime | None:
        """When decisions bring it down to the cap, which may be never; None while it is below."""
        left = self.minutes(shown, at)
        if left <= policy.backlog_cap_minutes:
            return None
        decided = [(one.decided_at, one.minutes) for one in self._undecided(shown, at)]
        for decided_at, minutes in sorted(
            (each_at, minutes) for each_at, minutes in decided if each_at is not None
        ):
            left -= minutes
            if left <= policy.backlog_cap_minutes:
                return decided_at
        return _NEVER

    def _undecided(self, shown: Shown, at: datetime) -> Iterable[RecordedSuggestion]:
        for suggestion_id, (_, shown_at) in shown.items():
            one = self.by_id[suggestion_id]
            if shown_at <= at and (one.decided_at is None or one.decided_at > at):
                yield one

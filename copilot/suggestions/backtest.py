"""What another noise policy would have done with the suggestions that are remembered. Pure.

The past is replayed incident by incident (`replaying`), and each suggestion's fate under the other
policy is put beside what really happened. What people decided is all that is known of whether
something was wanted: a suggestion that nobody decided on counts as unknown, and one that would
have been shown at another time, or in another way, is taken to get the same decision.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median_low

from copilot.suggestions.noise_policy import PolicySet
from copilot.suggestions.replay_history import (
    UNWANTED,
    WANTED,
    Fate,
    History,
    Place,
    ReplayedVerdict,
)
from copilot.suggestions.replaying import replay_incident

NOTICEABLE = timedelta(minutes=2)
"""A replayed digest comes the moment it may; a real one when a worker next looks round, within a
minute. A smaller difference than this is none."""

__all__ = [
    "Backtest",
    "Fate",
    "IncidentBacktest",
    "Place",
    "Side",
    "SuggestionBacktest",
    "Tally",
    "backtest",
]


@dataclass(frozen=True, slots=True)
class SuggestionBacktest:
    """One suggestion: what became of it, and what would have."""

    suggestion_id: int
    incident_id: int
    kind: str
    title: str
    decision: str | None
    before: Fate
    after: Fate
    verdicts: tuple[ReplayedVerdict, ...]
    """One for each that was given, in their order."""

    @property
    def is_wanted(self) -> bool:
        return self.decision in WANTED

    @property
    def is_unwanted(self) -> bool:
        return self.decision in UNWANTED

    @property
    def later_by(self) -> timedelta | None:
        """Negative where it would have come sooner; None unless it is shown both times."""
        if self.before.at is None or self.after.at is None:
            return None
        return self.after.at - self.before.at


@dataclass(frozen=True, slots=True)
class Side:
    """One side of the comparison: what really happened, or what would have."""

    posts: int = 0
    """Uninvited messages, digests among them."""
    shown: int = 0
    """Suggestions in posts that came at once."""
    digested: int = 0
    held: int = 0
    """Kept for the review."""
    never: int = 0
    """Repetitions, and what was done already."""
    wanted_shown: int = 0
    unwanted_shown: int = 0
    unknown_shown: int = 0
    """Nobody decided on them."""


@dataclass(frozen=True, slots=True)
class Tally:
    suggestions: int
    decided: int
    before: Side
    after: Side
    wanted_later: int = 0
    """Accepted, and shown both times, but later."""
    later_by: timedelta | None = None
    """Median of these."""
    wanted_sooner: int = 0
    sooner_by: timedelta | None = None
    """Median of these."""
    wanted_lost: int = 0
    """Accepted when shown, and left for the review under the other policy."""
    wanted_gained: int = 0
    """Accepted without having been shown, e.g. in the review; it would have been shown."""
    unwanted_avoided: int = 0
    """Dismissed when shown; it would not have come."""
    unwanted_gained: int = 0
    unknown_gained: int = 0
    """Would have been shown and was not: what people had made of it, nobody knows."""

    @property
    def is_same(self) -> bool:
        """Nothing would have been different."""
        moved = self.wanted_later, self.wanted_sooner, self.wanted_lost, self.wanted_gained
        others = self.unwanted_avoided, self.unwanted_gained, self.unknown_gained
        return self.before == self.after and not any((*moved, *others))


@dataclass(frozen=True, slots=True)
class IncidentBacktest:
    incident_id: int
    channel_id: str
    title: str
    tally: Tally
    suggestions: tuple[SuggestionBacktest, ...]

    @property
    def moved(self) -> int:
        """How many would have been shown, or kept back, in another way."""
        return sum(one.before.place is not one.after.place for one in self.suggestions)


@dataclass(frozen=True, slots=True)
class Backtest:
    incidents: tuple[IncidentBacktest, ...]
    """In the order of their ids."""
    total: Tally
    since: datetime
    left_out: int
    """Suggestions since then that were too many to look at."""


def backtest(history: History, policies: PolicySet | None) -> Backtest:
    """Replay under `policies`; None replays each verdict under the policy it was given under."""
    incidents: list[IncidentBacktest] = []
    everything: list[SuggestionBacktest] = []
    posts_before = posts_after = 0
    for incident in history.incidents:
        replayed = replay_incident(history, incident, policies)
        suggestions = tuple(
            SuggestionBacktest(
                suggestion_id=one.suggestion_id,
                incident_id=incident.incident_id,
                kind=one.kind,
                title=one.title,
                decision=one.decision,
                before=replayed.before[one.suggestion_id],
                after=replayed.after[one.suggestion_id],
                verdicts=tuple(replayed.verdicts[one.suggestion_id]),
            )
            for one in incident.suggestions
        )
        tally = tally_of(suggestions, replayed.posts_before, replayed.posts_after)
        incidents.append(
            IncidentBacktest(
                incident.incident_id, incident.channel_id, incident.title, tally, suggestions
            )
        )
        everything.extend(suggestions)
        posts_before += replayed.posts_before
        posts_after += replayed.posts_after
    total = tally_of(everything, posts_before, posts_after)
    return Backtest(tuple(incidents), total, history.since, history.left_out)


def tally_of(
    suggestions: Iterable[SuggestionBacktest], posts_before: int, posts_after: int
) -> Tally:
    rows = list(suggestions)
    later, sooner = _moved(rows)
    gained = [row for row in rows if row.after.is_shown and not row.before.is_shown]
    lost = [row for row in rows if row.before.is_shown and not row.after.is_shown]
    return Tally(
        suggestions=len(rows),
        decided=sum(row.is_wanted or row.is_unwanted for row in rows),
        before=_side([(row, row.before) for row in rows], posts_before),
        after=_side([(row, row.after) for row in rows], posts_after),
        wanted_later=len(later),
        later_by=median_low(later) if later else None,
        wanted_sooner=len(sooner),
        sooner_by=median_low(sooner) if sooner else None,
        wanted_lost=sum(row.is_wanted for row in lost),
        wanted_gained=sum(row.is_wanted for row in gained),
        unwanted_avoided=sum(row.is_unwanted for row in lost),
        unwanted_gained=sum(row.is_unwanted for row in gained),
        unknown_gained=sum(not (row.is_wanted or row.is_unwanted) for row in gained),
    )


def _moved(rows: list[SuggestionBacktest]) -> tuple[list[timedelta], list[timedelta]]:
    """How much later, and how much sooner, what people accepted would have come."""
    moved = [row.later_by for row in rows if row.is_wanted and row.later_by is not None]
    later = [by for by in moved if by >= NOTICEABLE]
    return later, [-by for by in moved if -by >= NOTICEABLE]


def _side(rows: list[tuple[SuggestionBacktest, Fate]], posts: int) -> Side:
    places = [fate.place for _, fate in rows]
    shown = [row for row, fate in rows if fate.is_shown]
    wanted = sum(row.is_wanted for row in shown)
    unwanted = sum(row.is_unwanted for row in shown)
    return Side(
        posts=posts,
        shown=places.count(Place.POST),
        digested=places.count(Place.DIGEST),
        held=places.count(Place.REVIEW),
        never=places.count(Place.NOWHERE),
        wanted_shown=wanted,
        unwanted_shown=unwanted,
        unknown_shown=len(shown) - wanted - unwanted,
    )

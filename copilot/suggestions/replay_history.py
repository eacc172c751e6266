"""What is remembered of an incident's suggestions, as a replay needs it: plain values. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from copilot.suggestions.noise_policy import PolicySet
from copilot.suggestions.vocabulary import DecisionKind, Outcome, Reason

WANTED = frozenset({DecisionKind.ACCEPTED, DecisionKind.EDITED, DecisionKind.MERGED})
UNWANTED = frozenset({DecisionKind.DISMISSED})


class Place(StrEnum):
    """Where people met a suggestion, or will."""

    POST = "post"
    """At once, in a post of its own."""
    DIGEST = "digest"
    REVIEW = "review"
    """It was kept back, and waits for the review."""
    NOWHERE = "nowhere"
    """It repeats another one, or was done already."""


@dataclass(frozen=True, slots=True)
class Fate:
    place: Place
    at: datetime | None
    """When it was posted; None where it was not."""
    reason: str
    """A `Reason` value: what the last verdict on it went by."""

    @property
    def is_shown(self) -> bool:
        return self.at is not None


@dataclass(frozen=True, slots=True)
class RecordedVerdict:
    at: datetime
    outcome: str
    reason: str
    facts: Mapping[str, Any]
    number: int = 0
    """Grows with each that was recorded; several may be of one instant."""

    @property
    def is_left_over(self) -> bool:
        """Given to what was cleared a moment before, and did not fit on the post."""
        return self.reason in (Reason.BUDGET_SPENT, Reason.PERSON_BUDGET, Reason.BACKLOG)


@dataclass(frozen=True, slots=True)
class RecordedSuggestion:
    suggestion_id: int
    kind: str
    title: str
    verdicts: tuple[RecordedVerdict, ...]
    """In the order they were given."""
    delivery_id: int | None
    decision: str | None
    decided_at: datetime | None
    minutes: float = 0.0
    """That it takes to look at it and its sources."""

    def is_decided_unseen(self, at: datetime) -> bool:
        """By then, without having been on a card, so that it would have been all the same."""
        decided_at = self.decided_at
        return self.delivery_id is None and decided_at is not None and decided_at <= at


@dataclass(slots=True)
class Judged:
    """A verdict that is given once more, and where it stands among its suggestion's."""

    suggestion: RecordedSuggestion
    recorded: RecordedVerdict
    index: int


@dataclass(frozen=True, slots=True)
class RecordedDelivery:
    delivery_id: int
    created_at: datetime
    posted_at: datetime | None
    """None where it never reached the channel, so that its suggestions went back."""
    breakpoint: str | None


@dataclass(frozen=True, slots=True)
class Moment:
    """A stretch in which one digest could come."""

    kind: str
    """A `Breakpoint` value."""
    opens_at: datetime
    closes_at: datetime

    def covers(self, at: datetime) -> bool:
        return self.opens_at <= at <= self.closes_at


@dataclass(frozen=True, slots=True)
class IncidentHistory:
    incident_id: int
    team_id: str
    channel_id: str
    title: str
    severities: tuple[tuple[datetime, str | None], ...]
    """Each with the instant from which it held, the oldest first; never empty."""
    suggestions: tuple[RecordedSuggestion, ...]
    deliveries: tuple[RecordedDelivery, ...]
    moments: tuple[Moment, ...]
    """In the order in which they open."""
    quiet: tuple[tuple[datetime, datetime], ...] = ()
    """Stretches for which somebody had asked for quiet."""

    def severity_at(self, instant: datetime) -> str | None:
        held = self.severities[0][1]
        for since, severity in self.severities:
            if since > instant:
                break
            held = severity
        return held


@dataclass(frozen=True, slots=True)
class PolicyTenure:
    """Policies of a workspace, and since when they held."""

    since: datetime
    policies: PolicySet


@dataclass(frozen=True, slots=True)
class History:
    incidents: tuple[IncidentHistory, ...]
    tenures: Mapping[str, tuple[PolicyTenure, ...]]
    """By workspace, the oldest first; before the first one the default held."""
    since: datetime
    """Nothing older was looked at."""
    left_out: int = 0
    """Suggestions since then that were more than could be looked at; the oldest."""
    until: datetime | None = None
    """What would come later than this is not known yet."""

    def policies_of_version(self, team_id: str, version: int) -> PolicySet:
        for tenure in self.tenures.get(team_id, ()):
            if tenure.policies.version == version:
                return tenure.policies
        return PolicySet()

    def policies_at(self, team_id: str, instant: datetime) -> PolicySet:
        held = PolicySet()
        for tenure in self.tenures.get(team_id, ()):
            if tenure.since > instant:
                break
            held = tenure.policies
        return held


@dataclass(frozen=True, slots=True)
class ReplayedVerdict:
    outcome: str
    reason: str
    is_moot: bool = False
    """It would have been shown by then, so that there was nothing to judge."""


@dataclass(slots=True)
class Replayed:
    """By suggestion id."""

    before: dict[int, Fate]
    after: dict[int, Fate]
    verdicts: dict[int, list[ReplayedVerdict]]
    posts_before: int
    posts_after: int


def real_fate(suggestion: RecordedSuggestion, deliveries: Mapping[int, RecordedDelivery]) -> Fate:
    if not suggestion.verdicts:
        return Fate(Place.REVIEW, None, "")
    last = suggestion.verdicts[-1]
    delivery = deliveries.get(suggestion.delivery_id or 0)
    if delivery is not None and delivery.posted_at is not None:
        place = Place.POST if delivery.breakpoint is None else Place.DIGEST
        return Fate(place, delivery.posted_at, last.reason)
    return Fate(place_of_kept(last.outcome), None, last.reason)


def place_of_kept(outcome: str) -> Place:
    return Place.NOWHERE if outcome == Outcome.SUPPRESS else Place.REVIEW

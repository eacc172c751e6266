"""What people's decisions say about how often to speak, and of which kinds. Pure.

One reading of decisions for everything that learns: accepted, as it is, edited or counted to
another follow-up, is wanted;
dismissed as *not a follow-up* or *too noisy* is unwanted, an effective false positive: "any report
that they did not want to see" (Sadowski et al., CACM 2018). The other reasons say nothing about
whether such a thing is a follow-up: *done already* and *a duplicate* came late or twice, and *not
now* is about the moment. To leave one for the review decides nothing yet.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from copilot.suggestions.proportions import probability_below
from copilot.suggestions.vocabulary import DecisionKind, DismissReason

LOWEST_RATE, FULL_RATE = 0.25, 1.0
"""At most what the policy allows, at least a quarter: with a post in 15 minutes one an hour, about
as often as an incident changes its status. So a digest still comes at the next breakpoint: people
told nothing at all grow anxious (Fitz et al., 2019), and only what is shown can win trust back."""
CUT = 0.5
STEP = 0.125
"""Four wanted cards make up for one unwanted: at a precision of 0.8, the bar below which a kind is
muted, the rate holds; above it recovers, below it falls."""


class Label(StrEnum):
    WANTED = "wanted"
    UNWANTED = "unwanted"


def label_of(decision: str | None, reason: str | None) -> Label | None:
    """What a decision says about whether people want such a suggestion; None: nothing."""
    if decision in (DecisionKind.ACCEPTED, DecisionKind.EDITED, DecisionKind.MERGED):
        return Label.WANTED
    if decision == DecisionKind.DISMISSED and reason in _UNWANTED:
        return Label.UNWANTED
    return None


_UNWANTED = (DismissReason.WRONG, DismissReason.TOO_NOISY)


class Signal(StrEnum):
    """What one card was worth, whatever number of items it has: it interrupted once."""

    WELCOME = "welcome"
    UNWELCOME = "unwelcome"
    MISTIMED = "mistimed"


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision on an item of a card."""

    decision: str
    reason: str | None
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class DecidedCard:
    delivery_id: int
    decisions: tuple[Decided, ...]

    @property
    def first_at(self) -> datetime:
        return min(each.decided_at for each in self.decisions)

    @property
    def signal(self) -> Signal | None:
        """The same in whatever order the items were decided on.

        One item that was wanted makes an interruption worth it, unless somebody says in as many
        words that it is too noisy. Wrong weighs more than mistimed.
        """
        said = [(each.decision, each.reason) for each in self.decisions]
        dismissals = {reason for decision, reason in said if decision == DecisionKind.DISMISSED}
        if DismissReason.TOO_NOISY in dismissals:
            return Signal.UNWELCOME
        if any(label_of(*each) is Label.WANTED for each in said):
            return Signal.WELCOME
        if DismissReason.WRONG in dismissals:
            return Signal.UNWELCOME
        return Signal.MISTIMED if DismissReason.NOT_NOW in dismissals else None


def rate_after(start: float, cards: Iterable[DecidedCard]) -> float:
    """The share of the policy's rate that is left after these, in the order people got to them.

    Additive increase, multiplicative decrease: quick to step back, slow to come forward. What
    came at the wrong moment costs what a welcome one gains.
    """
    rate = start
    for card in sorted(cards, key=lambda each: (each.first_at, each.delivery_id)):
        match card.signal:
            case Signal.WELCOME:
                rate += STEP
            case Signal.UNWELCOME:
                rate *= CUT
            case Signal.MISTIMED:
                rate -= STEP
        rate = min(FULL_RATE, max(LOWEST_RATE, rate))
    return rate


WANTED_SHARE = 0.8
"""A kind of which fewer are wanted is not worth an interruption."""
SURE = 0.9
FEWEST_ANSWERS = 20
HALF_LIFE = timedelta(weeks=4)
LONGEST_MEMORY = 2 * HALF_LIFE
"""Of what is older nothing is read; what is as old still counts a quarter."""
_SILENCE = 0.5
"""Not answered until the end counts half an unwanted one: it may have been read and left."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of a suggestion that was shown."""

    label: Label | None
    """None: nobody answered until the incident was over."""
    at: datetime


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """How much of one kind was wanted somewhere."""

    wanted: int = 0
    unwanted: int = 0
    unanswered: int = 0
    chance_below: float = 0.0
    """How likely fewer than `WANTED_SHARE` are wanted, recent answers counting more."""

    @property
    def decided(self) -> int:
        return self.wanted + self.unwanted

    @property
    def is_unwanted(self) -> bool:
        """Surely below the bar, and on enough answers of people."""
        return self.decided >= FEWEST_ANSWERS and self.chance_below > SURE


def track_record(answers: Iterable[Answered], now: datetime) -> TrackRecord:
    """Beta-Bernoulli with decay: an answer loses half its weight in `HALF_LIFE`."""
    counts = {Label.WANTED: 0, Label.UNWANTED: 0, None: 0}
    hits = misses = 0.0
    for each in answers:
        age = now - each.at
        if age > LONGEST_MEMORY:
            continue
        counts[each.label] += 1
        weight = float(0.5 ** (max(age, timedelta(0)) / HALF_LIFE))
        if each.label is Label.WANTED:
            hits += weight
        else:
            misses += weight if each.label is Label.UNWANTED else weight * _SILENCE
    return TrackRecord(
        wanted=counts[Label.WANTED],
        unwanted=counts[Label.UNWANTED],
        unanswered=counts[None],
        chance_below=probability_below(WANTED_SHARE, hits, misses),
    )

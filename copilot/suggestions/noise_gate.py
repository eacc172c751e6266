"""Deliver now, wait for the next digest, hold for the review, or say nothing: the verdict. Pure.

`judge` first writes down the facts, then `decide` reads nothing but them. The facts are saved
with the suggestion, so a verdict can be computed again from its row and must come out the same.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NotRequired, TypedDict, cast

from copilot.suggestions.candidates import essence_of, likeness_if_same
from copilot.suggestions.noise_policy import NoisePolicy
from copilot.suggestions.vocabulary import Outcome, Reason, Tempo


@dataclass(frozen=True, slots=True)
class Proposed:
    """What the gate needs to know of a candidate."""

    kind: str
    title: str
    confidence: float
    is_done: bool = False
    event_ids: frozenset[int] = frozenset()
    """Messages it quotes."""


@dataclass(frozen=True, slots=True)
class KnownWork:
    """Something shown, accepted, dismissed or tracked: not to be brought up again."""

    suggestion_id: int | None
    title: str
    event_ids: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class ChannelState:
    tempo: Tempo
    messages_per_min: float
    hectic_at: float
    """The rate from which the channel counts as hectic; below what it was entered at, to leave."""
    quiet_because: str | None
    """`imported`, `resolved` or `reread`: nothing is posted whatever its worth."""
    next_post_at: datetime | None
    known: tuple[KnownWork, ...] = ()
    quiet_until: datetime | None = None
    """Set while somebody wants quiet."""
    quiet_by: str | None = None
    """By name."""


class Facts(TypedDict):
    """Numbers that led to a verdict; what is saved as `reason_details`."""

    confidence: float
    kind: str
    kind_is_on: bool
    is_done: bool
    same_as: int | None
    same_title: str | None
    likeness: float | None
    quiet_because: str | None
    tempo: str
    messages_per_min: float
    hectic_at: float
    threshold: float | None
    digest_threshold: float
    next_post_at: str | None
    """Set when the budget was spent at that moment."""
    policy_version: NotRequired[int]
    """Whose numbers these are; rows from before there were several have none, and no quiet."""
    quiet_until: NotRequired[str | None]
    quiet_by: NotRequired[str | None]
    failure: NotRequired[str]
    """Why a post that was cleared could not be made."""


@dataclass(frozen=True, slots=True)
class Verdict:
    outcome: Outcome
    reason: Reason
    details: Facts


def judge(
    candidate: Proposed, channel: ChannelState, policy: NoisePolicy, now: datetime
) -> Verdict:
    """The same inputs always give the same verdict."""
    same, score = closest(candidate, channel.known)
    is_spent = channel.next_post_at is not None and now < channel.next_post_at
    facts: Facts = {
        "confidence": candidate.confidence,
        "kind": candidate.kind,
        "kind_is_on": candidate.kind in policy.kinds,
        "is_done": candidate.is_done,
        "same_as": same.suggestion_id if same else None,
        "same_title": same.title if same else None,
        "likeness": score,
        "quiet_because": channel.quiet_because,
        "tempo": channel.tempo.value,
        "messages_per_min": channel.messages_per_min,
        "hectic_at": channel.hectic_at,
        "threshold": policy.threshold(channel.tempo),
        "digest_threshold": policy.digest_threshold,
        "next_post_at": channel.next_post_at.isoformat()
        if channel.next_post_at is not None and is_spent
        else None,
        "policy_version": policy.version,
        "quiet_until": channel.quiet_until.isoformat() if channel.quiet_until else None,
        "quiet_by": channel.quiet_by,
    }
    outcome, reason = decide(facts)
    return Verdict(outcome, reason, facts)


def decide(facts: Facts) -> tuple[Outcome, Reason]:
    """The rules in order: first what is never said, then what is said later, then what is said."""
    if "failure" in facts:
        return Outcome.HOLD, Reason.POST_FAILED
    return _never(facts) or _not_now(facts) or (Outcome.DELIVER, Reason.CLEARED)


def recompute(details: Mapping[str, Any]) -> tuple[Outcome, Reason]:
    """The verdict of a saved row, from its `reason_details` alone."""
    return decide(cast(Facts, details))


def closest(
    candidate: Proposed, known: Iterable[KnownWork]
) -> tuple[KnownWork | None, float | None]:
    """The known work that the candidate repeats, and how like it is."""
    essence = essence_of(candidate.title)
    best: KnownWork | None = None
    best_score: float | None = None
    for work in known:
        score = likeness_if_same(
            essence,
            essence_of(work.title),
            share_message=not candidate.event_ids.isdisjoint(work.event_ids),
        )
        if score is not None and (best_score is None or score > best_score):
            best, best_score = work, score
    return best, best_score


def _never(facts: Facts) -> tuple[Outcome, Reason] | None:
    if facts["same_title"] is not None:
        return Outcome.SUPPRESS, Reason.DUPLICATE
    if facts["is_done"]:
        return Outcome.SUPPRESS, Reason.DONE_ALREADY
    if not facts["kind_is_on"]:
        return Outcome.HOLD, Reason.KIND_OFF
    if facts["quiet_because"] is not None:
        return Outcome.HOLD, Reason.NOTHING_IS_POSTED
    if facts["confidence"] < facts["digest_threshold"]:
        return Outcome.HOLD, Reason.BELOW_THRESHOLD
    return None


def _not_now(facts: Facts) -> tuple[Outcome, Reason] | None:
    if facts.get("quiet_until") is not None:
        return Outcome.DIGEST, Reason.QUIET
    if facts["threshold"] is None:
        return Outcome.DIGEST, Reason.HECTIC
    if facts["confidence"] < facts["threshold"]:
        return Outcome.DIGEST, Reason.BELOW_THRESHOLD
    if facts["next_post_at"] is not None:
        return Outcome.DIGEST, Reason.BUDGET_SPENT
    return None

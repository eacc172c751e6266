"""Deliver now, wait for the next digest, hold for the review, or say nothing: the verdict. Pure.

`judge` first writes down the facts, then `decide` reads nothing but them. The facts are saved
with the suggestion, so a verdict can be computed again from its row and must come out the same;
and `rejudge` finds what it would have been under another policy, with no need of a database.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Unpack, cast

from copilot.suggestions.candidates import essence_of, likeness_if_same, perhaps_alike
from copilot.suggestions.noise_policy import NoisePolicy
from copilot.suggestions.verdict_facts import Facts, Otherwise
from copilot.suggestions.vocabulary import Outcome, Reason, Tempo

JUST_RESOLVED = "just_resolved"
"""`quiet_because` of what was said before the end and found after it: the last digest is its."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """What the gate needs to know of a candidate."""

    kind: str
    title: str
    confidence: float
    is_done: bool = False
    event_ids: frozenset[int] = frozenset()
    """Messages it quotes."""
    engine: str | None = None
    """Name and version of what found it, where that is known."""
    raw_confidence: float | None = None
    """What the engine said, before calibration."""


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
    crowded: str | None = None
    """By name, somebody present who had as many posts as one person should meet in an hour."""
    crowded_until: datetime | None = None
    """When there is room for another one."""
    rate: float = 1.0
    """Share of the policy's rate of posts that people's decisions left the incident."""
    backlog_minutes: float = 0.0
    """Checking that waits for its people: suggestions they saw, and its review."""
    review_debt_minutes: float = 0.0
    """The review's part of it."""
    present: tuple[str, ...] = ()
    """Who would meet a post. Not among the facts: only who is crowded matters."""


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
    is_crowded = channel.crowded_until is not None and now < channel.crowded_until
    facts: Facts = {
        "confidence": candidate.confidence,
        "kind": candidate.kind,
        "kind_is_on": candidate.kind in policy.kinds,
        "kind_is_muted": candidate.kind in policy.muted,
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
        "next_post_at": _text(channel.next_post_at) if is_spent else None,
        "policy_version": policy.version,
        "quiet_until": _text(channel.quiet_until),
        "quiet_by": channel.quiet_by,
        "quiet_hours_until": _text(policy.quiet_until(now)),
        "crowded": channel.crowded if is_crowded else None,
        "crowded_until": _text(channel.crowded_until) if is_crowded else None,
        "engine": candidate.engine,
        "raw_confidence": candidate.raw_confidence,
        "post_interval_s": policy.post_interval.total_seconds(),
        "rate": channel.rate,
        "posts_per_person": policy.posts_per_person,
        "backlog_minutes": channel.backlog_minutes,
        "review_debt_minutes": channel.review_debt_minutes,
        "backlog_cap_minutes": policy.backlog_cap_minutes,
        "judged_at": now.isoformat(),
    }
    return _verdict(facts)


def rejudge(
    details: Mapping[str, Any],
    policy: NoisePolicy,
    judged_at: datetime,
    **otherwise: Unpack[Otherwise],
) -> Verdict:
    """What a recorded verdict would have been under another policy, resolved for its incident.

    Taken from the policy: kinds, muted kinds, both thresholds, quiet hours at `judged_at` (the
    instant of the record, which old rows do not hold among their facts). Kept as recorded: what
    was known of the candidate and of the channel. Budgets depend on what else was posted, so
    they are kept, too, unless the caller gives `next_post_at`, `crowded` and `crowded_until`; so
    is the backlog unless `backlog_minutes` is given, and the policy's cap on it is taken. A post
    that Slack refused is refused again, if it would be made at all. Under the policy that was in
    force, the verdict is the recorded one.
    """
    facts = cast(Facts, {**details, **otherwise})
    facts["kind_is_on"] = facts["kind"] in policy.kinds
    facts["kind_is_muted"] = facts["kind"] in policy.muted
    facts["threshold"] = policy.threshold(Tempo(facts["tempo"]))
    facts["digest_threshold"] = policy.digest_threshold
    facts["policy_version"] = policy.version
    facts["quiet_hours_until"] = _text(policy.quiet_until(judged_at))
    facts["post_interval_s"] = policy.post_interval.total_seconds()
    facts["posts_per_person"] = policy.posts_per_person
    facts["backlog_cap_minutes"] = policy.backlog_cap_minutes
    if "failure" in facts and _never(facts) is not None:
        del facts["failure"]
    return _verdict(facts)


def fail(details: Mapping[str, Any], failure: str) -> Verdict:
    """The verdict on what was cleared and could not be posted."""
    return _verdict(cast(Facts, {**details, "failure": failure}))


def decide(facts: Facts) -> tuple[Outcome, Reason]:
    """The rules in order: what is never said, then what is said later, then what is said.

    Where several rules apply, the one that is told is the one that people can do least about
    now: a repetition stays one whatever the settings, and an unlikely one is no matter of the
    moment. A kind that the copilot muted comes after these, since what is held for nothing else
    still waits for a person in the review. Of the moments, quiet that a person asked for comes
    before the hours that an admin set, those before a hectic channel, and all of them before
    the bar of the tempo, which only a calm or busy one has. Budgets come last, so that only
    what would have been posted is said to have met one: the incident's own before that of the
    people in it, and last what these have to check already.
    """
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
    works = list(known)
    if not works:
        return None, None
    essence, essences = essence_of(candidate.title), [essence_of(work.title) for work in works]
    is_apart = candidate.event_ids.isdisjoint
    about_it = [index for index, work in enumerate(works) if not is_apart(work.event_ids)]
    best, best_score = None, None
    for index in sorted({*perhaps_alike(essence, essences), *about_it}):
        score = likeness_if_same(essence, essences[index], share_message=index in about_it)
        if score is not None and (best_score is None or score > best_score):
            best, best_score = works[index], score
    return best, best_score


def _never(facts: Facts) -> tuple[Outcome, Reason] | None:
    if facts["same_title"] is not None:
        return Outcome.SUPPRESS, Reason.DUPLICATE
    if facts["is_done"]:
        return Outcome.SUPPRESS, Reason.DONE_ALREADY
    if not facts["kind_is_on"]:
        return Outcome.HOLD, Reason.KIND_OFF
    if facts["quiet_because"] not in (None, JUST_RESOLVED):
        return Outcome.HOLD, Reason.NOTHING_IS_POSTED
    if facts["confidence"] < facts["digest_threshold"]:
        return Outcome.HOLD, Reason.BELOW_THRESHOLD
    if facts.get("kind_is_muted"):
        return Outcome.HOLD, Reason.KIND_MUTED
    return None


def _not_now(facts: Facts) -> tuple[Outcome, Reason] | None:
    if facts["quiet_because"] is not None:
        return Outcome.DIGEST, Reason.NOTHING_IS_POSTED
    if facts.get("quiet_until") is not None:
        return Outcome.DIGEST, Reason.QUIET
    if facts.get("quiet_hours_until") is not None:
        return Outcome.DIGEST, Reason.QUIET_HOURS
    if facts["threshold"] is None:
        return Outcome.DIGEST, Reason.HECTIC
    if facts["confidence"] < facts["threshold"]:
        return Outcome.DIGEST, Reason.BELOW_THRESHOLD
    return _budgets(facts)


def _budgets(facts: Facts) -> tuple[Outcome, Reason] | None:
    if facts["next_post_at"] is not None:
        return Outcome.DIGEST, Reason.BUDGET_SPENT
    if facts.get("crowded_until") is not None:
        return Outcome.DIGEST, Reason.PERSON_BUDGET
    if facts.get("backlog_minutes", 0.0) > facts.get("backlog_cap_minutes", math.inf):
        return Outcome.DIGEST, Reason.BACKLOG
    return None


def _verdict(facts: Facts) -> Verdict:
    outcome, reason = decide(facts)
    return Verdict(outcome, reason, facts)


def _text(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()

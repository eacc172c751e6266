"""What is wrong with a noise policy, in words for whoever set it. Pure."""

from datetime import timedelta

from copilot.suggestions.noise_policy import (
    HIGHEST_THRESHOLD,
    LARGEST_POST,
    LONGEST_INTERVAL,
    LOWEST_THRESHOLD,
    MOST_MINUTES_WAITING,
    MOST_POSTS_A_PERSON,
    SHORTEST_INTERVAL,
    NoisePolicy,
)
from copilot.suggestions.vocabulary import SuggestionKind


def policy_faults(policy: NoisePolicy) -> dict[str, str]:
    """What is wrong with it, by the name of the field; empty if nothing is."""
    faults = _threshold_faults(policy)
    if not SHORTEST_INTERVAL <= policy.post_interval <= LONGEST_INTERVAL:
        shortest, longest = (
            each // timedelta(minutes=1) for each in (SHORTEST_INTERVAL, LONGEST_INTERVAL)
        )
        faults["post_interval"] = f"Give whole minutes from {shortest} to {longest}."
    if not 1 <= policy.most_in_one_post <= LARGEST_POST:
        faults["most_in_one_post"] = f"A post holds 1 to {LARGEST_POST} items."
    if not 1 <= policy.posts_per_person <= MOST_POSTS_A_PERSON:
        faults["posts_per_person"] = f"Give a whole number from 1 to {MOST_POSTS_A_PERSON}."
    if not 1 <= policy.backlog_cap_minutes <= MOST_MINUTES_WAITING:
        faults["backlog_cap_minutes"] = f"Give whole minutes from 1 to {MOST_MINUTES_WAITING}."
    for name in ("kinds", "muted"):
        if not getattr(policy, name) <= set(SuggestionKind):
            faults[name] = "Choose from the kinds there are."
    if policy.quiet_hours is not None and policy.quiet_hours.starts == policy.quiet_hours.ends:
        faults["quiet_hours"] = "Quiet hours end at another time than they start."
    return faults


def _threshold_faults(policy: NoisePolicy) -> dict[str, str]:
    faults = {
        name: f"Give a number from {LOWEST_THRESHOLD:g} to {HIGHEST_THRESHOLD:g}."
        for name in ("threshold_when_calm", "threshold_when_busy")
        if not LOWEST_THRESHOLD <= getattr(policy, name) <= HIGHEST_THRESHOLD
    }
    if not faults and policy.threshold_when_busy < policy.threshold_when_calm:
        faults["threshold_when_busy"] = "While busy it can't take less than while calm."
    if not faults and not 0 <= policy.digest_threshold <= policy.threshold_when_calm:
        faults["digest_threshold"] = "A digest can't take more than a post of its own."
    return faults

"""A noise policy and its changes in the words that admins read. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from copilot.suggestions.noise_policy import PolicySet, policy_json
from copilot.suggestions.vocabulary import Reason, SuggestionKind

KINDS: Mapping[str, tuple[str, str]] = {
    SuggestionKind.COMMITMENT: ("Promises", "“I'll add an alert tomorrow”"),
    SuggestionKind.REQUEST: ("Requests", "“can somebody mend the runbook?”"),
    SuggestionKind.PROPOSAL: ("Proposals", "“we should page on replica lag”"),
}
PRESET_WORDS = {
    "quiet": "Only what is almost certain, at most twice an hour.",
    "balanced": "What most teams start with: at most one post in a quarter of an hour.",
    "talkative": "More to look through, up to six posts an hour.",
}
REASON_WORDS: Mapping[str, str] = {
    Reason.CLEARED: "sure enough",
    Reason.HECTIC: "in a hectic phase",
    Reason.QUIET: "while quiet was asked for",
    Reason.BELOW_THRESHOLD: "not sure enough",
    Reason.BUDGET_SPENT: "soon after another post",
    Reason.PERSON_BUDGET: "for people who had enough posts",
    Reason.BACKLOG: "while much waited to be checked",
    Reason.QUIET_HOURS: "in quiet hours",
    Reason.KIND_OFF: "of a kind that is off",
    Reason.KIND_MUTED: "of a kind kept quiet by the copilot",
    Reason.DUPLICATE: "said before",
    Reason.DONE_ALREADY: "done already",
    Reason.NOTHING_IS_POSTED: "where nothing is posted",
    Reason.POST_FAILED: "refused by Slack",
}
"""After a number: `12 not sure enough`."""
_LABELS = {
    "threshold_when_calm": "sure enough to post while calm",
    "threshold_when_busy": "sure enough while busy",
    "digest_threshold": "sure enough for a digest",
    "kinds": "suggested",
    "post_interval_s": "one post in",
    "most_in_one_post": "items in a post",
    "posts_per_person": "posts a person and hour",
    "backlog_cap_minutes": "minutes of checking that may wait",
    "quiet_hours": "quiet hours",
    "muted": "muted by the copilot",
}
_ELSEWHERE = "a channel that you can't read"


@dataclass(frozen=True, slots=True)
class Change:
    """One field, old and new."""

    where: str
    """Empty for the whole workspace, else e.g. `SEV1` or `#inc-search`."""
    what: str
    old: str
    new: str


def changes_between(old: PolicySet, new: PolicySet, channels: Mapping[str, str]) -> list[Change]:
    """What differs, in words; `channels` are the names of those the reader may read."""
    found = _changes("", policy_json(old.base), policy_json(new.base))
    for severity in sorted({*old.by_severity, *new.by_severity}):
        found += _changes(
            severity.upper(), old.by_severity.get(severity, {}), new.by_severity.get(severity, {})
        )
    for channel_id in sorted({*old.by_channel, *new.by_channel}):
        where = f"#{channels[channel_id]}" if channel_id in channels else _ELSEWHERE
        found += _changes(
            where, old.by_channel.get(channel_id, {}), new.by_channel.get(channel_id, {})
        )
    return found


def reason_words(reason: str, changes: Sequence[Change]) -> str:
    """What was given as the reason; empty for a change to channels that the reader may not read,
    since it may tell what goes on there.
    """
    is_elsewhere = bool(changes) and all(change.where == _ELSEWHERE for change in changes)
    return "" if is_elsewhere else reason


def value_words(name: str, value: Any) -> str:
    """E.g. `15 min` of 900 seconds, `promises, requests` of a list of kinds."""
    if name == "post_interval_s":
        return f"{value / 60:g} min"
    if name == "quiet_hours":
        return f"{value['from']}–{value['until']} {value['zone']}" if value else "none"
    if name in ("kinds", "muted"):
        named = [KINDS[kind][0].lower() for kind in KINDS if kind in value]
        return ", ".join(named) or "nothing"
    return f"{value:g}" if isinstance(value, float) else str(value)


def policy_words(fields: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Each field that is there, by its label."""
    return [
        (label, value_words(name, fields[name]))
        for name, label in _LABELS.items()
        if name in fields
    ]


def differs_words(fields: int) -> str:
    """Of a severity or a channel; `fields` are its own."""
    return f"differs in {fields}"


def _changes(where: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    return [
        Change(where, label, _side(name, old), _side(name, new))
        for name, label in _LABELS.items()
        if old.get(name, _MISSING) != new.get(name, _MISSING)
    ]


_MISSING = object()


def _side(name: str, fields: Mapping[str, Any]) -> str:
    return value_words(name, fields[name]) if name in fields else "as everywhere"

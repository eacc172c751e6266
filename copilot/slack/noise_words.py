"""A noise policy, and what changed of it, in the words of the Slack form."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from copilot.slack.noise_form import hours_in_words
from copilot.suggestions.noise_policy import (
    PRESETS,
    NoisePolicy,
    PolicySet,
    Preset,
    as_json,
    from_json,
)
from copilot.suggestions.presets import preset_like
from copilot.suggestions.vocabulary import SuggestionKind

KIND_LABELS = {
    SuggestionKind.COMMITMENT: ("Promises", "“I'll add an alert tomorrow”"),
    SuggestionKind.REQUEST: ("Requests", "“can somebody mend the runbook?”"),
    SuggestionKind.PROPOSAL: ("Proposals", "“we should page on replica lag”"),
}
PRESET_LABELS = {
    Preset.QUIET: ("Quiet", "Only what is almost certain"),
    Preset.BALANCED: ("Balanced", "What most teams start with"),
    Preset.TALKATIVE: ("Talkative", "More to look through"),
}

_MINUTE = timedelta(minutes=1)
_MOST_CHANGES = 6
_FIELDS = {
    "threshold_when_calm": "sureness while calm",
    "threshold_when_busy": "sureness while busy",
    "digest_threshold": "sureness for a pause",
    "kinds": "what is suggested",
    "post_interval_s": "minutes between posts",
    "most_in_one_post": "items in a post",
    "posts_per_person": "posts a person meets in an hour",
    "backlog_cap_minutes": "minutes of checking that may wait",
    "quiet_hours": "quiet hours",
    "muted": "muted",
}


def in_words(policy: NoisePolicy) -> str:
    """Everything that it says, in two lines."""
    preset = preset_like(policy)
    name = PRESET_LABELS[preset][0].lower() if preset else "numbers of your own"
    items = f"{policy.most_in_one_post} item{'s' if policy.most_in_one_post > 1 else ''}"
    on = policy.kinds - policy.muted
    hours = hours_in_words(policy.quiet_hours)
    return (
        f"{name}: {policy.threshold_when_calm:g} while calm, {policy.threshold_when_busy:g} while "
        f"busy, never while hectic; one post in {policy.post_interval // _MINUTE} min with at most "
        f"{items}; nobody meets more than {policy.posts_per_person} an hour; "
        f"nothing while over {policy.backlog_cap_minutes} min of checking waits; "
        f"{kinds_in_words(on)}"
        f"{f'; quiet from {hours}' if hours else ''}."
    )


def preset_in_words(preset: Preset) -> str:
    """E.g. `Only what is almost certain: 0.85 calm, 0.95 busy, one post in 30 min`."""
    numbers = PRESETS[preset]
    return (
        f"{PRESET_LABELS[preset][1]}: {numbers.threshold_when_calm:g} calm, "
        f"{numbers.threshold_when_busy:g} busy, one post in {numbers.post_interval // _MINUTE} min"
    )


def kinds_in_words(kinds: frozenset[str]) -> str:
    names = [KIND_LABELS[kind][0].lower() for kind in SuggestionKind if kind in kinds]
    return ", ".join(names) or "nothing is suggested"


def changes_in_words(
    before: PolicySet, after: PolicySet, channel_names: Mapping[str, str]
) -> list[str]:
    """One line for each field that changed, e.g. `SEV1: minutes between posts 15 → 30`."""
    old, new = as_json(before), as_json(after)
    lines = _changed("", _own(old), _own(new))
    for scope in ("by_severity", "by_channel"):
        for key in sorted({*old[scope], *new[scope]}):
            name = key.upper() if scope == "by_severity" else f"#{channel_names.get(key, key)}"
            was = {**_own(old), **old[scope].get(key, {})}
            became = {**_own(new), **new[scope].get(key, {})}
            own = {*old[scope].get(key, {}), *new[scope].get(key, {})}
            lines += _changed(f"{name}: ", *({k: v[k] for k in own} for v in (was, became)))
    if len(lines) > _MOST_CHANGES:
        more = len(lines) - _MOST_CHANGES + 1
        lines = [*lines[: _MOST_CHANGES - 1], f"and {more} more"]
    return lines


def _changed(prefix: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    return [
        f"{prefix}{_FIELDS[name]} {_value(name, old[name])} → {_value(name, new[name])}"
        for name in _FIELDS
        if name in new and old[name] != new[name]
    ]


def _own(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: data[name] for name in _FIELDS}


def _value(name: str, value: Any) -> str:
    if name in ("kinds", "muted"):
        labels = [KIND_LABELS[kind][0].lower() for kind in SuggestionKind if kind in value]
        return ", ".join(labels) or "none"
    if name == "quiet_hours":
        return hours_in_words(from_json({name: value}).base.quiet_hours) or "none"
    return f"{value / 60:g}" if name == "post_interval_s" else f"{value:g}"


def elsewhere_words(faults: Mapping[str, str], channels: Mapping[str, str]) -> str:
    """What a severity or a channel rules out by its own numbers, or nothing; it has no field here.

    `channels` are the names of those that the admin may read, by id.
    """
    for where, fault in faults.items():
        scope, _, rest = where.partition(".")
        if not rest:
            continue
        key = rest.partition(".")[0]
        name = key.upper()
        if scope == "by_channel":
            name = f"#{channels[key]}" if key in channels else "a channel that you are not in"
        said = fault.removeprefix(f"{key}: ")
        return f"This does not go with the numbers of its own that {name} has: {said}"
    return ""

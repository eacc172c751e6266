"""The fields of the noise page as they were typed, and the policy that they make. Pure.

What was typed is kept as text, so that it stands there again when it can't be read.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from copilot.suggestions.noise_policy import (
    PRESETS,
    NoisePolicy,
    Preset,
    QuietHours,
    policy_json,
    read_clock_time,
    read_zone,
)
from copilot.suggestions.policy_faults import policy_faults

_MINUTE = timedelta(minutes=1)
_LONGEST = 64
_NUMBER = re.compile(r"\d{1,6}(\.\d{1,6})?")

NUMBERS = (
    "threshold_when_calm",
    "threshold_when_busy",
    "digest_threshold",
    "post_interval",
    "most_in_one_post",
    "posts_per_person",
    "backlog_cap_minutes",
)
_WHOLE = {"post_interval", "most_in_one_post", "posts_per_person", "backlog_cap_minutes"}
_HOURS = ("quiet_from", "quiet_until", "quiet_zone")
SENT = "sent"
"""Tells a form without a tick from an address without a form."""

Form = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Fields:
    """By the name of the input."""

    texts: Mapping[str, str]
    kinds: frozenset[str]
    muted: frozenset[str]

    def preset(self) -> Preset | None:
        """The one whose numbers stand there, whatever the kinds and the quiet hours are."""
        for preset, policy in PRESETS.items():
            there = fields_of(policy).texts
            if all(_same(self.texts[name], there[name]) for name in NUMBERS):
                return preset
        return None


@dataclass(frozen=True, slots=True)
class Entered:
    policy: NoisePolicy
    faults: Mapping[str, str]
    """What can't be used, by the name of the input; the policy keeps what was in force there."""


def fields_of(policy: NoisePolicy) -> Fields:
    hours = policy.quiet_hours
    return Fields(
        texts={
            "threshold_when_calm": f"{policy.threshold_when_calm:g}",
            "threshold_when_busy": f"{policy.threshold_when_busy:g}",
            "digest_threshold": f"{policy.digest_threshold:g}",
            "post_interval": f"{policy.post_interval / _MINUTE:g}",
            "most_in_one_post": str(policy.most_in_one_post),
            "posts_per_person": str(policy.posts_per_person),
            "backlog_cap_minutes": str(policy.backlog_cap_minutes),
            "quiet_from": hours.starts.strftime("%H:%M") if hours else "",
            "quiet_until": hours.ends.strftime("%H:%M") if hours else "",
            "quiet_zone": hours.zone if hours else "UTC",
        },
        kinds=policy.kinds,
        muted=policy.muted,
    )


def read_fields(form: Form, before: NoisePolicy) -> Fields:
    """What was sent; what was not, as in `before`."""
    found = {name: value.strip()[:_LONGEST] for name, value in form}
    texts = {**fields_of(before).texts}
    texts.update({name: found[name] for name in (*NUMBERS, *_HOURS) if name in found})
    if SENT not in found:
        return Fields(texts, before.kinds, before.muted)
    ticked = {
        box: frozenset(value[:_LONGEST] for name, value in form if name == box)
        for box in ("kinds", "muted")
    }
    # Only the copilot mutes: a form un-mutes, and no more.
    return Fields(texts, ticked["kinds"], ticked["muted"] & before.muted)


def with_preset(fields: Fields, preset: Preset) -> Fields:
    """The preset's numbers; kinds, mutes and quiet hours stay as they are."""
    numbers = fields_of(PRESETS[preset]).texts
    return replace(fields, texts={**fields.texts, **{name: numbers[name] for name in NUMBERS}})


def entered(fields: Fields, before: NoisePolicy) -> Entered:
    faults: dict[str, str] = {}
    values: dict[str, Any] = {}
    for name in NUMBERS:
        typed = fields.texts[name].replace(",", ".")
        if not _NUMBER.fullmatch(typed):
            faults[name] = "Give a number."
        elif name in _WHOLE and float(typed) % 1:
            faults[name] = "Give a whole number."
        else:
            values[name] = _VALUE.get(name, float)(typed)
    try:
        values["quiet_hours"] = _hours(fields.texts)
    except ValueError as error:
        faults["quiet_hours"] = f"{str(error)[:1].upper()}{str(error)[1:]}."
    policy = replace(before, **values, kinds=fields.kinds, muted=fields.muted)
    return Entered(policy, {**policy_faults(policy), **faults})


def merged(typed: NoisePolicy, opened_on: NoisePolicy, now: NoisePolicy) -> NoisePolicy:
    """Both changes: what the form changed since it was opened, else what holds now."""
    mine, base, theirs = (policy_json(each) for each in (typed, opened_on, now))
    takes_theirs = {name for name in mine if mine[name] == base[name] != theirs[name]}
    fields = {_FIELD_OF.get(name, name) for name in takes_theirs}
    return replace(typed, **{field: getattr(now, field) for field in fields})


def _hours(texts: Mapping[str, str]) -> QuietHours | None:
    """Both left empty is none; raises ValueError with words for what can't be read."""
    if not texts["quiet_from"] and not texts["quiet_until"]:
        return None
    return QuietHours(
        read_clock_time(texts["quiet_from"]),
        read_clock_time(texts["quiet_until"]),
        read_zone(texts["quiet_zone"] or "UTC"),
    )


def _same(one: str, other: str) -> bool:
    typed = one.replace(",", ".")
    return bool(_NUMBER.fullmatch(typed)) and float(typed) == float(other)


_VALUE: Mapping[str, Callable[[str], Any]] = {
    "post_interval": lambda typed: timedelta(minutes=float(typed)),
    "most_in_one_post": lambda typed: int(float(typed)),
    "posts_per_person": lambda typed: int(float(typed)),
    "backlog_cap_minutes": lambda typed: int(float(typed)),
}
_FIELD_OF = {"post_interval_s": "post_interval"}

"""What the noise form remembers between two of its drawings, and what stands in its fields."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import time, timedelta
from enum import StrEnum
from typing import Any

from copilot.errors import BadInputError
from copilot.suggestions.noise_policy import (
    NoisePolicy,
    PolicySet,
    Preset,
    QuietHours,
    difference,
    read_clock_time,
    read_zone,
)

VALUE = "value"
"""The action of every input; the block says which it is."""
REASON = "reason"
OUT_OF_DATE = "This form is out of date; close it and open it again."

_MINUTE = timedelta(minutes=1)
_SCOPE = re.compile(r"(?P<kind>severity|channel):(?P<key>[A-Za-z0-9_-]{1,32})")
_HOURS = re.compile(r"(\S+?)\s*(?:-|–|until|to|bis)\s*(\S+)(?:\s+(\S+))?")


class ScopeKind(StrEnum):
    SEVERITY = "severity"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Scope:
    """What a form's numbers are for: everywhere, one severity, or one channel."""

    kind: ScopeKind | None = None
    """None for everywhere."""
    key: str = ""

    @property
    def value(self) -> str:
        return f"{self.kind}:{self.key}" if self.kind else "everywhere"

    def policy(self, policies: PolicySet) -> NoisePolicy:
        """What holds there."""
        if self.kind is ScopeKind.SEVERITY:
            return policies.resolve(self.key, "")
        return policies.resolve(None, self.key if self.kind else "")

    def has_own(self, policies: PolicySet) -> bool:
        """Whether anything differs there from what holds everywhere."""
        return self.key in self._overrides(policies) if self.kind else True

    def changed(self, policies: PolicySet, policy: NoisePolicy) -> PolicySet:
        """The policies with this one here; only what differs from everywhere is kept."""
        if not self.kind:
            return replace(policies, base=policy)
        own = {**self._overrides(policies), self.key: difference(policy, policies.base)}
        kept = {key: fields for key, fields in own.items() if fields}
        if self.kind is ScopeKind.SEVERITY:
            return replace(policies, by_severity=kept)
        return replace(policies, by_channel=kept)

    def _overrides(self, policies: PolicySet) -> Mapping[str, Mapping[str, Any]]:
        return policies.by_severity if self.kind is ScopeKind.SEVERITY else policies.by_channel


def read_scope(value: object) -> Scope:
    """Raises BadInputError for what is none."""
    if value == Scope().value:
        return Scope()
    found = _SCOPE.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise BadInputError(OUT_OF_DATE)
    return Scope(ScopeKind(found["kind"]), found["key"])


@dataclass(frozen=True, slots=True)
class NoiseForm:
    """What the form holds besides its fields. A redraw with other values has new block ids, or
    Slack would keep what stood in the fields before.
    """

    replaces: int
    """The policy version that it was opened on."""
    drawing: int = 0
    scope: Scope = Scope()
    channel_id: str = ""
    """Where it was asked for."""

    def to_metadata(self) -> str:
        return json.dumps([self.replaces, self.drawing, self.scope.value, self.channel_id])

    def block(self, field: str) -> str:
        return f"{field}-{self.drawing}"

    def redrawn(self) -> "NoiseForm":
        return replace(self, drawing=self.drawing + 1)


@dataclass(frozen=True, slots=True)
class Entered:
    """What stands in the fields; `faults` are fields that hold no such thing."""

    policy: NoisePolicy
    reason: str
    faults: Mapping[str, str]


def read_form(metadata: object) -> NoiseForm:
    """Raises BadInputError for a form that is not ours, or of another version."""
    try:
        replaces, drawing, scope, channel_id = json.loads(str(metadata))
        return NoiseForm(int(replaces), int(drawing), read_scope(scope), str(channel_id))
    except (TypeError, ValueError):
        raise BadInputError(OUT_OF_DATE) from None


def read_preset(action: Mapping[str, Any]) -> Preset:
    """Raises BadInputError for what is none."""
    try:
        return Preset(str(mapping(action.get("selected_option")).get("value")))
    except ValueError:
        raise BadInputError(OUT_OF_DATE) from None


def read_entered(view: Mapping[str, Any], form: NoiseForm, base: NoisePolicy) -> Entered:
    """What stands in the fields; what can't be read is told by field and left as in `base`."""
    fields = _Fields(form, mapping(mapping(view.get("state")).get("values")), {})
    size = str(mapping(fields.of("most_in_one_post").get("selected_option")).get("value"))
    minutes = fields.number("post_interval", base.post_interval / _MINUTE)
    share = fields.number("posts_per_person", base.posts_per_person)
    waiting = fields.number("backlog_cap_minutes", base.backlog_cap_minutes)
    # Only the copilot mutes: a form un-mutes, and no more.
    still_muted = fields.chosen("muted") & base.muted if base.muted else base.muted
    policy = replace(
        base,
        threshold_when_calm=fields.number("threshold_when_calm", base.threshold_when_calm),
        threshold_when_busy=fields.number("threshold_when_busy", base.threshold_when_busy),
        digest_threshold=fields.number("digest_threshold", base.digest_threshold),
        post_interval=timedelta(minutes=round(minutes)),
        posts_per_person=round(share),
        backlog_cap_minutes=round(waiting),
        most_in_one_post=int(size) if re.fullmatch("[0-9]", size) else base.most_in_one_post,
        kinds=fields.chosen("kinds"),
        muted=still_muted,
        quiet_hours=fields.hours("quiet_hours", base.quiet_hours),
        version=form.replaces,
    )
    reason = fields.of(REASON).get("value")
    return Entered(policy, reason if isinstance(reason, str) else "", fields.faults)


def hours_in_words(hours: QuietHours | None) -> str:
    """As it is typed: `22:00 to 07:00 Europe/Berlin`."""
    if hours is None:
        return ""
    return f"{hours.starts:%H:%M} to {hours.ends:%H:%M} {hours.zone}"


@dataclass(frozen=True, slots=True)
class _Fields:
    form: NoiseForm
    state: Mapping[str, Any]
    faults: dict[str, str]

    def of(self, name: str) -> Mapping[str, Any]:
        return mapping(mapping(self.state.get(self.form.block(name))).get(VALUE))

    def number(self, name: str, before: float) -> float:
        typed = str(self.of(name).get("value") or "").strip().replace(",", ".")
        if re.fullmatch(r"\d{1,6}(\.\d{1,6})?", typed):
            return float(typed)
        self.faults[name] = "Give a number."
        return before

    def chosen(self, name: str) -> frozenset[str]:
        options = self.of(name).get("selected_options")
        found = options if isinstance(options, list) else []
        return frozenset(str(mapping(option).get("value")) for option in found)

    def hours(self, name: str, before: QuietHours | None) -> QuietHours | None:
        """Empty for none; the zone is the one that was set before, or else UTC."""
        typed = str(self.of(name).get("value") or "").strip()
        if not typed:
            return None
        try:
            return _quiet_hours(typed, before.zone if before else "UTC")
        except ValueError as error:
            words = str(error)
            self.faults[name] = f"{words[:1].upper()}{words[1:]}."
            return before


def _quiet_hours(typed: str, zone: str) -> QuietHours:
    """Raises ValueError with words for whoever typed it."""
    found = _HOURS.fullmatch(typed)
    if found is None:
        raise ValueError("write it as 22:00 to 07:00 Europe/Berlin")
    return QuietHours(_clock_time(found[1]), _clock_time(found[2]), read_zone(found[3] or zone))


def _clock_time(typed: str) -> time:
    """`7:00`, `07.00` and `7` as people write them."""
    found = re.fullmatch(r"(\d{1,2})(?:[:.](\d{2}))?", typed)
    return read_clock_time(f"{int(found[1]):02}:{found[2] or '00'}" if found else typed)


def mapping(value: object) -> Mapping[str, Any]:
    """What Slack sent, where it may be anything."""
    return value if isinstance(value, dict) else {}

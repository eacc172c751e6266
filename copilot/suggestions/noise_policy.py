"""How much a suggestion must be worth before it may disturb, and where that differs. Pure.

A workspace has one `PolicySet`: a policy for all its incidents, and the fields in which a severity
or a channel differs from it. Its JSON form is what is stored, exported and given to `backtest`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from copilot.suggestions.daily import stretches
from copilot.suggestions.vocabulary import SuggestionKind, Tempo

LOWEST_THRESHOLD, HIGHEST_THRESHOLD = 0.5, 0.99
SHORTEST_INTERVAL, LONGEST_INTERVAL = timedelta(minutes=5), timedelta(hours=4)
LARGEST_POST = 3
MOST_POSTS_A_PERSON = 12
MOST_MINUTES_WAITING = 60
LONGEST_REASON = 300

_CLOCK_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class QuietHours:
    """A stretch of every day in which nothing is posted unasked, by the clocks of `zone`."""

    starts: time
    ends: time
    """Earlier than `starts` where the stretch goes past midnight."""
    zone: str = "UTC"
    """An IANA name."""

    def end_after(self, now: datetime) -> datetime | None:
        """When the stretch that `now` lies in ends, or None outside of it."""
        end = now
        for begins_at, ends_at in stretches(self.starts, self.ends, self.zone, now):
            if begins_at <= end < ends_at:
                end = ends_at
        return end.astimezone(now.tzinfo) if end > now else None


@dataclass(frozen=True, slots=True)
class NoisePolicy:
    """The numbers of one incident.

    Act if and only if p ≥ C / (C + B): p is the probability that a person wants the suggestion, C
    the cost of disturbing for nothing, B the benefit of coming now (Horvitz, CHI 1999). With B = 3,
    C = 9 while calm and 17 while busy that is 0.75 and 0.85; in a hectic phase no benefit
    outweighs the cost. The bar for a digest is p ≥ 0.5, where a wanted suggestion is likelier
    than an unwanted one. The interval follows the finding that acceptance drops by 30 % for each
    further reminder in one encounter (Ancker et al., BMC Med Inform 2017): one post, then quiet.
    Cost, benefit and interval are our own choice within these bounds; admins may choose others.
    """

    threshold_when_calm: float = 0.75
    threshold_when_busy: float = 0.85
    digest_threshold: float = 0.5
    kinds: frozenset[str] = frozenset(SuggestionKind)
    post_interval: timedelta = timedelta(minutes=15)
    most_in_one_post: int = 3
    """Few enough to decide at a glance."""
    posts_per_person: int = 6
    """Uninvited posts in an hour that one person may meet, over all incidents they work on."""
    backlog_cap_minutes: int = 10
    """Checking that may wait for people of an incident; while more does, nothing is added."""
    quiet_hours: QuietHours | None = None
    muted: frozenset[str] = frozenset()
    """Kinds that the copilot muted by itself, since people did not want them."""
    version: int = 1
    """Which of the workspace's policies this is; the first is the default."""

    def threshold(self, tempo: Tempo) -> float | None:
        """The confidence that may interrupt, or None where nothing may."""
        if tempo is Tempo.HECTIC:
            return None
        return self.threshold_when_calm if tempo is Tempo.CALM else self.threshold_when_busy

    def quiet_until(self, now: datetime) -> datetime | None:
        """When the quiet hours that `now` lies in end, or None outside of them."""
        return None if self.quiet_hours is None else self.quiet_hours.end_after(now)


DEFAULT_NOISE_POLICY = NoisePolicy()

Override = Mapping[str, Any]
"""The fields that differ, in their JSON form."""


@dataclass(frozen=True, slots=True)
class PolicySet:
    """A workspace's policy, with what differs per severity and per channel."""

    base: NoisePolicy = DEFAULT_NOISE_POLICY
    by_severity: Mapping[str, Override] = field(default_factory=dict)
    by_channel: Mapping[str, Override] = field(default_factory=dict)
    """By channel id."""

    @property
    def version(self) -> int:
        return self.base.version

    def resolve(self, severity: str | None, channel_id: str) -> NoisePolicy:
        """What holds for an incident: the channel's word counts before the severity's."""
        policy = self.base
        for override in (self.by_severity.get(severity or ""), self.by_channel.get(channel_id)):
            if override:
                policy = replace(policy, **_fields_from(override))
        return policy


class Preset(StrEnum):
    QUIET = "quiet"
    BALANCED = "balanced"
    TALKATIVE = "talkative"


PRESETS: Mapping[Preset, NoisePolicy] = {
    Preset.QUIET: NoisePolicy(
        threshold_when_calm=0.85,
        threshold_when_busy=0.95,
        post_interval=timedelta(minutes=30),
        backlog_cap_minutes=5,
    ),
    Preset.BALANCED: DEFAULT_NOISE_POLICY,
    Preset.TALKATIVE: NoisePolicy(
        threshold_when_calm=0.65,
        threshold_when_busy=0.75,
        post_interval=timedelta(minutes=10),
        backlog_cap_minutes=20,
    ),
}


def as_json(policies: PolicySet) -> dict[str, Any]:
    """As it is stored, and as `--policy FILE` has it. The version is not part of it."""
    return {
        **policy_json(policies.base),
        "by_severity": {key: dict(each) for key, each in sorted(policies.by_severity.items())},
        "by_channel": {key: dict(each) for key, each in sorted(policies.by_channel.items())},
    }


def policy_json(policy: NoisePolicy) -> dict[str, Any]:
    """Every field but the version, in its JSON form."""
    hours = policy.quiet_hours
    return {
        "threshold_when_calm": policy.threshold_when_calm,
        "threshold_when_busy": policy.threshold_when_busy,
        "digest_threshold": policy.digest_threshold,
        "kinds": sorted(policy.kinds),
        "post_interval_s": policy.post_interval.total_seconds(),
        "most_in_one_post": policy.most_in_one_post,
        "posts_per_person": policy.posts_per_person,
        "backlog_cap_minutes": policy.backlog_cap_minutes,
        "quiet_hours": None
        if hours is None
        else {
            "from": hours.starts.strftime("%H:%M"),
            "until": hours.ends.strftime("%H:%M"),
            "zone": hours.zone,
        },
        "muted": sorted(policy.muted),
    }


def difference(policy: NoisePolicy, base: NoisePolicy) -> dict[str, Any]:
    """The override that makes `policy` of `base`."""
    there = policy_json(base)
    return {name: value for name, value in policy_json(policy).items() if there[name] != value}


def from_json(data: Any, version: int = 1) -> PolicySet:
    """Reads what `as_json` wrote; what is left out is as in the default.

    Raises ValueError with words for whoever wrote it.
    """
    if not isinstance(data, Mapping):
        raise ValueError("the policy must be an object")
    own = {key: value for key, value in data.items() if key not in ("by_severity", "by_channel")}
    base = replace(DEFAULT_NOISE_POLICY, version=version, **_fields_from(own))
    overrides: dict[str, dict[str, Override]] = {}
    for scope in ("by_severity", "by_channel"):
        found = data.get(scope) or {}
        if not isinstance(found, Mapping) or not all(
            isinstance(each, Mapping) for each in found.values()
        ):
            raise ValueError(f"{scope} must be an object of objects")
        overrides[scope] = {str(key): dict(each) for key, each in found.items() if each}
    policies = PolicySet(base, overrides["by_severity"], overrides["by_channel"])
    for severity in policies.by_severity:
        policies.resolve(severity, "")
    for channel_id in policies.by_channel:
        policies.resolve(None, channel_id)
    return policies


def _fields_from(data: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in data.items():
        read = _READ.get(name)
        if read is None:
            raise ValueError(f"{str(name)[:40]!r} is no field of a policy; there are: {_NAMES}")
        try:
            found[_FIELD_OF.get(name, name)] = read(value)
        except (TypeError, ValueError, KeyError, OverflowError) as error:
            raise ValueError(f"{name}: {error}") from None
    return found


def _read_number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        raise ValueError("give a number")
    return float(value)


def _read_whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("give a whole number")
    return value


def _read_kinds(value: Any) -> frozenset[str]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise ValueError("give a list of kinds")
    return frozenset(value)


def _read_hours(value: Any) -> QuietHours | None:
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise ValueError('give {"from": "22:00", "until": "07:00", "zone": "Europe/Berlin"}')
    return QuietHours(
        read_clock_time(value.get("from")),
        read_clock_time(value.get("until")),
        read_zone(value.get("zone") or "UTC"),
    )


def read_clock_time(text: Any) -> time:
    """Raises ValueError unless it is e.g. `07:30`."""
    found = _CLOCK_TIME.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise ValueError("give times such as 22:00 and 07:30")
    return time(int(found[1]), int(found[2]))


def read_zone(name: Any) -> str:
    """Raises ValueError unless it is an IANA time zone."""
    try:
        return ZoneInfo(str(name)).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("give a time zone such as Europe/Berlin or UTC") from None


_READ: Mapping[str, Any] = {
    "threshold_when_calm": _read_number,
    "threshold_when_busy": _read_number,
    "digest_threshold": _read_number,
    "kinds": _read_kinds,
    "post_interval_s": lambda value: timedelta(seconds=_read_number(value)),
    "most_in_one_post": _read_whole,
    "posts_per_person": _read_whole,
    "backlog_cap_minutes": _read_whole,
    "quiet_hours": _read_hours,
    "muted": _read_kinds,
}
_FIELD_OF = {"post_interval_s": "post_interval"}
_NAMES = ", ".join([*_READ, "by_severity", "by_channel"])

"""For which incidents a policy holds: all of them, those of a severity, those of a channel."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from copilot.errors import NotFoundError
from copilot.incidents.models import Severity
from copilot.suggestions.noise_policy import NoisePolicy, Override, PolicySet, difference

WORKSPACE = "workspace"


@dataclass(frozen=True, slots=True)
class Scope:
    severity: str | None = None
    channel_id: str | None = None
    channel: str = ""
    """The channel's name, without `#`."""

    @property
    def key(self) -> str:
        """As it stands in an address: `workspace`, `severity:sev1`, `channel:C123`."""
        if self.severity:
            return f"severity:{self.severity}"
        return f"channel:{self.channel_id}" if self.channel_id else WORKSPACE

    @property
    def label(self) -> str:
        if self.severity:
            return self.severity.upper()
        return f"#{self.channel}" if self.channel_id else "Whole workspace"

    @property
    def is_part(self) -> bool:
        return self.key != WORKSPACE

    def override_in(self, policies: PolicySet) -> Override:
        """What differs here from the workspace's policy; empty where nothing does."""
        if self.severity:
            return policies.by_severity.get(self.severity, {})
        return policies.by_channel.get(self.channel_id or "", {})

    def policy_in(self, policies: PolicySet) -> NoisePolicy:
        """What holds here, were there no other differences."""
        return policies.resolve(self.severity, self.channel_id or "")

    def put(self, policies: PolicySet, policy: NoisePolicy) -> PolicySet:
        """The policies with this one here; kept as what differs from the workspace's."""
        if self.severity:
            found = _with(policies.by_severity, self.severity, difference(policy, policies.base))
            return replace(policies, by_severity=found)
        if self.channel_id:
            found = _with(policies.by_channel, self.channel_id, difference(policy, policies.base))
            return replace(policies, by_channel=found)
        return replace(policies, base=replace(policy, version=policies.version))


def read_scope(key: str, channels: Mapping[str, str]) -> Scope:
    """Raises NotFoundError for what is no severity, and for channels not among `channels`."""
    kind, _, name = key.partition(":")
    if key in ("", WORKSPACE):
        return Scope()
    if kind == "severity" and name in set(Severity):
        return Scope(severity=name)
    if kind == "channel" and name in channels:
        return Scope(channel_id=name, channel=channels[name])
    raise NotFoundError("There is no such channel or severity that you may read.")


def scope_of_channel(typed: str, channels: Mapping[str, str]) -> Scope | None:
    """By the channel's name, as people type it, with or without `#`."""
    wanted = typed.strip().lstrip("#").casefold()
    for channel_id, name in channels.items():
        if wanted and wanted in (name.casefold(), channel_id.casefold()):
            return Scope(channel_id=channel_id, channel=name)
    return None


def _with(overrides: Mapping[str, Override], key: str, override: Override) -> dict[str, Override]:
    others = {name: each for name, each in overrides.items() if name != key}
    return {**others, key: override} if override else others

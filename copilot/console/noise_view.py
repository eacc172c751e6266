"""What the noise page shows, gathered for one viewer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from copilot.console.noise_access import NoiseAccess
from copilot.console.noise_form import (
    Entered,
    Fields,
    Form,
    entered,
    fields_of,
    read_fields,
    with_preset,
)
from copilot.console.noise_history import policies_at, set_by
from copilot.console.noise_scope import Scope, read_scope, scope_of_channel
from copilot.console.noise_words import (
    Change,
    changes_between,
    differs_words,
    reason_words,
)
from copilot.incidents.models import Severity
from copilot.suggestions.noise_policy import NoisePolicy, PolicySet, Preset
from copilot.suggestions.policies import policies_in_force
from copilot.workspaces.directory import names_of

_AS_EVERYWHERE = "workspace"
"""Beside the presets, for a severity or a channel: no numbers of its own."""
_LONGEST_REASON_KEPT = 1000


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address or a form of the page says."""

    form: Form

    def one(self, name: str) -> str:
        return next((value for key, value in self.form if key == name), "")

    @property
    def team_id(self) -> str | None:
        return self.one("team") or None

    @property
    def reason(self) -> str:
        return self.one("reason")[:_LONGEST_REASON_KEPT]

    @property
    def opened_on(self) -> int | None:
        """The version that the form was opened on."""
        typed = self.one("version")
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None


@dataclass(frozen=True, slots=True)
class Notice:
    """What stands above the form: what happened, what changed, what to do."""

    text: str
    changes: Sequence[Change] = field(default_factory=tuple)
    then: str = ""


@dataclass(frozen=True, slots=True)
class ScopeLink:
    scope: Scope
    differs: str
    """E.g. `2 numbers of its own`; empty where it is as everywhere."""
    is_here: bool


@dataclass(frozen=True, slots=True)
class PolicyForm:
    """The left side of the page."""

    scope: Scope
    scopes: Sequence[ScopeLink]
    hidden_channels: int
    """Channels with numbers of their own that the viewer may not read."""
    fields: Fields
    faults: Mapping[str, str]
    preset: Preset | None
    is_as_everywhere: bool
    is_changed: bool
    """The numbers differ from those in force here."""
    version: int
    reason: str
    policy: NoisePolicy
    """As entered; where that can't be used, as in force."""
    policies: PolicySet
    """All of them with this one in its place."""

    @property
    def is_sound(self) -> bool:
        return not self.faults


def scope_asked(asked: Asked, access: NoiseAccess) -> tuple[Scope, dict[str, str]]:
    """The scope, and a fault where a channel was typed that can't be found.

    Raises NotFoundError.
    """
    typed = asked.one("channel")
    if not typed:
        return read_scope(asked.one("scope"), access.channels), {}
    found = scope_of_channel(typed, access.channels)
    if found is not None:
        return found, {}
    return Scope(), {"channel": f"There is no channel “{typed[:60]}” here that you may read."}


def policy_form(asked: Asked, access: NoiseAccess, in_force: PolicySet) -> PolicyForm:
    """The form as it was sent, or as it opens. Raises NotFoundError for a scope that is none."""
    scope, faults = scope_asked(asked, access)
    before = scope.policy_in(in_force)
    fields = fields_of(before) if faults else _fields(asked, before, in_force)
    result = entered(fields, before)
    return form_of(scope, fields, result, access, in_force, reason=asked.reason, more_faults=faults)


def form_of(
    scope: Scope,
    fields: Fields,
    result: Entered,
    access: NoiseAccess,
    in_force: PolicySet,
    *,
    reason: str = "",
    more_faults: Mapping[str, str] | None = None,
) -> PolicyForm:
    before = scope.policy_in(in_force)
    policy = before if result.faults else result.policy
    return PolicyForm(
        scope=scope,
        scopes=_scopes(scope, access, in_force),
        hidden_channels=sum(each not in access.channels for each in in_force.by_channel),
        fields=fields,
        faults={**result.faults, **(more_faults or {})},
        preset=fields.preset(),
        is_as_everywhere=scope.is_part and not result.faults and policy == in_force.base,
        is_changed=fields != fields_of(before),
        version=in_force.version,
        reason=reason,
        policy=policy,
        policies=scope.put(in_force, policy),
    )


def _fields(asked: Asked, before: NoisePolicy, in_force: PolicySet) -> Fields:
    fields = read_fields(asked.form, before)
    chosen = asked.one("preset")
    if chosen == _AS_EVERYWHERE:
        return fields_of(in_force.base)
    return with_preset(fields, Preset(chosen)) if chosen in set(Preset) else fields


def _scopes(here: Scope, access: NoiseAccess, in_force: PolicySet) -> list[ScopeLink]:
    """All of the workspace, each severity, and the channels that differ or are looked at."""
    scopes = [Scope(), *(Scope(severity=severity.value) for severity in Severity)]
    channels = [each for each in in_force.by_channel if each in access.channels]
    if here.channel_id and here.channel_id not in channels:
        channels.append(here.channel_id)
    scopes += [Scope(channel_id=each, channel=access.channels[each]) for each in sorted(channels)]
    return [
        ScopeLink(
            scope,
            differs_words(len(scope.override_in(in_force)))
            if scope.is_part and scope.override_in(in_force)
            else "",
            scope.key == here.key,
        )
        for scope in scopes
    ]


@dataclass(frozen=True, slots=True)
class InForce:
    """The policies that hold, with who set them and why."""

    policies: PolicySet
    by: str
    reason: str
    at: datetime | None
    """None while nobody changed them."""


def read_in_force(session: Session, access: NoiseAccess) -> InForce:
    found = policies_in_force(session, access.team_id)
    before = policies_at(session, access.team_id, found.policies.version - 1) or PolicySet()
    changes = changes_between(before, found.policies, access.channels)
    return InForce(
        policies=found.policies,
        by=set_by(found.origin, found.set_by, names_of(session, access.team_id)),
        reason=reason_words(found.reason or "", changes),
        at=found.set_at,
    )

"""Which policy a moment of the past is replayed under, and which one really held then. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from copilot.suggestions.noise_policy import NoisePolicy, PolicySet
from copilot.suggestions.replay_history import History, IncidentHistory, RecordedVerdict
from copilot.suggestions.vocabulary import Tempo


@dataclass(slots=True)
class ReplayPolicies:
    """For one incident. Without `tried`, each verdict is given under the policy that held."""

    history: History
    incident: IncidentHistory
    tried: PolicySet | None
    _resolved: dict[Any, NoisePolicy] = field(default_factory=dict)

    def policy_for(self, recorded: RecordedVerdict) -> NoisePolicy:
        severity = self._severity_of(recorded)
        if self.tried is None:
            return self._of_version(recorded.facts.get("policy_version", 1), severity)
        return self._resolve(self.tried, severity)

    def _severity_of(self, recorded: RecordedVerdict) -> str | None:
        """The one that held, which of an instant at which it changed only the numbers tell."""
        severity = self.incident.severity_at(recorded.at)
        if len(self.incident.severities) == 1:
            return severity
        version, facts = recorded.facts.get("policy_version", 1), recorded.facts
        held = {severity, *(each for _, each in self.incident.severities)}
        if _fits(self._of_version(version, severity), facts):
            return severity
        fitting = (each for each in held if _fits(self._of_version(version, each), facts))
        return next(fitting, severity)

    def policy(self, at: datetime) -> NoisePolicy:
        if self.tried is None:
            return self.policy_then(at)
        return self._resolve(self.tried, self.incident.severity_at(at))

    def policy_then(self, at: datetime) -> NoisePolicy:
        policies = self.history.policies_at(self.incident.team_id, at)
        return self._of_version(policies.version, self.incident.severity_at(at))

    def _of_version(self, version: int, severity: str | None) -> NoisePolicy:
        found = self._resolved.get((version, severity))
        if found is None:
            policies = self.history.policies_of_version(self.incident.team_id, version)
            found = policies.resolve(severity, self.incident.channel_id)
            self._resolved[version, severity] = found
        return found

    def _resolve(self, policies: PolicySet, severity: str | None) -> NoisePolicy:
        found = self._resolved.get(severity)
        if found is None:
            found = self._resolved[severity] = policies.resolve(severity, self.incident.channel_id)
        return found


def _fits(policy: NoisePolicy, facts: Mapping[str, Any]) -> bool:
    """Whether these are the numbers that a verdict went by."""
    return bool(
        policy.threshold(Tempo(facts["tempo"])) == facts["threshold"]
        and policy.digest_threshold == facts["digest_threshold"]
        and (facts["kind"] in policy.kinds) == facts["kind_is_on"]
        and (facts["kind"] in policy.muted) == facts.get("kind_is_muted", False)
    )

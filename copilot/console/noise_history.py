"""Who changed how much is said, what it was before, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.console.noise_words import Change, changes_between, reason_words
from copilot.suggestions.models import NoisePolicyVersion
from copilot.suggestions.noise_policy import PolicySet, from_json
from copilot.suggestions.policies import Origin
from copilot.suggestions.policy_undoing import taken_back

MOST_VERSIONS = 20
_FIRST = 1
"""The version that nobody set: the default."""


@dataclass(frozen=True, slots=True)
class Version:
    number: int
    at: datetime
    by: str
    reason: str
    changes: list[Change]
    """Against the version before."""
    back: list[Change]
    """What undoing it would change now; empty where nothing of it is left."""
    undoes: int | None
    """The version that it took back."""


@dataclass(frozen=True, slots=True)
class History:
    versions: list[Version]
    """The newest first."""
    older: int
    """How many more there are."""


def read_history(
    session: Session, team_id: str, names: Mapping[str, str], channels: Mapping[str, str]
) -> History:
    rows = session.scalars(
        select(NoisePolicyVersion)
        .where(NoisePolicyVersion.team_id == team_id)
        .order_by(NoisePolicyVersion.version.desc())
        .limit(MOST_VERSIONS + 1)
    ).all()
    policies = {row.version: from_json(row.policy, row.version) for row in rows}
    policies.setdefault(_FIRST, PolicySet())
    shown = [row for row in rows if row.version - 1 in policies][:MOST_VERSIONS]
    in_force = policies[rows[0].version] if rows else PolicySet()
    made = {
        row.version: changes_between(policies[row.version - 1], policies[row.version], channels)
        for row in shown
    }
    versions = [
        Version(
            number=row.version,
            at=row.set_at,
            by=set_by(row.origin, row.set_by, names),
            reason=reason_words(row.reason, made[row.version]),
            changes=made[row.version],
            back=_back(policies[row.version - 1], policies[row.version], in_force, channels),
            undoes=row.undoes,
        )
        for row in shown
    ]
    older = versions[-1].number - _FIRST - 1 if versions else 0
    return History(versions, older)


def set_by(origin: str, user_id: str | None, names: Mapping[str, str]) -> str:
    """A name, the copilot's where it was the copilot itself."""
    if origin == Origin.LEARNED:
        return "The copilot"
    return names.get(user_id or "", user_id or "somebody")


def _back(
    before: PolicySet, made: PolicySet, in_force: PolicySet, channels: Mapping[str, str]
) -> list[Change]:
    restored = taken_back(before, made, in_force)
    return changes_between(in_force, restored, channels) if restored else []


def policies_at(session: Session, team_id: str, version: int) -> PolicySet | None:
    """As they were in that version; None where there was none."""
    if version == _FIRST:
        return PolicySet()
    row = session.scalar(
        select(NoisePolicyVersion).where(
            NoisePolicyVersion.team_id == team_id, NoisePolicyVersion.version == version
        )
    )
    return from_json(row.policy, row.version) if row else None

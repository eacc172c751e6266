"""A workspace's noise policy: the versions of it, the one in force, and setting another."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from copilot.errors import AlreadyDecidedError, BadInputError, NotFoundError
from copilot.incidents.models import Incident
from copilot.suggestions.harmless import visible
from copilot.suggestions.models import NoisePolicyVersion
from copilot.suggestions.noise_policy import (
    LONGEST_REASON,
    NoisePolicy,
    PolicySet,
    as_json,
    from_json,
)
from copilot.suggestions.policy_faults import policy_faults
from copilot.suggestions.policy_undoing import taken_back

_PATIENCE = 5
"""How often to look again when others set it at the same time."""


class Origin(StrEnum):
    """What made a version."""

    PERSON = "person"
    LEARNED = "learned"
    """The copilot itself, from what people decided."""


@dataclass(frozen=True, slots=True)
class PoliciesInForce:
    policies: PolicySet
    reason: str | None = None
    """None for the first policy, which nobody set."""
    set_by: str | None = None
    set_at: datetime | None = None
    origin: str = Origin.PERSON


def policy_of(session: Session, incident: Incident) -> NoisePolicy:
    """What holds for the incident: the workspace's policy, unless severity or channel differ."""
    policies = policies_in_force(session, incident.team_id).policies
    return policies.resolve(incident.severity, incident.channel_id)


def policies_in_force(session: Session, team_id: str) -> PoliciesInForce:
    """The workspace's newest, with who set it and why; the default until somebody sets one."""
    newest = session.scalar(
        select(NoisePolicyVersion)
        .where(NoisePolicyVersion.team_id == team_id)
        .order_by(NoisePolicyVersion.version.desc())
        .limit(1)
    )
    if newest is None:
        return PoliciesInForce(PolicySet())
    policies = from_json(newest.policy, newest.version)
    return PoliciesInForce(policies, newest.reason, newest.set_by, newest.set_at, newest.origin)


def set_policies(
    session: Session,
    team_id: str,
    policies: PolicySet,
    *,
    reason: str,
    by: str,
    now: datetime,
    origin: Origin = Origin.PERSON,
    undoes: int | None = None,
) -> PolicySet:
    """Put them in force in place of `policies.version`, the ones they were made from.

    Raises BadInputError, and AlreadyDecidedError if somebody set others meanwhile.
    """
    faults = {**policies_faults(policies), **reason_faults(reason)}
    if fault := next(iter(faults.values()), None):
        raise BadInputError(fault)
    in_force = policies_in_force(session, team_id).policies
    made = replace(policies, base=replace(policies.base, version=policies.version + 1))
    values = {
        "team_id": team_id,
        "version": made.version,
        "policy": as_json(made),
        "reason": _one_line(reason),
        "set_by": by[:64],
        "set_at": now,
        "origin": origin,
        "undoes": undoes,
    }
    is_newest = in_force.version == policies.version
    if not is_newest or not _insert_unless_there(session, values):
        raise AlreadyDecidedError("Somebody else changed it while you were at it.")
    return made


def undo_policies(
    session: Session, team_id: str, version: int, *, by: str, now: datetime
) -> PolicySet:
    """Put what held before `version` in force again; what was set since on other fields stays.

    Raises NotFoundError, and AlreadyDecidedError if nothing of that version holds any more.
    """
    made = _version(session, team_id, version)
    if made.set_at is None:
        raise NotFoundError("There is nothing before the first policy.")
    before = _version(session, team_id, version - 1)
    for _ in range(_PATIENCE):
        in_force = policies_in_force(session, team_id).policies
        restored = taken_back(before.policies, made.policies, in_force)
        if restored is None:
            raise AlreadyDecidedError("That was taken back, or set anew, already.")
        try:
            return set_policies(
                session,
                team_id,
                restored,
                reason=_shortened(f"Undone: {made.reason}"),
                by=by,
                now=now,
                undoes=version,
            )
        except AlreadyDecidedError:
            continue  # somebody set another field meanwhile; that one stays
    raise AlreadyDecidedError("Others keep changing it; nothing was undone, try again.")


def _version(session: Session, team_id: str, version: int) -> PoliciesInForce:
    """As it was in force; the first one nobody set. Raises NotFoundError."""
    if version == PolicySet().version:
        return PoliciesInForce(PolicySet())
    found = session.scalar(
        select(NoisePolicyVersion).where(
            NoisePolicyVersion.team_id == team_id, NoisePolicyVersion.version == version
        )
    )
    if found is None:
        raise NotFoundError(f"There is no change {version} to undo.")
    policies = from_json(found.policy, found.version)
    return PoliciesInForce(policies, found.reason, found.set_by, found.set_at, found.origin)


def policies_faults(policies: PolicySet) -> dict[str, str]:
    """What is wrong, by field; of what a severity or a channel has of its own, too."""
    faults = policy_faults(policies.base)
    for severity in policies.by_severity:
        faults |= {
            f"by_severity.{severity}.{name}": f"{severity}: {fault}"
            for name, fault in policy_faults(policies.resolve(severity, "")).items()
        }
    for channel_id in policies.by_channel:
        faults |= {
            f"by_channel.{channel_id}.{name}": f"{channel_id}: {fault}"
            for name, fault in policy_faults(policies.resolve(None, channel_id)).items()
        }
    return faults


def reason_faults(reason: str) -> dict[str, str]:
    """What is wrong with what somebody gave as the reason of a change."""
    if not _one_line(reason):
        return {"reason": "Say why, for those who wonder later."}
    if len(_one_line(reason)) > LONGEST_REASON:
        return {"reason": f"Keep it below {LONGEST_REASON} characters."}
    return {}


def _shortened(reason: str) -> str:
    line = _one_line(reason)
    return line if len(line) <= LONGEST_REASON else f"{line[: LONGEST_REASON - 1]}…"


def _one_line(text: str) -> str:
    return " ".join(visible(text).split())


def _insert_unless_there(session: Session, values: Mapping[str, Any]) -> bool:
    """False if somebody took the version number first; one waits for the other."""
    dialect: Any = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    table: Table = NoisePolicyVersion.__table__  # type: ignore[assignment]
    insert = dialect.insert(table).values(values).on_conflict_do_nothing()
    return session.execute(insert.returning(table.c.id)).one_or_none() is not None

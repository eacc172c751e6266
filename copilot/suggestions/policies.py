"""How talkative the copilot is in a workspace: the policy in force, and setting another."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from copilot.errors import AlreadyDecidedError, BadInputError
from copilot.suggestions.models import NoisePolicyVersion
from copilot.suggestions.noise_gate import DEFAULT_NOISE_POLICY, NoisePolicy
from copilot.suggestions.vocabulary import SuggestionKind
from copilot.timeline.message_text import clean

LOWEST_THRESHOLD, HIGHEST_THRESHOLD = 0.5, 0.99
SHORTEST_INTERVAL, LONGEST_INTERVAL = timedelta(minutes=5), timedelta(hours=4)
LARGEST_POST = 3
LONGEST_REASON = 300


class Preset(StrEnum):
    QUIET = "quiet"
    BALANCED = "balanced"
    TALKATIVE = "talkative"


PRESETS: Mapping[Preset, NoisePolicy] = {
    Preset.QUIET: NoisePolicy(
        threshold_when_calm=0.85, threshold_when_busy=0.95, post_interval=timedelta(minutes=30)
    ),
    Preset.BALANCED: DEFAULT_NOISE_POLICY,
    Preset.TALKATIVE: NoisePolicy(
        threshold_when_calm=0.65, threshold_when_busy=0.75, post_interval=timedelta(minutes=10)
    ),
}


@dataclass(frozen=True, slots=True)
class PolicyInForce:
    policy: NoisePolicy
    reason: str | None = None
    """None for the first policy, which nobody set."""
    set_by: str | None = None
    set_at: datetime | None = None


def policy_of(session: Session, team_id: str) -> NoisePolicy:
    """The newest policy of the workspace; the default until somebody sets one."""
    return policy_in_force(session, team_id).policy


def policy_in_force(session: Session, team_id: str) -> PolicyInForce:
    """The same, with who set it and why."""
    newest = session.scalar(
        select(NoisePolicyVersion)
        .where(NoisePolicyVersion.team_id == team_id)
        .order_by(NoisePolicyVersion.version.desc())
        .limit(1)
    )
    if newest is None:
        return PolicyInForce(DEFAULT_NOISE_POLICY)
    policy = replace(_read(newest.policy), version=newest.version)
    return PolicyInForce(policy, newest.reason, newest.set_by, newest.set_at)


def set_policy(
    session: Session, team_id: str, policy: NoisePolicy, *, reason: str, by: str, now: datetime
) -> NoisePolicy:
    """Put it in force in place of `policy.version`, the one it was made from.

    Raises BadInputError, and AlreadyDecidedError if somebody set another meanwhile.
    """
    if fault := next(iter(policy_faults(policy, reason).values()), None):
        raise BadInputError(fault)
    in_force = policy_in_force(session, team_id)
    made = replace(policy, version=policy.version + 1)
    values = {
        "team_id": team_id,
        "version": made.version,
        "policy": _written(made),
        "reason": _one_line(reason),
        "set_by": by[:64],
        "set_at": now,
    }
    is_newest = in_force.policy.version == policy.version
    if not is_newest or not _insert_unless_there(session, values):
        raise AlreadyDecidedError("Somebody else changed it while you were at it.")
    return made


def policy_faults(policy: NoisePolicy, reason: str) -> dict[str, str]:
    """What is wrong with it, by the name of the field; empty if nothing is."""
    faults = _threshold_faults(policy)
    if not SHORTEST_INTERVAL <= policy.post_interval <= LONGEST_INTERVAL:
        shortest, longest = (each // timedelta(minutes=1) for each in _INTERVALS)
        faults["post_interval"] = f"Give whole minutes from {shortest} to {longest}."
    if not 1 <= policy.most_in_one_post <= LARGEST_POST:
        faults["most_in_one_post"] = f"A post holds 1 to {LARGEST_POST} items."
    if not policy.kinds <= set(SuggestionKind):
        faults["kinds"] = "Choose from the kinds there are."
    if not _one_line(reason):
        faults["reason"] = "Say why, for those who wonder later."
    elif len(_one_line(reason)) > LONGEST_REASON:
        faults["reason"] = f"Keep it below {LONGEST_REASON} characters."
    return faults


def preset_of(policy: NoisePolicy) -> Preset | None:
    """The preset that it is, whatever its version; None for numbers of somebody's own."""
    for name, preset in PRESETS.items():
        if replace(preset, version=policy.version) == policy:
            return name
    return None


def _threshold_faults(policy: NoisePolicy) -> dict[str, str]:
    faults = {
        field: f"Give a number from {LOWEST_THRESHOLD:g} to {HIGHEST_THRESHOLD:g}."
        for field in ("threshold_when_calm", "threshold_when_busy")
        if not LOWEST_THRESHOLD <= getattr(policy, field) <= HIGHEST_THRESHOLD
    }
    if not faults and policy.threshold_when_busy < policy.threshold_when_calm:
        faults["threshold_when_busy"] = "While busy it can't take less than while calm."
    return faults


_INTERVALS = (SHORTEST_INTERVAL, LONGEST_INTERVAL)


def _one_line(text: str) -> str:
    return " ".join(clean(text).split())


def _written(policy: NoisePolicy) -> dict[str, Any]:
    return {
        "threshold_when_calm": policy.threshold_when_calm,
        "threshold_when_busy": policy.threshold_when_busy,
        "digest_threshold": policy.digest_threshold,
        "kinds": sorted(policy.kinds),
        "post_interval_s": policy.post_interval.total_seconds(),
        "most_in_one_post": policy.most_in_one_post,
    }


def _read(written: Mapping[str, Any]) -> NoisePolicy:
    return NoisePolicy(
        threshold_when_calm=float(written["threshold_when_calm"]),
        threshold_when_busy=float(written["threshold_when_busy"]),
        digest_threshold=float(written["digest_threshold"]),
        kinds=frozenset(written["kinds"]),
        post_interval=timedelta(seconds=float(written["post_interval_s"])),
        most_in_one_post=int(written["most_in_one_post"]),
    )


def _insert_unless_there(session: Session, values: Mapping[str, Any]) -> bool:
    """False if somebody took the version number first; one waits for the other."""
    dialect: Any = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    table: Table = NoisePolicyVersion.__table__  # type: ignore[assignment]
    insert = dialect.insert(table).values(values).on_conflict_do_nothing()
    return session.execute(insert.returning(table.c.id)).one_or_none() is not None

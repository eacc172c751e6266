"""A workspace's review policy: the versions of it, the one in force, setting another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from copilot.errors import AlreadyDecidedError, BadInputError, NotFoundError
from copilot.reviews.debt import resume_waiting
from copilot.reviews.models import ReviewPolicyVersion
from copilot.reviews.review_policy import (
    DEFAULT_REVIEW_POLICY,
    ReviewPolicy,
    as_json,
    from_json,
    policy_faults,
    tidy,
)
from copilot.reviews.review_policy_changes import taken_back
from copilot.suggestions.harmless import visible
from copilot.suggestions.noise_policy import LONGEST_REASON
from copilot.suggestions.policies import reason_faults

FIRST = 1
"""The version that nobody set: as shipped."""
_PATIENCE = 5
"""How often to look again when others set it at the same time."""


@dataclass(frozen=True, slots=True)
class PolicyInForce:
    policy: ReviewPolicy = DEFAULT_REVIEW_POLICY
    version: int = FIRST
    reason: str | None = None
    """None for the first, which nobody set."""
    set_by: str | None = None
    set_at: datetime | None = None


def policy_of(session: Session, team_id: str) -> ReviewPolicy:
    return policy_in_force(session, team_id).policy


def policy_in_force(session: Session, team_id: str) -> PolicyInForce:
    """The newest, with who set it and why; as shipped until somebody sets one."""
    found = _versions(session, team_id, limit=1)
    return found[0] if found else PolicyInForce()


def set_policy(
    session: Session,
    team_id: str,
    policy: ReviewPolicy,
    *,
    replaces: int,
    reason: str,
    by: str,
    now: datetime,
) -> PolicyInForce:
    """Put it in force in place of the version it was made from.

    Raises BadInputError, and AlreadyDecidedError if somebody set another meanwhile.
    """
    policy = tidy(policy)
    faults = {**policy_faults(policy), **reason_faults(reason)}
    if fault := next(iter(faults.values()), None):
        raise BadInputError(fault)
    made = PolicyInForce(policy, replaces + 1, _one_line(reason), by[:64], now)
    is_newest = policy_in_force(session, team_id).version == replaces
    if not is_newest or not _insert_unless_there(session, team_id, made):
        raise AlreadyDecidedError("Somebody else changed it while you were at it.")
    resume_waiting(session, team_id, policy, now)
    return made


def undo_policy(
    session: Session, team_id: str, version: int, *, by: str, now: datetime
) -> PolicyInForce:
    """Put what held before `version` in force again; what was set since on other things stays.

    Raises NotFoundError, and AlreadyDecidedError if nothing of that version holds any more.
    """
    before, made = (policy_at(session, team_id, each) for each in (version - 1, version))
    if before is None or made is None:
        raise NotFoundError(f"There is no change {version} to undo.")
    for _ in range(_PATIENCE):
        in_force = policy_in_force(session, team_id)
        restored = taken_back(before.policy, made.policy, in_force.policy)
        if restored is None:
            raise AlreadyDecidedError("That was taken back, or set anew, already.")
        reason = _shortened(f"Undone: {made.reason}")
        try:
            return set_policy(
                session,
                team_id,
                restored,
                replaces=in_force.version,
                reason=reason,
                by=by,
                now=now,
            )
        except AlreadyDecidedError:
            continue  # somebody set another one meanwhile; theirs stays
    raise AlreadyDecidedError("Others keep changing it; nothing was undone, try again.")


def policy_history(session: Session, team_id: str, limit: int = 20) -> Sequence[PolicyInForce]:
    """What was in force, the newest first; the one shipped is not among them."""
    return _versions(session, team_id, limit=limit)


def policy_at(session: Session, team_id: str, version: int) -> PolicyInForce | None:
    """As it was in that version; None where there was none."""
    if version == FIRST:
        return PolicyInForce()
    row = session.scalar(
        select(ReviewPolicyVersion).where(
            ReviewPolicyVersion.team_id == team_id, ReviewPolicyVersion.version == version
        )
    )
    return _read(row) if row else None


def _versions(session: Session, team_id: str, *, limit: int) -> list[PolicyInForce]:
    rows = session.scalars(
        select(ReviewPolicyVersion)
        .where(ReviewPolicyVersion.team_id == team_id)
        .order_by(ReviewPolicyVersion.version.desc())
        .limit(limit)
    )
    return [_read(row) for row in rows]


def _read(row: ReviewPolicyVersion) -> PolicyInForce:
    return PolicyInForce(from_json(row.policy), row.version, row.reason, row.set_by, row.set_at)


def _shortened(reason: str) -> str:
    line = _one_line(reason)
    return line if len(line) <= LONGEST_REASON else f"{line[: LONGEST_REASON - 1]}…"


def _one_line(text: str) -> str:
    return " ".join(visible(text).split())


def _insert_unless_there(session: Session, team_id: str, made: PolicyInForce) -> bool:
    """False if somebody took the version number first; one waits for the other."""
    dialect: Any = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    table: Table = ReviewPolicyVersion.__table__  # type: ignore[assignment]
    values: Mapping[str, Any] = {
        "team_id": team_id,
        "version": made.version,
        "policy": as_json(made.policy),
        "reason": made.reason,
        "set_by": made.set_by,
        "set_at": made.set_at,
    }
    insert = dialect.insert(table).values(values).on_conflict_do_nothing()
    return session.execute(insert.returning(table.c.id)).one_or_none() is not None

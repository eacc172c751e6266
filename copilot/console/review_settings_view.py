"""What the page on how reviews are written shows: the policy in force, and who changed it why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from copilot.console.noise_access import ClosedError, NoiseAccess, access_of
from copilot.console.review_settings_form import Entered, Fields
from copilot.console.sessions import Viewer
from copilot.reviews.policies import (
    FIRST,
    PolicyInForce,
    policy_at,
    policy_history,
    policy_in_force,
)
from copilot.reviews.review_policy_changes import Change, difference, taken_back
from copilot.workspaces.directory import names_of

_MOST_VERSIONS = 20
_WHOSE = "How reviews are written is for admins of the workspace to set."


@dataclass(frozen=True, slots=True)
class Version:
    number: int
    at: datetime | None
    by: str
    reason: str
    changes: Sequence[Change]
    """Against the version before."""
    back: Sequence[Change]
    """What undoing it would change now; empty where nothing of it is left."""


@dataclass(frozen=True, slots=True)
class SettingsForm:
    fields: Fields
    version: int
    """The one that it changes."""
    reason: str = ""
    faults: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Notice:
    text: str
    changes: Sequence[Change] = ()
    then: str = ""


@dataclass(frozen=True, slots=True)
class SettingsView:
    in_force: PolicyInForce
    set_by: str
    versions: Sequence[Version]
    """The newest first."""
    older: int


def settings_access(session: Session, viewer: Viewer, team_id: str | None = None) -> NoiseAccess:
    """For admins of the workspace, and operators. Raises ClosedError and NotFoundError."""
    try:
        access = access_of(session, viewer, team_id)
    except ClosedError as closed:
        raise ClosedError(_WHOSE, closed.do) from None
    if not access.may_change:
        ask = " or ".join(access.ask)
        raise ClosedError(
            f"{_WHOSE} Nothing was changed.",
            f"Ask {ask}." if ask else "Who is an admin is not known here yet.",
        )
    return access


def read_settings(session: Session, team_id: str) -> SettingsView:
    names = names_of(session, team_id)
    found = policy_history(session, team_id, _MOST_VERSIONS)
    in_force = policy_in_force(session, team_id)
    versions = [_version(session, team_id, each, in_force, names) for each in found]
    return SettingsView(
        in_force=in_force,
        set_by=_name(in_force.set_by, names),
        versions=versions,
        older=max(0, found[-1].version - FIRST - 1) if found else 0,
    )


def changed_meanwhile(
    session: Session, team_id: str, opened_on: PolicyInForce, entered: Entered
) -> Notice:
    in_force = policy_in_force(session, team_id)
    by = _name(in_force.set_by, names_of(session, team_id)) or "Somebody"
    why = f" (“{in_force.reason}”)" if in_force.reason else ""
    kept = "Your changes are still here, on top of those. Look at them again, then save."
    if entered.faults:
        kept = "What you typed is still here. Look at it again, then save."
    return Notice(
        f"{by} changed this while you were at it{why}, so nothing was saved yet.",
        difference(opened_on.policy, in_force.policy),
        kept,
    )


def _version(
    session: Session,
    team_id: str,
    made: PolicyInForce,
    in_force: PolicyInForce,
    names: Mapping[str, str],
) -> Version:
    before = policy_at(session, team_id, made.version - 1) or PolicyInForce()
    restored = taken_back(before.policy, made.policy, in_force.policy)
    return Version(
        number=made.version,
        at=made.set_at,
        by=_name(made.set_by, names),
        reason=made.reason or "",
        changes=difference(before.policy, made.policy),
        back=difference(in_force.policy, restored) if restored else (),
    )


def _name(user_id: str | None, names: Mapping[str, str]) -> str:
    return names.get(user_id or "", user_id or "")

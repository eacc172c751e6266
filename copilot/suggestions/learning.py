"""What the copilot changed by itself, and taking any of it back.

Every change is a row that says what was, what is and why. Taking one back adds a row; after
that only what people decide from then on counts, so that the copilot does not at once learn the
same again from what a person has overruled.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.errors import NotFoundError
from copilot.incidents.models import Incident
from copilot.suggestions.adapting import revert_rate
from copilot.suggestions.calibrators import Method
from copilot.suggestions.feedback import FULL_RATE
from copilot.suggestions.learned_models import COPILOT, Adaptation, Calibration
from copilot.suggestions.models import NoisePolicyVersion
from copilot.suggestions.muting import KINDS_IN_WORDS
from copilot.suggestions.noise_policy import PolicySet, from_json
from copilot.suggestions.policies import Origin, policies_in_force, undo_policies
from copilot.suggestions.refitting import revert_calibration
from copilot.workspaces.directory import channel_name, names_of

_MOST_OF_A_SORT = 100
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")


class Learned(StrEnum):
    RATE = "rate"
    MUTE = "mute"
    CALIBRATION = "calibration"


@dataclass(frozen=True, slots=True)
class LearnedChange:
    """Words are plain text; who shows them escapes them."""

    change_id: str
    """E.g. `mute:7`; what `undo` takes."""
    sort: Learned
    what: str
    """E.g. `proposals in #inc-checkout`."""
    before: str
    after: str
    why: str
    at: datetime
    undone_at: datetime | None = None
    undone_by: str | None = None
    """By name."""
    can_be_undone: bool = False
    """It holds still, and nothing was built on it since."""
    incident_id: int | None = None
    channel_id: str | None = None
    """Of where it is about, to be shown only to who may read the channel."""


def learned(session: Session, team_id: str) -> list[LearnedChange]:
    """Everything that it changed by itself in the workspace, the newest first."""
    names = names_of(session, team_id)
    found = [
        *_rates(session, team_id, names),
        *_mutes(session, team_id, names),
        *_calibrations(session, team_id, names),
    ]
    return sorted(found, key=_age, reverse=True)


def undo(session: Session, team_id: str, change_id: str, *, by: str, now: datetime) -> None:
    """Take back a change of any sort. Raises NotFoundError, AlreadyDecidedError."""
    sort, _, number = change_id.partition(":")
    if sort not in set(Learned) or not _NUMBER.fullmatch(number):
        raise NotFoundError("There is no such change to undo.")
    if sort == Learned.MUTE:
        undo_policies(session, team_id, int(number), by=by, now=now)
    elif sort == Learned.RATE:
        revert_rate(session, team_id, int(number), by=by, now=now)
    else:
        revert_calibration(session, team_id, int(number), by=by, now=now)


def _age(change: LearnedChange) -> tuple[datetime, str, int]:
    return change.at, change.sort, int(change.change_id.partition(":")[2])


def _rates(session: Session, team_id: str, names: Mapping[str, str]) -> Iterator[LearnedChange]:
    query = (
        select(Adaptation, Incident)
        .join(Incident, Incident.id == Adaptation.incident_id)
        .where(Incident.team_id == team_id)
        .order_by(Adaptation.id.desc())
        .limit(_MOST_OF_A_SORT)
    )
    found = session.execute(query).all()
    undone = {row.undoes_id: row for row, _ in found if row.undoes_id is not None}
    changed_again = set()
    for row, incident in found:
        if row.changed_by == COPILOT:
            by = undone.get(row.id)
            yield LearnedChange(
                change_id=f"{Learned.RATE}:{row.id}",
                sort=Learned.RATE,
                what=f"how often it speaks in “{incident.title}”",
                before=_rate_in_words(row.old_rate),
                after=_rate_in_words(row.new_rate),
                why=row.reason,
                at=row.changed_at,
                undone_at=by.changed_at if by else None,
                undone_by=names.get(by.changed_by, by.changed_by) if by else None,
                can_be_undone=incident.id not in changed_again,
                incident_id=incident.id,
                channel_id=incident.channel_id,
            )
        changed_again.add(incident.id)


def _rate_in_words(rate: float) -> str:
    if rate >= FULL_RATE:
        return "as often as the policy allows"
    return f"{rate * 100:g} % of what the policy allows"


def _mutes(session: Session, team_id: str, names: Mapping[str, str]) -> Iterator[LearnedChange]:
    query = (
        select(NoisePolicyVersion)
        .where(NoisePolicyVersion.team_id == team_id)
        .order_by(NoisePolicyVersion.version)
    )
    versions = list(session.scalars(query))
    undone = {each.undoes: each for each in versions if each.undoes is not None}
    now = policies_in_force(session, team_id).policies
    before = PolicySet()
    for row in versions:
        made = from_json(row.policy, row.version)
        if row.origin == Origin.LEARNED:
            for channel_id, kind in _newly_muted(before, made):
                by = undone.get(row.version)
                channel = channel_name(session, team_id, channel_id)
                yield LearnedChange(
                    change_id=f"{Learned.MUTE}:{row.version}",
                    sort=Learned.MUTE,
                    what=f"{KINDS_IN_WORDS[kind]} in #{channel}",
                    before="suggested",
                    after="muted; they wait in the review",
                    why=row.reason,
                    at=row.set_at,
                    undone_at=by.set_at if by else None,
                    undone_by=names.get(by.set_by, by.set_by) if by else None,
                    can_be_undone=kind in now.resolve(None, channel_id).muted,
                    channel_id=channel_id,
                )
        before = made


def _newly_muted(before: PolicySet, made: PolicySet) -> list[tuple[str, str]]:
    return [
        (channel_id, kind)
        for channel_id in made.by_channel
        for kind in sorted(
            made.resolve(None, channel_id).muted - before.resolve(None, channel_id).muted
        )
    ]


def _calibrations(
    session: Session, team_id: str, names: Mapping[str, str]
) -> Iterator[LearnedChange]:
    query = select(Calibration).where(Calibration.team_id == team_id).order_by(Calibration.id)
    rows = list(session.scalars(query))
    undone = {each.undoes_id: each for each in rows if each.undoes_id is not None}
    newest = {row.engine: row.id for row in rows}
    before: dict[str, Calibration] = {}
    for row in rows:
        if row.changed_by == COPILOT:
            by = undone.get(row.id)
            yield LearnedChange(
                change_id=f"{Learned.CALIBRATION}:{row.id}",
                sort=Learned.CALIBRATION,
                what=f"how sure the {row.engine} engine is",
                before=_fit_in_words(before.get(row.engine)),
                after=_fit_in_words(row),
                why=row.reason,
                at=row.fitted_at,
                undone_at=by.fitted_at if by else None,
                undone_by=names.get(by.changed_by, by.changed_by) if by else None,
                can_be_undone=newest[row.engine] == row.id,
            )
        before[row.engine] = row


def _fit_in_words(row: Calibration | None) -> str:
    if row is None or row.method == Method.SHIPPED:
        return "as shipped"
    return f"fitted to {row.labels} decisions"

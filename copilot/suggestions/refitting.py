"""What a workspace's decisions say about how sure the engines may be: fitted, applied, taken back.

The newest row of an engine is in force. One that was fitted to another version of the engine is not
applied: the next version may mean something else by the same number.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.errors import AlreadyDecidedError, NotFoundError
from copilot.incidents.models import Incident
from copilot.suggestions.calibration_fit import fit
from copilot.suggestions.calibrators import Calibrate, Labelled, Method, calibrator
from copilot.suggestions.feedback import Label, label_of
from copilot.suggestions.learned_models import COPILOT, Calibration
from copilot.suggestions.models import ModelRun, Suggestion
from copilot.suggestions.vocabulary import DecisionKind, Outcome

FAMILIES = ("local", "model")
_OLDEST = timedelta(days=182)
"""People, and what they work on, change; older decisions say little."""
_MOST_LABELS = 5000
_FINAL = (
    DecisionKind.ACCEPTED,
    DecisionKind.EDITED,
    DecisionKind.MERGED,
    DecisionKind.DISMISSED,
)


@dataclass(frozen=True, slots=True)
class _Labels:
    engine: str
    """Its newest version, which all of them are of."""
    labels: tuple[Labelled, ...]


def family_of(engine: str) -> str:
    """`local` or `model`, whatever the version."""
    return "local" if engine.partition("-")[0] == "local" else "model"


class Calibrations:
    """What a workspace makes of the confidence that engines state; each is read once."""

    def __init__(self, session: Session, team_id: str) -> None:
        self._session = session
        self._team_id = team_id
        self._read: dict[str, Calibrate] = {}

    def apply(self, engine: str, confidence: float) -> float:
        """`engine` with its version, e.g. `local-1`."""
        if engine not in self._read:
            row = _in_force(self._session, self._team_id, family_of(engine))
            if row is not None and row.fitted_on == engine:
                self._read[engine] = calibrator(row.method, row.parameters)
            else:
                self._read[engine] = calibrator(Method.SHIPPED, ())
        return self._read[engine](confidence)


def fit_anew(session: Session, team_id: str, now: datetime) -> list[Calibration]:
    """A row for each engine that should be believed otherwise than now; they are not saved yet.

    It reads thousands of decisions and computes for a while: give it a session that only reads.
    """
    rows = []
    for family in FAMILIES:
        in_force = _in_force(session, team_id, family)
        found = _labels(session, team_id, family, in_force, now)
        fitted = fit(found.labels) if found else None
        if found is None or fitted is None or fitted.error_before is None:
            continue
        if fitted.method is Method.SHIPPED and _is_as_shipped(in_force, found.engine):
            continue
        rows.append(
            Calibration(
                team_id=team_id,
                engine=family,
                fitted_on=found.engine,
                method=fitted.method,
                parameters=list(fitted.parameters),
                labels=fitted.labels,
                error_before=fitted.error_before,
                error_after=fitted.error_after,
                reason=fitted.reason,
                changed_by=COPILOT,
                fitted_at=now,
            )
        )
    return rows


def revert_calibration(
    session: Session, team_id: str, calibration_id: int, *, by: str, now: datetime
) -> None:
    """What held before holds again; only decisions from now on are fitted to.

    Raises NotFoundError, and AlreadyDecidedError if it changed again since.
    """
    change = session.get(Calibration, calibration_id)
    if change is None or change.team_id != team_id:
        raise NotFoundError("There is no such change to undo.")
    newest = _in_force(session, team_id, change.engine)
    if newest is None or newest.id != change.id or change.changed_by != COPILOT:
        raise AlreadyDecidedError("How sure it may be was changed again since.")
    before = _in_force(session, team_id, change.engine, below=change.id)
    session.add(
        Calibration(
            team_id=team_id,
            engine=change.engine,
            fitted_on=before.fitted_on if before else change.fitted_on,
            method=before.method if before else Method.SHIPPED,
            parameters=before.parameters if before else [],
            labels=before.labels if before else 0,
            error_before=before.error_before if before else None,
            error_after=before.error_after if before else None,
            reason=f"Undone: {change.reason}",
            changed_by=by[:64],
            fitted_at=now,
            undoes_id=change.id,
        )
    )
    session.flush()


def _is_as_shipped(in_force: Calibration | None, engine: str) -> bool:
    return in_force is None or in_force.method == Method.SHIPPED or in_force.fitted_on != engine


def _in_force(
    session: Session, team_id: str, family: str, below: int | None = None
) -> Calibration | None:
    query = select(Calibration).where(Calibration.team_id == team_id, Calibration.engine == family)
    if below is not None:
        query = query.where(Calibration.id < below)
    return session.scalar(query.order_by(Calibration.id.desc()).limit(1))


def _labels(
    session: Session, team_id: str, family: str, in_force: Calibration | None, now: datetime
) -> _Labels | None:
    """Decisions on what the newest version of the engine proposed, wherever they were made.

    Those made in a review count as those on a card: without them there would be none on what was
    never shown. A repetition was not judged by its confidence, so a decision on it says nothing.
    """
    since = now - _OLDEST
    if in_force is not None and in_force.changed_by != COPILOT:
        since = max(since, in_force.fitted_at)
    query = (
        select(
            Suggestion.raw_confidence,
            Suggestion.decision,
            Suggestion.decision_reason,
            Suggestion.incident_id,
            ModelRun.id,
            ModelRun.engine,
        )
        .join(Incident, Incident.id == Suggestion.incident_id)
        .join(ModelRun, ModelRun.id == Suggestion.model_run_id)
        .where(
            Incident.team_id == team_id,
            Suggestion.decision.in_(_FINAL),
            Suggestion.decided_at > since,
            Suggestion.raw_confidence.is_not(None),
            Suggestion.outcome != Outcome.SUPPRESS,
        )
        .order_by(Suggestion.decided_at.desc(), Suggestion.id.desc())
        .limit(_MOST_LABELS)
    )
    by_engine: dict[str, list[Labelled]] = {}
    newest: tuple[int, str] = (0, "")
    for raw, decision, reason, incident_id, run_id, engine in session.execute(query):
        label = label_of(decision, reason)
        if raw is not None and label is not None and family_of(engine) == family:
            labelled = Labelled(raw, label is Label.WANTED, incident_id)
            by_engine.setdefault(engine, []).append(labelled)
            newest = max(newest, (run_id, engine))
    return _Labels(newest[1], tuple(by_engine[newest[1]])) if by_engine else None

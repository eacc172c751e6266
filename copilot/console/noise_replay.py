"""What a policy would have done with what was recorded, as the noise page shows it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from copilot.console.noise_picture import Picture, is_moved, picture_of
from copilot.incidents.models import Incident
from copilot.suggestions.backtest import IncidentBacktest, Side, Tally, backtest
from copilot.suggestions.backtest_reading import LOOKS_BACK, MOST_SUGGESTIONS, read_history
from copilot.suggestions.models import (
    Delivery,
    NoisePolicyVersion,
    Suggestion,
    VerdictRecord,
)
from copilot.suggestions.noise_policy import PolicySet
from copilot.suggestions.replay_history import History
from copilot.timeline.models import TimelineEvent

_MOST_KEPT = 4
MOST_PICTURES = 4
MOST_ROWS = 30
FEW_DECIDED = 20
"""Of fewer, what people decided is a hint and no more."""


@dataclass(frozen=True, slots=True)
class IncidentRow:
    id: int
    title: str
    tally: Tally
    is_changed: bool
    picture: Picture | None
    """None where nothing would have been different, or a table is enough."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """All incidents together that the viewer may not read."""

    incidents: int
    before: Side
    after: Side


@dataclass(frozen=True, slots=True)
class ReplayView:
    total: Tally
    incidents: int
    since: datetime
    left_out: int
    rows: Sequence[IncidentRow]
    """Those that change most first."""
    more_rows: int
    changed: int
    """Incidents in which something would have been different."""
    elsewhere: Elsewhere | None


class Recorded:
    """What is replayed, kept until something is recorded: numbers are changed many times in a row.

    One for all requests; two at once may both read it, which does no harm.
    """

    def __init__(self) -> None:
        self._kept: dict[str, tuple[_Stamp, History]] = {}

    def read(self, session: Session, team_id: str, now: datetime) -> History:
        stamp = _stamp(session, team_id, now)
        kept = self._kept.get(team_id)
        if kept is not None and kept[0] == stamp:
            return replace(kept[1], until=now)
        since = now - LOOKS_BACK
        history = read_history(session, team_id, since=since, most=MOST_SUGGESTIONS, until=now)
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        self._kept[team_id] = (stamp, history)
        return history


_Stamp = tuple[object, ...]


def _stamp(session: Session, team_id: str, now: datetime) -> _Stamp:
    """Changes with anything that a replay reads."""
    newest = [
        select(func.max(VerdictRecord.id)),
        select(func.max(TimelineEvent.id)),
        select(func.max(Suggestion.decided_at)),
        select(func.max(Delivery.posted_at)),
        select(func.max(Delivery.given_up_at)),
        select(func.count(Incident.id)),
        select(func.max(NoisePolicyVersion.version)).where(NoisePolicyVersion.team_id == team_id),
    ]
    return (now.date(), *(session.scalar(query) for query in newest))


def replay_view(history: History, policies: PolicySet, readable: Collection[int]) -> ReplayView:
    """What these policies would have done with what was recorded."""
    result = backtest(history, policies)
    judged_at = _judged_at(history)
    with_any = [one for one in result.incidents if one.suggestions]
    mine = [one for one in with_any if one.incident_id in readable]
    mine.sort(key=lambda one: (-_moved(one), -one.incident_id))
    rows = [
        IncidentRow(
            one.incident_id,
            one.title,
            one.tally,
            _moved(one) > 0,
            picture_of(one.suggestions, judged_at) if at < MOST_PICTURES else None,
        )
        for at, one in enumerate(mine[:MOST_ROWS])
    ]
    return ReplayView(
        total=result.total,
        incidents=len(with_any),
        since=min(judged_at.values(), default=result.since),
        left_out=result.left_out,
        rows=rows,
        more_rows=max(0, len(mine) - MOST_ROWS),
        changed=sum(_moved(one) > 0 for one in with_any),
        elsewhere=_elsewhere([one for one in with_any if one.incident_id not in readable]),
    )


def _judged_at(history: History) -> dict[int, datetime]:
    return {
        one.suggestion_id: one.verdicts[-1].at
        for incident in history.incidents
        for one in incident.suggestions
        if one.verdicts
    }


def _moved(incident: IncidentBacktest) -> int:
    return sum(is_moved(one) for one in incident.suggestions)


def _elsewhere(incidents: Sequence[IncidentBacktest]) -> Elsewhere | None:
    if not incidents:
        return None
    before, after = (
        Side(
            shown=sum(side.shown for side in sides),
            digested=sum(side.digested for side in sides),
            held=sum(side.held for side in sides),
        )
        for sides in (
            [one.tally.before for one in incidents],
            [one.tally.after for one in incidents],
        )
    )
    return Elsewhere(len(incidents), before, after)

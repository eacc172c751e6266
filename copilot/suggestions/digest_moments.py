"""The moments of an incident's past at which a digest could have come. Pure.

`breakpoints` asks the same of the present.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from copilot.suggestions.breakpoint_rules import (
    CHANGES,
    END_STAYS_OPEN,
    LULL,
    breakpoint_of,
    stays_open,
)
from copilot.suggestions.replay_history import Moment
from copilot.suggestions.tempo import DEFAULT_TEMPO_POLICY, busiest_minute
from copilot.suggestions.vocabulary import Breakpoint

_STEP = timedelta(minutes=1)
_STATUS_CHANGED = "status_changed"


@dataclass(frozen=True, slots=True)
class Change:
    """A change of an incident, as its timeline has it."""

    at: datetime
    kind: str
    details: Mapping[str, Any]


def moments_of(changes: Sequence[Change], words: Sequence[datetime]) -> tuple[Moment, ...]:
    """Both in order; `words` are the instants at which people said something.

    A change while the channel is hectic opens its moment once that is over; a lull never is
    hectic, except for alerts, which are not looked at here.
    """
    resolved_at: datetime | None = None
    moments: list[Moment] = []
    counted: list[Change] = []
    for change in changes:
        if change.kind == _STATUS_CHANGED:
            resolved_at = change.at if change.details.get("new") == "resolved" else None
        if change.kind in CHANGES and (resolved_at is None or change.kind == _STATUS_CHANGED):
            counted.append(change)
    for number, change in enumerate(counted):
        follows_at = counted[number + 1].at if number + 1 < len(counted) else None
        moment = _after_change(change, follows_at, words)
        if moment is not None:
            moments.append(moment)
    moments.extend(_lulls(words, changes))
    return tuple(sorted(moments, key=lambda moment: moment.opens_at))


def _after_change(
    change: Change, follows_at: datetime | None, words: Sequence[datetime]
) -> Moment | None:
    kind = breakpoint_of(change.kind, change.details)
    closes_at = change.at + stays_open(kind)
    if follows_at is not None:
        closes_at = min(closes_at, follows_at)
    opens_at = change.at
    near = [at for at in words if change.at - DEFAULT_TEMPO_POLICY.window < at <= closes_at]
    while opens_at <= closes_at:
        recent = [at for at in near if opens_at - DEFAULT_TEMPO_POLICY.window < at <= opens_at]
        if busiest_minute(recent) < DEFAULT_TEMPO_POLICY.hectic_at:
            return Moment(kind, opens_at, closes_at)
        opens_at += _STEP
    return None


def _lulls(words: Sequence[datetime], changes: Sequence[Change]) -> list[Moment]:
    """Silence of people, unless the incident is over."""
    over = _over(changes)
    found = []
    for number, at in enumerate(words):
        opens_at = at + LULL
        closes_at = opens_at + END_STAYS_OPEN
        if number + 1 < len(words):
            closes_at = min(closes_at, words[number + 1])
        for begins_at, ends_at in over:
            if begins_at <= opens_at and (ends_at is None or opens_at < ends_at):
                closes_at = opens_at - _STEP
            elif opens_at < begins_at < closes_at:
                closes_at = begins_at
        if opens_at <= closes_at:
            found.append(Moment(Breakpoint.LULL, opens_at, closes_at))
    return found


def _over(changes: Sequence[Change]) -> list[tuple[datetime, datetime | None]]:
    """Stretches in which the incident was resolved."""
    found: list[tuple[datetime, datetime | None]] = []
    for change in changes:
        if change.kind != _STATUS_CHANGED:
            continue
        if found and found[-1][1] is None:
            found[-1] = (found[-1][0], change.at)
        if change.details.get("new") == "resolved":
            found.append((change.at, None))
    return found

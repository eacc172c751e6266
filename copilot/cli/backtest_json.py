"""A replay as programs read it: instants in ISO 8601, lengths of time in seconds."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from copilot.suggestions.backtest import (
    Backtest,
    Fate,
    IncidentBacktest,
    SuggestionBacktest,
    Tally,
)
from copilot.suggestions.backtest_words import conclusion
from copilot.suggestions.noise_policy import PolicySet, as_json


def backtest_json(found: Backtest, tried: PolicySet, hidden: Collection[int]) -> dict[str, Any]:
    """`hidden` are incidents whose words are left out."""
    return {
        "policy": as_json(tried),
        "since": found.since.isoformat(),
        "left_out": found.left_out,
        "conclusion": conclusion(found.total),
        "total": _tally(found.total),
        "incidents": [_incident(each, each.incident_id in hidden) for each in found.incidents],
    }


def _incident(incident: IncidentBacktest, is_hidden: bool) -> dict[str, Any]:
    return {
        "id": incident.incident_id,
        "title": None if is_hidden else incident.title,
        "tally": _tally(incident.tally),
        "suggestions": [_suggestion(each, is_hidden) for each in incident.suggestions],
    }


def _suggestion(one: SuggestionBacktest, is_hidden: bool) -> dict[str, Any]:
    return {
        "id": one.suggestion_id,
        "kind": one.kind,
        "title": None if is_hidden else one.title,
        "decision": one.decision,
        "before": _fate(one.before),
        "after": _fate(one.after),
        "later_by_s": _seconds(one.later_by),
    }


def _fate(fate: Fate) -> dict[str, Any]:
    at = fate.at.isoformat() if fate.at else None
    return {"place": fate.place, "at": at, "reason": fate.reason}


def _tally(tally: Tally) -> dict[str, Any]:
    values = asdict(tally)
    for name in ("later_by", "sooner_by"):
        values[f"{name}_s"] = _seconds(values.pop(name))
    return values


def _seconds(length: timedelta | None) -> float | None:
    return None if length is None else length.total_seconds()

"""Why it stayed quiet, or spoke, in the words that people read. Pure."""

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from copilot.suggestions.vocabulary import Breakpoint, DecisionKind, DismissReason, Reason

_Details = Mapping[str, Any]

_DECIDED = {
    DecisionKind.ACCEPTED: "accepted",
    DecisionKind.EDITED: "accepted with changes",
    DecisionKind.MERGED: "counted to another follow-up",
    DecisionKind.SNOOZED: "left for the review",
    DecisionKind.DISMISSED: "dismissed",
}
_DISMISSED = {
    DismissReason.WRONG: "not a follow-up",
    DismissReason.DONE_ALREADY: "done already",
    DismissReason.NOT_NOW: "not now",
    DismissReason.DUPLICATE: "a duplicate",
    DismissReason.TOO_NOISY: "too noisy",
}
_QUIET_BECAUSE = {
    "imported": "the incident is imported",
    "resolved": "the incident is resolved",
    "just_resolved": "the incident was just resolved; at most its last digest comes",
    "reread": "it was found when somebody had the timeline read again",
}
_BREAKPOINTS = {
    Breakpoint.SEVERITY_CHANGED: "when the severity changed",
    Breakpoint.STATUS_CHANGED: "when the status changed",
    Breakpoint.MITIGATED: "when the incident was mitigated",
    Breakpoint.RESOLVED: "when the incident was resolved",
    Breakpoint.HANDED_OVER: "at the handover",
    Breakpoint.LULL: "when the channel had gone quiet",
}


def explain(reason: str, details: Mapping[str, Any]) -> str:
    """Rule and number, e.g. `hectic: 14 msg/min ≥ 8`, `below threshold: 0.61 < 0.75 while calm`."""
    return _EXPLAINED[Reason(reason)](details)


def why_shown(
    confidence: float, breakpoint_: str | None, reason: str, details: Mapping[str, Any]
) -> str:
    """Why a card shows it, for the people in the channel."""
    sure = f"{round(confidence * 100)} % sure"
    if breakpoint_ is None:
        bar = details.get("threshold") or 0
        return f"{sure}; {round(bar * 100)} % is enough while it is {details['tempo']}"
    moment = _BREAKPOINTS[Breakpoint(breakpoint_)]
    waited = "" if reason == Reason.CLEARED else f"; had waited ({explain(reason, details)})"
    return f"{sure}; shown {moment}{waited}"


def decided_words(decision: str, decision_reason: str | None, name: str, at: datetime) -> str:
    """E.g. `accepted by sam 14:32 UTC`, `dismissed by ben 14:40 UTC: done already`."""
    verb = _DECIDED.get(DecisionKind(decision), decision)
    because = f": {_DISMISSED[DismissReason(decision_reason)]}" if decision_reason else ""
    return f"{verb} by {name} {clock_time(at)} UTC{because}"


def clock_time(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%H:%M")


def _bar(details: _Details) -> float:
    """What it takes for a post of its own; in a hectic phase there is only the digest's bar."""
    bar: float | None = details["threshold"]
    return details["digest_threshold"] if bar is None else bar


def _number(value: float) -> str:
    return f"{round(value, 2):g}"


def _below(value: float, bar: float) -> str:
    """E.g. `0.41 < 0.5`, with as many digits as it takes for the two to read differently."""
    digits = next((each for each in (2, 3, 4) if round(value, each) < round(bar, each)), 6)
    return f"{round(value, digits):g} < {_number(bar)}"


def _cleared(details: _Details) -> str:
    return f"sure enough: {_number(details['confidence'])} ≥ {_number(_bar(details))}"


def _hectic(details: _Details) -> str:
    rate, bar = _number(details["messages_per_min"]), _number(details["hectic_at"])
    return f"hectic: {rate} msg/min ≥ {bar}"


def _below_threshold(details: _Details) -> str:
    """Two bars may have decided: the one for being shown at all, or the one for interrupting."""
    confidence, lowest = details["confidence"], details["digest_threshold"]
    if confidence < lowest:
        return f"below threshold: {_below(confidence, lowest)} at any time"
    return f"below threshold: {_below(confidence, _bar(details))} while {details['tempo']}"


def _quiet(details: _Details) -> str:
    until = clock_time(datetime.fromisoformat(details["quiet_until"]))
    return f"quiet until {until}, asked by {details.get('quiet_by') or 'someone'}"


def _budget_spent(details: _Details) -> str:
    return f"budget: next at {clock_time(datetime.fromisoformat(details['next_post_at']))}"


def _quiet_hours(details: _Details) -> str:
    until = clock_time(datetime.fromisoformat(details["quiet_hours_until"]))
    return f"quiet hours: until {until}"


def _person_budget(details: _Details) -> str:
    until = clock_time(datetime.fromisoformat(details["crowded_until"]))
    return f"{details.get('crowded') or 'someone'} has had enough posts this hour: next at {until}"


def _backlog(details: _Details) -> str:
    waits, cap = details["backlog_minutes"], details["backlog_cap_minutes"]
    # In whole minutes, but never one that reads as if it were no more than the cap.
    minutes = max(math.ceil(waits), math.floor(cap) + 1)
    return f"{minutes} min of checking waits, more than {_number(cap)}"


def _duplicate(details: _Details) -> str:
    same_as = details["same_as"]
    return f"same as #{same_as}" if same_as else f"same as “{details['same_title']}”"


_EXPLAINED: Mapping[Reason, Callable[[_Details], str]] = {
    Reason.CLEARED: _cleared,
    Reason.HECTIC: _hectic,
    Reason.QUIET: _quiet,
    Reason.BELOW_THRESHOLD: _below_threshold,
    Reason.BUDGET_SPENT: _budget_spent,
    Reason.DUPLICATE: _duplicate,
    Reason.DONE_ALREADY: lambda _: "done already, as a later message says",
    Reason.QUIET_HOURS: _quiet_hours,
    Reason.PERSON_BUDGET: _person_budget,
    Reason.BACKLOG: _backlog,
    Reason.KIND_MUTED: lambda details: (
        f"muted here: suggestions of the kind {details['kind']} were not wanted"
    ),
    Reason.KIND_OFF: lambda details: f"off: suggestions of the kind {details['kind']}",
    Reason.NOTHING_IS_POSTED: lambda details: (
        f"nothing is posted: {_QUIET_BECAUSE[details['quiet_because']]}"
    ),
    Reason.POST_FAILED: lambda details: f"could not be posted: {details['failure']}",
}

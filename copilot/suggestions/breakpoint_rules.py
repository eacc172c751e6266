"""Which changes are breakpoints, and how long each stays open. Pure.

One set of rules for the present (`breakpoints`) and for a past that is replayed (`digest_moments`).
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from copilot.suggestions.vocabulary import Breakpoint

LULL = timedelta(minutes=5)
"""Silence of people that counts as a breakpoint (Iqbal and Bailey, CHI 2008: at such moments
interruptions annoy least)."""
CHANGE_STAYS_OPEN = timedelta(minutes=5)
"""How long after a change its digest may still come; later it would be an interruption."""
END_STAYS_OPEN = timedelta(minutes=30)
"""The same for a lull, and for the end of an incident: its one last digest may have to wait for
the budget. What has not come by then waits for the review."""

_BY_KIND = {
    "severity_changed": Breakpoint.SEVERITY_CHANGED,
    "handed_over": Breakpoint.HANDED_OVER,
}
_BY_STATUS = {"resolved": Breakpoint.RESOLVED, "monitoring": Breakpoint.MITIGATED}
CHANGES = frozenset({*_BY_KIND, "status_changed"})
"""Kinds of timeline events that are breakpoints."""


def breakpoint_of(kind: str, details: Mapping[str, Any]) -> Breakpoint:
    """Which one a change is; `kind` is one of CHANGES."""
    found = _BY_KIND.get(kind)
    return found or _BY_STATUS.get(str(details.get("new")), Breakpoint.STATUS_CHANGED)


def stays_open(kind: Breakpoint) -> timedelta:
    return END_STAYS_OPEN if kind is Breakpoint.RESOLVED else CHANGE_STAYS_OPEN

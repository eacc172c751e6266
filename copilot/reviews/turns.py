"""The turns of an incident, at which its episodes are cut: status, severity, who commands it."""

from collections.abc import Mapping
from typing import Any

from copilot.incidents.models import Role
from copilot.timeline.models import EventKind

TURN_KINDS = frozenset(
    {
        EventKind.STATUS_CHANGED,
        EventKind.SEVERITY_CHANGED,
        EventKind.HANDED_OVER,
        EventKind.ROLE_ASSIGNED,
    }
)


def is_turn(kind: str, details: Mapping[str, Any]) -> bool:
    """Of roles only the commander's: who writes or speaks for it does not turn an incident."""
    if kind == EventKind.ROLE_ASSIGNED:
        return details.get("role") == Role.COMMANDER
    return kind in TURN_KINDS

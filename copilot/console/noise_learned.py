"""What the copilot changed by itself, as far as the viewer may read of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from copilot.console.noise_access import NoiseAccess
from copilot.suggestions.learning import LearnedChange, learned

MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class LearnedView:
    changes: Sequence[LearnedChange]
    """The newest first."""
    more: int
    elsewhere: int
    """How many are about channels that the viewer may not read."""


def read_learned(session: Session, access: NoiseAccess) -> LearnedView:
    found = learned(session, access.team_id)
    readable = [one for one in found if may_read_change(one, access)]
    return LearnedView(
        readable[:MOST_SHOWN],
        max(0, len(readable) - MOST_SHOWN),
        len(found) - len(readable),
    )


def may_read_change(change: LearnedChange, access: NoiseAccess) -> bool:
    in_channel = change.channel_id is None or change.channel_id in access.channels
    return in_channel and (change.incident_id is None or change.incident_id in access.incidents)

"""What stands above the sentences of a signed review, as it was when somebody signed it.

An incident is renamed, opened again and resolved again, and goes on being written about; the
review that was signed does not change with it.
"""

from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter

from copilot.reviews.milestones import Milestone, Milestones
from copilot.reviews.models import SignOff
from copilot.reviews.views import ReviewedIncident
from copilot.reviews.vocabulary import MilestoneKind

_FOUND = TypeAdapter(dict[MilestoneKind, Milestone])


def heading_of(incident: ReviewedIncident, milestones: Milestones) -> dict[str, Any]:
    """To be stored with the signature."""
    return {
        "incident": incident.model_dump(mode="json"),
        "milestones": _FOUND.dump_python(dict(milestones.found), mode="json"),
    }


def signed_incident(signed: SignOff | None) -> ReviewedIncident | None:
    """None while nobody signed."""
    if signed is None or not signed.heading:
        return None
    return ReviewedIncident.model_validate(signed.heading["incident"])


def signed_milestones(signed: SignOff | None) -> Milestones | None:
    """None while nobody signed."""
    if signed is None or not signed.heading:
        return None
    return Milestones(_FOUND.validate_python(signed.heading["milestones"]))


def written_until(signed: SignOff | None) -> datetime | None:
    """Before when it had to be written down to be part of it; signatures are told to the second."""
    return None if signed is None else signed.signed_at + timedelta(seconds=1)

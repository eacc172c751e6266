"""What stands around the sentences of a signed review, as it was when somebody signed it.

An incident is renamed, opened again and resolved again, and goes on being written about; its
follow-ups get other owners and are done. The review that was signed does not change with it.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import TypeAdapter

from copilot.reviews.milestones import Milestone, Milestones
from copilot.reviews.models import SignOff
from copilot.reviews.views import ReviewedIncident
from copilot.reviews.vocabulary import MilestoneKind
from copilot.reviews.written_down import WrittenDown

_SECOND = timedelta(seconds=1)
_FOUND = TypeAdapter(dict[MilestoneKind, Milestone])


def heading_of(
    incident: ReviewedIncident, milestones: Milestones, written: Iterable[WrittenDown]
) -> dict[str, Any]:
    """To be stored with the signature."""
    return {
        "incident": incident.model_dump(mode="json"),
        "milestones": _FOUND.dump_python(dict(milestones.found), mode="json"),
        "written_down": [{**hashed_note(each), "at": each.at} for each in written],
    }


def hashed_note(written: WrittenDown) -> dict[str, str]:
    """As the hash has it, and every export of a signed review: instants are told to the second."""
    return {
        "kind": written.kind,
        "text": written.text,
        "author": written.author,
        "occurred_at": f"{written.occurred_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
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


def signed_written_down(signed: SignOff | None) -> list[WrittenDown] | None:
    """None while nobody signed, and of reviews that were signed before it was kept."""
    if signed is None or "written_down" not in signed.heading:
        return None
    return [WrittenDown.model_validate(each) for each in signed.heading["written_down"]]


def written_until(signed: SignOff | None, last_act: datetime | None) -> datetime | None:
    """Until when it had to be written down to be part of it; None while nobody signed.

    Signatures are told to the second. What was written within that second was there if somebody
    still acted on a sentence after it, for nobody can once it is signed; otherwise whoever signed
    cannot have read it.
    """
    if signed is None:
        return None
    within = signed.signed_at <= (last_act or signed.signed_at) < signed.signed_at + _SECOND
    return last_act if last_act is not None and within else signed.signed_at

"""What people write down about an incident without saying it in the channel."""

from datetime import datetime
from uuid import uuid4

from sqlalchemy.orm import Session

from copilot.errors import BadInputError
from copilot.incidents.models import Incident
from copilot.timeline.models import EventKind
from copilot.timeline.recording import record_change

LONGEST_NOTE = 2_000


def write_note(session: Session, incident: Incident, text: str, *, by: str, now: datetime) -> int:
    """Record it as said by this person; secrets are blacked out as in messages.

    Raises BadInputError if it is empty or too long.
    """
    text = text.strip()
    if not text:
        raise BadInputError("The note is empty, so nothing was saved. Write what it should say.")
    if len(text) > LONGEST_NOTE:
        raise BadInputError(
            f"A note holds {LONGEST_NOTE} characters and this one has {len(text)}, so nothing "
            "was saved. Say it in the channel instead, where it is recorded as well."
        )
    return record_change(
        session,
        team_id=incident.team_id,
        channel_id=incident.channel_id,
        kind=EventKind.NOTE,
        natural_key=f"{EventKind.NOTE}:{incident.id}:{uuid4().hex}",
        author_id=by,
        text=text,
        details={},
        occurred_at=now,
        now=now,
    )

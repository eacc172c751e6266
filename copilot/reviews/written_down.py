"""What people wrote down about an incident and said nowhere in its channel.

No claim rests on it: there is no message to hold it against. So a review shows it as it is, with
who wrote it and when, apart from the sentences that can be checked.
"""

from collections.abc import Mapping
from datetime import datetime

from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.incidents.follow_ups import follow_ups_of
from copilot.incidents.models import FollowUp, Incident
from copilot.incidents.queries import span_of
from copilot.timeline.models import EventKind, TimelineEvent
from copilot.timeline.permalinks import instant_to_ts
from copilot.timeline.reading import within
from copilot.workspaces.directory import names_of


class WrittenDown(BaseModel):
    kind: str
    """`note` or `follow_up`."""
    text: str
    author: str
    occurred_at: datetime

    at: str = Field(exclude=True)
    """Where the timeline shows it, as a stamp."""


def written_down(
    session: Session, incident: Incident, *, until: datetime | None = None
) -> list[WrittenDown]:
    """Notes, and follow-ups that were made of no message and no suggestion; in time order."""
    names = names_of(session, incident.team_id)
    notes = session.scalars(
        select(TimelineEvent).where(
            *within(span_of(incident)),
            TimelineEvent.kind == EventKind.NOTE,
            TimelineEvent.deleted_at.is_(None),
        )
    )
    found = [_written("note", note.text, note.author_id, note.occurred_at, names) for note in notes]
    found += [
        _written("follow_up", _in_words(each, names), each.created_by, each.created_at, names)
        for each in follow_ups_of(session, incident.id)
        if each.source_ts is None and each.suggestion_id is None
    ]
    kept = [each for each in found if until is None or each.occurred_at <= until]
    return sorted(kept, key=lambda each: each.occurred_at)


def _written(
    kind: str, text: str, author_id: str | None, at: datetime, names: Mapping[str, str]
) -> WrittenDown:
    author = names.get(author_id or "", author_id or "someone")
    return WrittenDown(kind=kind, text=text, author=author, occurred_at=at, at=instant_to_ts(at))


def _in_words(follow_up: FollowUp, names: Mapping[str, str]) -> str:
    owner = follow_up.owner_id
    about = [names.get(owner, owner) if owner else "unowned", follow_up.due]
    if follow_up.done_at is not None:
        about.append("done")
    return f"{follow_up.title} ({', '.join(each for each in about if each)})"

"""The short list of an incident: what changed, what was noted, what people marked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.incidents.models import Incident
from copilot.incidents.queries import span_of
from copilot.reviews.catchup import CHANGES, ToldLine, change_line, later
from copilot.timeline.marks import marked_in
from copilot.timeline.models import MarkKind, TimelineEvent
from copilot.timeline.mrkdwn import to_plain
from copilot.timeline.permalinks import permalink
from copilot.timeline.reading import Span, author_of, is_from_bot, within
from copilot.workspaces.directory import names_of, workspace_of


@dataclass(frozen=True, slots=True)
class Moments:
    lines: Sequence[ToldLine]
    """The newest ones, the newest last."""
    left_out: int
    """Earlier ones that did not fit."""


def read_moments(
    session: Session, incident: Incident, *, since: datetime | None, most: int
) -> Moments:
    span = later(span_of(incident), since)
    names = names_of(session, incident.team_id)
    changes = session.scalars(
        select(TimelineEvent).where(
            *within(span), TimelineEvent.kind.in_(CHANGES), TimelineEvent.deleted_at.is_(None)
        )
    )
    lines = [change_line(event, names) for event in changes]
    lines += _marked(session, incident, span, names)
    lines.sort(key=lambda line: (line.at, line.event_id))
    return Moments(lines[-most:], max(0, len(lines) - most))


def _marked(
    session: Session, incident: Incident, span: Span, names: dict[str, str]
) -> list[ToldLine]:
    stamps = marked_in(session, incident.team_id, incident.channel_id, MarkKind.KEY_MOMENT)
    events = session.scalars(
        select(TimelineEvent).where(
            *within(span),
            TimelineEvent.natural_key.in_([f"message:{stamp}" for stamp in stamps]),
            TimelineEvent.deleted_at.is_(None),
        )
    ).all()
    url = workspace_of(session, incident.team_id).url
    return [
        replace(
            change_line(event, names),
            author=author_of(event, names) or "someone",
            text=to_plain(event.text, names),
            permalink=permalink(url, event.channel_id, event.message_ts or "", event.thread_ts),
            is_key_moment=True,
            is_alert=is_from_bot(event),
        )
        for event in events
    ]

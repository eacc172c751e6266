"""The cited messages of one claim, each in its conversation."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.console.conversation import Line, MessageLine, conversation
from copilot.console.material import Material, gather, surroundings
from copilot.console.shown_events import around, lines_in, lines_of
from copilot.reviews.views import CitationView
from copilot.timeline.models import TimelineEvent

BEFORE, AFTER = 2, 3
"""Messages shown around a cited one, until the reader asks for more."""
STEP = 8
"""More messages at a time."""
FROM_THE_START = 30
"""Messages shown where no claim is open: the conversation itself, of which any can be ticked."""
MOST = 80
"""Before or after a cited message; beyond that the timeline is the better place."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How many messages are shown before and after each cited one."""

    before: int = BEFORE
    after: int = AFTER

    @property
    def with_earlier(self) -> "Reach":
        return Reach(min(MOST, self.before + STEP), self.after)

    @property
    def with_later(self) -> "Reach":
        return Reach(self.before, min(MOST, self.after + STEP))

    @property
    def query(self) -> str:
        """For an address; empty where nobody asked for more."""
        if self == Reach():
            return ""
        return f"&before={self.before}&after={self.after}"


@dataclass(frozen=True, slots=True)
class SourcePart:
    """A piece of conversation around one or more cited messages."""

    lines: Sequence[Line]
    changed: Sequence[CitationView]
    """Cited here, and edited or deleted since."""


def read_sources(
    session: Session, incident_id: int, citations: Sequence[CitationView], reach: Reach
) -> list[SourcePart]:
    """Each cited message in its conversation; those that lie close together share one part."""
    material = gather(session, incident_id)
    quotes: dict[int, list[str]] = {}
    for citation in citations:
        quotes.setdefault(citation.event_id, []).append(citation.quote)
    parts = []
    for events in _pieces(material, list(quotes), reach):
        shown = {event.id for event in events}
        changed = [c for c in citations if c.event_id in shown and c.is_changed]
        lines = conversation(events, surroundings(material, events, quotes))
        parts.append(SourcePart(lines, changed))
    return parts


def read_start(session: Session, incident_id: int, reach: Reach) -> list[SourcePart]:
    """The conversation from its beginning, where there is no claim to show the sources of."""
    material = gather(session, incident_id)
    events = lines_in(session, material.span, offset=0, limit=FROM_THE_START + reach.after - AFTER)
    lines = conversation(events, surroundings(material, events))
    return [SourcePart(lines, [])] if lines else []


def read_ticked(
    session: Session, incident_id: int, stamps: Sequence[str], parts: Sequence[SourcePart]
) -> list[MessageLine]:
    """Messages that were ticked and that no part shows: they stay ticked, in the form."""
    shown = {line.message_ts for part in parts for line in part.lines if line.kind == "message"}
    missing = set(stamps) - shown
    if not missing:
        return []
    material = gather(session, incident_id)
    events = lines_of(session, material.span, missing)
    lines = conversation(events, surroundings(material, events))
    return [line for line in lines if line.kind == "message" and not line.is_deleted]


def _pieces(
    material: Material, event_ids: Sequence[int], reach: Reach
) -> list[list[TimelineEvent]]:
    """The messages with those around them; overlapping pieces become one."""
    session = material.session
    cited = session.scalars(
        select(TimelineEvent)
        .where(TimelineEvent.id.in_(event_ids))
        .order_by(TimelineEvent.occurred_at, TimelineEvent.id)
    )
    pieces: list[list[TimelineEvent]] = []
    for event in cited.all():
        piece = around(session, material.span, event, before=reach.before, after=reach.after)
        if pieces and piece[0].occurred_at <= pieces[-1][-1].occurred_at:
            known = {each.id for each in pieces[-1]}
            pieces[-1] += [each for each in piece if each.id not in known]
        else:
            pieces.append(piece)
    return pieces

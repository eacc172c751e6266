"""The cited messages of one claim, each in its conversation."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.console.conversation import Line, MessageLine, conversation
from copilot.console.material import Material, gather, surroundings
from copilot.console.shown_events import around, count_lines, lines_before, lines_in, lines_of
from copilot.reviews.views import CitationView
from copilot.timeline.models import TimelineEvent

BEFORE, AFTER = 2, 3
"""Messages shown around a cited one, until the reader asks for more."""
STEP = 8
"""More messages at a time."""
MOST = 80
"""Before or after a cited message; beyond that the whole conversation is the better place."""
STRETCH = 100
"""Lines of the whole conversation at a time; any message of it can be cited or ticked."""
BESIDE = -1
"""As a start: the stretch in which the open claim's first source stands."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How many messages are shown before and after each cited one; or the whole conversation."""

    before: int = BEFORE
    after: int = AFTER
    start: int | None = None
    """How many lines of the whole conversation come before those shown, or `BESIDE`."""

    @property
    def with_earlier(self) -> "Reach":
        return Reach(min(MOST, self.before + STEP), self.after)

    @property
    def with_later(self) -> "Reach":
        return Reach(self.before, min(MOST, self.after + STEP))

    @property
    def query(self) -> str:
        """For an address; empty where nobody asked for more."""
        if self.start is not None:
            return f"&start={self.start}"
        if self == Reach():
            return ""
        return f"&before={self.before}&after={self.after}"


@dataclass(frozen=True, slots=True)
class SourcePart:
    """A piece of conversation around one or more cited messages."""

    lines: Sequence[Line]
    changed: Sequence[CitationView]
    """Cited here, and edited or deleted since."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Where in the whole conversation one is."""

    first: int
    last: int
    """Lines before it, and up to its end."""
    total: int

    @property
    def earlier(self) -> Reach | None:
        return Reach(start=max(0, self.first - STRETCH)) if self.first else None

    @property
    def later(self) -> Reach | None:
        return Reach(start=self.last) if self.last < self.total else None

    @property
    def beginning(self) -> Reach | None:
        """Where that is not the stretch before anyway."""
        return Reach(start=0) if self.first > STRETCH else None

    @property
    def end(self) -> Reach | None:
        """Where that is not the next stretch anyway."""
        start = _stretch_of(self.total - 1)
        return Reach(start=start) if start > self.last else None

    @property
    def words(self) -> str:
        if self.first == 0 and self.last == self.total:
            return "from the beginning"
        return f"lines {self.first + 1:,} to {self.last:,} of {self.total:,}"


def read_sources(
    material: Material, citations: Sequence[CitationView], reach: Reach
) -> list[SourcePart]:
    """Each cited message in its conversation; those that lie close together share one part."""
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


def read_stretch(
    material: Material, citations: Sequence[CitationView], start: int
) -> tuple[Stretch, list[SourcePart]]:
    """Of the whole conversation so many lines from there on, with what is cited in it marked."""
    session = material.session
    total = count_lines(session, material.span)
    if start == BESIDE:
        first_cited = min((citation.message_ts for citation in citations), default="")
        before = lines_before(session, material.span, first_cited) if first_cited else 0
        start = _stretch_of(before)
    first = start if start < total else _stretch_of(total - 1)
    events = lines_in(session, material.span, offset=first, limit=STRETCH)
    quotes: dict[int, list[str]] = {}
    for citation in citations:
        quotes.setdefault(citation.event_id, []).append(citation.quote)
    lines = conversation(events, surroundings(material, events, quotes))
    shown = {event.id for event in events}
    changed = [each for each in citations if each.event_id in shown and each.is_changed]
    stretch = Stretch(first, first + len(events), total)
    return stretch, [SourcePart(lines, changed)] if lines else []


def _stretch_of(line: int) -> int:
    """The first line of the stretch that it is in."""
    return max(0, line) // STRETCH * STRETCH


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

"""One stretch of the conversation: its heading, and as much of it as somebody opened."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from copilot.console import words
from copilot.console.conversation import QUIET, Line, Surroundings, conversation, reaction_counts
from copilot.console.highlights import marks_of
from copilot.console.material import Material, gather, headlines
from copilot.console.outline import Episode, Row, earlier_texts, events_by_id
from copilot.errors import NotFoundError
from copilot.timeline.models import TimelineEvent

PAGE = 200
"""Messages of one episode that are sent at once."""


@dataclass(frozen=True, slots=True)
class Page:
    """Part of an episode's conversation."""

    lines: Sequence[Line]
    next_part: int | None


@dataclass(frozen=True, slots=True)
class EpisodeView:
    number: int
    starts_at: datetime
    ends_at: datetime
    headline: str
    people: str
    messages: int
    quiet_before: timedelta | None
    """Set where the pause before it was long enough to be shown."""
    new_day: str | None
    is_open: bool
    page: Page | None
    """None until somebody opens it."""

    @property
    def span(self) -> str:
        """First and last time, and how many midnights lie between."""
        first, last = words.short_time(self.starts_at), words.short_time(self.ends_at)
        days = (self.ends_at.date() - self.starts_at.date()).days
        if first == last and not days:
            return first
        return f"{first}–{last}" + (f" +{days} d" if days else "")


def read_episode(
    session: Session, incident_id: int, number: int, *, part: int = 0
) -> tuple[EpisodeView, int]:
    """One episode with part of its conversation, and how many episodes there are."""
    material = gather(session, incident_id)
    episodes = material.outline.episodes
    if not 1 <= number <= len(episodes):
        raise NotFoundError(f"Incident {incident_id} has no part {number} in its timeline.")
    episode = episodes[number - 1]
    page = page_of(material, episode, part)
    before = episodes[number - 2] if number > 1 else None
    return episode_view(material, episode, before, headlines(material), True, page), len(episodes)


def episode_view(
    material: Material,
    episode: Episode,
    before: Episode | None,
    titles: Mapping[int, str],
    is_open: bool,
    page: Page | None,
) -> EpisodeView:
    quiet = episode.starts_at - before.ends_at if before else timedelta()
    is_new_day = before is None or before.starts_at.date() != episode.starts_at.date()
    return EpisodeView(
        number=episode.number,
        starts_at=episode.starts_at,
        ends_at=episode.ends_at,
        headline=titles.get(episode.number, ""),
        people=_people(episode, material.names),
        messages=len(episode.spoken),
        quiet_before=quiet if quiet >= QUIET else None,
        new_day=words.day(episode.starts_at) if is_new_day else None,
        is_open=is_open,
        page=page,
    )


def part_with(episode: Episode, message_ts: str) -> int:
    place = next(i for i, row in enumerate(episode.rows) if row.message_ts == message_ts)
    return place // PAGE


def page_of(material: Material, episode: Episode, part: int) -> Page:
    rows = episode.rows[part * PAGE : (part + 1) * PAGE]
    has_more = (part + 1) * PAGE < len(episode.rows)
    since = episode.rows[part * PAGE - 1].at if part else episode.starts_at
    events = events_by_id(material.session, [row.id for row in rows])
    around = surroundings(material, rows, events)
    lines = conversation(events, around, since=since)
    return Page(lines, part + 1 if has_more else None)


def surroundings(
    material: Material,
    rows: Sequence[Row],
    events: Sequence[TimelineEvent],
    quotes: Mapping[int, Sequence[str]] | None = None,
) -> Surroundings:
    """What the conversation of `rows` needs to know; `quotes` are cited words by event id."""
    shown = {row.message_ts for row in rows if row.message_ts}
    reactions = events_by_id(material.session, material.outline.marks_on(shown))
    return Surroundings(
        workspace_url=material.workspace_url,
        names=material.names,
        reactions=reaction_counts(reactions),
        earlier=earlier_texts(material.session, events),
        marks=marks_of(material.highlights),
        quotes=quotes or {},
    )


def _people(episode: Episode, names: Mapping[str, str]) -> str:
    """The three who said most, and how many more there were."""
    said = Counter(
        names.get(row.author_id or "") or row.author_name or row.author_id or "somebody"
        for row in episode.spoken
    )
    first = [name for name, _ in said.most_common(3)]
    rest = len(said) - len(first)
    return ", ".join(first) + (f" +{rest}" if rest > 0 else "")

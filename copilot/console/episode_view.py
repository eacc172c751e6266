"""One stretch of the conversation: its heading, and as much of it as somebody opened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from copilot.console import words
from copilot.console.conversation import QUIET, Line, Surroundings, conversation
from copilot.console.material import Material, gather, surroundings
from copilot.console.outline import Episode, read_outline
from copilot.console.shown_events import first_spoken, lines_before, lines_in
from copilot.errors import NotFoundError
from copilot.timeline.models import TimelineEvent
from copilot.timeline.mrkdwn import to_plain

PAGE = 200
"""Lines of one episode that are sent at once."""
_LONGEST_HEADLINE = 140
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Fetched:
    """Events of part of an episode, before their surroundings are read for all parts at once."""

    events: Sequence[TimelineEvent]
    since: datetime
    next_part: int | None


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
    zone: str

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
    outline = read_outline(session, material.span, material.names)
    episodes = outline.by_clocks(material.zone).episodes
    if not 1 <= number <= len(episodes):
        raise NotFoundError(f"Incident {incident_id} has no part {number} in its timeline.")
    episode = episodes[number - 1]
    fetched = fetch_part(material, episode, part)
    page = page_of(fetched, surroundings(material, fetched.events))
    before = episodes[number - 2] if number > 1 else None
    return episode_view(material, episode, before, is_open=True, page=page), len(episodes)


def episode_view(
    material: Material,
    episode: Episode,
    before: Episode | None,
    *,
    is_open: bool,
    page: Page | None,
) -> EpisodeView:
    quiet = episode.starts_at - before.ends_at if before else timedelta()
    is_new_day = before is None or before.starts_at.date() != episode.starts_at.date()
    return EpisodeView(
        number=episode.number,
        starts_at=episode.starts_at,
        ends_at=episode.ends_at,
        headline=_headline(material, episode),
        people=_people(episode),
        messages=episode.messages,
        quiet_before=quiet if quiet >= QUIET else None,
        new_day=words.day(episode.starts_at) if is_new_day else None,
        is_open=is_open,
        page=page,
        zone=material.zone.key,
    )


def part_with(material: Material, episode: Episode, message_ts: str) -> int:
    return lines_before(material.session, episode.span, message_ts) // PAGE


def fetch_part(material: Material, episode: Episode, part: int) -> Fetched:
    # One line more at either end: what came before, and whether there is more.
    offset = max(0, part * PAGE - 1)
    lead = part * PAGE - offset
    found = lines_in(material.session, episode.span, offset=offset, limit=PAGE + lead + 1)
    return Fetched(
        events=found[lead : lead + PAGE],
        since=found[0].occurred_at if lead and found else episode.starts_at,
        next_part=part + 1 if len(found) > lead + PAGE else None,
    )


def page_of(fetched: Fetched, around: Surroundings) -> Page:
    return Page(conversation(fetched.events, around, since=fetched.since), fetched.next_part)


def _headline(material: Material, episode: Episode) -> str:
    """Its most telling words, or else its first."""
    text = episode.title
    if not text:
        event = first_spoken(material.session, episode.span)
        text = to_plain(event.text, material.names) if event else ""
    line = " ".join(text.replace("`", " ").split())
    return line if len(line) <= _LONGEST_HEADLINE else f"{line[: _LONGEST_HEADLINE - 1]}…"


def _people(episode: Episode) -> str:
    """The three who said most, and how many more there were."""
    rest = len(episode.people) - _NAMED
    return ", ".join(episode.people[:_NAMED]) + (f" +{rest}" if rest > 0 else "")

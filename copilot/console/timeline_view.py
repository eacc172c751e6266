"""Puts the page of one incident together from its outline; reads in full only what is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from sqlalchemy.orm import Session

from copilot.console import words
from copilot.console.addresses import message_path
from copilot.console.conversation import QUIET
from copilot.console.episode_view import PAGE, EpisodeView, episode_view, page_of, part_with
from copilot.console.material import Material, gather, headlines
from copilot.console.outline import Episode, Outline, events_by_id
from copilot.console.overview import Change, Moment, Strip, draw_strip
from copilot.console.strip_axis import Stretch
from copilot.incidents.models import Incident, Status
from copilot.timeline.models import EventKind, TimelineEvent

SHOWN_AT_FIRST = 200
"""Messages sent with the page; further episodes are fetched when they are opened."""
_WIDE, _SMALL = 1120, 360
_LULL_SHARE = 0.2
"""A pause shorter than this part of all talk takes less room drawn to scale."""


@dataclass(frozen=True, slots=True)
class TimelineView:
    summary: str
    wide: Strip
    small: Strip
    episodes: Sequence[EpisodeView]
    kinds: Sequence[str]
    """Marks that occur, for the legend."""


def read_timeline(session: Session, incident_id: int, *, at: str | None = None) -> TimelineView:
    """`at` is a message ts whose episode is opened. Raises NotFoundError."""
    material = gather(session, incident_id)
    changes = _changes(material)
    strips = [_strip(material, changes, width) for width in (_WIDE, _SMALL)]
    return TimelineView(
        summary=_summary(material.outline),
        wide=strips[0],
        small=strips[1],
        episodes=_episode_views(material, at),
        kinds=[kind for kind, marks in strips[0].marks.items() if marks],
    )


def _summary(outline: Outline) -> str:
    spoken = [row for row in outline.rows if row.is_spoken]
    if not spoken:
        return "Nobody has said anything yet. Messages of the channel appear here as they come."
    voices = len({row.author_id or row.author_name for row in spoken})
    messages = words.count(len(spoken), "message")
    deleted = sum(row.is_deleted and row.message_ts is not None for row in outline.rows)
    if deleted:
        messages += f" (and {deleted} since deleted)"
    parts = words.count(len(outline.episodes), "stretch", "stretches")
    return f"{messages} by {words.count(voices, 'participant')}, in {parts} of conversation."


def _changes(material: Material) -> Sequence[TimelineEvent]:
    ids = [row.id for row in material.outline.rows if row.is_change]
    return events_by_id(material.session, ids)


def _strip(material: Material, changes: Sequence[TimelineEvent], width: int) -> Strip:
    moments = [
        Moment(
            highlight.kind,
            highlight.row.at,
            highlight.label,
            message_path(material.incident.id, highlight.row.message_ts or ""),
        )
        for highlight in material.highlights
    ]
    return draw_strip(
        _stretches(material.outline.episodes),
        moments=moments,
        severities=_band(material.incident, changes, EventKind.SEVERITY_CHANGED),
        statuses=_band(material.incident, changes, EventKind.STATUS_CHANGED),
        width=width,
    )


def _stretches(episodes: Sequence[Episode]) -> list[Stretch]:
    """Episodes as the strip draws them: only a pause worth compressing ends one early."""
    talk = sum((e.ends_at - e.starts_at for e in episodes), timedelta())
    shortest_lull = max(QUIET, talk * _LULL_SHARE)
    ends = [
        later.starts_at if later.starts_at - earlier.ends_at < shortest_lull else earlier.ends_at
        for earlier, later in pairwise(episodes)
    ]
    ends += [episode.ends_at for episode in episodes[-1:]]
    return [
        Stretch(e.number, e.starts_at, end, [row.at for row in e.spoken])
        for e, end in zip(episodes, ends, strict=True)
    ]


def _band(
    incident: Incident, changes: Sequence[TimelineEvent], kind: EventKind
) -> Sequence[Change]:
    """Values from the declaration on; what was first is what the first change names as old."""
    is_severity = kind == EventKind.SEVERITY_CHANGED
    mine = [change for change in changes if change.kind == kind]
    first = incident.severity if is_severity else incident.status
    if mine:
        first = mine[0].details.get("old")
    elif not is_severity and incident.is_imported:
        return []  # an archive says nothing of how the status changed
    band = [Change(incident.declared_at, first)] if first else []
    return [*band, *(Change(c.occurred_at, str(c.details.get("new"))) for c in mine)]


def _episode_views(material: Material, at: str | None) -> list[EpisodeView]:
    outline = material.outline
    asked_for = outline.episode_of(at) if at else None
    open_number = _open_by_default(material) if asked_for is None else asked_for.number
    titles = headlines(material)
    views: list[EpisodeView] = []
    sent = 0
    before: Episode | None = None
    for episode in outline.episodes:
        page = None
        if sent < SHOWN_AT_FIRST or episode.number == open_number:
            part = part_with(episode, at) if at and episode is asked_for else 0
            page = page_of(material, episode, part)
            sent += min(len(episode.rows), PAGE)
        is_open = episode.number == open_number
        views.append(episode_view(material, episode, before, titles, is_open, page))
        before = episode
    return views


def _open_by_default(material: Material) -> int:
    """The latest while the incident runs, the only one if there is but one; else none."""
    episodes = material.outline.episodes
    is_running = material.incident.status != Status.RESOLVED and not material.incident.is_imported
    return len(episodes) if is_running or len(episodes) == 1 else 0

"""Puts the page of one incident together; reads in full only what is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.console import words
from copilot.console.addresses import message_path
from copilot.console.conversation import QUIET
from copilot.console.episode_view import (
    EpisodeView,
    Fetched,
    episode_view,
    fetch_part,
    page_of,
    part_with,
)
from copilot.console.material import Material, gather, surroundings
from copilot.console.outline import Episode, Outline, read_outline
from copilot.console.overview import Change, Moment, Strip, draw_strip
from copilot.console.shown_events import line_exists
from copilot.console.strip_axis import Stretch
from copilot.errors import BadInputError
from copilot.incidents.models import Incident, Status
from copilot.timeline.gaps import gaps_in
from copilot.timeline.models import EventKind, TimelineEvent
from copilot.timeline.permalinks import ts_to_instant
from copilot.timeline.reading import within

SHOWN_AT_FIRST = 200
"""Lines sent with the page; further episodes are fetched when they are opened."""
_WIDE, _SMALL = 1120, 360
_LULL_SHARE = 0.2
"""A pause shorter than this part of all talk takes less room drawn to scale."""
_CHANGES = (EventKind.SEVERITY_CHANGED, EventKind.STATUS_CHANGED)


@dataclass(frozen=True, slots=True)
class TimelineView:
    summary: str
    wide: Strip
    small: Strip
    episodes: Sequence[EpisodeView]
    kinds: Sequence[str]
    """Marks that occur, for the legend."""
    gaps: Sequence[str]
    """Stretches in which messages may be missing, in words."""
    zone: str
    """By whose clocks its times are told."""


def read_timeline(session: Session, incident_id: int, *, at: str | None = None) -> TimelineView:
    """`at` is a message ts whose episode is opened. Raises NotFoundError."""
    material = gather(session, incident_id)
    outline = read_outline(session, material.span, material.names).by_clocks(material.zone)
    changes = _changes(material)
    wide, small = (_strip(material, outline, changes, width) for width in (_WIDE, _SMALL))
    return TimelineView(
        summary=_summary(outline),
        wide=wide,
        small=small,
        episodes=_episode_views(material, outline, at),
        kinds=[kind for kind, marks in wide.marks.items() if marks],
        gaps=[gap.text for gap in gaps_in(session, material.span)],
        zone=material.zone.key,
    )


def _summary(outline: Outline) -> str:
    if not outline.messages:
        return "Nobody has said anything yet. Messages of the channel appear here as they come."
    messages = words.count(outline.messages, "message")
    if outline.deleted:
        messages += f" (and {outline.deleted} since deleted)"
    parts = words.count(len(outline.episodes), "stretch", "stretches")
    by = words.count(outline.voices, "participant")
    return f"{messages} by {by}, in {parts} of conversation."


def _changes(material: Material) -> Sequence[TimelineEvent]:
    query = select(TimelineEvent).where(*within(material.span), TimelineEvent.kind.in_(_CHANGES))
    return material.session.scalars(
        query.order_by(TimelineEvent.occurred_at, TimelineEvent.id)
    ).all()


def _strip(
    material: Material, outline: Outline, changes: Sequence[TimelineEvent], width: int
) -> Strip:
    moments = [
        Moment(
            each.kind,
            words.by_clocks(each.at, material.zone),
            each.label,
            message_path(material.incident.id, each.message_ts),
        )
        for each in material.highlights
    ]
    return draw_strip(
        _stretches(outline.episodes),
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
        Stretch(e.number, e.starts_at, end, e.spoken_at)
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


def _episode_views(material: Material, outline: Outline, at: str | None) -> list[EpisodeView]:
    asked_for = _episode_with(material, outline, at)
    open_number = asked_for.number if asked_for else _open_by_default(material, outline)
    fetched: dict[int, Fetched] = {}
    sent = 0
    for episode in outline.episodes:
        if sent < SHOWN_AT_FIRST or episode.number == open_number:
            part = part_with(material, episode, at) if at and episode is asked_for else 0
            fetched[episode.number] = fetch_part(material, episode, part)
            sent += len(fetched[episode.number].events)
    around = surroundings(material, [event for each in fetched.values() for event in each.events])
    return [
        episode_view(
            material,
            episode,
            before,
            is_open=episode.number == open_number,
            page=page_of(fetched[episode.number], around) if episode.number in fetched else None,
        )
        for before, episode in pairwise([None, *outline.episodes])
        if episode is not None
    ]


def _episode_with(material: Material, outline: Outline, at: str | None) -> Episode | None:
    """The episode of the message `at`; None if nothing of the kind is here."""
    if not at:
        return None
    try:
        instant = ts_to_instant(at)
    except BadInputError:
        return None
    if not line_exists(material.session, material.span, at):
        return None
    return outline.episode_at(instant)


def _open_by_default(material: Material, outline: Outline) -> int:
    """The latest while the incident runs, the only one if there is but one; else none."""
    is_running = material.incident.status != Status.RESOLVED and not material.incident.is_imported
    return len(outline.episodes) if is_running or len(outline.episodes) == 1 else 0

"""A stretch of the timeline as lines of a page: messages, changes, days and gaps."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Literal

from copilot.console import words
from copilot.console.message_text import Piece, pieces_of
from copilot.timeline.models import SPOKEN_KINDS, EventKind, TimelineEvent
from copilot.timeline.mrkdwn import to_plain
from copilot.timeline.permalinks import permalink, ts_to_instant
from copilot.timeline.reading import WITHHELD, author_of, is_from_bot

QUIET = timedelta(minutes=10)
"""A pause this long is shown."""
_SAME_BREATH = timedelta(minutes=3)
_NOBODY = "somebody"
_MARK_KINDS = frozenset(
    {
        EventKind.REACTION_ADDED,
        EventKind.REACTION_REMOVED,
        EventKind.PIN_ADDED,
        EventKind.PIN_REMOVED,
    }
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known beside the events themselves."""

    workspace_url: str
    names: Mapping[str, str]
    reactions: Mapping[str, Sequence[tuple[str, int]]] = field(default_factory=dict)
    """By message ts: emoji names and how many people."""
    earlier: Mapping[int, Sequence[str]] = field(default_factory=dict)
    """By event id: texts before the latest edit."""
    marks: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By message ts: alert, key, follow_up."""
    quotes: Mapping[int, Sequence[str]] = field(default_factory=dict)
    """By event id: words that something rests on."""
    zone: tzinfo = UTC
    """By whose clocks times are told."""


@dataclass(frozen=True, slots=True)
class DayLine:
    label: str
    kind: Literal["day"] = "day"


@dataclass(frozen=True, slots=True)
class GapLine:
    label: str
    kind: Literal["gap"] = "gap"


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """Something happened that nobody said."""

    event_id: int
    at: datetime
    text: str
    kind: Literal["notice"] = "notice"


@dataclass(frozen=True, slots=True)
class MessageLine:
    event_id: int
    message_ts: str
    at: datetime
    author: str
    is_bot: bool
    is_same_author: bool
    pieces: Sequence[Piece]
    files: Sequence[str]
    reactions: Sequence[tuple[str, int]]
    reply_to_ts: str | None
    reply_to_at: datetime | None
    """Set where a thread is taken up; the next replies of it only stand indented."""
    earlier: Sequence[Sequence[Piece]]
    is_edited: bool
    deleted_at: datetime | None
    is_deleted: bool
    marks: frozenset[str]
    is_cited: bool
    permalink: str
    kind: Literal["message"] = "message"


Line = DayLine | GapLine | NoticeLine | MessageLine


def conversation(
    events: Iterable[TimelineEvent], around: Surroundings, *, since: datetime | None = None
) -> list[Line]:
    """Lines in order. `since` is the instant the reader comes from: its day is not repeated."""
    lines: list[Line] = []
    previous_at = words.by_clocks(since, around.zone) if since else None
    for event in events:
        if event.kind in _MARK_KINDS:
            continue
        at = words.by_clocks(event.occurred_at, around.zone)
        if previous_at is None or at.date() != previous_at.date():
            lines.append(DayLine(words.day(at)))
        elif at - previous_at >= QUIET:
            lines.append(GapLine(f"quiet {words.duration(at - previous_at)}"))
        lines.append(_line(event, around, _last_message(lines)))
        previous_at = at
    return lines


def _last_message(lines: Sequence[Line]) -> MessageLine | None:
    last = lines[-1] if lines else None
    return last if isinstance(last, MessageLine) else None


def _line(event: TimelineEvent, around: Surroundings, before: MessageLine | None) -> Line:
    if event.message_ts is None or (event.kind not in SPOKEN_KINDS and event.deleted_at is None):
        at = words.by_clocks(event.occurred_at, around.zone)
        return NoticeLine(event.id, at, _notice(event, around.names))
    author = author_of(event, around.names) or _NOBODY
    is_reply = event.thread_ts not in (None, event.message_ts)
    reply_to = event.thread_ts if is_reply else None
    continues = before is not None and reply_to in (before.reply_to_ts, before.message_ts)
    takes_up = reply_to is not None and not continues
    quotes = around.quotes.get(event.id, ())
    return MessageLine(
        event_id=event.id,
        message_ts=event.message_ts,
        at=words.by_clocks(event.occurred_at, around.zone),
        author=author,
        is_bot=is_from_bot(event),
        is_same_author=before is not None
        and before.author == author
        and before.reply_to_ts == reply_to
        and event.occurred_at - before.at < _SAME_BREATH,
        pieces=_pieces(_text(event), around, quotes),
        files=[str(name) for name in event.details.get("files", ())],
        reactions=around.reactions.get(event.message_ts, ()),
        reply_to_ts=reply_to,
        reply_to_at=words.by_clocks(ts_to_instant(reply_to), around.zone)
        if reply_to and takes_up
        else None,
        earlier=[_pieces(text, around, quotes) for text in around.earlier.get(event.id, ())],
        is_edited=event.edited_ts is not None,
        deleted_at=words.by_clocks(event.deleted_at, around.zone) if event.deleted_at else None,
        is_deleted=event.deleted_at is not None,
        marks=around.marks.get(event.message_ts, frozenset()),
        is_cited=event.id in around.quotes,
        permalink=permalink(
            around.workspace_url, event.channel_id, event.message_ts, event.thread_ts
        ),
    )


def _text(event: TimelineEvent) -> str:
    is_withheld = event.details.get("withheld") and event.deleted_at is None
    return event.text or (WITHHELD if is_withheld else "")


def _pieces(text: str, around: Surroundings, quotes: Sequence[str]) -> list[Piece]:
    plain = to_plain(text, around.names)
    return pieces_of(plain, link_base=around.workspace_url, quotes=quotes)


_SAYS_WHAT_BUT_NOT_WHO = (
    EventKind.TITLE_CHANGED,
    EventKind.ROLE_ASSIGNED,
    EventKind.HANDED_OVER,
)


def _notice(event: TimelineEvent, names: Mapping[str, str]) -> str:
    who = author_of(event, names) or _NOBODY
    old, new = event.details.get("old"), event.details.get("new")
    if event.kind == EventKind.INCIDENT_DECLARED:
        return f"{who} declared the incident"
    said = f": {event.details['note']}" if event.details.get("note") else ""
    if event.kind == EventKind.SEVERITY_CHANGED:
        before = f"from {words.severity(str(old))} " if old else ""
        return f"{who} changed the severity {before}to {words.severity(str(new))}{said}"
    if event.kind == EventKind.STATUS_CHANGED:
        return f"{who} changed the status from {old} to {new}{said}"
    if event.kind == EventKind.GAP:
        return event.text
    text = to_plain(event.text, names)
    if event.kind == EventKind.NOTE:
        return f"{who} noted: {text}"
    if event.kind in _SAYS_WHAT_BUT_NOT_WHO:
        return f"{text} (by {who})"
    return text or f"{who}: {event.kind.replace('_', ' ')}"


def reaction_counts(events: Iterable[TimelineEvent]) -> dict[str, list[tuple[str, int]]]:
    """Reactions that stand after all that came and went, by message ts."""
    standing: dict[str, dict[tuple[str, str | None], None]] = {}
    for event in events:
        reaction = str(event.details.get("reaction", ""))
        if not event.target_ts or not reaction:
            continue
        mine = standing.setdefault(event.target_ts, {})
        if event.kind == EventKind.REACTION_ADDED:
            mine[reaction, event.author_id] = None
        elif event.kind == EventKind.REACTION_REMOVED:
            mine.pop((reaction, event.author_id), None)
    return {
        ts: list(Counter(reaction for reaction, _ in mine).items())
        for ts, mine in standing.items()
        if mine
    }

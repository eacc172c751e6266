"""What somebody missed: a few cited lines, what they cover and what they leave out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from copilot.incidents.models import Incident
from copilot.incidents.queries import span_of
from copilot.ports import WindowMessage
from copilot.reviews.salience import Sentence
from copilot.reviews.telling import is_heard, most_telling_lines
from copilot.timeline.gaps import gaps_in
from copilot.timeline.marks import marked_in
from copilot.timeline.models import SPOKEN_KINDS, EventKind, MarkKind, TimelineEvent
from copilot.timeline.mrkdwn import to_plain
from copilot.timeline.permalinks import permalink, ts_to_instant
from copilot.timeline.reading import Span, author_of, window_messages, within
from copilot.workspaces.directory import names_of, workspace_of

MOST_LINES = 8
_MOST_CHANGES = 3
"""Unless little else is to be told."""
_MOST_READ = 1_000
"""Messages that are read: as many as it takes a second to weigh, of the three that Slack waits.
Of a longer stretch it is the newest and what people marked; the rest is counted."""
_MOST_MARKED = 50
_KEY = TimelineEvent.natural_key
CHANGES = (
    EventKind.STATUS_CHANGED,
    EventKind.SEVERITY_CHANGED,
    EventKind.NOTE,
    EventKind.HANDED_OVER,
    EventKind.INCIDENT_DECLARED,
    EventKind.ROLE_ASSIGNED,
    EventKind.TITLE_CHANGED,
    EventKind.FOLLOW_UP_DONE,
    EventKind.FOLLOW_UP_ADDED,
    EventKind.FOLLOW_UP_CHANGED,
    EventKind.SUGGESTION_DECIDED,
    EventKind.QUIET_CHANGED,
)
"""Records of what happened to the incident itself; those that say most about it first."""
_ALL_TOLD = frozenset({EventKind.NOTE})
"""Of other kinds the newest says how it stands now."""
_IN_A_CATCHUP = CHANGES[: CHANGES.index(EventKind.FOLLOW_UP_ADDED)]


@dataclass(frozen=True, slots=True)
class ToldLine:
    """`text` is verbatim, or the record of a change."""

    at: datetime
    author: str
    text: str
    event_id: int
    permalink: str | None
    """None for a record: it was said nowhere, and stands in the console's timeline."""
    is_key_moment: bool = False
    is_alert: bool = False


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Messages that were not considered, each counted once."""

    bot_lines: int = 0
    ignored: int = 0
    without_words: int = 0
    older: int = 0

    @property
    def total(self) -> int:
        return self.bot_lines + self.ignored + self.without_words + self.older


@dataclass(frozen=True, slots=True)
class CatchUp:
    since: datetime | None
    lines: Sequence[ToldLine]
    messages: int
    """Said in that stretch and not taken back."""
    left_out: LeftOut
    gaps: Sequence[TimelineEvent]

    @property
    def covered(self) -> int:
        return self.messages - self.left_out.total


def read_catchup(session: Session, incident: Incident, since: datetime | None) -> CatchUp:
    """What happened since then, or in all."""
    span = later(span_of(incident), since)
    names = names_of(session, incident.team_id)
    of_the_incident = (incident.team_id, incident.channel_id)
    is_said = _is_said(session, incident, span)
    marked = marked_in(session, *of_the_incident, MarkKind.KEY_MOMENT)
    read = _worth_reading(session, is_said, marked)
    messages = window_messages(session, read, names)
    heard = _numbered([each for each in messages if each.text.strip() and is_heard(each)])
    changes = _newest_changes(session, span, names)
    chosen = most_telling_lines(heard, MOST_LINES - min(len(changes), _MOST_CHANGES))
    changes = changes[: MOST_LINES - len(chosen)]
    url = workspace_of(session, incident.team_id).url
    lines = [*changes, *(_quoted(sentence, incident, url) for sentence in chosen)]
    said = session.scalar(select(func.count()).select_from(TimelineEvent).where(*is_said)) or 0
    ignored = marked_in(session, *of_the_incident, MarkKind.IGNORED)
    return CatchUp(
        since=since,
        lines=sorted(lines, key=lambda line: (line.at, line.event_id)),
        messages=said,
        left_out=_left_out(said, read, messages, heard, ignored),
        gaps=_gaps(session, span_of(incident), since),
    )


def last_here(session: Session, incident: Incident, user_id: str) -> datetime | None:
    """When the person last said or pressed something in the incident; None if never."""
    span = span_of(incident)
    query = select(func.max(TimelineEvent.occurred_at)).where(
        TimelineEvent.team_id == span.team_id,
        TimelineEvent.channel_id == span.channel_id,
        TimelineEvent.author_id == user_id,
    )
    if span.from_ is not None:
        query = query.where(TimelineEvent.occurred_at >= span.from_)
    return session.scalar(query)


def change_line(event: TimelineEvent, names: Mapping[str, str]) -> ToldLine:
    """A record of what happened to the incident itself."""
    text = to_plain(event.text, names)
    return ToldLine(
        at=event.occurred_at,
        author=author_of(event, names) or "",
        text=f"Note: {text}" if event.kind == EventKind.NOTE else text,
        event_id=event.id,
        permalink=None,
    )


def later(span: Span, since: datetime | None) -> Span:
    """The part of the span from then on."""
    bounds = [each for each in (span.from_, since) if each is not None]
    return replace(span, from_=max(bounds, default=None))


def _is_said(session: Session, incident: Incident, span: Span) -> list[ColumnElement[bool]]:
    """Somebody said it there, and did not take it back; not we ourselves."""
    ourselves = workspace_of(session, incident.team_id).bot_user_id
    return [
        *within(span),
        TimelineEvent.kind.in_(SPOKEN_KINDS),
        TimelineEvent.deleted_at.is_(None),
        func.coalesce(TimelineEvent.author_id, "") != (ourselves or ""),
    ]


def _worth_reading(
    session: Session, is_said: Sequence[ColumnElement[bool]], marked: frozenset[str]
) -> list[TimelineEvent]:
    """The newest messages, and what people marked however old; in order."""
    said = select(TimelineEvent).where(*is_said)
    newest_first = said.order_by(TimelineEvent.occurred_at.desc(), TimelineEvent.id.desc())
    keys = [f"message:{stamp}" for stamp in sorted(marked)[-_MOST_MARKED:]]
    found = {
        event.id: event
        for query in (newest_first.limit(_MOST_READ), said.where(_KEY.in_(keys)))
        for event in session.scalars(query)
    }
    return sorted(found.values(), key=lambda event: (event.occurred_at, event.id))


def _numbered(messages: Sequence[WindowMessage]) -> list[WindowMessage]:
    return [replace(message, number=number) for number, message in enumerate(messages, 1)]


def _newest_changes(session: Session, span: Span, names: Mapping[str, str]) -> list[ToldLine]:
    """The newest of each kind, those that say most about how it stands."""
    changes = select(TimelineEvent).where(
        *within(span), TimelineEvent.kind.in_(_IN_A_CATCHUP), TimelineEvent.deleted_at.is_(None)
    )
    newest: dict[tuple[str, int], TimelineEvent] = {}
    for event in session.scalars(changes.order_by(TimelineEvent.occurred_at, TimelineEvent.id)):
        newest[event.kind, event.id if event.kind in _ALL_TOLD else 0] = event
    ranked = sorted(
        newest.values(),
        key=lambda event: (_IN_A_CATCHUP.index(EventKind(event.kind)), -event.id),
    )
    return [change_line(event, names) for event in ranked]


def _quoted(sentence: Sentence, incident: Incident, workspace_url: str) -> ToldLine:
    message = sentence.message
    return ToldLine(
        at=message.occurred_at,
        author=message.author_name,
        text=sentence.text,
        event_id=message.event_id,
        permalink=permalink(
            workspace_url, incident.channel_id, message.message_ts, message.thread_ts
        ),
        is_key_moment=message.is_key_moment,
        is_alert=message.is_bot,
    )


def _left_out(
    said: int,
    read: Sequence[TimelineEvent],
    messages: Sequence[WindowMessage],
    heard: Sequence[WindowMessage],
    ignored: frozenset[str],
) -> LeftOut:
    """Each message that was said is heard or counted here, and never both."""
    ignored_count = sum(event.message_ts in ignored for event in read)
    wordless = len(read) - ignored_count - sum(bool(each.text.strip()) for each in messages)
    return LeftOut(
        bot_lines=len(read) - ignored_count - wordless - len(heard),
        ignored=ignored_count,
        without_words=wordless,
        older=said - len(read),
    )


def _gaps(session: Session, span: Span, since: datetime | None) -> list[TimelineEvent]:
    """Known to be missing after `since`, also where the gap began before."""
    return [
        gap
        for gap in gaps_in(session, span)
        if gap.deleted_at is None
        and (
            since is None
            or gap.details.get("until_ts") is None
            or ts_to_instant(str(gap.details["until_ts"])) > since
        )
    ]

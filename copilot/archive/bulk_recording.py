"""Records an export's messages many at a time, in exactly the rows that one at a time would give.

Nearly all messages of an export are plain: never edited, not known yet. They are encoded once and
handed to the driver, which costs a third of an insert through SQLAlchemy's parameters. Whatever is
not plain goes to `timeline.recording.record`.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Dialect, bindparam, exists, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import Insert

from copilot.timeline.message_rows import MessageKey
from copilot.timeline.message_state import hash_of
from copilot.timeline.permalinks import ts_to_instant
from copilot.timeline.recording import record
from copilot.timeline.redaction import redact
from copilot.timeline.rows import EVENT, REVISION
from copilot.timeline.slack_messages import Deletion, Mark, Record, SourceMessage

_Rows = list[tuple[Any, ...]]
_COLUMNS = (
    "team_id",
    "channel_id",
    "natural_key",
    "kind",
    "message_ts",
    "thread_ts",
    "target_ts",
    "author_id",
    "author_name",
    "text",
    "details",
    "occurred_at",
    "recorded_at",
)


@dataclass(frozen=True, slots=True)
class BatchResult:
    new: int
    """Messages that were not stored before."""
    known: int
    """Messages of the batch that were."""


@dataclass(frozen=True, slots=True)
class Place:
    """The channel that a batch is from."""

    team_id: str
    channel_id: str


def has_dated_marks(session: Session, place: Place) -> bool:
    """Whether reactions or pins were recorded as they happened, not found on a message."""
    dated = exists().where(
        EVENT.c.team_id == place.team_id,
        EVENT.c.channel_id == place.channel_id,
        EVENT.c.target_ts.is_not(None),
        EVENT.c.natural_key.contains("@"),
    )
    return bool(session.execute(select(dated)).scalar_one())


def record_batch(
    session: Session,
    place: Place,
    batch: Sequence[Sequence[Record]],
    now: datetime,
    *,
    marks_are_undated: bool,
) -> BatchResult:
    """Record what each message object of one channel says happened.

    `marks_are_undated`: `has_dated_marks` said no, so that reactions found on messages can't
    meet the same reactions recorded as they happened.
    """
    marks, plain, rest = _sorted_out(batch)
    if not marks_are_undated:
        rest, marks = [*rest, *marks], []
    known = _known_messages(session, place, {*plain, *_stamps(rest)})
    new = {ts: message for ts, message in plain.items() if ts not in known}
    _insert(session, _Encoder(session.connection().dialect, now), list(new.values()), marks)
    differing = [m for ts, m in plain.items() if ts in known and known[ts] != _reads(m)]
    record(session, [*differing, *rest], now)
    told = _stamps([*plain.values(), *(each for each in rest if isinstance(each, SourceMessage))])
    return BatchResult(new=len(told - known.keys()), known=len(told & known.keys()))


def _sorted_out(
    batch: Sequence[Sequence[Record]],
) -> tuple[list[Mark], dict[str, SourceMessage], list[Record]]:
    """Marks, plain messages by stamp, and the rest: all of a message about which more is said."""
    said = Counter(each.message_ts for said in batch for each in said if not isinstance(each, Mark))
    marks: list[Mark] = []
    plain: dict[str, SourceMessage] = {}
    rest: list[Record] = []
    for records in batch:
        for each in records:
            if isinstance(each, Mark):
                marks.append(each)
            elif isinstance(each, SourceMessage) and _is_plain(each, said):
                plain[each.message_ts] = each
            else:
                rest.append(each)
    return marks, plain, rest


def _is_plain(message: SourceMessage, said: Counter[str]) -> bool:
    return message.edited_ts is None and said[message.message_ts] == 1


def _stamps(records: Sequence[Record]) -> set[str]:
    return {each.message_ts for each in records if isinstance(each, SourceMessage | Deletion)}


_KNOWN = select(
    EVENT.c.message_ts,
    EVENT.c.kind,
    EVENT.c.thread_ts,
    EVENT.c.author_id,
    EVENT.c.author_name,
    EVENT.c.text,
    EVENT.c.details,
    EVENT.c.edited_ts,
    EVENT.c.deleted_at,
).where(
    EVENT.c.team_id == bindparam("team_id"),
    EVENT.c.channel_id == bindparam("channel_id"),
    EVENT.c.natural_key.in_(bindparam("keys", expanding=True)),
)


def _known_messages(
    session: Session, place: Place, stamps: set[str]
) -> dict[str, tuple[object, ...]]:
    """What is stored of the messages with these stamps, to be compared with `_reads`."""
    keys = sorted(MessageKey(place.team_id, place.channel_id, ts).natural_key for ts in stamps)
    found = session.execute(
        _KNOWN, {"team_id": place.team_id, "channel_id": place.channel_id, "keys": keys}
    )
    return {row[0]: tuple(row[1:]) for row in found}


def _reads(message: SourceMessage) -> tuple[object, ...]:
    """What the row of a message reads if nothing but this was ever said about it."""
    return (
        message.kind,
        message.thread_ts,
        message.author_id,
        message.author_name,
        redact(message.text),
        _details(message),
        None,
        None,
    )


def _details(message: SourceMessage) -> dict[str, Any]:
    details: dict[str, Any] = {}
    if message.bot_id:
        details["bot_id"] = message.bot_id
    if message.files:
        details["files"] = list(message.files)
    return details


def _insert(
    session: Session, encoder: "_Encoder", messages: list[SourceMessage], marks: list[Mark]
) -> None:
    connection = session.connection()
    events: _Rows = []
    revisions: _Rows = []
    for message in messages:
        event, revision = encoder.message(message)
        events.append(event)
        revisions.append(revision)
    events.extend(encoder.mark(mark) for mark in dict.fromkeys(marks))
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    event_insert = dialect.insert(EVENT).on_conflict_do_nothing()
    _execute(connection, event_insert, events, columns=_COLUMNS)
    _execute(connection, _revision_insert(dialect), revisions)


def _revision_insert(dialect: Any) -> Insert:
    """Revisions find their event by its key, which spares reading back the new ids."""
    columns = (REVISION.c.revision_ts, REVISION.c.text, REVISION.c.text_hash)
    of_event = select(
        EVENT.c.id,
        *(bindparam(f"new_{column.name}", type_=column.type) for column in columns),
        bindparam("new_recorded_at", type_=REVISION.c.recorded_at.type),
    ).where(
        EVENT.c.team_id == bindparam("of_team_id"),
        EVENT.c.channel_id == bindparam("of_channel_id"),
        EVENT.c.natural_key == bindparam("of_natural_key"),
        EVENT.c.deleted_at.is_(None),  # whoever deleted it meanwhile meant its text, too
    )
    names = ["event_id", *(column.name for column in columns), "recorded_at"]
    insert: Insert = dialect.insert(REVISION).from_select(names, of_event).on_conflict_do_nothing()
    return insert


def _execute(
    connection: Connection, statement: Insert, rows: _Rows, columns: Sequence[str] | None = None
) -> None:
    """Hand encoded rows to the driver; their values stand in the order of the statement."""
    if not rows:
        return
    compiled = statement.compile(dialect=connection.dialect, column_keys=columns)
    if compiled.positional:
        connection.exec_driver_sql(str(compiled), rows)
    else:
        names = tuple(compiled.params)
        connection.exec_driver_sql(
            str(compiled), [dict(zip(names, row, strict=True)) for row in rows]
        )


class _Encoder:
    """Turns records into rows of driver values, what is the same in all rows only once."""

    def __init__(self, dialect: Dialect, now: datetime) -> None:
        self._instant = _encoding(dialect, "occurred_at")
        self._json = _encoding(dialect, "details")
        self._now = self._instant(now)
        self._no_details = self._json({})

    def message(self, message: SourceMessage) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """The row of the event, and of its one revision."""
        team_id, channel_id, ts = message.team_id, message.channel_id, message.message_ts
        key = MessageKey(team_id, channel_id, ts).natural_key
        text = redact(message.text)
        details = _details(message)
        event = (
            team_id,
            channel_id,
            key,
            message.kind,
            ts,
            message.thread_ts,
            None,
            message.author_id,
            message.author_name,
            text,
            self._json(details) if details else self._no_details,
            self._instant(ts_to_instant(ts)),
            self._now,
        )
        return event, (ts, text, hash_of(text), self._now, team_id, channel_id, key)

    def mark(self, mark: Mark) -> tuple[Any, ...]:
        """The row of a reaction that was found on a message."""
        parts = (mark.kind, mark.target_ts, mark.author_id or "", mark.reaction or "")
        return (
            mark.team_id,
            mark.channel_id,
            ":".join(part for part in parts if part),
            mark.kind,
            None,
            None,
            mark.target_ts,
            mark.author_id,
            None,
            "",
            self._json({"reaction": mark.reaction} if mark.reaction else {}),
            self._instant(ts_to_instant(mark.target_ts)),
            self._now,
        )


def _encoding(dialect: Dialect, column: str) -> Any:
    """What SQLAlchemy itself does to a value of this column."""
    kind = EVENT.c[column].type.dialect_impl(dialect)
    return kind.bind_processor(dialect) or (lambda value: value)

"""Records an export's messages many at a time, in exactly the rows that one at a time would give.

Nearly all messages of an export are plain: never edited, not known yet. They are
handed to the driver many at once. Whatever is not plain goes to `timeline.recording.record`.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Insert, bindparam, exists, select
from sqlalchemy.orm import Session

from copilot.db import connection_of
from copilot.timeline.driver_statements import DriverStatement
from copilot.timeline.marking import mark_values
from copilot.timeline.message_rows import (
    MessageKey,
    Row,
    details_of,
    message_key,
    rows_of_new,
)
from copilot.timeline.recording import record
from copilot.timeline.redaction import redact
from copilot.timeline.rows import EVENT, REVISION, insert_unless_known
from copilot.timeline.slack_messages import Deletion, Mark, Record, SourceMessage


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
    _insert(session, new.values(), marks, now)
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
        details_of(message),
        None,
        None,
    )


def _insert(
    session: Session, messages: Iterable[SourceMessage], marks: Iterable[Mark], now: datetime
) -> None:
    events: list[Row] = []
    revisions: list[Row] = []
    for message in messages:
        new = rows_of_new(message_key(message), [message], now)
        events.append(new.event)
        revisions.extend(new.event | revision for revision in new.revisions)
    events.extend(mark_values(mark, now) for mark in dict.fromkeys(marks))
    connection = connection_of(session)
    _EVENT_INSERT.run_many(connection, events)
    _REVISION_INSERT.run_many(connection, revisions)


def _revision_insert(dialect: Any) -> Insert:
    """Revisions find their event by its key, which spares reading back the new ids."""
    names = ("revision_ts", "text", "text_hash", "recorded_at")
    of_event = select(
        EVENT.c.id, *(bindparam(name, type_=REVISION.c[name].type) for name in names)
    ).where(
        EVENT.c.team_id == bindparam("team_id"),
        EVENT.c.channel_id == bindparam("channel_id"),
        EVENT.c.natural_key == bindparam("natural_key"),
        EVENT.c.deleted_at.is_(None),  # whoever deleted it meanwhile meant its text, too
    )
    insert: Insert = dialect.insert(REVISION).from_select(["event_id", *names], of_event)
    return insert.on_conflict_do_nothing()  # type: ignore[attr-defined,no-any-return]


_EVENT_INSERT = DriverStatement(lambda dialect: insert_unless_known(dialect).inline())
_REVISION_INSERT = DriverStatement(_revision_insert)

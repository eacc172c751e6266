"""Messages as rows, and the insert of those that are new."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeGuard

from sqlalchemy import Insert, Select, bindparam, select
from sqlalchemy.orm import Session

from copilot.db import connection_of
from copilot.timeline import rows
from copilot.timeline.driver_statements import DriverStatement
from copilot.timeline.message_state import MessageState, Version, add_up, hash_of
from copilot.timeline.permalinks import ts_to_instant
from copilot.timeline.redaction import redact
from copilot.timeline.rows import EVENT, REVISION
from copilot.timeline.slack_messages import Deletion, SourceMessage

Row = dict[str, Any]


class MessageKey(NamedTuple):
    team_id: str
    channel_id: str
    message_ts: str

    @property
    def natural_key(self) -> str:
        return f"message:{self.message_ts}"


def message_key(message: SourceMessage | Deletion) -> MessageKey:
    return MessageKey(message.team_id, message.channel_id, message.message_ts)


class NewMessage(NamedTuple):
    """The rows of a message that is not there yet."""

    event: Row
    revisions: Sequence[Row]


Seen = Sequence[SourceMessage | Deletion]
Observations = Mapping[MessageKey, Seen]

_TOLD = ("revision_ts", "text", "text_hash", "recorded_at")


def _insert_revision(dialect: Any) -> Insert:
    values = {name: bindparam(name, type_=REVISION.c[name].type) for name in ("event_id", *_TOLD)}
    insert: Insert = dialect.insert(REVISION).values(values).inline()
    return insert


def _insert_as_one(dialect: Any) -> Select[Any]:
    """A new message and its one revision, which says the same, in one round trip."""
    event = rows.insert_unless_known(dialect).returning(EVENT.c.id).cte("event")
    told = (bindparam(name, type_=REVISION.c[name].type) for name in _TOLD)
    revision = dialect.insert(REVISION).from_select(["event_id", *_TOLD], select(event.c.id, *told))
    return select(event.c.id).add_cte(revision.cte("revision"))


_INSERT_REVISION = DriverStatement(_insert_revision)
_INSERT_AS_ONE = DriverStatement(_insert_as_one)  # for PostgreSQL; SQLite can't, and has no trips


def insert_new_message(session: Session, key: MessageKey, seen: Seen, now: datetime) -> int | None:
    """Insert what these observations add up to; returns the event's id, None if it is known."""
    new = rows_of_new(key, seen, now)
    if len(new.revisions) == 1 and connection_of(session).dialect.name == "postgresql":
        found = _INSERT_AS_ONE.rows(connection_of(session), new.event | new.revisions[0])
        return found[0][0] if found else None
    event_id = rows.insert_new_event(session, new.event)
    if event_id is not None:
        insert_revisions(session, event_id, new.revisions)
    return event_id


def insert_revisions(session: Session, event_id: int, revisions: Iterable[Row]) -> None:
    connection = connection_of(session)
    for revision in revisions:
        _INSERT_REVISION.rows(connection, {"event_id": event_id, **revision})


def rows_of_new(key: MessageKey, seen: Seen, now: datetime) -> NewMessage:
    """What to insert for a message of which nothing but this was seen."""
    if len(seen) == 1 and _is_as_posted(seen[0]):
        return _as_posted(key, seen[0], now)
    state = add_up(MessageState(key.message_ts), seen)
    return NewMessage(
        event_values(key, state, now),
        [revision_values(ts, version, now) for ts, version in state.revisions().items()],
    )


def _is_as_posted(seen: SourceMessage | Deletion) -> TypeGuard[SourceMessage]:
    return isinstance(seen, SourceMessage) and seen.edited_ts is None and not seen.is_withheld


def _as_posted(key: MessageKey, message: SourceMessage, now: datetime) -> NewMessage:
    """The same as from `add_up`, in a third of the time: nearly all messages are like this."""
    text = redact(message.text)
    event = rows.event_values(
        team_id=key.team_id,
        channel_id=key.channel_id,
        natural_key=key.natural_key,
        kind=message.kind,
        message_ts=key.message_ts,
        thread_ts=message.thread_ts or None,
        author_id=message.author_id or None,
        author_name=message.author_name or None,
        text=text,
        details=details_of(message),
        occurred_at=ts_to_instant(key.message_ts),
        recorded_at=now,
    )
    return NewMessage(event, [_revision(key.message_ts, text, hash_of(text), now)])


def details_of(message: SourceMessage) -> dict[str, Any]:
    """What a message as it was posted adds to its columns."""
    details: dict[str, Any] = {}
    if message.bot_id:
        details["bot_id"] = message.bot_id
    if message.files:
        details["files"] = sorted({*message.files})
    return details


def event_values(key: MessageKey, state: MessageState, recorded_at: datetime) -> Row:
    """The columns of a message's event."""
    latest = state.latest()
    details: dict[str, Any] = {}
    if state.bot_id:
        details["bot_id"] = state.bot_id
    if state.files:
        details["files"] = list(state.files)
    if state.was_withheld:
        details["withheld"] = True
    if edits := state.edit_marks:
        details["edits"] = edits
    return rows.event_values(
        team_id=key.team_id,
        channel_id=key.channel_id,
        natural_key=key.natural_key,
        kind=state.kind,
        message_ts=key.message_ts,
        thread_ts=state.thread_ts,
        author_id=state.author_id,
        author_name=state.author_name,
        text=latest.text if latest else "",
        details=details,
        edited_ts=state.edited_ts,
        deleted_at=state.deleted_at,
        occurred_at=ts_to_instant(key.message_ts),
        recorded_at=recorded_at,
    )


def revision_values(ts: str, version: Version, now: datetime) -> Row:
    """The columns of a revision, but for the event that it is of."""
    return _revision(ts, version.text, version.text_hash, now)


def _revision(ts: str, text: str, text_hash: str, now: datetime) -> Row:
    return {"revision_ts": ts, "text": text, "text_hash": text_hash, "recorded_at": now}

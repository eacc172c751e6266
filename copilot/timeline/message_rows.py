"""Messages as rows, and the insert of those that are new."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import insert
from sqlalchemy.orm import Session

from copilot.timeline import rows
from copilot.timeline.message_state import MessageState, Version
from copilot.timeline.permalinks import ts_to_instant
from copilot.timeline.slack_messages import Deletion, SourceMessage


class MessageKey(NamedTuple):
    team_id: str
    channel_id: str
    message_ts: str

    @property
    def natural_key(self) -> str:
        return f"message:{self.message_ts}"


_INSERT_REVISION = insert(rows.REVISION)

Observations = Mapping[MessageKey, Sequence[SourceMessage | Deletion]]


def insert_new_messages(
    session: Session, states: Mapping[MessageKey, MessageState], now: datetime
) -> dict[MessageKey, int]:
    """Insert the messages that are not there yet; returns the event ids of those."""
    values = [event_values(key, state, now) for key, state in states.items()]
    inserted = rows.insert_new_events(session, values)
    ids = {
        key: inserted[natural]
        for key in states
        if (natural := (key.team_id, key.channel_id, key.natural_key)) in inserted
    }
    insert_revisions(
        session,
        [
            revision_values(event_id, ts, version, now)
            for key, event_id in ids.items()
            for ts, version in states[key].revisions().items()
        ],
    )
    return ids


def insert_revisions(session: Session, values: list[dict[str, Any]]) -> None:
    if values:
        # One row is sent as one row: a list of one takes SQLAlchemy's slower batching path.
        parameters: Any = values[0] if len(values) == 1 else values
        session.connection().execute(_INSERT_REVISION, parameters)


def event_values(key: MessageKey, state: MessageState, recorded_at: datetime) -> dict[str, Any]:
    """The columns of a message's event."""
    latest = state.latest()
    details: dict[str, Any] = {}
    if state.bot_id:
        details["bot_id"] = state.bot_id
    if state.files:
        details["files"] = list(state.files)
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


def revision_values(event_id: int, ts: str, version: Version, now: datetime) -> dict[str, Any]:
    """The columns of a revision."""
    return {
        "event_id": event_id,
        "revision_ts": ts,
        "text": version.text,
        "text_hash": version.text_hash,
        "recorded_at": now,
    }

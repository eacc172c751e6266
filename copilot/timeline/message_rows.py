"""Messages as rows: one insert for a new one, a locked read and the difference for a known one."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from copilot.timeline import rows
from copilot.timeline.message_state import MessageState, Version, add_up, restored_versions
from copilot.timeline.models import TimelineEvent
from copilot.timeline.permalinks import ts_to_instant
from copilot.timeline.rows import REVISION
from copilot.timeline.slack_messages import Deletion, SourceMessage


class MessageKey(NamedTuple):
    team_id: str
    channel_id: str
    message_ts: str

    @property
    def natural_key(self) -> str:
        return f"message:{self.message_ts}"


Observations = Mapping[MessageKey, Sequence[SourceMessage | Deletion]]


def write(session: Session, seen: Observations, now: datetime) -> tuple[list[int], int]:
    """Bring the rows of each message up to what is known now.

    Returns the ids of new events and how many known ones changed. Messages are taken in order
    of their keys: two batches that share some would otherwise wait for each other.
    """
    new = {key: add_up(MessageState(key.message_ts), seen[key]) for key in sorted(seen)}
    values = [_event_values(key, state, now) for key, state in new.items()]
    inserted = rows.insert_new_events(session, values)
    ids = {key: inserted.get((key.team_id, key.channel_id, key.natural_key)) for key in new}
    _insert_revisions(
        session,
        [
            _revision_values(event_id, ts, version, now)
            for key, event_id in ids.items()
            if event_id is not None
            for ts, version in new[key].revisions().items()
        ],
    )
    known = [key for key, event_id in ids.items() if event_id is None]
    changed = sum(_add_to_known(session, key, seen[key], now) for key in known)
    return list(inserted.values()), changed


def _add_to_known(
    session: Session, key: MessageKey, seen: Sequence[SourceMessage | Deletion], now: datetime
) -> bool:
    """Merge into the rows that are there; whether that changed any of them."""
    event = session.scalars(
        select(TimelineEvent)
        .where(
            TimelineEvent.team_id == key.team_id,
            TimelineEvent.channel_id == key.channel_id,
            TimelineEvent.natural_key == key.natural_key,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    before = _stored_state(session, event)
    after = add_up(before, seen)
    if after == before:
        return False
    _update_event(session, key, event, before, after)
    _update_revisions(session, event.id, before.revisions(), after.revisions(), now)
    return True


def _stored_state(session: Session, event: TimelineEvent) -> MessageState:
    """Read after the row is locked, so that nobody changes the revisions meanwhile."""
    found = session.execute(
        select(REVISION.c.revision_ts, REVISION.c.text_hash, REVISION.c.text).where(
            REVISION.c.event_id == event.id
        )
    )
    edits = event.details.get("edits", {})
    stored = {ts: Version(edits.get(ts, ""), text_hash, text) for ts, text_hash, text in found}
    return MessageState(
        message_ts=event.message_ts or "",
        kind=event.kind,
        thread_ts=event.thread_ts,
        author_id=event.author_id,
        author_name=event.author_name,
        bot_id=event.details.get("bot_id"),
        files=tuple(event.details.get("files", ())),
        deleted_at=event.deleted_at,
        versions=restored_versions(stored, edits),
    )


def _update_event(
    session: Session,
    key: MessageKey,
    event: TimelineEvent,
    before: MessageState,
    after: MessageState,
) -> None:
    values = _event_values(key, after, event.recorded_at)
    now_reads, used_to_read = after.latest(), before.latest()
    if after.deleted_at is None and now_reads != used_to_read:
        values["considered_at"] = None  # it says something else now: have it considered again
    session.execute(
        update(TimelineEvent).where(TimelineEvent.id == event.id).values(values),
        execution_options={"synchronize_session": False},
    )
    session.expire(event)


def _update_revisions(
    session: Session,
    event_id: int,
    before: Mapping[str, Version],
    after: Mapping[str, Version],
    now: datetime,
) -> None:
    """Write the difference. A row that stands for the same text keeps its id: it may be cited."""
    gone = {before[ts].text_hash: ts for ts in before if ts not in after}
    missing = []
    for ts, version in after.items():
        stored_ts = ts if ts in before else gone.pop(version.text_hash, None)
        if stored_ts is None:
            missing.append(_revision_values(event_id, ts, version, now))
        elif stored_ts != ts or before[ts] != version:
            session.execute(
                update(REVISION)
                .where(REVISION.c.event_id == event_id, REVISION.c.revision_ts == stored_ts)
                .values(revision_ts=ts, text=version.text, text_hash=version.text_hash)
            )
    for ts in gone.values():
        session.execute(
            delete(REVISION).where(REVISION.c.event_id == event_id, REVISION.c.revision_ts == ts)
        )
    _insert_revisions(session, missing)


def _insert_revisions(session: Session, values: list[dict[str, Any]]) -> None:
    if values:
        session.connection().execute(insert(REVISION), values)


def _event_values(key: MessageKey, state: MessageState, recorded_at: datetime) -> dict[str, Any]:
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


def _revision_values(event_id: int, ts: str, version: Version, now: datetime) -> dict[str, Any]:
    return {
        "event_id": event_id,
        "revision_ts": ts,
        "text": version.text,
        "text_hash": version.text_hash,
        "recorded_at": now,
    }

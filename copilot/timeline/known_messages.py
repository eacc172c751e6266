"""Messages heard of again: their rows are locked, read, and updated where more is known."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from copilot.timeline.message_rows import (
    MessageKey,
    Observations,
    event_values,
    insert_revisions,
    revision_values,
)
from copilot.timeline.message_state import MessageState, Version, add_up, joined, restored_versions
from copilot.timeline.models import TimelineEvent
from copilot.timeline.rows import EVENT, REVISION

_CHUNK = 500
_READ = (
    *(EVENT.c.id, EVENT.c.message_ts, EVENT.c.kind, EVENT.c.thread_ts, EVENT.c.author_id),
    *(EVENT.c.author_name, EVENT.c.details, EVENT.c.deleted_at, EVENT.c.recorded_at),
)


@dataclass(frozen=True, slots=True)
class _Stored:
    event_id: int
    recorded_at: datetime
    state: MessageState


def add_to_known(session: Session, seen: Observations, now: datetime) -> int:
    """Merge what was seen into rows that are there; how many messages that changed."""
    changed = 0
    for keys in _chunks_of_a_channel(sorted(seen)):
        stored = _lock_and_read(session, keys)
        for key in keys:
            before = stored[key.message_ts]
            changed += _write(session, key, before, add_up(before.state, seen[key]), now)
    return changed


def merge_messages(
    session: Session, team_id: str, *, into_channel: str, from_channel: str, now: datetime
) -> None:
    """What is stored of the same messages under two channel ids is put together under the first."""
    twin = EVENT.alias()
    shared = session.connection().scalars(
        select(EVENT.c.message_ts)
        .join(
            twin,
            (twin.c.team_id == EVENT.c.team_id) & (twin.c.natural_key == EVENT.c.natural_key),
        )
        .where(
            EVENT.c.team_id == team_id,
            EVENT.c.channel_id == into_channel,
            twin.c.channel_id == from_channel,
            EVENT.c.message_ts.is_not(None),
        )
    )
    keys = [MessageKey(team_id, into_channel, ts) for ts in sorted(shared)]
    for chunk in _chunks_of_a_channel(keys):
        stored = _lock_and_read(session, chunk)
        other = _lock_and_read(session, [key._replace(channel_id=from_channel) for key in chunk])
        for key in chunk:
            before = stored[key.message_ts]
            after = joined(before.state, other[key.message_ts].state)
            _write(session, key, before, after, now)


def _write(
    session: Session, key: MessageKey, before: _Stored, after: MessageState, now: datetime
) -> bool:
    if after == before.state:
        return False
    _update_event(session, key, before, after)
    _update_revisions(session, before, after.revisions(), now)
    return True


def _chunks_of_a_channel(keys: Sequence[MessageKey]) -> Iterator[list[MessageKey]]:
    for _, group in groupby(keys, key=lambda key: (key.team_id, key.channel_id)):
        of_channel = list(group)
        for start in range(0, len(of_channel), _CHUNK):
            yield of_channel[start : start + _CHUNK]


def _lock_and_read(session: Session, keys: Sequence[MessageKey]) -> dict[str, _Stored]:
    """By message stamp. Locked in one order, so that two batches never wait for each other."""
    connection = session.connection()
    events = connection.execute(
        select(*_READ)
        .where(
            EVENT.c.team_id == keys[0].team_id,
            EVENT.c.channel_id == keys[0].channel_id,
            EVENT.c.natural_key.in_([key.natural_key for key in keys]),
        )
        .order_by(EVENT.c.natural_key)
        # Not against those who cite the row meanwhile: they and we would wait for each other.
        .with_for_update(key_share=True)
    ).all()
    # Read after the events are locked: nobody changes the revisions meanwhile.
    found = connection.execute(
        select(
            REVISION.c.event_id, REVISION.c.revision_ts, REVISION.c.text_hash, REVISION.c.text
        ).where(REVISION.c.event_id.in_([event.id for event in events]))
    )
    revisions: dict[int, list[Any]] = {}
    for revision in found:
        revisions.setdefault(revision.event_id, []).append(revision)
    return {
        event.message_ts: _Stored(
            event.id, event.recorded_at, _stored_state(event, revisions.get(event.id, ()))
        )
        for event in events
    }


def _stored_state(event: Any, revisions: Sequence[Any]) -> MessageState:
    edits: dict[str, str] = event.details.get("edits", {})
    stored = {
        each.revision_ts: Version(edits.get(each.revision_ts, ""), each.text_hash, each.text)
        for each in revisions
    }
    return MessageState(
        message_ts=event.message_ts,
        kind=event.kind,
        thread_ts=event.thread_ts,
        author_id=event.author_id,
        author_name=event.author_name,
        bot_id=event.details.get("bot_id"),
        files=tuple(event.details.get("files", ())),
        deleted_at=event.deleted_at,
        was_withheld=bool(event.details.get("withheld")),
        versions=restored_versions(stored, edits),
    )


def _update_event(session: Session, key: MessageKey, before: _Stored, after: MessageState) -> None:
    values = event_values(key, after, before.recorded_at)
    if after.deleted_at is None and _reads_otherwise(before.state, after):
        values["considered_at"] = None  # it says something else now: have it considered again
    session.connection().execute(update(EVENT).where(EVENT.c.id == before.event_id).values(values))
    loaded = session.identity_map.get(Session.identity_key(TimelineEvent, before.event_id))
    if loaded is not None:
        session.expire(loaded)


def _reads_otherwise(before: MessageState, after: MessageState) -> bool:
    was, now_is = before.latest(), after.latest()
    return (was and was.text_hash) != (now_is and now_is.text_hash)


def _update_revisions(
    session: Session, stored: _Stored, after: Mapping[str, Version], now: datetime
) -> None:
    """Write the difference. A row that stands for the same text keeps its id: it may be cited."""
    before = stored.state.revisions()
    connection = session.connection()
    gone = {before[ts].text_hash: ts for ts in before if ts not in after}
    missing = []
    for ts, version in after.items():
        stored_ts = ts if ts in before else gone.pop(version.text_hash, None)
        if stored_ts is None:
            missing.append(revision_values(ts, version, now))
        elif stored_ts != ts or before[ts] != version:
            connection.execute(
                update(REVISION)
                .where(REVISION.c.event_id == stored.event_id, REVISION.c.revision_ts == stored_ts)
                .values(revision_ts=ts, text=version.text, text_hash=version.text_hash)
            )
    if gone:
        connection.execute(
            delete(REVISION).where(
                REVISION.c.event_id == stored.event_id, REVISION.c.revision_ts.in_(gone.values())
            )
        )
    insert_revisions(session, stored.event_id, missing)

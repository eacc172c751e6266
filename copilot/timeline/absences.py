"""What a page of Slack's history says about messages that are stored here."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from copilot.timeline.coverage import Stretch, is_before
from copilot.timeline.models import SPOKEN_KINDS, EventKind, TimelineEvent
from copilot.timeline.permalinks import instant_to_ts, ts_to_instant
from copilot.timeline.slack_messages import Deletion, Mark

_MOST_THREADS = 200
_SETTLING = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class StoredMessage:
    message_ts: str
    kind: str
    is_deleted: bool
    recorded_at: datetime


def stored_in_channel(
    session: Session, team_id: str, channel_id: str, stretch: Stretch
) -> list[StoredMessage]:
    """Messages of the channel itself: replies stand in no history."""
    is_no_reply = or_(
        TimelineEvent.thread_ts.is_(None), TimelineEvent.thread_ts == TimelineEvent.message_ts
    )
    return _stored(session, [*_messages(team_id, channel_id, stretch), is_no_reply])


def stored_replies(
    session: Session, team_id: str, channel_id: str, parent_ts: str, stretch: Stretch
) -> list[StoredMessage]:
    is_reply = [TimelineEvent.thread_ts == parent_ts, TimelineEvent.message_ts != parent_ts]
    return _stored(session, [*_messages(team_id, channel_id, stretch), *is_reply])


def gone_since(
    stored: Sequence[StoredMessage],
    shown: Collection[str],
    *,
    team_id: str,
    channel_id: str,
    asked_at: datetime,
) -> list[Deletion]:
    """Messages that Slack no longer shows in a stretch that its page covers.

    Not those that came while it answered or shortly before: Slack may not show them yet. When
    they were taken back is not known, so the deletion says as little as a tombstone; an event
    that comes later may know better.
    """
    settled = asked_at - _SETTLING
    return [
        Deletion(team_id, channel_id, each.message_ts)
        for each in stored
        if each.message_ts not in shown
        and not each.is_deleted
        # A wrong guess would blank it: joins and the like Slack leaves out for other reasons.
        and each.kind in SPOKEN_KINDS
        and each.recorded_at < asked_at
        and ts_to_instant(each.message_ts) < settled
    ]


def reactions_gone(
    session: Session,
    team_id: str,
    channel_id: str,
    shown: Mapping[str, Mapping[str, Any]],
    asked_at: datetime,
) -> list[Mark]:
    """Reactions that stood on these messages and no longer do, as if taken away just now.

    Slack may name fewer people than it counts; then nothing is concluded.
    """
    settled = asked_at - _SETTLING
    return [
        Mark(
            team_id,
            channel_id,
            EventKind.REACTION_REMOVED,
            target_ts,
            author_id,
            reaction,
            instant_to_ts(asked_at),
        )
        for (target_ts, author_id, reaction), added_at in _standing_reactions(
            session, team_id, channel_id, shown
        ).items()
        if added_at < settled and _is_taken_away(shown[target_ts], author_id, reaction)
    ]


def _standing_reactions(
    session: Session, team_id: str, channel_id: str, shown: Collection[str]
) -> dict[tuple[str, str, str], datetime]:
    query = (
        select(TimelineEvent)
        .where(
            TimelineEvent.team_id == team_id,
            TimelineEvent.channel_id == channel_id,
            TimelineEvent.target_ts.in_(shown),
            TimelineEvent.kind.in_([EventKind.REACTION_ADDED, EventKind.REACTION_REMOVED]),
        )
        .order_by(TimelineEvent.occurred_at, TimelineEvent.id)
    )
    standing: dict[tuple[str, str, str], datetime] = {}
    for mark in session.scalars(query):
        reaction = str(mark.details.get("reaction", ""))
        key = (mark.target_ts or "", mark.author_id or "", reaction)
        if mark.kind == EventKind.REACTION_ADDED:
            standing[key] = mark.occurred_at
        else:
            standing.pop(key, None)
    return standing


def _is_taken_away(message: Mapping[str, Any], author_id: str, reaction: str) -> bool:
    reactions = message.get("reactions")
    for each in reactions if isinstance(reactions, list) else []:
        if isinstance(each, Mapping) and each.get("name") == reaction:
            users = each.get("users")
            named = users if isinstance(users, list) else []
            return len(named) == each.get("count") and author_id not in named
    return True


def reply_counts(
    session: Session, team_id: str, channel_id: str, parents: Collection[str]
) -> Mapping[str, int]:
    """How many replies of each thread are stored and still there."""
    if not parents:
        return {}
    query = (
        select(TimelineEvent.thread_ts, func.count())
        .where(
            TimelineEvent.team_id == team_id,
            TimelineEvent.channel_id == channel_id,
            TimelineEvent.occurred_at >= min(map(ts_to_instant, parents)),
            TimelineEvent.thread_ts.in_(parents),
            TimelineEvent.message_ts != TimelineEvent.thread_ts,
            TimelineEvent.deleted_at.is_(None),
        )
        .group_by(TimelineEvent.thread_ts)
    )
    return {str(thread_ts): count for thread_ts, count in session.execute(query)}


def threads_begun_before(
    session: Session, team_id: str, channel_id: str, ts: str, limit: int
) -> list[str]:
    """Threads known here that began before `ts`, those last spoken in first."""
    last_spoken = func.max(TimelineEvent.occurred_at)
    query = (
        select(TimelineEvent.thread_ts)
        .where(
            TimelineEvent.team_id == team_id,
            TimelineEvent.channel_id == channel_id,
            TimelineEvent.thread_ts.is_not(None),
        )
        .group_by(TimelineEvent.thread_ts)
        .order_by(last_spoken.desc())
        .limit(_MOST_THREADS)
    )
    found = [thread_ts for thread_ts in session.scalars(query) if thread_ts]
    return [thread_ts for thread_ts in found if is_before(thread_ts, ts)][:limit]


def _messages(team_id: str, channel_id: str, stretch: Stretch) -> list[ColumnElement[bool]]:
    return [
        TimelineEvent.team_id == team_id,
        TimelineEvent.channel_id == channel_id,
        TimelineEvent.message_ts.is_not(None),
        TimelineEvent.occurred_at >= ts_to_instant(stretch.from_ts),
        TimelineEvent.occurred_at <= ts_to_instant(stretch.until_ts),
    ]


def _stored(session: Session, conditions: list[ColumnElement[bool]]) -> list[StoredMessage]:
    query = select(
        TimelineEvent.message_ts,
        TimelineEvent.kind,
        TimelineEvent.deleted_at,
        TimelineEvent.recorded_at,
    ).where(*conditions)
    return [
        StoredMessage(ts, kind, deleted_at is not None, recorded_at)
        for ts, kind, deleted_at, recorded_at in session.execute(query)
        if ts
    ]

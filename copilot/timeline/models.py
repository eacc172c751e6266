"""Tables of what happened."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from copilot.db import Base, JsonData, RowId


class EventKind(StrEnum):
    """Kinds that our code treats specially. A row may carry any other Slack message subtype."""

    MESSAGE = "message"
    BOT_MESSAGE = "bot_message"
    ME_MESSAGE = "me_message"
    FILE_SHARE = "file_share"
    THREAD_BROADCAST = "thread_broadcast"
    REACTION_ADDED = "reaction_added"
    REACTION_REMOVED = "reaction_removed"
    PIN_ADDED = "pin_added"
    PIN_REMOVED = "pin_removed"
    INCIDENT_DECLARED = "incident_declared"
    SEVERITY_CHANGED = "severity_changed"
    STATUS_CHANGED = "status_changed"
    SUGGESTION_DECIDED = "suggestion_decided"
    TITLE_CHANGED = "title_changed"
    ROLE_ASSIGNED = "role_assigned"
    HANDED_OVER = "handed_over"
    NOTE = "note"
    """Somebody wrote it down with `/incident note`; it was said nowhere in the channel."""
    FOLLOW_UP_ADDED = "follow_up_added"
    FOLLOW_UP_CHANGED = "follow_up_changed"
    FOLLOW_UP_DONE = "follow_up_done"
    QUIET_CHANGED = "quiet_changed"
    """Somebody asked the copilot to keep quiet, or to speak again; `details`: until."""
    GAP = "gap"
    """A stretch that we know we may have missed, `details`: from_ts, until_ts, cause. Deleted
    (`deleted_at`) once it was read after all."""


SPOKEN_KINDS = frozenset(
    {
        EventKind.MESSAGE,
        EventKind.BOT_MESSAGE,
        EventKind.ME_MESSAGE,
        EventKind.FILE_SHARE,
        EventKind.THREAD_BROADCAST,
    }
)
"""Somebody said something; joins, topic changes and the like are no speech."""


class TimelineEvent(Base):
    """One thing that happened in a channel.

    A Slack message has `message_ts`; a reaction or pin has `target_ts`, the message it is
    about; a change of the incident itself has neither. `text` is the latest revision, secrets
    redacted, and empty once deleted. `details` holds what a kind adds: `reaction`; `files`
    (names), `bot_id`, `withheld` and `edits` (stamp of each edit: when it was sent) of a message;
    `old`/`new` of a change.
    """

    __tablename__ = "timeline_event"
    __table_args__ = (
        UniqueConstraint("team_id", "channel_id", "natural_key"),
        Index("ix_timeline_event_in_order", "team_id", "channel_id", "occurred_at", "id"),
        Index(
            "ix_timeline_event_target",
            "team_id",
            "channel_id",
            "target_ts",
            postgresql_where=text("target_ts IS NOT NULL"),
            sqlite_where=text("target_ts IS NOT NULL"),
        ),
        Index(
            "ix_timeline_event_unconsidered",
            "team_id",
            "channel_id",
            postgresql_where=text("considered_at IS NULL"),
            sqlite_where=text("considered_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    team_id: Mapped[str] = mapped_column(String(32))
    channel_id: Mapped[str] = mapped_column(String(32))
    natural_key: Mapped[str] = mapped_column(String(250))
    kind: Mapped[str] = mapped_column(String(64))
    message_ts: Mapped[str | None] = mapped_column(String(32))
    thread_ts: Mapped[str | None] = mapped_column(String(32))
    target_ts: Mapped[str | None] = mapped_column(String(32))
    author_id: Mapped[str | None] = mapped_column(String(64))
    author_name: Mapped[str | None] = mapped_column(String(200))
    """The name a bot posted under; members are named by the `member` table."""
    text: Mapped[str] = mapped_column(Text, default="")
    details: Mapped[dict[str, Any]] = mapped_column(JsonData, default=dict)
    edited_ts: Mapped[str | None] = mapped_column(String(32))
    deleted_at: Mapped[datetime | None]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    considered_at: Mapped[datetime | None]
    """When a proposer last saw it. Rows without it are the queue of *consider*."""


class MarkKind(StrEnum):
    KEY_MOMENT = "key_moment"
    FOLLOW_UP = "follow_up"
    """There is work in it; the follow-up made of it stands while such a mark does."""
    IGNORED = "ignored"
    """No proposer and no drafter is given it."""


class MarkSource(StrEnum):
    SHORTCUT = "shortcut"
    REACTION = "reaction"
    PIN = "pin"


class MessageMark(Base):
    """A person said what a message is. It holds while one such row is not undone.

    Taking away a reaction undoes its own mark and no other's.
    """

    __tablename__ = "message_mark"
    __table_args__ = (
        UniqueConstraint("team_id", "channel_id", "message_ts", "kind", "source", "marked_by"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    team_id: Mapped[str] = mapped_column(String(32))
    channel_id: Mapped[str] = mapped_column(String(32))
    message_ts: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(16))
    source: Mapped[str] = mapped_column(String(16))
    marked_by: Mapped[str] = mapped_column(String(64))
    marked_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


class Coverage(Base):
    """How far a channel's timeline is known to be whole; one row a recorded channel."""

    __tablename__ = "coverage"
    __table_args__ = (UniqueConstraint("team_id", "channel_id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    team_id: Mapped[str] = mapped_column(String(32))
    channel_id: Mapped[str] = mapped_column(String(32))
    whole_until_ts: Mapped[str] = mapped_column(String(32))
    """The watermark: every message of the channel's incident up to this ts was read back from
    Slack or is a known gap."""
    check_due_at: Mapped[datetime | None]
    """When to look for messages missed since, next; None without an open incident."""
    closed_at: Mapped[datetime | None]
    """When the channel was deleted in Slack: nothing more can be missed there."""


class Refill(Base):
    """A stretch of a channel being read again, page by page; outlives the process that reads."""

    __tablename__ = "refill"
    __table_args__ = (
        Index("ix_refill_due", "due_at"),
        Index("ix_refill_channel", "team_id", "channel_id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    team_id: Mapped[str] = mapped_column(String(32))
    channel_id: Mapped[str] = mapped_column(String(32))
    from_ts: Mapped[str] = mapped_column(String(32))
    until_ts: Mapped[str] = mapped_column(String(32))
    cause: Mapped[str] = mapped_column(String(24))
    """Why there may be something missing, a `RefillCause`."""
    progress: Mapped[dict[str, Any]] = mapped_column(JsonData, default=dict)
    """Where the next page begins, and threads still to be read: a `Progress`."""
    due_at: Mapped[datetime | None]
    """When to read the next page; while one is read, when to take its reader for dead."""
    attempts: Mapped[int] = mapped_column(default=0)
    """Failures in a row."""
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    failure: Mapped[str | None] = mapped_column(Text)
    """Why it can't be read; the stretch then shows as a gap."""


class Revision(Base):
    """A message's text at one time. Slack forgets the text before an edit; citations need it.

    `revision_ts` is the message's own ts for the original and `edited.ts` for an edit. A deleted
    message's revisions lose their text and keep the hash.
    """

    __tablename__ = "revision"
    __table_args__ = (UniqueConstraint("event_id", "revision_ts"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("timeline_event.id", ondelete="CASCADE"))
    revision_ts: Mapped[str] = mapped_column(String(32))
    text: Mapped[str] = mapped_column(Text)
    text_hash: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the redacted text, hex."""
    recorded_at: Mapped[datetime]

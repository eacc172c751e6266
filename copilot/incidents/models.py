"""Tables of incidents and the work agreed for after them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Float, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from copilot.db import Base, RowId


class Severity(StrEnum):
    """SEV1 is the worst."""

    SEV1 = "sev1"
    SEV2 = "sev2"
    SEV3 = "sev3"
    SEV4 = "sev4"


class Status(StrEnum):
    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"


class Role(StrEnum):
    COMMANDER = "commander"
    COMMS = "comms"
    SCRIBE = "scribe"


_IS_OPEN = text("resolved_at IS NULL AND NOT is_imported")


class Incident(Base):
    """An incident is played out in one channel; its timeline is the channel's events in its span.

    `timeline_from` and `timeline_until` bound that span where a channel saw several incidents;
    without them it is open-ended on that side.
    """

    __tablename__ = "incident"
    __table_args__ = (
        Index("ix_incident_channel", "team_id", "channel_id"),
        # Two people who declare at the same moment get the same incident.
        Index(
            "uq_incident_open",
            "team_id",
            "channel_id",
            unique=True,
            postgresql_where=_IS_OPEN,
            sqlite_where=_IS_OPEN,
        ),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    team_id: Mapped[str] = mapped_column(String(32))
    channel_id: Mapped[str] = mapped_column(String(32))
    title: Mapped[str] = mapped_column(String(200))
    severity: Mapped[str | None] = mapped_column(String(8))
    status: Mapped[str] = mapped_column(String(16), default=Status.INVESTIGATING)
    declared_at: Mapped[datetime]
    declared_by: Mapped[str | None] = mapped_column(String(64))
    mitigated_at: Mapped[datetime | None]
    """When the status first became *monitoring*."""
    resolved_at: Mapped[datetime | None]
    is_imported: Mapped[bool] = mapped_column(default=False)
    """Came from an archive: nothing about it is ever posted to Slack."""
    review_requested_at: Mapped[datetime | None]
    """A newer request than the newest draft is the queue of *draft review*."""
    review_due_at: Mapped[datetime | None]
    """Not before then, by the wall clock: somebody drafts, drafting failed just now, or there is
    something to be judged again."""
    review_attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    """Passes begun since one went well; negative while drafting rests after a failure."""
    has_own_channel: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """The channel was made for it, so its topic is ours to set."""
    headline_version: Mapped[int] = mapped_column(default=0, server_default="0")
    """Raised by each change that the pinned headline card shows."""
    headline_drawn_version: Mapped[int] = mapped_column(default=0, server_default="0")
    """What Slack shows, or was given up on; lower than `headline_version` is the queue of *draw
    headline*."""
    headline_ts: Mapped[str | None] = mapped_column(String(32))
    headline_due_at: Mapped[datetime | None]
    """Not before then, by the wall clock: somebody is drawing it, or Slack asked to wait."""
    headline_attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    """Drawings begun since one went well. From the first on, Slack may have an unknown post."""
    headline_postings: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often it was posted; anew once, where somebody deleted it."""
    headline_is_pinned: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """We pinned it; who unpins it means it."""
    headline_topic: Mapped[str | None] = mapped_column(String(250))
    """The topic that we set; another one is somebody's own and stays."""
    headline_failure: Mapped[str | None] = mapped_column(Text)
    """What could not be done about it, in words for responders."""
    time_zone: Mapped[str | None] = mapped_column(String(64))
    """IANA name of the zone in which its review is written; None for the workspace's."""
    review_debt_minutes: Mapped[float] = mapped_column(Float, default=0.0, server_default="0")
    """Reading that its review leaves to each reviewer; meanwhile suggestions wait."""
    timeline_from: Mapped[datetime | None]
    timeline_until: Mapped[datetime | None]


class FollowUp(Base):
    """Work agreed for after the incident."""

    __tablename__ = "follow_up"
    __table_args__ = (
        # Two people who react to one message at the same moment make one follow-up.
        Index(
            "uq_follow_up_source",
            "incident_id",
            "source_ts",
            unique=True,
            postgresql_where=text("source_ts IS NOT NULL"),
            sqlite_where=text("source_ts IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    incident_id: Mapped[int] = mapped_column(
        ForeignKey("incident.id", ondelete="CASCADE"), index=True
    )
    title: Mapped[str] = mapped_column(Text)
    owner_id: Mapped[str | None] = mapped_column(String(64))
    due: Mapped[str | None] = mapped_column(String(100))
    """As people said it: "by Friday"."""
    suggestion_id: Mapped[int | None] = mapped_column(unique=True)
    """The suggestion it came from; unique, so that accepting twice adds once."""
    source_ts: Mapped[str | None] = mapped_column(String(32))
    """The message it was made of, by a reaction or a shortcut."""
    created_by: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None] = mapped_column(String(64))
    withdrawn_at: Mapped[datetime | None]
    """When the reaction that made it was taken away."""


class RoleAssignment(Base):
    """Who holds a role in an incident now; the history is in the timeline."""

    __tablename__ = "role_assignment"
    __table_args__ = (UniqueConstraint("incident_id", "role"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id", ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(String(16))
    user_id: Mapped[str] = mapped_column(String(64))
    assigned_by: Mapped[str] = mapped_column(String(64))
    assigned_at: Mapped[datetime]


class Invitation(Base):
    """Somebody is to be in the incident's channel; rows without `invited_at` are the queue."""

    __tablename__ = "invitation"
    __table_args__ = (UniqueConstraint("incident_id", "user_id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id", ondelete="CASCADE"))
    user_id: Mapped[str] = mapped_column(String(64))
    asked_at: Mapped[datetime]
    invited_at: Mapped[datetime | None]
    """When Slack was asked, also where it refused."""


class Handover(Base):
    """The command of an incident passed from one person to another."""

    __tablename__ = "handover"
    __table_args__ = (Index("ix_handover_unbriefed", "briefed_at"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    incident_id: Mapped[int] = mapped_column(
        ForeignKey("incident.id", ondelete="CASCADE"), index=True
    )
    from_id: Mapped[str | None] = mapped_column(String(64))
    to_id: Mapped[str] = mapped_column(String(64))
    handed_by: Mapped[str] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(Text)
    handed_at: Mapped[datetime]
    brief_due_at: Mapped[datetime | None]
    """Not before then, by the wall clock: somebody is telling them, or Slack asked to wait."""
    attempts: Mapped[int] = mapped_column(default=0)
    briefed_at: Mapped[datetime | None]
    """When the new commander was told how it stands, or that was given up."""
    failure: Mapped[str | None] = mapped_column(Text)

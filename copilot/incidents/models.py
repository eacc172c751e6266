"""Tables of incidents and the work agreed for after them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, text
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
    backfill_due_at: Mapped[datetime | None]
    """When to read the channel's past, next; the queue of *backfill channel*, None once read."""
    timeline_from: Mapped[datetime | None]
    timeline_until: Mapped[datetime | None]


class FollowUp(Base):
    """Work agreed for after the incident."""

    __tablename__ = "follow_up"

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
    created_by: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]

"""Tables of what the copilot learned from decisions, and of who was told."""

from datetime import datetime
from typing import Any

from sqlalchemy import Float, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from copilot.db import Base, JsonData, RowId

COPILOT = "copilot"
"""Who changed it, where nobody did."""


class Calibration(Base):
    """How what an engine says of its confidence maps to what people of a workspace decided."""

    __tablename__ = "calibration"
    __table_args__ = (Index("ix_calibration_in_force", "team_id", "engine", "fitted_at"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    team_id: Mapped[str] = mapped_column(String(32))
    engine: Mapped[str] = mapped_column(String(64))
    """Its name without the version: `local`, `model`."""
    fitted_on: Mapped[str] = mapped_column(String(64), default="")
    """Name and version of the engine whose confidence was fitted; another version's is not
    touched, since it may mean something else by the same number."""
    method: Mapped[str] = mapped_column(String(16))
    """`isotonic`, `platt`, or `shipped`, which takes what the engine says as it is."""
    parameters: Mapped[list[Any]] = mapped_column(JsonData)
    labels: Mapped[int]
    """How many decisions it was fitted to."""
    error_before: Mapped[float | None] = mapped_column(Float)
    """Expected calibration error on decisions that were left out of the fit."""
    error_after: Mapped[float | None] = mapped_column(Float)
    reason: Mapped[str] = mapped_column(Text)
    changed_by: Mapped[str] = mapped_column(String(64), default=COPILOT)
    fitted_at: Mapped[datetime]
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("calibration.id", ondelete="SET NULL"))


class Adaptation(Base):
    """A change of an incident's rate of posts that a decision led to."""

    __tablename__ = "adaptation"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    incident_id: Mapped[int] = mapped_column(
        ForeignKey("incident.id", ondelete="CASCADE"), index=True
    )
    suggestion_id: Mapped[int | None] = mapped_column(
        ForeignKey("suggestion.id", ondelete="SET NULL")
    )
    old_rate: Mapped[float] = mapped_column(Float)
    new_rate: Mapped[float] = mapped_column(Float)
    reason: Mapped[str] = mapped_column(Text)
    changed_by: Mapped[str] = mapped_column(String(64))
    """`copilot`, or who took a change back."""
    changed_at: Mapped[datetime]
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("adaptation.id", ondelete="SET NULL"))


class Learning(Base):
    """How far the copilot has learned from what the people of a workspace decided."""

    __tablename__ = "learning"

    team_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    learned_through: Mapped[datetime | None]
    """The newest decision that was looked at; a newer one is the queue of *learn*."""
    fitted_at: Mapped[datetime | None]
    """When calibration was last tried, whether anything came of it or not."""


class AdminNotice(Base):
    """Something that a few admins of a workspace are told, each once and in private."""

    __tablename__ = "admin_notice"
    __table_args__ = (
        UniqueConstraint("team_id", "subject"),
        Index("ix_admin_notice_untold", "told_at", "due_at"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    team_id: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(64))
    """What it is about, so that it is said once: `muted:7` names a policy version."""
    channel_id: Mapped[str | None] = mapped_column(String(32))
    """Named only to those who may read it."""
    facts: Mapped[dict[str, Any]] = mapped_column(JsonData)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    """By the wall clock, when to try again; None: at once."""
    attempts: Mapped[int] = mapped_column(default=0)
    told: Mapped[list[Any]] = mapped_column(JsonData, default=list)
    """Ids of who was told."""
    told_at: Mapped[datetime | None]
    """When it ended: all were told, or nobody could be."""
    failure: Mapped[str | None] = mapped_column(Text)

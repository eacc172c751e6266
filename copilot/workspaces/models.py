"""Tables of who and where."""

from datetime import datetime

from sqlalchemy import Boolean, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from copilot.db import Base, RowId


class Workspace(Base):
    """One Slack workspace. `url` ends in a slash and is what permalinks are built on."""

    __tablename__ = "workspace"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    team_id: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    url: Mapped[str] = mapped_column(String(200))
    bot_user_id: Mapped[str | None] = mapped_column(String(32))
    created_at: Mapped[datetime]
    sync_due_at: Mapped[datetime | None]
    """When to learn names from Slack, next; the queue of *sync directory*, None once learnt."""


class Channel(Base):
    __tablename__ = "channel"
    __table_args__ = (UniqueConstraint("team_id", "channel_id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    team_id: Mapped[str] = mapped_column(String(32))
    channel_id: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(200))
    is_private: Mapped[bool] = mapped_column(Boolean, default=False)


class Member(Base):
    """A person or a bot of a workspace."""

    __tablename__ = "member"
    __table_args__ = (UniqueConstraint("team_id", "user_id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    team_id: Mapped[str] = mapped_column(String(32))
    user_id: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(200))
    """Display name, as people see it in Slack."""
    real_name: Mapped[str] = mapped_column(String(200), default="")
    is_bot: Mapped[bool] = mapped_column(Boolean, default=False)

"""Tables of who and where."""

from datetime import datetime

from sqlalchemy import Boolean, String, Text, UniqueConstraint, text
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
    disconnected_at: Mapped[datetime | None]
    """When the app was uninstalled or its token revoked; None while it is connected."""
    enterprise_id: Mapped[str] = mapped_column(String(32), default="", server_default="")
    """The Enterprise Grid organisation it belongs to, if any: leads to an installation for all."""


class Installation(Base):
    """What Slack gave us when the app was installed, its tokens encrypted.

    The key is Slack's: (enterprise, team). Where the app was installed for a whole
    organisation `team_id` is empty; outside Enterprise Grid `enterprise_id` is.
    """

    __tablename__ = "installation"
    __table_args__ = (UniqueConstraint("enterprise_id", "team_id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    enterprise_id: Mapped[str] = mapped_column(String(32), default="")
    team_id: Mapped[str] = mapped_column(String(32), default="")
    app_id: Mapped[str] = mapped_column(String(32))
    bot_user_id: Mapped[str] = mapped_column(String(32))
    bot_id: Mapped[str | None] = mapped_column(String(32))
    """None until Slack was asked; the answer to an installation does not name it."""
    bot_token: Mapped[str] = mapped_column(Text)
    """Encrypted; so is `refresh_token`. Empty once revoked."""
    refresh_token: Mapped[str | None] = mapped_column(Text)
    token_expires_at: Mapped[datetime | None]
    """None where the app does not rotate its tokens."""
    refreshing_until: Mapped[datetime | None]
    """Until then, by the wall clock, one process is at it: a refresh token works once."""
    scopes: Mapped[str] = mapped_column(Text, default="")
    """As Slack granted them, separated by commas."""
    installed_by: Mapped[str | None] = mapped_column(String(32))
    installed_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class InstallAttempt(Base):
    """Somebody set out to install the app; proves that the way back from Slack is theirs."""

    __tablename__ = "install_attempt"

    state_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of the `state` that Slack brings back, hex."""
    expires_at: Mapped[datetime]


class SpentLoginLink(Base):
    """A one-time link into the console that was used; kept until the link would be too old."""

    __tablename__ = "spent_login_link"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of the link's token, hex."""
    expires_at: Mapped[datetime]


class LastEvent(Base):
    """When Slack last delivered an event of a workspace; written at most once a minute."""

    __tablename__ = "last_event"

    team_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    arrived_at: Mapped[datetime]
    """By the wall clock."""
    way: Mapped[str] = mapped_column(String(16))
    """`http` or `socket_mode`."""


class Channel(Base):
    __tablename__ = "channel"
    __table_args__ = (UniqueConstraint("team_id", "channel_id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    team_id: Mapped[str] = mapped_column(String(32))
    channel_id: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(200))
    is_private: Mapped[bool] = mapped_column(Boolean, default=False)
    is_archived: Mapped[bool] = mapped_column(Boolean, default=False, server_default=text("false"))
    is_shared: Mapped[bool] = mapped_column(Boolean, default=False, server_default=text("false"))
    """Shared with another organisation (Slack Connect)."""
    next_post_at: Mapped[datetime | None]
    """By the wall clock, the earliest instant at which Slack takes another post here; only a
    conditional UPDATE moves it. One message a second (Slack's rate limits)."""
    members_known_at: Mapped[datetime | None]
    """When `channel_member` was last read from Slack as a whole."""


class ChannelMember(Base):
    """Who may read a channel. Kept for channels with incidents."""

    __tablename__ = "channel_member"
    __table_args__ = (UniqueConstraint("team_id", "channel_id", "user_id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    team_id: Mapped[str] = mapped_column(String(32))
    channel_id: Mapped[str] = mapped_column(String(32))
    user_id: Mapped[str] = mapped_column(String(32))


class ReadPace(Base):
    """How fast one of Slack's reading methods may be used in one workspace; see `read_pace`."""

    __tablename__ = "read_pace"
    __table_args__ = (UniqueConstraint("team_id", "method"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    team_id: Mapped[str] = mapped_column(String(32))
    method: Mapped[str] = mapped_column(String(64))
    next_at: Mapped[datetime]
    blocked_until: Mapped[datetime | None]
    """Slack's Retry-After, to the second."""
    limited_at: Mapped[datetime | None]
    """The last 429."""
    slow_until: Mapped[datetime | None]
    """Until then one request a minute."""


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
    is_admin: Mapped[bool] = mapped_column(Boolean, default=False, server_default=text("false"))
    """An admin or owner of the Slack workspace; may set noise thresholds."""
    is_guest: Mapped[bool] = mapped_column(Boolean, default=False, server_default=text("false"))
    """A guest, or somebody of another organisation: reads only the channels they are in."""
    is_deactivated: Mapped[bool] = mapped_column(
        Boolean, default=False, server_default=text("false")
    )
    time_zone: Mapped[str] = mapped_column(String(64), default="", server_default="")
    """IANA name, as set in Slack; empty where that is not known."""

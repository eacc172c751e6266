"""Who reads a workspace, and what is there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from copilot.errors import PermanentError


@dataclass(frozen=True, slots=True)
class WorkspaceInfo:
    team_id: str
    name: str
    url: str
    """Ends in a slash; permalinks are built on it."""
    bot_user_id: str


@dataclass(frozen=True, slots=True)
class ChannelInfo:
    channel_id: str
    name: str
    is_private: bool
    is_archived: bool = False
    is_shared: bool = False
    """Shared with another organisation (Slack Connect)."""


@dataclass(frozen=True, slots=True)
class MemberInfo:
    user_id: str
    name: str
    real_name: str
    is_bot: bool
    is_admin: bool = False
    """An admin or owner of the Slack workspace."""
    is_guest: bool = False
    """A guest, or somebody of another organisation: reads only the channels they are in."""
    is_deactivated: bool = False
    time_zone: str = ""
    """IANA name; empty where it is not known."""


class Unreadable(StrEnum):
    """Why a channel's past can't be read."""

    NOT_IN_CHANNEL = "not_in_channel"
    NO_PERMISSION = "no_permission"
    DISCONNECTED = "disconnected"
    """The app is not installed in the workspace, or its token was revoked."""
    THREAD_GONE = "thread_gone"
    STALE_CURSOR = "stale_cursor"
    """Slack no longer knows the place where the next page begins."""
    REFUSED = "refused"


class UnreadableError(PermanentError):
    """The past can't be read; `why` says what would have to change."""

    def __init__(self, message: str, why: Unreadable) -> None:
        super().__init__(message)
        self.why = why


@dataclass(frozen=True, slots=True)
class Page:
    """Messages in Slack's own shape: of a channel the newest first, of a thread the oldest."""

    messages: tuple[Mapping[str, Any], ...]
    next_cursor: str | None = None
    """Where the next page begins; None after the last."""
    is_limited: bool = False
    """Slack hides messages of this stretch, as it does on its free plan."""


class WorkspaceReader(Protocol):
    """Asks Slack. Raises TemporaryError (with `retry_after_s`) or PermanentError."""

    def workspace(self, team_id: str) -> WorkspaceInfo: ...

    def channel(self, team_id: str, channel_id: str) -> ChannelInfo: ...

    def members(self, team_id: str) -> Iterable[MemberInfo]: ...

    def channel_members(self, team_id: str, channel_id: str) -> Iterable[str]:
        """The user ids of everybody who may read the channel."""

    def history_page(
        self,
        team_id: str,
        channel_id: str,
        *,
        oldest_ts: str,
        latest_ts: str,
        limit: int,
        cursor: str | None = None,
    ) -> Page:
        """Messages of the channel itself, both bounds included. Raises UnreadableError, too."""

    def replies_page(
        self,
        team_id: str,
        channel_id: str,
        parent_ts: str,
        *,
        oldest_ts: str,
        latest_ts: str,
        limit: int,
        cursor: str | None = None,
    ) -> Page:
        """A thread's parent and its replies between the bounds. Raises UnreadableError, too."""

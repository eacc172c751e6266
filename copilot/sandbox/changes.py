"""What can change in the workspace, so that who looks at it redraws only that."""

from dataclasses import dataclass
from enum import StrEnum


class ChangeKind(StrEnum):
    MESSAGE = "message"
    PRIVATE = "private"
    VIEW = "view"
    DIRECTORY = "directory"
    PLAYBACK = "playback"


@dataclass(frozen=True, slots=True)
class Change:
    kind: ChangeKind
    channel_id: str = ""
    key: str = ""
    """A message's ts, or the person a private thing belongs to."""

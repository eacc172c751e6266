"""Who is in the pretend workspace."""

import re
from dataclasses import dataclass
from typing import Any

COLOURS = (
    "3b6fb6",
    "a8481f",
    "2f7d4f",
    "8a4fa3",
    "9a6b00",
    "0f7b85",
    "b03a5b",
    "5a61c9",
    "5d7522",
    "7b5643",
)
"""Backgrounds of avatars; white initials are readable on each."""

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class SandboxUser:
    id: str
    name: str
    """The handle, as in `@name`."""
    real_name: str = ""
    display_name: str = ""
    is_bot: bool = False
    is_deleted: bool = False
    is_admin: bool = False
    is_owner: bool = False
    """An owner is an admin, too, as in Slack."""
    colour: str = ""

    @property
    def shown_name(self) -> str:
        return self.display_name or self.real_name or self.name

    @property
    def initials(self) -> str:
        words: list[str] = _WORD.findall(self.real_name or self.shown_name) or ["?"]
        return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def colour_for(position: int) -> str:
    return COLOURS[position % len(COLOURS)]


def user_object(user: SandboxUser, team_id: str) -> dict[str, Any]:
    """The user as users.list and users.info show it."""
    return {
        "id": user.id,
        "team_id": team_id,
        "name": user.name,
        "deleted": user.is_deleted,
        "color": user.colour,
        "real_name": user.real_name or user.name,
        "tz": "Etc/UTC",
        "tz_label": "Coordinated Universal Time",
        "tz_offset": 0,
        "profile": {
            "real_name": user.real_name or user.name,
            "real_name_normalized": user.real_name or user.name,
            "display_name": user.display_name,
            "display_name_normalized": user.display_name,
            "team": team_id,
        },
        "is_admin": user.is_admin or user.is_owner,
        "is_owner": user.is_owner,
        "is_primary_owner": user.is_owner,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "updated": 0,
    }


def user_of_export(entry: dict[str, Any], position: int) -> SandboxUser | None:
    """A user of a Slack export, or None for an entry without an id."""
    user_id = entry.get("id")
    if not isinstance(user_id, str) or not user_id:
        return None
    profile = entry.get("profile")
    profile = profile if isinstance(profile, dict) else {}
    name = _text(entry.get("name")) or user_id
    return SandboxUser(
        id=user_id,
        name=name,
        real_name=_text(entry.get("real_name")) or _text(profile.get("real_name")),
        display_name=_text(profile.get("display_name")),
        is_bot=entry.get("is_bot") is True,
        is_deleted=entry.get("deleted") is True,
        is_admin=entry.get("is_admin") is True,
        is_owner=entry.get("is_owner") is True,
        colour=colour_for(position),
    )


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""

"""What the app asks of Slack: the one place for scopes, events, command and shortcuts.

Slack makes the app from the manifest below (schema version 2); `doctor` holds the scopes that were
granted against `BOT_SCOPES`, and the tests hold all of it against the listeners that exist.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from copilot.slack.command_words import USAGE_HINT
from copilot.slack.message_shortcuts import FOLLOW_UP, IGNORE, KEY_MOMENT

Manifest = dict[str, Any]

EVENTS_PATH = "slack/events"
REDIRECT_PATH = "slack/oauth_redirect"
COMMAND = "/incident"

BOT_SCOPES: dict[str, str] = {
    "channels:history": "reads incident channels, and reads again what was missed",
    "channels:join": "joins a public channel in which an incident is declared",
    "channels:manage": "makes the channel of an incident, invites people and sets its topic",
    "channels:read": "knows channels by name, and hears of renames and of who is in them",
    "chat:write": "posts suggestion cards and the pinned headline, and answers in private",
    "commands": "takes `/incident` and the shortcuts on messages",
    "groups:history": "reads private incident channels that it was invited to",
    "groups:read": "knows who may read a private incident channel",
    "groups:write.invites": "invites people to a private incident channel",
    "groups:write.topic": "sets the topic of a private incident channel",
    "pins:read": "takes a pinned message for a key moment",
    "pins:write": "pins the headline card of an incident",
    "reactions:read": "takes reactions for key moments and follow-ups",
    "team:read": "keeps its links right when the workspace gets another address",
    "users:read": "knows people by name, and who is an admin",
}
"""Scope → what the copilot does with it, in words that follow "the copilot …"."""

COVERED_BY = {"groups:write.invites": "groups:write", "groups:write.topic": "groups:write"}
"""A broader scope, from an older installation, that does as well."""

BOT_EVENTS: dict[str, tuple[str, ...]] = {
    "app_home_opened": (),
    "app_uninstalled": (),
    "channel_archive": ("channels:read",),
    "channel_deleted": ("channels:read",),
    "channel_history_changed": ("channels:history",),
    "channel_id_changed": ("channels:read",),
    "channel_left": ("channels:read",),
    "channel_rename": ("channels:read",),
    "channel_shared": ("channels:read", "groups:read"),
    "channel_unarchive": ("channels:read",),
    "channel_unshared": ("channels:read", "groups:read"),
    "group_archive": ("groups:read",),
    "group_deleted": ("groups:read",),
    "group_history_changed": ("groups:history",),
    "group_left": ("groups:read",),
    "group_rename": ("groups:read",),
    "group_unarchive": ("groups:read",),
    "member_joined_channel": ("channels:read", "groups:read"),
    "member_left_channel": ("channels:read", "groups:read"),
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "pin_added": ("pins:read",),
    "pin_removed": ("pins:read",),
    "reaction_added": ("reactions:read",),
    "reaction_removed": ("reactions:read",),
    "team_access_granted": (),
    "team_access_revoked": (),
    "team_domain_change": ("team:read",),
    "team_join": ("users:read",),
    "team_rename": ("team:read",),
    "tokens_revoked": (),
    "user_change": ("users:read",),
}
"""Event → the scopes without which Slack does not deliver it."""


@dataclass(frozen=True, slots=True)
class Shortcut:
    """An entry in the menu of a message."""

    callback_id: str
    name: str
    """At most 24 characters."""
    description: str


SHORTCUTS = (
    Shortcut(
        KEY_MOMENT,
        "Mark as key moment",
        "Shows the message as a key moment in the incident's timeline and in the review.",
    ),
    Shortcut(FOLLOW_UP, "Create follow-up", "Makes the message a follow-up of the incident."),
    Shortcut(
        IGNORE,
        "Ignore this message",
        "Keeps the message in the timeline, and out of suggestions and the review.",
    ),
)


def missing_scopes(granted: Collection[str]) -> dict[str, str]:
    """What was not granted, each with what the copilot can't do without it."""
    return {
        scope: use
        for scope, use in BOT_SCOPES.items()
        if scope not in granted and COVERED_BY.get(scope) not in granted
    }


def superfluous_scopes(granted: Collection[str]) -> list[str]:
    return sorted(set(granted) - set(BOT_SCOPES) - set(COVERED_BY.values()))


_NAME = "Incident Copilot"
_SHORT = "Keeps the timeline of an incident, says little, and proves every sentence of its review."
_LONG = (
    "Incident Copilot keeps what is said in an incident channel as a timeline, suggests "
    "follow-up work sparingly and never while the channel is hectic, and drafts "
    "a review in which each sentence leads to the messages it rests on. Nothing it drafts counts "
    "until a person has checked it. It reads only channels that it was invited to, and keeps only "
    "those in which an incident was declared."
)
_COMMAND_DESCRIPTION = "Declare and run an incident"


def manifest(
    *,
    socket_mode: bool,
    public_url: str | None,
    many_workspaces: bool = False,
    org_deploy: bool = False,
) -> Manifest:
    """The manifest for this deployment.

    Over HTTP, and to be installed in `many_workspaces`, it needs the `public_url` that Slack can
    reach. Tokens rotate where the copilot keeps them itself, that is with `many_workspaces`; one
    in SLACK_BOT_TOKEN would end after twelve hours.
    """
    base = (public_url or "").rstrip("/")
    reached_at = {} if socket_mode else {"request_url": f"{base}/{EVENTS_PATH}"}
    command_at = {} if socket_mode else {"url": f"{base}/{EVENTS_PATH}"}
    oauth: Manifest = {"scopes": {"bot": list(BOT_SCOPES)}}
    if many_workspaces:
        oauth["redirect_urls"] = [f"{base}/{REDIRECT_PATH}"]
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": _NAME,
            "description": _SHORT,
            "long_description": _LONG,
            "background_color": "#22303c",
        },
        "features": _features(command_at),
        "oauth_config": oauth,
        "settings": {
            "event_subscriptions": {**reached_at, "bot_events": list(BOT_EVENTS)},
            "interactivity": {"is_enabled": True, **reached_at},
            "org_deploy_enabled": org_deploy,
            "socket_mode_enabled": socket_mode,
            "token_rotation_enabled": many_workspaces,
        },
    }


def _features(command_at: dict[str, str]) -> Manifest:
    features: Manifest = {
        "app_home": {
            "home_tab_enabled": True,
            # Admins are told there what was muted; nobody reads what is written to the app.
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": True,
        },
        "bot_user": {"display_name": "incident-copilot", "always_online": True},
        "slash_commands": [
            {
                "command": COMMAND,
                **command_at,
                "description": _COMMAND_DESCRIPTION,
                "usage_hint": USAGE_HINT,
                # People and channels arrive as ids, not as names that may change.
                "should_escape": True,
            }
        ],
    }
    features["shortcuts"] = [
        {
            "type": "message",
            "name": shortcut.name,
            "callback_id": shortcut.callback_id,
            "description": shortcut.description,
        }
        for shortcut in SHORTCUTS
    ]
    return features

"""Events about people and the workspace: what they are called, who they are."""

from collections.abc import Mapping
from typing import Any

from copilot.slack.reader import to_member_info
from copilot.slack.services import SlackServices
from copilot.workspaces.directory import move_workspace, rename_workspace, upsert_members

Event = Mapping[str, Any]


def member_changed(slack: SlackServices, team_id: str, event: Event) -> None:
    user = event.get("user")
    if isinstance(user, dict) and isinstance(user.get("id"), str) and user["id"]:
        with slack.db.transaction() as session:
            upsert_members(session, team_id, [to_member_info(user)])


def team_renamed(slack: SlackServices, team_id: str, event: Event) -> None:
    name = event.get("name")
    if isinstance(name, str) and name.strip():
        with slack.db.transaction() as session:
            rename_workspace(session, team_id, name)


def team_moved(slack: SlackServices, team_id: str, event: Event) -> None:
    """The workspace has another address; permalinks are built on it."""
    url = event.get("url")
    if isinstance(url, str) and url.startswith("https://"):
        with slack.db.transaction() as session:
            move_workspace(session, team_id, url)

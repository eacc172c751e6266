"""Asks Slack for whom a token speaks."""

from dataclasses import dataclass, replace

from slack_sdk import WebClient
from slack_sdk.web import SlackResponse

from copilot.errors import PermanentError
from copilot.ports import WorkspaceInfo
from copilot.slack.client import translated

_MAX_PAGES = 20


@dataclass(frozen=True, slots=True)
class Identity:
    workspace: WorkspaceInfo
    bot_id: str | None


def ask_who_we_are(client: WebClient, team_id: str) -> Identity:
    """Raises TemporaryError or PermanentError.

    The token of a whole organisation answers for the organisation; then it is `team_id` that is
    meant, on the organisation's address, where permalinks to all of its channels work.
    """
    with translated(client, "ask Slack who we are"):
        answer = client.auth_test()
    bot_id = answer.get("bot_id")
    identity = Identity(to_workspace_info(answer), str(bot_id) if bot_id else None)
    if not team_id or answer.get("is_enterprise_install") is not True:
        return identity
    name = _name_in_organisation(client, team_id) or identity.workspace.name
    return replace(identity, workspace=replace(identity.workspace, team_id=team_id, name=name))


def _name_in_organisation(client: WebClient, team_id: str) -> str | None:
    cursor: str | None = None
    for _ in range(_MAX_PAGES):
        try:
            with translated(client, "list the workspaces of the organisation"):
                page = client.auth_teams_list(limit=100, cursor=cursor)
        except PermanentError:
            return None  # the name is a nicety
        for team in page.get("teams") or ():
            if team.get("id") == team_id:
                return str(team.get("name") or "") or None
        cursor = (page.get("response_metadata") or {}).get("next_cursor") or None
        if cursor is None:
            return None
    return None


def to_workspace_info(answer: SlackResponse) -> WorkspaceInfo:
    url = str(answer.get("url") or "")
    return WorkspaceInfo(
        team_id=str(answer["team_id"]),
        name=str(answer.get("team") or answer["team_id"]),
        url=url if url.endswith("/") else f"{url}/",
        bot_user_id=str(answer.get("user_id") or ""),
    )

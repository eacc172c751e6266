"""Which workspace is meant, however Slack puts it."""

from typing import Any

import pytest
from slack_bolt import BoltRequest

from copilot.slack.listeners.installing import _settle_team

ORG = {"enterprise_id": "E1", "team_id": None, "is_bot": True, "is_enterprise_install": True}


def settled(body: dict[str, Any]) -> tuple[str, BoltRequest]:
    request = BoltRequest(body=body, mode="socket_mode")
    return _settle_team(request), request


@pytest.mark.parametrize(
    ("body", "team_id"),
    [
        ({"team_id": "T1", "command": "/incident"}, "T1"),
        ({"team_id": "T1", "enterprise_id": "E1", "is_enterprise_install": "true"}, "T1"),
        # Slack Connect: it happened in T-HOST, and T1 is where the app is installed.
        ({"team_id": "T-HOST", "authorizations": [{"team_id": "T1"}], "event": {}}, "T1"),
        ({"authorizations": [ORG], "context_team_id": "T1", "team_id": "E1", "event": {}}, "T1"),
        ({"authorizations": [ORG], "team_id": "T1", "event": {}}, "T1"),
        ({"authorizations": [ORG], "team_id": "E1", "event": {"team": "T1"}}, "T1"),
        # A button in T1, pressed by somebody whose home is T2.
        (
            {
                "type": "block_actions",
                "team": None,
                "message": {"team": "T1"},
                "user": {"id": "U1", "team_id": "T2"},
            },
            "T1",
        ),
        (
            {
                "type": "view_submission",
                "team": None,
                "view": {"team_id": "T1", "app_installed_team_id": "E1"},
                "user": {"id": "U1", "team_id": "T2"},
            },
            "T1",
        ),
        ({"authorizations": [ORG], "event": {"type": "app_uninstalled"}}, ""),
        ({"team_id": "E1", "event": {"team": ["T1"]}, "message": "T1", "user": None}, ""),
    ],
)
def test_the_workspace_is_found(body: dict[str, Any], team_id: str) -> None:
    found, request = settled(body)
    assert found == team_id
    assert request.context.get("team_id") == (team_id or None)
    if "team" in body:
        assert request.body["team"] == {"id": team_id}

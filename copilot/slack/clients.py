"""Which client speaks for which workspace."""

from typing import Protocol
from urllib.parse import urljoin

from slack_sdk import WebClient

from copilot.workspaces.installations import Found


class SlackClients(Protocol):
    @property
    def unknown_url(self) -> str:
        """Where permalinks of a workspace lead until Slack was asked for its own address."""

    def of(self, team_id: str) -> WebClient:
        """The client that holds the workspace's bot token; without a token where none is known.

        `translated` turns a call on a client without a token into words that help. Raises
        TemporaryError where a token has to be refreshed and Slack does not answer.
        """

    def is_connected(self, team_id: str, enterprise_id: str | None = None) -> bool:
        """Whether the app is installed there; asked of each event, so mostly from memory."""

    def installation_of(self, team_id: str) -> Found | None:
        """What is on record of the installation; None where there is no record."""

    def forget(self, team_id: str | None = None) -> None:
        """Look again: the app was installed or removed. Without `team_id` everywhere."""


class OneWorkspace:
    """All there is where SLACK_BOT_TOKEN is set: one token, whatever workspace is meant."""

    def __init__(self, client: WebClient) -> None:
        self._client = client
        self.unknown_url = urljoin(client.base_url, "/")

    def of(self, team_id: str) -> WebClient:  # noqa: ARG002 - there is only one
        return self._client

    def is_connected(self, team_id: str, enterprise_id: str | None = None) -> bool:  # noqa: ARG002
        return True

    def installation_of(self, team_id: str) -> Found | None:  # noqa: ARG002
        return None

    def forget(self, team_id: str | None = None) -> None:
        """There is nothing to forget."""

"""Which client speaks for which workspace."""

from typing import Protocol

from slack_sdk import WebClient


class SlackClients(Protocol):
    def of(self, team_id: str) -> WebClient:
        """The client that holds the workspace's bot token; without a token where none is known.

        `translated` turns a call on a client without a token into words that help. Raises
        TemporaryError where a token has to be refreshed and Slack does not answer.
        """


class OneWorkspace:
    """All there is where SLACK_BOT_TOKEN is set: one token, whatever workspace is meant."""

    def __init__(self, client: WebClient) -> None:
        self._client = client

    def of(self, team_id: str) -> WebClient:  # noqa: ARG002 - there is only one
        return self._client

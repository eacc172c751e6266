"""Who we are in the workspace, asked of Slack once."""

import threading
import time
from dataclasses import dataclass

from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

from copilot.errors import CopilotError
from copilot.ports import WorkspaceInfo
from copilot.slack.client import translated
from copilot.slack.reader import to_workspace_info

_ASK_AGAIN_AFTER_S = 60.0


@dataclass(frozen=True, slots=True)
class Identity:
    workspace: WorkspaceInfo
    bot_id: str | None


class BotIdentity:
    """Remembers the answer to one `auth.test`; safe to share between threads.

    After a failure it waits before asking again, so that events keep their three seconds while
    Slack's Web API is down.
    """

    def __init__(self, client: WebClient) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._identity: Identity | None = None
        self._failure: CopilotError | None = None
        self._failed_at_s = 0.0

    def ask(self) -> Identity:
        """Raises TemporaryError or PermanentError if Slack does not tell."""
        with self._lock:
            if self._identity is not None:
                return self._identity
            if self._failure and time.monotonic() - self._failed_at_s < _ASK_AGAIN_AFTER_S:
                raise self._failure.with_traceback(None)
            try:
                with translated(self._client, "ask Slack who we are"):
                    answer = self._client.auth_test()
            except CopilotError as error:
                self._failure, self._failed_at_s = error, time.monotonic()
                raise
            self._identity = Identity(to_workspace_info(answer), answer.get("bot_id"))
            return self._identity

    def if_known(self) -> Identity | None:
        """None where Slack does not tell; an event is recorded all the same."""
        try:
            return self.ask()
        except CopilotError:
            return None

    def authorize(self, team_id: str | None, enterprise_id: str | None) -> AuthorizeResult:
        """Bolt's question before each request; its own answer would be a call each time."""
        identity = self.if_known()
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_token=self._client.token,
            bot_id=identity.bot_id if identity else None,
            bot_user_id=identity.workspace.bot_user_id if identity else None,
        )

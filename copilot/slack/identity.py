"""Who we are in each workspace, asked of Slack once."""

import threading
import time
from dataclasses import dataclass

from slack_bolt.authorization import AuthorizeResult

from copilot.errors import CopilotError
from copilot.ports import WorkspaceInfo
from copilot.slack.client import translated
from copilot.slack.clients import SlackClients
from copilot.slack.reader import to_workspace_info

_ASK_AGAIN_AFTER_S = 60.0


@dataclass(frozen=True, slots=True)
class Identity:
    workspace: WorkspaceInfo
    bot_id: str | None


class BotIdentities:
    """Remembers the answer to one `auth.test` per workspace; safe to share between threads.

    After a failure it waits before asking again, so that events keep their three seconds while
    Slack's Web API is down.
    """

    def __init__(self, clients: SlackClients) -> None:
        self._clients = clients
        self._lock = threading.Lock()
        self._known: dict[str, _Known] = {}

    def ask(self, team_id: str) -> Identity:
        """Raises TemporaryError or PermanentError if Slack does not tell."""
        with self._lock:
            known = self._known.setdefault(team_id, _Known())
        with known.lock:
            if known.identity is not None:
                return known.identity
            if known.failure and time.monotonic() - known.failed_at_s < _ASK_AGAIN_AFTER_S:
                raise known.failure.with_traceback(None)
            try:
                client = self._clients.of(team_id)
                with translated(client, "ask Slack who we are"):
                    answer = client.auth_test()
            except CopilotError as error:
                known.failure, known.failed_at_s = error, time.monotonic()
                raise
            known.identity = Identity(to_workspace_info(answer), answer.get("bot_id"))
            return known.identity

    def forget(self, team_id: str) -> None:
        """Ask anew next time: the workspace was installed again, or left."""
        with self._lock:
            self._known.pop(team_id, None)

    def if_known(self, team_id: str) -> Identity | None:
        """None where Slack does not tell; an event is recorded all the same."""
        try:
            return self.ask(team_id)
        except CopilotError:
            return None

    def authorize(self, team_id: str | None, enterprise_id: str | None) -> AuthorizeResult:
        """Bolt's question before each request; its own answer would be a call each time."""
        identity = self.if_known(team_id or "")
        try:
            token = self._clients.of(team_id or "").token
        except CopilotError:
            token = None
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_token=token,
            bot_id=identity.bot_id if identity else None,
            bot_user_id=identity.workspace.bot_user_id if identity else None,
        )


class _Known:
    """What is known of one workspace; its lock lets one thread ask while others wait."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.identity: Identity | None = None
        self.failure: CopilotError | None = None
        self.failed_at_s = 0.0

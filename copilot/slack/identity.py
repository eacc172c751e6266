"""Who we are in each workspace: as the installation says, else asked of Slack once."""

import threading
import time

from slack_bolt.authorization import AuthorizeResult

from copilot.errors import CopilotError
from copilot.ports import WorkspaceInfo
from copilot.slack.clients import SlackClients
from copilot.slack.who_we_are import Identity, ask_who_we_are
from copilot.workspaces.installations import Found

__all__ = ["BotIdentities", "Identity"]

_ASK_AGAIN_AFTER_S = 60.0


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
        found = self._clients.installation_of(team_id)
        if found is not None and found.bot_id and found.url != self._clients.unknown_url:
            return self._on_record(team_id, found)
        with self._lock:
            known = self._known.setdefault(team_id, _Known())
        with known.lock:
            if known.identity is not None and _is_same_bot(known.identity, found):
                return known.identity
            if known.failure and time.monotonic() - known.failed_at_s < _ASK_AGAIN_AFTER_S:
                raise known.failure.with_traceback(None)
            try:
                identity = ask_who_we_are(self._clients.of(team_id), team_id)
            except CopilotError as error:
                known.failure, known.failed_at_s = error, time.monotonic()
                raise
            known.identity = identity
            return identity

    def forget(self, team_id: str) -> None:
        """Ask anew next time: the workspace was installed again, or left."""
        with self._lock:
            self._known.pop(team_id, None)

    def if_known(self, team_id: str) -> Identity | None:
        """None where Slack does not tell; an event is recorded all the same."""
        try:
            return self.ask(team_id)
        except CopilotError:
            found = self._clients.installation_of(team_id)
            return self._on_record(team_id, found) if found is not None else None

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

    def _on_record(self, team_id: str, found: Found) -> Identity:
        url = found.url or self._clients.unknown_url
        here = WorkspaceInfo(team_id, found.name or team_id, url, found.bot_user_id)
        return Identity(here, found.bot_id)


def _is_same_bot(identity: Identity, found: Found | None) -> bool:
    """False once the app was installed anew."""
    return found is None or found.bot_user_id == identity.workspace.bot_user_id


class _Known:
    """What is known of one workspace; its lock lets one thread ask while others wait."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.identity: Identity | None = None
        self.failure: CopilotError | None = None
        self.failed_at_s = 0.0

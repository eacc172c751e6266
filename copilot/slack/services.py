"""What every listener is handed."""

from collections.abc import Callable
from dataclasses import dataclass, field

from slack_sdk import WebClient

from copilot.clock import Clock
from copilot.db import Database
from copilot.slack.clients import SlackClients
from copilot.slack.identity import BotIdentities
from copilot.timeline.marks import DEFAULT_MEANINGS, Meanings


@dataclass(frozen=True, slots=True)
class SlackServices:
    db: Database
    clock: Clock
    clients: SlackClients
    identities: BotIdentities
    console_url: Callable[[], str]
    """Where people reach the console; known only once the web process has its port."""
    login_token: Callable[[str, str, str], str] | None = None
    """Makes a one-time way into the console for one Slack user: team id, user id, where to."""

    reactions: Meanings = field(default_factory=lambda: DEFAULT_MEANINGS)
    """What a reaction says of a message."""

    def client_of(self, team_id: str) -> WebClient:
        return self.clients.of(team_id)

    def console_link(self, path: str, asker: tuple[str, str] | None = None) -> str:
        """Where `path` is in the console.

        For `asker`, team and user id, it signs in: such a link goes into an answer that only
        this person sees, never into a message for others nor one that stays, like App Home.
        """
        base = self.console_url().rstrip("/")
        if asker is None or self.login_token is None:
            return f"{base}/{path}"
        return f"{base}/login?token={self.login_token(*asker, f'/{path}')}"

"""What every listener is handed."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field

from slack_sdk import WebClient

from copilot.clock import Clock
from copilot.db import Database
from copilot.slack.clients import SlackClients
from copilot.slack.identity import BotIdentities
from copilot.timeline.marks import DEFAULT_MEANINGS, Meanings

_TIMEOUT_S = 2
"""A listener has three seconds in all; after them nobody hears what became of it."""


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
        """Gives up while there is still time to say so; jobs have more patience."""
        client = copy.copy(self.clients.of(team_id))
        client.timeout = _TIMEOUT_S
        return client

    def console_link(self, path: str, asker: tuple[str, str] | None = None) -> str:
        """Where `path` is in the console.

        For `asker`, team and user id, it signs in: such a link goes into an answer that only
        this person sees, never into a message for others nor one that stays, like App Home.
        """
        base = self.console_url().rstrip("/")
        if asker is None or self.login_token is None:
            return f"{base}/{path}"
        return f"{base}/login?token={self.login_token(*asker, f'/{path}')}"

"""What every listener is handed."""

from collections.abc import Callable
from dataclasses import dataclass

from slack_sdk import WebClient

from copilot.clock import Clock
from copilot.db import Database
from copilot.slack.clients import SlackClients
from copilot.slack.identity import BotIdentities


@dataclass(frozen=True, slots=True)
class SlackServices:
    db: Database
    clock: Clock
    clients: SlackClients
    identities: BotIdentities
    console_url: Callable[[], str]
    """Where people reach the console; known only once the web process has its port."""

    def client_of(self, team_id: str) -> WebClient:
        return self.clients.of(team_id)

    def console_link(self, path: str) -> str:
        return f"{self.console_url().rstrip('/')}/{path}"

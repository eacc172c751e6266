"""Slack's side of token rotation: a refresh token is good once, and it counts the calls."""

import threading
from collections.abc import Callable

from copilot.errors import CopilotError, PermanentError
from copilot.slack.oauth_app import OAuthApp, Tokens


class RotatingSlack(OAuthApp):
    def __init__(self, first_refresh: str = "refresh-0") -> None:
        super().__init__(client_id="1.2", client_secret="s", api_url="http://127.0.0.1:1/api/")
        self._lock = threading.Lock()
        self._good = first_refresh
        self.calls = 0
        self._given = 0
        self.failure: CopilotError | None = None
        self.meanwhile: Callable[[], None] = lambda: None
        """What happens between the question and the answer."""

    def refresh(self, refresh_token: str) -> Tokens:
        with self._lock:
            self.calls += 1
            if self.failure is not None:
                raise self.failure
            if refresh_token != self._good:
                raise PermanentError("Can't renew the Slack token: invalid_refresh_token.")
            self._given += 1
            self._good = f"refresh-{self._given}"
            tokens = Tokens(f"bot-{self._given}", self._good, 12 * 3600)
        self.meanwhile()
        return tokens

"""A console and a person in front of it."""

import re
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from functools import cache
from typing import Any, NamedTuple, cast
from unittest.mock import patch

import httpx2
from fastapi import FastAPI
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from copilot.clock import Clock
from copilot.console.app import add_console
from copilot.console.login import LoginLinks
from copilot.console.noise_replay import Recorded
from copilot.db import Database

HTML = {"accept": "text/html"}
_FORM_TOKEN = re.compile(r'name="form_token" value="([^"]+)"')


class _Parts(NamedTuple):
    """What a console is made of."""

    db: Database
    clock: Clock
    login: LoginLinks
    recorded: Recorded


_visited: ContextVar[_Parts] = ContextVar("_visited")


class _OfTheVisited:
    """One of the parts, of whichever console is being visited."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        def call(*args: Any, **more: Any) -> Any:
            return getattr(getattr(_visited.get(), self._name), name)(*args, **more)

        return call


@cache
def _console(secret_key: str) -> FastAPI:
    """Built once: working its sixty routes out took longer than most tests do.

    Each visitor brings the parts that it stands on, so nothing is shared but the routes.
    """
    db, clock, login, recorded = (cast(Any, _OfTheVisited(name)) for name in _Parts._fields)
    web = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    with patch("copilot.console.pages.noise.Recorded", lambda: recorded):
        add_console(web, db=db, clock=clock, login=login, secret_key=secret_key)
    return web


class Visitor:
    """Follows links and sends forms as a browser without JavaScript would."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        *,
        failures_raise: bool = True,
        secret_key: str = "s" * 32,
    ) -> None:
        self.login = LoginLinks(db)
        self.web = _console(secret_key)
        self._parts = _Parts(db, clock, self.login, Recorded())
        self.http = TestClient(
            self._visits,
            headers=HTML,
            follow_redirects=False,
            raise_server_exceptions=failures_raise,
        )

    async def _visits(self, scope: Scope, receive: Receive, send: Send) -> None:
        before = _visited.set(self._parts)
        try:
            await self.web(scope, receive, send)
        finally:
            _visited.reset(before)

    def signs_in(self, name: str = "sam") -> "Visitor":
        token = self.login.issue()
        answer = self.sends(
            "/login", {"token": token, "name": name}, seen_at=f"/login?token={token}"
        )
        assert answer.status_code == 303, answer.text
        return self

    def comes_from_slack(self, user_id: str, *, team_id: str, path: str = "/") -> "Visitor":
        """By the link that stands in a private answer to this person."""
        token = self.login.issue((team_id, user_id), path)
        answer = self.sends("/login", {"token": token}, seen_at=f"/login?token={token}")
        assert answer.status_code == 303, answer.text
        return self

    def sees(self, path: str, *, status: int = 200) -> str:
        answer = self.http.get(path)
        assert answer.status_code == status, (answer.status_code, answer.text[:400])
        return answer.text

    def sends(
        self,
        path: str,
        form: Mapping[str, str | Sequence[str]] | None = None,
        *,
        seen_at: str = "/",
        headers: Mapping[str, str] | None = None,
    ) -> httpx2.Response:
        """Send a form with the token that stands on the page at `seen_at`."""
        data = {"form_token": self.token_at(seen_at), **(form or {})}
        return self.http.post(path, data=data, headers=dict(headers or {}))

    def token_at(self, path: str) -> str:
        found = _FORM_TOKEN.search(self.http.get(path).text)
        assert found, f"no form on {path}"
        return found[1]

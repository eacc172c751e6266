"""A console and a person in front of it."""

import re
from collections.abc import Mapping

import httpx2
from fastapi import FastAPI
from starlette.testclient import TestClient

from copilot.clock import Clock
from copilot.console.app import add_console
from copilot.console.login import LoginLinks
from copilot.db import Database

HTML = {"accept": "text/html"}
_FORM_TOKEN = re.compile(r'name="form_token" value="([^"]+)"')


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
        self.web = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
        add_console(self.web, db=db, clock=clock, login=self.login, secret_key=secret_key)
        self.http = TestClient(
            self.web,
            headers=HTML,
            follow_redirects=False,
            raise_server_exceptions=failures_raise,
        )

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
        form: Mapping[str, str] | None = None,
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

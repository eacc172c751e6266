"""Our app as Slack's OAuth knows it: asks for consent, and trades what Slack gives for tokens."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urljoin

from slack_sdk.web import SlackResponse

from copilot.errors import PermanentError
from copilot.slack.client import build_client, in_words

# The library writes requests and answers, tokens included, into its log at DEBUG.
_quiet = logging.getLogger("copilot.slack.oauth_calls")
_quiet.setLevel(logging.INFO)


@dataclass(frozen=True, slots=True)
class Tokens:
    bot: str = field(repr=False)
    refresh: str | None = field(repr=False)
    lives_s: int | None
    """None where the app does not rotate its tokens."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What somebody gave us by installing the app."""

    enterprise_id: str
    team_id: str
    """Empty where it was installed for the whole organisation."""
    name: str
    app_id: str
    bot_user_id: str
    scopes: str
    installed_by: str | None
    tokens: Tokens


class OAuthApp:
    def __init__(self, *, client_id: str, client_secret: str, api_url: str) -> None:
        self._client_id = client_id
        self._client_secret = client_secret
        self._client = build_client(None, api_url, logger=_quiet)
        self._authorize_url = urljoin(api_url, "../oauth/v2/authorize")

    def authorize_url(self, *, state: str, redirect_uri: str, scopes: str) -> str:
        """Where a person says yes; on the host of the API, so also GovSlack's or the sandbox's."""
        asked = {
            "client_id": self._client_id,
            "scope": scopes,
            "redirect_uri": redirect_uri,
            "state": state,
        }
        return f"{self._authorize_url}?{urlencode(asked)}"

    def exchange(self, code: str, redirect_uri: str) -> Grant:
        """Raises TemporaryError or PermanentError."""
        with in_words("finish the installation"):
            answer = self._client.oauth_v2_access(
                client_id=self._client_id,
                client_secret=self._client_secret,
                code=code,
                redirect_uri=redirect_uri,
            )
        return _grant(answer)

    def refresh(self, refresh_token: str) -> Tokens:
        """Raises TemporaryError or PermanentError. Slack takes each refresh token once."""
        with in_words("renew the Slack token"):
            answer = self._client.oauth_v2_access(
                client_id=self._client_id,
                client_secret=self._client_secret,
                grant_type="refresh_token",
                refresh_token=refresh_token,
            )
        return _tokens(answer)


def _grant(answer: SlackResponse) -> Grant:
    team, enterprise = _part(answer, "team"), _part(answer, "enterprise")
    is_organisation = answer.get("is_enterprise_install") is True
    place = enterprise if is_organisation else team
    grant = Grant(
        enterprise_id=_text(enterprise.get("id")),
        team_id="" if is_organisation else _text(team.get("id")),
        name=_text(place.get("name")),
        app_id=_text(answer.get("app_id")),
        bot_user_id=_text(answer.get("bot_user_id")),
        scopes=_text(answer.get("scope")),
        installed_by=_text(_part(answer, "authed_user").get("id")) or None,
        tokens=_tokens(answer),
    )
    if not (_text(place.get("id")) and grant.app_id and grant.bot_user_id):
        raise PermanentError("Slack's answer does not say where the app was installed.")
    return grant


def _tokens(answer: SlackResponse) -> Tokens:
    bot, refresh = _text(answer.get("access_token")), _text(answer.get("refresh_token"))
    lives_s = answer.get("expires_in")
    if not bot or answer.get("token_type") != "bot":
        raise PermanentError("Slack's answer holds no bot token.")
    rotates = bool(refresh) and isinstance(lives_s, int)
    return Tokens(bot, refresh if rotates else None, lives_s if rotates else None)


def _part(answer: SlackResponse, name: str) -> Mapping[str, Any]:
    value = answer.get(name)
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""

"""The app's tokens in the pretend workspace: given, refreshed, taken away."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from copilot.clock import Clock

ACCESS_LIFETIME = timedelta(hours=12)
BOT_SCOPES = (
    "app_mentions:read",
    "bookmarks:write",
    "channels:history",
    "channels:join",
    "channels:manage",
    "channels:read",
    "chat:write",
    "commands",
    "groups:history",
    "groups:read",
    "groups:write",
    "im:history",
    "im:read",
    "im:write",
    "pins:read",
    "pins:write",
    "reactions:read",
    "reactions:write",
    "team:read",
    "users:read",
)
"""What the app may do here; a test takes one away to see who notices."""


class GrantError(Exception):
    """Its text is Slack's error code."""


@dataclass(slots=True)
class _Token:
    expires_at: datetime | None = None
    is_revoked: bool = False


@dataclass(slots=True)
class _Code:
    user_id: str
    redirect_uri: str
    is_used: bool = False


@dataclass(frozen=True, slots=True)
class Granted:
    """What an installation, or a refresh, gives the app."""

    access_token: str
    user_id: str = ""
    refresh_token: str | None = None
    expires_in_s: int | None = None


@dataclass(slots=True)
class _Refresh:
    user_id: str
    is_used: bool = False


class Grants:
    """Not thread-safe by itself: the workspace's lock is held around every call."""

    def __init__(self, clock: Clock, *, bot_token: str | None = None) -> None:
        self._clock = clock
        self.bot_token = bot_token or f"xoxb-sandbox-{secrets.token_hex(12)}"
        self.app_token = f"xapp-1-sandbox-{secrets.token_hex(12)}"
        self.client_id = "1111.2222"
        self.client_secret = secrets.token_hex(16)
        self.scopes: tuple[str, ...] = BOT_SCOPES
        self.is_rotating = False
        """Tokens given from now on live twelve hours and come with one that renews them."""
        self.is_org_install = False
        """The app is installed in the whole organisation rather than in this workspace."""
        self._tokens: dict[str, _Token] = {self.bot_token: _Token()}
        self._codes: dict[str, _Code] = {}
        self._refreshes: dict[str, _Refresh] = {}

    def belong_with(self, other: "Grants") -> None:
        """Be of the same app as in another workspace."""
        self.client_id, self.client_secret = other.client_id, other.client_secret
        self.app_token = other.app_token

    def knows(self, token: str) -> bool:
        return token in self._tokens or token == self.app_token

    def check(self, token: str) -> None:
        """Raise GrantError for a token that is not, or no longer, good."""
        found = self._tokens.get(token)
        if found is None:
            raise GrantError("invalid_auth")
        if found.is_revoked:
            raise GrantError("token_revoked")
        if found.expires_at is not None and found.expires_at <= self._clock.now():
            raise GrantError("token_expired")

    def is_good(self, token: str) -> bool:
        try:
            self.check(token)
        except GrantError:
            return False
        return True

    def issue_code(self, user_id: str, redirect_uri: str = "") -> str:
        """What the app gets back once somebody has allowed it in; good once."""
        code = f"{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self._codes[code] = _Code(user_id, redirect_uri)
        return code

    def knows_code(self, code: str) -> bool:
        return code in self._codes

    def knows_refresh(self, refresh_token: str) -> bool:
        return refresh_token in self._refreshes

    def redeem(self, code: str, redirect_uri: str = "") -> Granted:
        found = self._codes.get(code)
        if found is None:
            raise GrantError("invalid_code")
        if found.is_used:
            raise GrantError("code_already_used")
        if redirect_uri and found.redirect_uri and redirect_uri != found.redirect_uri:
            raise GrantError("bad_redirect_uri")
        found.is_used = True
        return self._give(found.user_id)

    def refresh(self, refresh_token: str) -> Granted:
        """Another pair of tokens; a refresh token is good once."""
        found = self._refreshes.get(refresh_token)
        if found is None or found.is_used:
            raise GrantError("invalid_refresh_token")
        found.is_used = True
        return self._give(found.user_id)

    def revoke(self, token: str) -> bool:
        """Take one token away; False for one that is gone already."""
        found = self._tokens.get(token)
        if found is None or found.is_revoked:
            return False
        found.is_revoked = True
        return True

    def revoke_all(self) -> None:
        for token in self._tokens.values():
            token.is_revoked = True
        self._refreshes.clear()
        self._codes.clear()

    def _give(self, user_id: str) -> Granted:
        if not self.is_rotating:
            token = f"xoxb-sandbox-{secrets.token_hex(12)}"
            self._tokens[token] = _Token()
            return Granted(token, user_id)
        token = f"xoxe.xoxb-1-{secrets.token_hex(12)}"
        refresh_token = f"xoxe-1-{secrets.token_hex(12)}"
        self._tokens[token] = _Token(self._clock.now() + ACCESS_LIFETIME)
        self._refreshes[refresh_token] = _Refresh(user_id)
        lifetime_s = int(ACCESS_LIFETIME.total_seconds())
        return Granted(token, user_id, refresh_token, lifetime_s)

"""One-time links that let a person into the console."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from itsdangerous import BadData, URLSafeSerializer

from copilot.clock import Clock, SystemClock
from copilot.db import Database
from copilot.workspaces.spent_links import is_spent, spend

LIFETIME = timedelta(minutes=15)
_LONGEST_TOKEN = 1000


class SlackUser(NamedTuple):
    """Whom Slack vouched for: the person who was given a link in a private answer."""

    team_id: str
    user_id: str


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a link says. `user` is None in the operator's own link, which lets in by any name."""

    user: SlackUser | None


class LoginLinks:
    """Makes and redeems signed tokens that work once and only for a while.

    The token says by itself for whom and how long, so that making one costs no write and every
    process with the same key can; that it was used is a row, so that it works once whichever
    process it is brought to. It lives by the wall clock even while an incident is played back.
    """

    def __init__(
        self,
        db: Database,
        secret_key: str | None = None,
        *,
        lifetime: timedelta = LIFETIME,
        clock: Clock | None = None,
    ) -> None:
        """Without a key of their own, links work in this process alone."""
        self._db = db
        self._signer = URLSafeSerializer(secret_key or secrets.token_hex(32), salt="sign-in link")
        self._lifetime = lifetime
        self._clock = clock or SystemClock()

    def issue(self, user: tuple[str, str] | None = None, path: str = "/") -> str:
        """A new token, for `/login?token=…`, which leads on to `path`.

        With `user`, team and user id, it lets in that Slack user alone.
        """
        expires_at = self._clock.now() + self._lifetime
        parts = [secrets.token_urlsafe(16), expires_at.timestamp(), path, *(user or ())]
        token: str = self._signer.dumps(parts)
        return token

    def read(self, token: str) -> Invitation | None:
        """What `redeem` would answer now; asking uses nothing up."""
        signed = self._in_time(token)
        if signed is None:
            return None
        with self._db.reading() as session:
            return None if is_spent(session, _digest(token)) else signed.invitation

    def is_open(self, token: str) -> bool:
        return self.read(token) is not None

    def path_of(self, token: str) -> str | None:
        """Where the link leads on to, also once it was used: who is in already goes there."""
        signed = self._signed(token)
        return signed.path if signed else None

    def redeem(self, token: str) -> Invitation | None:
        """Use the token up; None unless the caller may come in."""
        signed = self._in_time(token)
        if signed is None:
            return None
        with self._db.transaction() as session:
            is_first = spend(session, _digest(token), signed.expires_at, self._clock.now())
        return signed.invitation if is_first else None

    def _in_time(self, token: str) -> "_Signed | None":
        signed = self._signed(token)
        return signed if signed and self._clock.now() < signed.expires_at else None

    def _signed(self, token: str) -> "_Signed | None":
        if len(token) > _LONGEST_TOKEN or not token.isascii():
            return None
        try:
            parts = self._signer.loads(token)
        except BadData:
            return None
        return _to_signed(parts)


@dataclass(frozen=True, slots=True)
class _Signed:
    invitation: Invitation
    expires_at: datetime
    path: str


def _to_signed(parts: list[Any]) -> _Signed:
    _, expires_at_s, path, *user = parts
    return _Signed(
        Invitation(SlackUser(*user) if user else None),
        datetime.fromtimestamp(expires_at_s, UTC),
        path,
    )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

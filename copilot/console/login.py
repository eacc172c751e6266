"""One-time links that let a person into the console."""

import hashlib
import secrets
import threading
import time
from collections.abc import Callable

LIFETIME_S = 15 * 60.0


class LoginLinks:
    """Tokens that work once and only for a while; kept in memory, so a restart ends them all.

    A token lives by the wall clock even while an incident is played back, so durations come
    from `monotonic` and not from the product's clock.
    """

    def __init__(
        self,
        *,
        lifetime_s: float = LIFETIME_S,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._lock = threading.Lock()
        self._expires_at_s: dict[str, float] = {}
        self._lifetime_s = lifetime_s
        self._monotonic = monotonic

    def issue(self) -> str:
        """A new token, for `/login?token=…`."""
        token = secrets.token_urlsafe(32)
        with self._lock:
            self._forget_expired()
            self._expires_at_s[_digest(token)] = self._monotonic() + self._lifetime_s
        return token

    def is_open(self, token: str) -> bool:
        """Whether `redeem` would still accept the token; asking uses nothing up."""
        with self._lock:
            return self._monotonic() < self._expires_at_s.get(_digest(token), float("-inf"))

    def redeem(self, token: str) -> bool:
        """Use the token up; True for the one caller who may come in."""
        with self._lock:
            expires_at_s = self._expires_at_s.pop(_digest(token), float("-inf"))
            return self._monotonic() < expires_at_s

    def _forget_expired(self) -> None:
        now_s = self._monotonic()
        self._expires_at_s = {d: at for d, at in self._expires_at_s.items() if now_s < at}


def _digest(token: str) -> str:
    # Looking up a digest tells nothing by its timing about the tokens that exist.
    return hashlib.sha256(token.encode()).hexdigest()

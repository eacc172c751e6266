"""Short-lived permissions that Slack hands out: trigger ids and response addresses."""

import secrets
import time
from dataclasses import dataclass

TRIGGER_LIFETIME_S = 3.0
RESPONSE_LIFETIME_S = 30 * 60.0
RESPONSE_USES = 5


@dataclass(slots=True)
class _Trigger:
    user_id: str
    channel_id: str
    issued_s: float
    is_used: bool = False


@dataclass(slots=True)
class ResponseTarget:
    """What an app may answer to with a response_url."""

    user_id: str
    channel_id: str
    message_ts: str | None
    """The message or private answer whose button was pressed; a command has none."""
    is_private: bool
    thread_ts: str | None
    issued_s: float
    uses_left: int = RESPONSE_USES


class TriggerError(Exception):
    """Its text is Slack's error code."""


class Tickets:
    """Not thread-safe by itself: the workspace's lock is held around every call."""

    def __init__(self) -> None:
        self.trigger_lifetime_s = TRIGGER_LIFETIME_S
        self._triggers: dict[str, _Trigger] = {}
        self._responses: dict[str, ResponseTarget] = {}

    def issue_trigger(self, user_id: str, channel_id: str) -> str:
        trigger_id = f"{secrets.randbelow(10**13)}.{secrets.token_hex(16)}"
        self._triggers[trigger_id] = _Trigger(user_id, channel_id, time.monotonic())
        return trigger_id

    def redeem_trigger(self, trigger_id: str) -> tuple[str, str]:
        """The person and channel it was issued for; each is good once, for three seconds."""
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise TriggerError("invalid_trigger_id")
        if trigger.is_used:
            raise TriggerError("exchanged_trigger_id")
        if time.monotonic() - trigger.issued_s > self.trigger_lifetime_s:
            raise TriggerError("expired_trigger_id")
        trigger.is_used = True
        return trigger.user_id, trigger.channel_id

    def issue_response(
        self,
        user_id: str,
        channel_id: str,
        *,
        message_ts: str | None = None,
        is_private: bool = True,
        thread_ts: str | None = None,
    ) -> str:
        """A secret that ends the address."""
        secret = secrets.token_urlsafe(18)
        self._responses[secret] = ResponseTarget(
            user_id, channel_id, message_ts, is_private, thread_ts, time.monotonic()
        )
        return secret

    def use_response(self, secret: str) -> ResponseTarget | None:
        """The target, or None where the address is unknown, too old or used up."""
        target = self._responses.get(secret)
        if target is None or target.uses_left <= 0:
            return None
        if time.monotonic() - target.issued_s > RESPONSE_LIFETIME_S:
            return None
        target.uses_left -= 1
        return target

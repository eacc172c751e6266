"""The Slack client, and the one place where its errors become ours."""

import http.client
import logging
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import SlackResponse

from copilot.errors import PermanentError, TemporaryError

_TIMEOUT_S = 10
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_ERROR_CODE = re.compile(r"[a-z][a-z0-9_]{0,80}")
_PASSING_CODES = frozenset(
    {
        "accesslimited",
        "fatal_error",
        "internal_error",
        "ratelimited",
        "rate_limited",
        "request_timeout",
        "service_unavailable",
        "team_added_to_org",
    }
)
_DEAD_TOKEN_CODES = frozenset(
    {"account_inactive", "invalid_auth", "token_expired", "token_revoked"}
)
_INSTALL_AGAIN = "install the app again and, where SLACK_BOT_TOKEN is set, set the new one"
_ADVICE = {
    "account_inactive": _INSTALL_AGAIN,
    "channel_not_found": "invite the bot to the channel",
    "invalid_auth": "check SLACK_BOT_TOKEN",
    "is_archived": "unarchive the channel",
    "missing_scope": "add the scope that Slack names and install the app again",
    "not_authed": "set SLACK_BOT_TOKEN",
    "not_in_channel": "invite the bot to the channel",
    "token_expired": _INSTALL_AGAIN,
    "token_revoked": _INSTALL_AGAIN,
}


class CopilotClient(WebClient):
    """Speaks for one workspace. A call that Slack refused for its token alone, and so did not
    carry out, is made once more if `renew` knows a newer token.
    """

    without_token = "no Slack workspace is connected. Set SLACK_BOT_TOKEN and start again."  # noqa: S105 - words for people
    renew: Callable[[str, str], str | None] | None = None
    """Given the token that was refused and Slack's word for why."""

    def api_call(self, api_method: str, **arguments: Any) -> SlackResponse:
        used = self.token
        try:
            return super().api_call(api_method, **arguments)
        except SlackApiError as error:
            code = _code(error)
            if self.renew is None or used is None or code not in _DEAD_TOKEN_CODES:
                raise
            renewed = self.renew(used, code)
            if renewed is None:
                raise
            self.token = renewed
            return super().api_call(api_method, **arguments)


def build_client(
    token: str | None,
    api_url: str,
    *,
    team_id: str | None = None,
    logger: logging.Logger | None = None,
) -> CopilotClient:
    """A client that tries each call once.

    The library would repeat a call whose connection broke, and so post twice when only the
    answer was lost. Waiting out a rate limit is the workers' business, who can do so for free.
    `team_id` goes with every call: a token of a whole organisation needs it.
    """
    if urlsplit(api_url).hostname in _LOOPBACK:
        keep_loopback_off_proxies()
    return CopilotClient(
        token=token,
        base_url=api_url,
        timeout=_TIMEOUT_S,
        retry_handlers=[],
        team_id=team_id,
        logger=logger,
    )


@contextmanager
def translated(client: WebClient, wish: str) -> Iterator[None]:
    """Raise TemporaryError or PermanentError where the library raises; `wish` is a bare verb."""
    if not client.token:
        why = (client if isinstance(client, CopilotClient) else CopilotClient).without_token
        raise PermanentError(f"Can't {wish}: {why}")
    with in_words(wish):
        yield


@contextmanager
def in_words(wish: str) -> Iterator[None]:
    """The same for a call that takes no token."""
    try:
        yield
    except SlackApiError as error:
        raise _refusal(error, wish) from error
    except SlackClientError as error:
        raise PermanentError(f"Can't {wish}: {error}. Check SLACK_API_URL.") from error
    except (OSError, http.client.HTTPException) as error:
        raise TemporaryError(
            f"Can't {wish}: no answer from Slack ({type(error).__name__})."
        ) from error


def slack_error_code(error: BaseException | None) -> str | None:
    """Slack's own word for a translated refusal, e.g. `name_taken`."""
    cause = error.__cause__ if error is not None else None
    return _code(cause) if isinstance(cause, SlackApiError) else None


def keep_loopback_off_proxies() -> None:
    """Extend `no_proxy`: the library sends every call, to the sandbox too, through the proxy that
    the environment names, and offers no other way round.
    """
    before = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    known = [host.strip() for host in before.split(",") if host.strip()]
    if "*" not in known:
        hosts = ",".join([*known, *(host for host in _LOOPBACK if host not in known)])
        os.environ["no_proxy"] = os.environ["NO_PROXY"] = hosts


def _refusal(error: SlackApiError, wish: str) -> TemporaryError | PermanentError:
    code = _code(error)
    status = _status(error)
    if status == 429 or code in {"ratelimited", "rate_limited"}:
        return TemporaryError(
            f"Can't {wish} yet: Slack's rate limit.", retry_after_s=_retry_after_s(error)
        )
    if code is None or status >= 500 or code in _PASSING_CODES:
        return TemporaryError(f"Can't {wish}: Slack is in trouble ({code or f'HTTP {status}'}).")
    advice = _ADVICE.get(code)
    needed = error.response.get("needed") if code == "missing_scope" else None
    detail = f"{code}: {needed}" if isinstance(needed, str) else code
    return PermanentError(
        f"Can't {wish}: Slack says {detail}" + (f"; {advice}." if advice else ".")
    )


def _code(error: SlackApiError) -> str | None:
    """None where the answer was no Slack answer, e.g. a proxy's page."""
    code = error.response.get("error")
    return code if isinstance(code, str) and _ERROR_CODE.fullmatch(code) else None


def _status(error: SlackApiError) -> int:
    status = getattr(error.response, "status_code", 200)
    return status if isinstance(status, int) else 200


def _retry_after_s(error: SlackApiError) -> float:
    headers = {
        str(name).lower(): value
        for name, value in (getattr(error.response, "headers", None) or {}).items()
    }
    try:
        return max(1.0, float(str(headers.get("retry-after", "30"))))
    except ValueError:
        return 30.0

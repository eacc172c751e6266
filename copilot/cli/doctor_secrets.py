"""Checks of what was pasted: each of Slack's secrets in the variable where it belongs."""

import re

from pydantic import SecretStr

from copilot.bootstrap import Services
from copilot.cli.findings import Finding, broken, off, ok
from copilot.errors import CopilotError, PermanentError
from copilot.settings import Settings
from copilot.slack.client import slack_error_code
from copilot.slack.inspection import try_socket

_HEX_SECRET = re.compile(r"[0-9a-f]{32}")
_WHERE_BOT = "the Bot User OAuth Token (xoxb-…) from OAuth & Permissions"
_WHERE_APP = "the token from Basic Information → App-Level Tokens (xapp-…, connections:write)"
_WHERE_SIGNING = "the Signing Secret from Basic Information → App Credentials"


def text_of(secret: SecretStr | None) -> str:
    return secret.get_secret_value().strip() if secret else ""


def check_way_in(services: Services) -> Finding:
    """How events come here from Slack, which the tokens decide."""
    settings = services.settings
    if settings.slack_app_token is not None:
        return ok("way in", "Socket Mode, since SLACK_APP_TOKEN is set; no address is needed")
    if settings.slack_signing_secret is not None:
        base = (settings.public_url or "https://…").rstrip("/")
        return ok("way in", f"HTTP: in the app's settings Slack must know {base}/slack/events")
    return off(
        "way in",
        f"None yet. For Socket Mode set SLACK_APP_TOKEN to {_WHERE_APP}. For HTTP set "
        f"SLACK_SIGNING_SECRET to {_WHERE_SIGNING}.",
    )


def check_signing_secret(settings: Settings) -> Finding | None:
    """None where no request needs to be proven."""
    secret = text_of(settings.slack_signing_secret)
    if not secret:
        return None
    what = "signing secret"
    if secret.startswith(("xox", "xapp-")):
        return broken(what, f"SLACK_SIGNING_SECRET holds a token. Copy {_WHERE_SIGNING}.")
    if secret == text_of(settings.slack_client_secret):
        return broken(what, f"SLACK_SIGNING_SECRET holds the client secret. Copy {_WHERE_SIGNING}.")
    if not _HEX_SECRET.fullmatch(secret):
        return ok(what, "set, though it does not look like one (32 of 0–9 and a–f)")
    return ok(what, "set; whether it is this app's shows with the first event")


def check_bot_token(settings: Settings) -> Finding | None:
    """What is wrong with the token by its looks, before Slack is asked. None where it may do."""
    token = text_of(settings.slack_bot_token)
    what = "bot token"
    if not token:
        if settings.slack_client_id:
            return None  # tokens come with each installation
        return off(what, f"Set SLACK_BOT_TOKEN to {_WHERE_BOT}.")
    if token.startswith("xoxe.xoxb-"):
        return broken(
            what,
            "SLACK_BOT_TOKEN holds a token that ends after 12 hours, since the app rotates them. "
            "Install by OAuth instead (SLACK_CLIENT_ID, see docs/slack.md), or make the app anew "
            "from `incident-copilot manifest`.",
        )
    holds = _kind_of(token)
    return broken(what, f"SLACK_BOT_TOKEN holds {holds}. Copy {_WHERE_BOT}.") if holds else None


def check_app_token(services: Services) -> Finding | None:
    token = text_of(services.settings.slack_app_token)
    if not token:
        return None
    what = "app token"
    try:
        try_socket(token, services.settings.slack_api_url)
    except PermanentError as error:
        code = slack_error_code(error) or str(error)
        return broken(what, f"Slack says {code}: {_REFUSED.get(code, _REFUSED_ANYHOW)}")
    except CopilotError as error:
        return broken(what, str(error))
    return ok(what, "Slack opens a socket for it")


def _kind_of(token: str) -> str | None:
    """What was pasted instead of a bot token, in words."""
    kinds = (
        ("xoxp-", "a user token (xoxp-…)"),
        ("xoxe.xoxp-", "a user token (xoxe.xoxp-…)"),
        ("xapp-", "the app-level token (xapp-…), which belongs in SLACK_APP_TOKEN"),
        ("xoxe-", "a refresh token (xoxe-…)"),
        ("xoxa-", "a token of the workspace (xoxa-…)"),
    )
    for beginning, words in kinds:
        if token.startswith(beginning):
            return words
    if _HEX_SECRET.fullmatch(token):
        return "what looks like a signing or client secret"
    return None if token.startswith("xoxb-") else "no token of Slack's"


_REFUSED = {
    "socket_mode_not_enabled": "turn on Settings → Socket Mode → Enable Socket Mode.",
    "missing_scope": "it lacks the scope connections:write. Make another in "
    "Basic Information → App-Level Tokens.",
    "invalid_auth": f"the token is not, or no longer, good. Copy {_WHERE_APP}.",
    "not_allowed_token_type": f"it is no app-level token. Copy {_WHERE_APP}.",
    "token_revoked": f"the token was revoked. Make another and copy {_WHERE_APP}.",
}
_REFUSED_ANYHOW = f"check Settings → Socket Mode, and copy {_WHERE_APP}."

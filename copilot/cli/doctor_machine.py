"""Checks of what runs here: database, jobs, the web process and its address."""

import urllib.error
import urllib.request
from urllib.parse import urlsplit

import redis
from sqlalchemy.exc import SQLAlchemyError

from copilot.bootstrap import Services
from copilot.cli.findings import Finding, broken, off, ok
from copilot.migrating import is_current
from copilot.settings import Settings

_LOCAL = {"localhost", "127.0.0.1", "::1"}


def check_database(services: Services) -> Finding:
    try:
        if is_current(services.engine):
            return ok("database", services.database_name)
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", error)).strip().splitlines()[0]
        return broken(
            "database", f"{services.database_name}: {reason}. Check COPILOT_DATABASE_URL."
        )
    if services.settings.sqlite_path is not None:
        return ok("database", f"{services.database_name}, made at the first start")
    return broken("database", "Tables are missing: run `incident-copilot migrate`.")


def check_jobs(services: Services) -> Finding:
    url = services.settings.redis_url
    if url is None:
        return ok("jobs", "run inside `serve`; set COPILOT_REDIS_URL for workers")
    try:
        redis.Redis.from_url(
            url.get_secret_value(), socket_connect_timeout=3, socket_timeout=3
        ).ping()
    except (redis.RedisError, ValueError) as error:
        return broken("jobs", f"Redis does not answer ({error}). Check COPILOT_REDIS_URL.")
    return ok("jobs", "Redis answers; run `worker` and `scheduler` beside `serve`")


def check_console(services: Services) -> Finding:
    """Where people reach the console, and whether Slack could reach the endpoint beside it."""
    settings = services.settings
    url = settings.public_url
    if url is None and uses_http_only(settings):
        return broken(
            "console",
            "Slack delivers over HTTP, and COPILOT_PUBLIC_URL is not set: only this machine is "
            "answered. Set it to the https:// address of the proxy in front; or use Socket Mode, "
            "which needs none: set SLACK_APP_TOKEN.",
        )
    if url is None:
        return off(
            "console",
            f"Links in Slack lead to http://127.0.0.1:{settings.port}, which opens on this "
            "machine only. Set COPILOT_PUBLIC_URL to the address that people reach.",
        )
    is_local = urlsplit(url).hostname in _LOCAL
    if url.startswith("https://") and not is_local:
        return ok("console", f"people reach it at {url}")
    if uses_http_only(settings):
        return broken(
            "console",
            f"Slack delivers to an https:// address that it can reach, and {url} is none. Put a "
            "proxy with TLS in front and set COPILOT_PUBLIC_URL to its address; or use Socket "
            "Mode, which needs none: set SLACK_APP_TOKEN.",
        )
    if is_local:
        return off("console", f"Links in Slack lead to {url}, which opens on one machine only.")
    return off(
        "console",
        f"{url} is not encrypted, and links in Slack sign people in: put a proxy with TLS in "
        "front and set COPILOT_PUBLIC_URL to its https:// address.",
    )


def check_sessions(services: Services) -> Finding:
    if services.settings.secret_key is not None:
        return ok("sessions", "outlive a restart")
    return off(
        "sessions",
        "End, and links in Slack stop working, when `serve` does. Set COPILOT_SECRET_KEY to a "
        "long random text.",
    )


def uses_http_only(settings: Settings) -> bool:
    """Whether HTTP is the only way in from Slack."""
    return settings.slack_signing_secret is not None and settings.slack_app_token is None


def web_process_answers(settings: Settings) -> bool:
    """Whether `serve` runs where these settings say."""
    shown = "127.0.0.1" if settings.host in {"", "0.0.0.0"} else settings.host  # noqa: S104 - compared only
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://{shown}:{settings.port}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False

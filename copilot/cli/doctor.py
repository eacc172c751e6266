"""`doctor`: is everything connected, and if not, what to do."""

from collections.abc import Callable
from dataclasses import dataclass

import redis
import typer
from rich.markup import escape
from sqlalchemy.exc import SQLAlchemyError

from copilot.bootstrap import Services, build_services
from copilot.cli.output import Format, console, errors_in_words, print_json
from copilot.errors import CopilotError
from copilot.migrating import is_current
from copilot.settings import read_settings


@dataclass(frozen=True, slots=True)
class Finding:
    what: str
    state: str
    """`ok`, `off` (works without it) or `broken`."""
    words: str


def doctor(format: Format = typer.Option(Format.TABLE, help="For people or programs.")) -> None:
    """Check database, broker and Slack, and say what to do. Exits 1 if something is broken."""
    with errors_in_words():
        services = build_services(read_settings())
        checks: list[Callable[[Services], Finding]] = [_database, _broker, _signing, _slack]
        findings = [check(services) for check in checks]
    if format is Format.JSON:
        print_json([{"what": f.what, "state": f.state, "words": f.words} for f in findings])
    else:
        colours = {"ok": "green", "off": "yellow", "broken": "red"}
        for finding in findings:
            colour = colours[finding.state]
            console.print(
                f"[{colour}]{finding.state:<6}[/{colour}]  {finding.what:<16} "
                f"{escape(finding.words)}",
                soft_wrap=True,
            )
    if any(finding.state == "broken" for finding in findings):
        raise typer.Exit(1)


def _database(services: Services) -> Finding:
    try:
        if is_current(services.engine):
            return Finding("database", "ok", services.database_name)
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", error)).strip().splitlines()[0]
        return Finding(
            "database", "broken", f"{services.database_name}: {reason}. Check COPILOT_DATABASE_URL."
        )
    if services.settings.sqlite_path is not None:
        return Finding("database", "ok", f"{services.database_name}, made at the first start")
    return Finding("database", "broken", "Tables are missing: run `incident-copilot migrate`.")


def _broker(services: Services) -> Finding:
    url = services.settings.redis_url
    if url is None:
        return Finding("jobs", "ok", "run inside `serve`; set COPILOT_REDIS_URL for workers")
    try:
        redis.Redis.from_url(
            url.get_secret_value(), socket_connect_timeout=3, socket_timeout=3
        ).ping()
    except (redis.RedisError, ValueError) as error:
        return Finding(
            "jobs", "broken", f"Redis does not answer ({error}). Check COPILOT_REDIS_URL."
        )
    return Finding("jobs", "ok", "Redis answers; run `worker` and `scheduler` beside `serve`")


def _signing(services: Services) -> Finding:
    if services.settings.slack_signing_secret is None:
        return Finding(
            "signing secret",
            "off",
            "Set SLACK_SIGNING_SECRET (api.slack.com/apps, Basic Information) to receive events.",
        )
    return Finding("signing secret", "ok", "set")


def _slack(services: Services) -> Finding:
    if services.settings.slack_bot_token is None:
        return Finding(
            "Slack", "off", "Set SLACK_BOT_TOKEN (api.slack.com/apps, OAuth & Permissions)."
        )
    try:
        found = services.reader.workspace("")
    except CopilotError as error:
        return Finding("Slack", "broken", str(error))
    return Finding("Slack", "ok", f"{found.name} at {found.url} as {found.bot_user_id}")

"""Checks of what Slack says: who we are, what was granted, what its clock shows."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from copilot.bootstrap import Services
from copilot.cli.findings import Finding, broken, off, ok
from copilot.clock import SystemClock
from copilot.errors import CopilotError
from copilot.slack.inspection import BotReport, inspect_bot
from copilot.slack.manifest import BOT_SCOPES, missing_scopes, superfluous_scopes
from copilot.workspaces.models import Installation, Workspace

_MOST_WORKSPACES = 20
_NOTICEABLE = timedelta(seconds=30)
_TOO_OLD = timedelta(minutes=5)
"""A signature that is older, or as much ahead, is refused."""
_HOW_TO_ADD = (
    "At api.slack.com/apps → App Manifest paste what `incident-copilot manifest` prints, then"
)


def check_slack(services: Services, team_ids: Sequence[str]) -> list[Finding]:
    """Each workspace, its scopes, and once the clock."""
    findings: list[Finding] = []
    clock: Finding | None = None
    for team_id in team_ids[:_MOST_WORKSPACES]:
        try:
            report = inspect_bot(services.slack_clients.of(team_id))
        except CopilotError as error:
            findings.append(broken("Slack", str(error)))
            continue
        findings += [
            _workspace(report),
            _scopes(services, report, is_one_of_many=len(team_ids) > 1),
        ]
        clock = clock or _clock(report, SystemClock().now())
    if len(team_ids) > _MOST_WORKSPACES:
        left = len(team_ids) - _MOST_WORKSPACES
        findings.append(ok("Slack", f"{left} more workspaces were not asked about"))
    return [*findings, *([clock] if clock else [])]


def workspaces_to_ask(services: Services) -> list[str]:
    """One token speaks for one workspace; else each that the app was installed in."""
    if services.settings.slack_bot_token is not None:
        return [""]
    with services.db.reading() as session:
        installed = session.scalars(
            select(Workspace.team_id)
            .join(
                Installation,
                (Installation.team_id == Workspace.team_id)
                | (
                    (Installation.team_id == "")
                    & (Installation.enterprise_id == Workspace.enterprise_id)
                ),
            )
            .where(Installation.revoked_at.is_(None), Workspace.disconnected_at.is_(None))
            .distinct()
            .order_by(Workspace.team_id)
        )
        return list(installed)


def check_installations(services: Services, team_ids: Sequence[str]) -> Finding | None:
    """None where the one token is set, or nobody may install."""
    settings = services.settings
    if settings.slack_bot_token is not None or not settings.slack_client_id:
        return None
    base = _base(services)
    if not team_ids:
        return off("installations", f"None yet. Open {base}/slack/install to add a workspace.")
    count = f"{len(team_ids)} workspace{'s' if len(team_ids) > 1 else ''}"
    return ok("installations", f"{count}; {base}/slack/install adds another")


def _base(services: Services) -> str:
    return (services.settings.public_url or "https://…").rstrip("/")


def _workspace(report: BotReport) -> Finding:
    found = report.workspace
    return ok("Slack", f"{found.name} at {found.url} as {found.bot_user_id}")


def _scopes(services: Services, report: BotReport, *, is_one_of_many: bool) -> Finding:
    whose = f"{report.workspace.name}: " if is_one_of_many else ""
    if report.scopes is None:
        return off("scopes", f"{whose}Slack did not say which were granted.")
    missing = missing_scopes(report.scopes)
    if missing:
        again = "Install App → Reinstall"
        if services.settings.slack_client_id is not None:
            again = f"install it there again, at {_base(services)}/slack/install"
        without = "; ".join(f"{scope} ({use})" for scope, use in missing.items())
        return broken("scopes", f"{whose}not granted: {without}. {_HOW_TO_ADD} {again}.")
    extra = superfluous_scopes(report.scopes)
    hint = f"; granted, but not needed: {', '.join(extra)}" if extra else ""
    return ok("scopes", f"{whose}all {len(BOT_SCOPES)} that are needed{hint}")


def _clock(report: BotReport, now: datetime) -> Finding | None:
    if report.slack_now is None:
        return None
    skew = now - report.slack_now
    apart = abs(skew)
    if apart < _NOTICEABLE:
        return ok("clock", "agrees with Slack's")
    way = "ahead of" if skew > timedelta() else "behind"
    words = f"This machine's clock is {_length(apart)} {way} Slack's."
    if apart < _TOO_OLD:
        return off("clock", f"{words} From 5 min on, Slack's requests are refused: set it.")
    return broken("clock", f"{words} Slack's requests are refused as too old: set it.")


def _length(length: timedelta) -> str:
    seconds = int(length.total_seconds())
    return f"{seconds // 60} min" if seconds >= 120 else f"{seconds} s"

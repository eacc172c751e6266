"""`doctor`: is everything connected, and if not, what to click."""

import typer
from sqlalchemy.exc import SQLAlchemyError

from copilot.bootstrap import Services, build_services
from copilot.cli.doctor_events import check_channels, check_events, listen_for_event
from copilot.cli.doctor_machine import (
    check_console,
    check_database,
    check_jobs,
    check_sessions,
)
from copilot.cli.doctor_model import check_model
from copilot.cli.doctor_secrets import (
    check_app_token,
    check_bot_token,
    check_signing_secret,
    check_way_in,
)
from copilot.cli.doctor_slack import check_installations, check_slack, workspaces_to_ask
from copilot.cli.findings import Finding, State, broken, print_findings, print_findings_json
from copilot.cli.output import Format, errors_in_words, notes
from copilot.errors import BadInputError
from copilot.settings import read_settings


def doctor(
    listen: bool = typer.Option(False, "--listen", help="Wait for an event from Slack."),
    listen_s: float = typer.Option(
        60.0, "--listen-for", min=1, max=600, help="How many seconds --listen waits."
    ),
    try_model: bool = typer.Option(
        False, "--try-model", help="Ask the model one question, with some hundred tokens."
    ),
    format: Format = typer.Option(Format.TABLE, help="For people or programs."),
) -> None:
    """Check database, jobs, Slack and the model, and say what to do.

    Exits 0 if nothing is broken, 1 if something is, 2 if the command was typed wrongly.
    """
    with errors_in_words():
        try:
            services = build_services(read_settings())
        except BadInputError as error:
            findings = [broken("settings", str(error))]
        else:
            findings = examine(
                services, listen_s=listen_s if listen else None, is_model_tried=try_model
            )
    if format is Format.JSON:
        print_findings_json(findings)
    else:
        print_findings(findings)
    if any(finding.state is State.BROKEN for finding in findings):
        raise typer.Exit(1)


def examine(
    services: Services, *, listen_s: float | None = None, is_model_tried: bool = False
) -> list[Finding]:
    """Every check, in the order in which things are set up. Changes nothing anywhere."""
    settings = services.settings
    found = [
        check_database(services),
        check_jobs(services),
        check_console(services),
        check_sessions(services),
        check_way_in(services),
        check_signing_secret(settings),
        check_app_token(services),
        check_bot_token(settings),
    ]
    findings = [finding for finding in found if finding is not None]
    if not any(finding.what == "bot token" for finding in findings):
        findings += _examine_slack(services, listen_s)
    return findings + check_model(services, is_tried=is_model_tried)


def _examine_slack(services: Services, listen_s: float | None) -> list[Finding]:
    """What needs a token that may do, and the tables."""
    try:
        team_ids = workspaces_to_ask(services)
        installations = check_installations(services, team_ids)
        findings = [installations] if installations else []
        findings += check_slack(services, team_ids)
        if any(finding.what == "Slack" and finding.state is State.OK for finding in findings):
            if listen_s is not None:
                notes.print(
                    "Say something in a channel where the bot is. "
                    f"Waiting up to {listen_s:.0f} s for it …"
                )
                findings.append(listen_for_event(services, listen_s))
            else:
                findings.append(check_events(services))
            findings += check_channels(services, team_ids)
    except SQLAlchemyError:
        return []  # said by the check of the database
    return findings

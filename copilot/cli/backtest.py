"""`backtest`: what another noise policy would have done with the suggestions there were."""

from datetime import timedelta
from typing import Any

import typer
from sqlalchemy.orm import Session

from copilot.bootstrap import Services
from copilot.cli.arguments import Private
from copilot.cli.backtest_json import backtest_json
from copilot.cli.output import Format, console, errors_in_words, notes, print_json, print_table
from copilot.cli.policy_files import policies_from
from copilot.cli.wiring import open_services
from copilot.errors import BadInputError
from copilot.incidents.privacy import private_incidents
from copilot.suggestions.backtest import Backtest, IncidentBacktest, Tally, backtest
from copilot.suggestions.backtest_reading import LOOKS_BACK, read_history
from copilot.suggestions.backtest_words import (
    LEGEND,
    caveat,
    conclusion,
    covered,
    lasting,
    picture,
    scale,
)
from copilot.suggestions.noise_policy import as_json
from copilot.suggestions.policies import policies_in_force
from copilot.workspaces.listing import list_workspaces

_BAR = 16
_MOST_ROWS = 40


def backtest_command(
    policy: str = typer.Option(
        None,
        "--policy",
        metavar="FILE",
        help="A policy as JSON, or one of quiet, balanced, talkative.",
    ),
    print_policy: bool = typer.Option(
        False, "--print-policy", help="Print the policy in force as JSON, to start a file from."
    ),
    since: int = typer.Option(
        LOOKS_BACK.days,
        "--since",
        min=1,
        max=3650,
        metavar="DAYS",
        help="How many days to look back.",
    ),
    team: str = typer.Option(
        None, "--team", metavar="TEAM", help="Its id, as `workspaces list` shows it."
    ),
    private: Private = False,
    format: Format = typer.Option(Format.TABLE, help="For people or programs."),
) -> None:
    """Replay past suggestions under another noise policy. Nothing is changed, nothing is posted."""
    with errors_in_words():
        if (policy is None) == (not print_policy):
            raise BadInputError(
                "Say which policy to try: `--policy quiet`, or `--policy FILE` with a file that "
                "you start from `incident-copilot backtest --print-policy > FILE`."
            )
        services = open_services()
        with services.db.reading() as session:
            team_id = _team(services, session, team)
            in_force = policies_in_force(session, team_id).policies
            if print_policy:
                print_json(as_json(in_force))
                return
            tried = policies_from(policy, in_force)
            now = services.clock.now()
            history = read_history(session, team_id, since=now - timedelta(days=since), until=now)
            hidden = frozenset[int]() if private else private_incidents(session)
        found = backtest(history, tried)
        if format is Format.JSON:
            print_json(backtest_json(found, tried, hidden))
        else:
            _show(found, since, hidden)


def _team(services: Services, session: Session, team: str | None) -> str:
    known = {
        each.team_id: each.name
        for each in list_workspaces(session, services.settings.keep_after_uninstall)
    }
    if team is None and len(known) == 1:
        return next(iter(known))
    if not known:
        raise BadInputError("No workspace is known yet: connect one, see docs/slack.md.")
    if team in known:
        return team
    names = ", ".join(f"{team_id} ({name})" for team_id, name in known.items())
    if team is None:
        raise BadInputError(f"A policy is of one workspace; say which with --team: {names}.")
    raise BadInputError(f"There is no workspace {team}; there are: {names}.")


def _show(found: Backtest, days: int, hidden: frozenset[int]) -> None:
    total = found.total
    if not total.suggestions:
        notes.print(
            f"Nothing was suggested in the last {days} days, so there is nothing to replay. "
            "Imported incidents do not count: nothing is ever posted there. "
            "Look further back with --since."
        )
        return
    changed = [each for each in found.incidents if not each.tally.is_same]
    changed.sort(key=lambda each: each.moved, reverse=True)
    shown = changed[:_MOST_ROWS]
    if shown:
        print_table(
            "What this policy would have changed",
            ("incident", "title", "posts", "as it was", "with this policy", "wanted", "unwanted"),
            [_row(each, each.incident_id in hidden) for each in shown],
        )
        console.print(f"[dim]{LEGEND}[/dim]")
    _tell_rest(len(changed) - len(shown), len(found.incidents) - len(changed))
    console.print()
    print_table("All of it", ("", "as it was", "with this policy"), _totals(total))
    console.print()
    console.print(conclusion(total), markup=False, style="bold")
    console.print(f"{covered(found)} {caveat(total)}", markup=False, style="dim")


def _tell_rest(more: int, same: int) -> None:
    if more:
        console.print(f"and {more} more; --format json has them all")
    if same:
        incidents = "1 incident" if same == 1 else f"{same} incidents"
        console.print(f"{incidents} in which nothing would have been different")


def _row(incident: IncidentBacktest, is_hidden: bool) -> tuple[object, ...]:
    tally = incident.tally
    per_cell = scale(tally, _BAR)
    return (
        incident.incident_id,
        "in a private channel" if is_hidden else incident.title,
        f"{tally.before.posts} → {tally.after.posts}",
        picture(tally.before, _BAR, per_cell),
        picture(tally.after, _BAR, per_cell),
        _wanted(tally),
        f"{tally.before.unwanted_shown} → {tally.after.unwanted_shown}",
    )


def _wanted(tally: Tally) -> str:
    words = f"{tally.before.wanted_shown} → {tally.after.wanted_shown}"
    if tally.wanted_later and tally.later_by is not None:
        words += f", {tally.wanted_later} later by {lasting(tally.later_by)}"
    if tally.wanted_sooner and tally.sooner_by is not None:
        words += f", {tally.wanted_sooner} sooner by {lasting(tally.sooner_by)}"
    return words


def _totals(total: Tally) -> list[tuple[Any, ...]]:
    was, would_be = total.before, total.after
    return [
        ("posts nobody asked for", was.posts, would_be.posts),
        ("shown at once", was.shown, would_be.shown),
        ("shown in a digest", was.digested, would_be.digested),
        ("kept for the review", was.held, would_be.held),
        ("never shown: repeated, or done already", was.never, would_be.never),
        ("shown and accepted", was.wanted_shown, would_be.wanted_shown),
        ("shown and dismissed", was.unwanted_shown, would_be.unwanted_shown),
        ("shown, nobody decided", was.unknown_shown, would_be.unknown_shown),
    ]

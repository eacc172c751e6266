"""`workspaces list` and `workspaces forget`."""

import typer

from copilot.cli.output import Format, console, errors_in_words, notes, print_json, print_table
from copilot.cli.wiring import open_services
from copilot.errors import BadInputError
from copilot.workspaces.directory import workspace_of
from copilot.workspaces.forgetting import forget_workspace
from copilot.workspaces.listing import list_workspaces

workspaces = typer.Typer(help="The Slack workspaces that are known here.", no_args_is_help=True)


@workspaces.command("list")
def list_(
    format: Format = typer.Option(Format.TABLE, help="For people or programs."),
) -> None:
    """List workspaces, whether the app is connected there, and when its data will be deleted."""
    with errors_in_words():
        services = open_services()
        with services.db.reading() as session:
            found = list_workspaces(session, services.settings.keep_after_uninstall)
        if format is Format.JSON:
            print_json([workspace.model_dump(mode="json") for workspace in found])
            return
        if not found:
            notes.print("No workspace is known yet: connect one, see docs/slack.md.")
            return
        print_table(
            "Workspaces",
            ("id", "name", "organisation", "connected", "deleted on (UTC)"),
            [
                (
                    workspace.team_id,
                    workspace.name,
                    workspace.enterprise_id or None,
                    "yes" if workspace.is_connected else "no",
                    f"{workspace.forget_at:%Y-%m-%d %H:%M}" if workspace.forget_at else None,
                )
                for workspace in found
            ],
        )


@workspaces.command("forget")
def forget(
    team_id: str = typer.Argument(metavar="TEAM", help="Its id, as `workspaces list` shows it."),
    yes: bool = typer.Option(False, "--yes", help="Do not ask."),
) -> None:
    """Delete everything that was ever recorded in a workspace, and its token. For good."""
    with errors_in_words():
        services = open_services()
        with services.db.reading() as session:
            workspace = workspace_of(session, team_id)
            name, is_connected = workspace.name, workspace.disconnected_at is None
        if is_connected:
            notes.print(f"The app is still installed in {name}; remove it in Slack, too.")
        if not yes and not typer.confirm(f"Delete all incidents, reviews and messages of {name}?"):
            raise BadInputError("Nothing was deleted.")
        with services.db.transaction() as session:
            forget_workspace(session, team_id)
        console.print(f"{name} is forgotten.", markup=False)

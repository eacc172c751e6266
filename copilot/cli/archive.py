"""`import slack-export`."""

from pathlib import Path

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

from copilot.archive.importing import import_slack_export
from copilot.cli.output import Format, errors_in_words, notes, print_json, print_table
from copilot.cli.wiring import open_services

imports = typer.Typer(help="Bring in incidents from elsewhere.", no_args_is_help=True)


@imports.callback()
def callback() -> None:
    """Bring in incidents from elsewhere."""


@imports.command("slack-export")
def slack_export(
    path: Path = typer.Argument(help="The zip that Slack made, or the folder it unpacks to."),
    channel: str | None = typer.Option(
        None, help="Only this channel. Without it every channel becomes an incident."
    ),
    title: str | None = typer.Option(None, help="The incident's title; default: the channel."),
    workspace_url: str | None = typer.Option(
        None,
        help="The workspace's address, e.g. https://acme.slack.com/, for links back to Slack. "
        "Default: as found in the export.",
    ),
    format: Format = typer.Option(Format.TABLE, help="For people or programs."),
) -> None:
    """Import a Slack export. Importing again adds only what is new."""
    with errors_in_words():
        services = open_services()
        with _progress() as progress:
            bar = progress.add_task("messages", total=None)
            result = import_slack_export(
                services.db,
                path,
                channel=channel,
                title=title,
                workspace_url=workspace_url,
                now=services.clock.now(),
                on_progress=lambda done, total: progress.update(bar, completed=done, total=total),
            )
    incidents = [
        {"id": found.id, "channel": found.channel, "title": found.title, "messages": found.messages}
        for found in result.incidents
    ]
    if format is Format.JSON:
        print_json(
            {
                "incidents": incidents,
                "messages": result.messages,
                "duplicates": result.duplicates,
            }
        )
        return
    print_table(
        f"{result.messages:,} messages imported, {result.duplicates:,} were here already",
        ("id", "channel", "title", "messages"),
        [tuple(incident.values()) for incident in incidents],
    )
    if incidents:
        first = incidents[0]["id"]
        notes.print(
            f"Next: `incident-copilot suggestions propose {first}`, "
            f"`incident-copilot review draft {first}`, or `incident-copilot serve` to look at it."
        )


def _progress() -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=notes,
        transient=True,
        disable=not notes.is_terminal,  # it would leave an empty line in a log
    )

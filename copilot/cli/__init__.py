"""The command `incident-copilot`."""

import typer

from copilot import __version__
from copilot.cli import (
    archive,
    backtest,
    demo,
    doctor,
    incidents,
    keys,
    manifest,
    processes,
    reviews,
    suggestions,
    workspaces,
)
from copilot.cli.output import console

app = typer.Typer(
    name="incident-copilot",
    help="Reads everything an incident channel says, says little, and proves every sentence.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(value: bool) -> None:
    if value:
        console.print(f"incident-copilot {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: bool = typer.Option(
        False, "--version", callback=_show_version, is_eager=True, help="Print the version."
    ),
) -> None:
    """Read everything, say little, prove every sentence."""


app.command("demo")(demo.demo)
app.command("serve")(processes.serve)
app.command("worker")(processes.worker)
app.command("scheduler")(processes.scheduler)
app.command("migrate")(processes.migrate)
app.command("manifest")(manifest.manifest)
app.command("doctor")(doctor.doctor)
app.add_typer(keys.keys, name="keys")
app.add_typer(workspaces.workspaces, name="workspaces")
app.add_typer(archive.imports, name="import")
app.add_typer(incidents.incidents, name="incidents")
app.add_typer(incidents.timeline, name="timeline")
app.add_typer(suggestions.suggestions, name="suggestions")
app.add_typer(reviews.reviews, name="review")
app.command("backtest")(backtest.backtest_command)


def main() -> None:
    """Entry point of the console script."""
    app()

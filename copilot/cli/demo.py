"""`demo`: an incident plays in a pretend Slack, and the copilot does its work on it."""

from datetime import timedelta
from importlib.resources import as_file, files
from pathlib import Path

import typer

from copilot.cli.demo_report import DemoReport, print_report, read_report
from copilot.cli.demo_world import DemoWorld, Playing, open_world
from copilot.cli.output import Format, console, errors_in_words, notes, print_json
from copilot.cli.processes import end_on_sigterm

DEFAULT_SPEED = 60.0
AFTER_THE_END = timedelta(minutes=16)
"""How long a replay waits, in its own time, after the last message: past the lull and the budget,
so that a last digest can come."""


def demo(
    once: bool = typer.Option(False, help="Play as fast as possible, print what came of it, end."),
    export: Path | None = typer.Option(
        None, help="A Slack export (zip or folder) to play instead of the bundled incident."
    ),
    speed: float = typer.Option(
        DEFAULT_SPEED, min=0.1, help="Incident seconds per second; ignored with --once."
    ),
    port: int = typer.Option(8080, min=0, max=65535, help="Of the console; 0 takes a free one."),
    sandbox_port: int = typer.Option(
        8081, min=0, max=65535, help="Of the pretend Slack; 0 takes a free one."
    ),
    deliveries: int = typer.Option(
        1, min=1, max=10, help="Deliver each event this often, as a nervous Slack would."
    ),
    shuffle: int | None = typer.Option(
        None, metavar="SEED", help="Deliver in an order shuffled with this seed."
    ),
    format: Format = typer.Option(Format.TABLE, help="What --once prints: for people or programs."),
) -> None:
    """Play an incident in a pretend Slack workspace with the copilot in it.

    Opens two pages: the pretend Slack, where you can type and press buttons, and the console.
    """
    playing = Playing(
        speed=0.0 if once else speed,
        console_port=0 if once else port,
        sandbox_port=0 if once else sandbox_port,
        deliveries=deliveries,
        shuffle_seed=shuffle,
    )
    end_on_sigterm()
    with (
        errors_in_words(),
        as_file(files("copilot.sandbox") / "demo_incident") as bundled,
        open_world(export or bundled, playing) as world,
    ):
        if not once:
            _play_live(world)
            return
        report = _play_once(world)
        if format is Format.JSON:
            print_json(report.as_dict())
        else:
            print_report(report)


def _play_once(world: DemoWorld) -> DemoReport:
    failed = world.play()
    world.settle(after=AFTER_THE_END)
    if failed:
        notes.print(f"[red]{failed} deliveries failed.[/red]")
    return read_report(world)


def _play_live(world: DemoWorld) -> None:
    console.print()
    console.print(f"[bold]Slack, pretended[/bold]   {world.sandbox_url}", soft_wrap=True)
    console.print(f"[bold]Console[/bold]            {world.console_login_url}", soft_wrap=True)
    console.print()
    console.print(
        "An incident plays. Type into the channel, try /incident help, press the buttons.\n"
        "Stop with Ctrl-C; what was stored stays for `incident-copilot incidents list`."
    )
    try:
        world.play_in_background()
        world.wait()
    except KeyboardInterrupt:
        notes.print("Stopping.")

"""The command `incident-copilot`.

A command's module is imported once it is called, or its help is shown: all of them together take
some seconds, which whoever types a small one need not wait for.
"""

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command, get_group

from copilot import __version__
from copilot.cli.output import console

_COMMANDS = {
    "demo": "demo:demo",
    "serve": "processes:serve",
    "worker": "processes:worker",
    "scheduler": "processes:scheduler",
    "migrate": "processes:migrate",
    "manifest": "manifest:manifest",
    "doctor": "doctor:doctor",
    "keys": "keys:keys",
    "workspaces": "workspaces:workspaces",
    "import": "archive:imports",
    "incidents": "incidents:incidents",
    "timeline": "incidents:timeline",
    "suggestions": "suggestions:suggestions",
    "review": "reviews:reviews",
    "gap": "gap:gap_command",
    "backtest": "backtest:backtest_command",
}
"""By name, in the order of the help: the module here and what it is called there."""


class _OnDemand(TyperGroup):
    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        unread: Any = None
        self.commands = dict.fromkeys(_COMMANDS, unread)  # the names, e.g. for "Did you mean"

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - click hands it over
        if cmd_name not in _COMMANDS:
            return None
        module, _, name = _COMMANDS[cmd_name].partition(":")
        found = getattr(import_module(f"copilot.cli.{module}"), name)
        if isinstance(found, typer.Typer):
            command: Any = get_group(found)
        else:
            alone = typer.Typer(pretty_exceptions_enable=False, rich_markup_mode="markdown")
            alone.command(cmd_name)(found)
            command = get_command(alone)
        command.name = cmd_name
        return command


app = typer.Typer(
    name="incident-copilot",
    cls=_OnDemand,
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


def main() -> None:
    """Entry point of the console script."""
    app()

"""How the command line speaks: tables for people, JSON for programs, errors without tracebacks."""

import json
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from errno import EPIPE
from typing import Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy.exc import DBAPIError

from copilot.errors import CopilotError

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class Format(StrEnum):
    TABLE = "table"
    JSON = "json"


console = Console(highlight=False)
"""Results: standard output."""
notes = Console(stderr=True, highlight=False, soft_wrap=True)
"""Progress and remarks: standard error, so that `--format json` stays clean.

Lines are left to the terminal to wrap: a command or an address cut in two can't be copied."""


@contextmanager
def errors_in_words() -> Iterator[None]:
    """Turn expected errors into one sentence and exit code 1."""
    try:
        yield
    except CopilotError as error:
        notes.print(f"[red]{escape(_CONTROL.sub('', str(error)))}[/red]")
        raise typer.Exit(1) from None
    except DBAPIError as error:
        notes.print(
            f"[red]The database can't be used: {escape(str(error.orig).strip())}[/red]\n"
            "Nothing was changed. Check COPILOT_DATABASE_URL, or run "
            "`incident-copilot migrate` if tables are missing."
        )
        raise typer.Exit(1) from None
    except OSError as error:
        if error.errno == EPIPE:
            raise  # whoever reads has seen enough, as in `… | head`
        notes.print(f"[red]{escape(str(error))}[/red]")
        raise typer.Exit(1) from None


def print_json(value: Any) -> None:
    json.dump(value, sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")


def as_text(cell: object) -> str:
    """What people wrote, shown as it is: neither markup of ours nor orders to the terminal."""
    return escape(_CONTROL.sub("", str(cell)))


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table whose cells are text, never markup."""
    table = Table(title=title, title_justify="left", header_style="bold", show_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*("–" if cell is None else as_text(cell) for cell in row))
    console.print(table)

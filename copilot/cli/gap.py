"""`gap`: how much was written against how much people checked, and the ledger behind it."""

import csv
import sys
from enum import StrEnum
from typing import Any

import typer

from copilot.cli.arguments import Private, incident_for_operator
from copilot.cli.output import errors_in_words, notes, print_json, print_table
from copilot.cli.wiring import open_services
from copilot.incidents.privacy import private_incidents
from copilot.incidents.queries import list_incidents
from copilot.reviews.gap_export import (
    LEDGER_COLUMNS,
    gap_json,
    ledger_json,
    rows_of,
    shown_json,
)
from copilot.reviews.gap_reports import Ledger, read_ledger
from copilot.reviews.gap_wording import LABELS, interval_words, value_words, words_sentence


class GapFormat(StrEnum):
    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def gap_command(
    incident: int = typer.Option(
        None, min=1, max=2**63 - 1, metavar="N", help="Of this incident alone."
    ),
    week: str = typer.Option(None, metavar="2026-W47", help="Of this ISO week alone."),
    private: Private = False,
    format: GapFormat = typer.Option(
        GapFormat.TABLE,
        help="`table` for people; `json` has the metrics and all they are computed from; `csv` is "
        "the ledger, a line each.",
    ),
) -> None:
    """How much the machine wrote, and how much of it people checked.

    docs/velocity-gap.md defines every number, so that others can compute it from the ledger.
    """
    with errors_in_words():
        ledger = _read(incident, private)
        gap = ledger.gap(week)
        if format is GapFormat.CSV:
            _write_csv(ledger)
        elif format is GapFormat.JSON:
            print_json(_as_json(ledger, incident, week))
        else:
            notes.print(words_sentence(gap, f" in {week}" if week else ""))
            print_table(
                "Written and checked",
                ("what", "how much", "95 % interval", "of"),
                [
                    (LABELS[row[0]], value_words(row), interval_words(row) or None, row[4])
                    for row in rows_of(gap)
                ],
            )


def _read(incident: int | None, private: bool) -> Ledger:
    services = open_services()
    with services.db.reading() as session:
        if incident is not None:
            ids = {incident_for_operator(session, incident, private).id}
        else:
            ids = {one.id for one in list_incidents(session)}
            ids -= frozenset() if private else private_incidents(session)
        return read_ledger(session, ids, services.clock.now())


def _as_json(ledger: Ledger, incident: int | None, week: str | None) -> dict[str, Any]:
    versions = sorted({entry.version for entry in ledger.entries if entry.version is not None})
    return {
        "incident": incident,
        "week": week,
        "computed_at": ledger.now.isoformat(),
        "seconds_per_source": ledger.seconds_per_source,
        "metrics": gap_json(ledger.gap(week)),
        "versions": {
            version: gap_json(ledger.of_version(version).gap(week)) for version in versions
        }
        if incident is not None
        else {},
        "ledger": ledger_json(ledger.entries),
        "suggestions": shown_json(ledger.shown),
    }


def _write_csv(ledger: Ledger) -> None:
    writer = csv.DictWriter(sys.stdout, LEDGER_COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(ledger_json(ledger.entries))

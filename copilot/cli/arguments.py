"""Arguments that several commands take."""

from typing import Annotated

import typer

IncidentId = Annotated[
    int,
    typer.Argument(
        min=1,
        max=2**63 - 1,  # what the database can hold
        metavar="INCIDENT",
        help="Its id, as `incidents list` shows it.",
    ),
]

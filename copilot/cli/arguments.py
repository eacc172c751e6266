"""Arguments that several commands take, and what they mean."""

from typing import Annotated

import typer
from sqlalchemy.orm import Session

from copilot.errors import BadInputError
from copilot.incidents.models import Incident
from copilot.incidents.privacy import is_private
from copilot.incidents.queries import get_incident

IncidentId = Annotated[
    int,
    typer.Argument(
        min=1,
        max=2**63 - 1,  # what the database can hold
        metavar="INCIDENT",
        help="Its id, as `incidents list` shows it.",
    ),
]

Private = Annotated[
    bool,
    typer.Option(
        "--private",
        help="Show incidents in private channels, too: you may not be in those channels.",
    ),
]


def incident_for_operator(session: Session, incident_id: int, private: bool) -> Incident:
    """The incident, if it is in no private channel or the operator asks for that.

    Raises NotFoundError, or BadInputError for one that would be shown by accident.
    """
    incident = get_incident(session, incident_id)
    if not private and is_private(session, incident_id):
        raise BadInputError(
            f"Incident {incident_id} is in a private channel. Its people open it from there, with "
            "`/incident review`. To show it here all the same, add --private."
        )
    return incident

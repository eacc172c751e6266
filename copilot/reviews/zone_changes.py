"""Has an incident's review written by other clocks: what it says of times is checked again."""

from datetime import datetime

from sqlalchemy.orm import Session

from copilot.incidents.models import Incident
from copilot.reviews.checking import checker_of
from copilot.reviews.debt import resume_drafting
from copilot.reviews.policies import policy_of
from copilot.reviews.sources import sources_of
from copilot.reviews.time_zones import set_zone
from copilot.reviews.versions import lock_unsigned, open_proposals, standing_claims


def change_zone(session: Session, incident_id: int, name: str, now: datetime) -> Incident:
    """Empty means the workspace's. A sentence with a time that is another one by these clocks is
    kept apart from then on.

    Raises BadInputError, also once the review is signed, and NotFoundError.
    """
    incident = lock_unsigned(session, incident_id)
    set_zone(session, incident, name)
    session.flush()
    claims = [
        *session.scalars(standing_claims(incident.id)),
        *session.scalars(open_proposals(incident.id)),
    ]
    sources = sources_of(session, incident, [claim.id for claim in claims])
    checker = checker_of(session, incident)
    for claim in claims:
        check = checker.check(claim, sources[claim.id])
        claim.is_supported, claim.failed_check = check.is_supported, check.problem
    # What is kept apart now is no reading for anybody, so drafting may go on.
    resume_drafting(session, incident, policy_of(session, incident.team_id), now)
    return incident

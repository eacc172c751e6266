"""How an incident stands, for `/incident status`."""

from sqlalchemy.orm import Session

from copilot.incidents.follow_ups import follow_ups_of
from copilot.incidents.models import Incident
from copilot.incidents.roles import roles_of
from copilot.slack.answers import Answer, Standing, standing_answer
from copilot.slack.listeners.asking import Asked, incident_asked_about
from copilot.slack.services import SlackServices
from copilot.slack.suggestion_items import held_in, open_items
from copilot.suggestions.models import Pacing
from copilot.workspaces.directory import names_of


def standing(slack: SlackServices, asked: Asked) -> Answer:
    now = slack.clock.now()
    with slack.db.reading() as session:
        return standing_answer(_read(session, incident_asked_about(session, asked)), now)


def _read(session: Session, incident: Incident) -> Standing:
    names = names_of(session, incident.team_id)
    pacing = session.get(Pacing, incident.id)
    return Standing(
        title=incident.title,
        severity=incident.severity,
        status=incident.status,
        tempo=pacing.tempo if pacing else None,
        declared_at=incident.declared_at,
        resolved_at=incident.resolved_at,
        roles=[
            (role, names.get(user_id, user_id))
            for role, user_id in roles_of(session, incident.id).items()
        ],
        follow_ups=[
            (follow_up.title, names.get(follow_up.owner_id or ""))
            for follow_up in follow_ups_of(session, incident.id)
            if follow_up.done_at is None
        ],
        waiting=len(open_items(session, incident.id)),
        held=len(held_in(session, incident.id)),
        quiet_until=pacing.quiet_until if pacing else None,
        trouble=incident.headline_failure,
    )

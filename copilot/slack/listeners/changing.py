"""`/incident status | severity | resolve`."""

from datetime import datetime

from sqlalchemy.orm import Session

from copilot.incidents.follow_ups import follow_ups_of
from copilot.incidents.lifecycle import set_severity, set_status
from copilot.incidents.models import Incident, Status
from copilot.slack.answers import (
    Answer,
    Standing,
    duration,
    note,
    severity_choices,
    severity_name,
    standing_answer,
    status_choices,
)
from copilot.slack.command_words import read_severity, read_status
from copilot.slack.escaping import safe
from copilot.slack.listeners.asking import Asked, incident_asked_about
from copilot.slack.services import SlackServices
from copilot.slack.suggestion_items import held_in, open_items
from copilot.suggestions.models import Pacing
from copilot.workspaces.directory import names_of


def status(slack: SlackServices, asked: Asked) -> Answer:
    if not asked.rest:
        return _standing(slack, asked)
    wanted = read_status(asked.rest)
    if wanted is None:
        return note(
            f"“{safe(asked.rest, 40)}” is no status, so nothing was changed. "
            f"Choose one of {status_choices()}."
        )
    return _move(slack, asked, wanted)


def resolve(slack: SlackServices, asked: Asked) -> Answer:
    return _move(slack, asked, Status.RESOLVED)


def severity(slack: SlackServices, asked: Asked) -> Answer:
    wanted = read_severity(asked.rest)
    with slack.db.transaction() as session:
        incident = incident_asked_about(session, asked)
        before = incident.severity
        if wanted is not None:
            set_severity(session, incident, wanted, asked.user_id, slack.clock.now())
    title = f"*{safe(incident.title, 200)}*"
    if wanted is None:
        problem = (
            f"“{safe(asked.rest, 40)}” is no severity, so nothing was changed. "
            if asked.rest
            else ""
        )
        return note(
            f"{problem}{title} is {severity_name(before)}. Choose one of {severity_choices()}."
        )
    if before == wanted:
        return note(f"{title} is {severity_name(wanted)} already.")
    return note(f"{title}: {severity_name(before)} → {severity_name(wanted)}.")


def _move(slack: SlackServices, asked: Asked, wanted: Status) -> Answer:
    now = slack.clock.now()
    with slack.db.transaction() as session:
        incident = incident_asked_about(session, asked)
        before = incident.status
        set_status(session, incident, wanted, asked.user_id, now)
    title = f"*{safe(incident.title, 200)}*"
    if before == wanted:
        return note(f"{title} is {wanted} already.")
    if wanted is Status.RESOLVED:
        return note(
            f"{title} is resolved after {duration(now - incident.declared_at)}. "
            "`/incident suggestions` shows what is left to decide, `/incident review` drafts "
            "the review."
        )
    return note(f"{title}: {before} → {wanted}.")


def _standing(slack: SlackServices, asked: Asked) -> Answer:
    now = slack.clock.now()
    with slack.db.reading() as session:
        return standing_answer(_read_standing(session, incident_asked_about(session, asked)), now)


def _read_standing(session: Session, incident: Incident) -> Standing:
    names = names_of(session, incident.team_id)
    pacing = session.get(Pacing, incident.id)
    resolved_at: datetime | None = incident.resolved_at
    return Standing(
        title=incident.title,
        severity=incident.severity,
        status=incident.status,
        tempo=pacing.tempo if pacing else None,
        declared_at=incident.declared_at,
        resolved_at=resolved_at,
        follow_ups=[
            (follow_up.title, names.get(follow_up.owner_id or ""))
            for follow_up in follow_ups_of(session, incident.id)
        ],
        waiting=len(open_items(session, incident.id)),
        held=len(held_in(session, incident.id)),
    )

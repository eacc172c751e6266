"""`/incident status | severity | rename | resolve | reopen`: what changes, old → new."""

from copilot.incidents import lifecycle
from copilot.incidents.models import Incident, Status
from copilot.slack.answers import (
    Answer,
    duration,
    note,
    severity_choices,
    severity_name,
    status_choices,
)
from copilot.slack.command_words import (
    MAX_TITLE,
    read_severity_and_note,
    read_status_and_note,
    unquoted,
)
from copilot.slack.escaping import safe
from copilot.slack.listeners.asking import Asked, incident_asked_about
from copilot.slack.listeners.standing import standing
from copilot.slack.services import SlackServices
from copilot.timeline.mrkdwn import to_plain
from copilot.workspaces.directory import names_of


def status(slack: SlackServices, asked: Asked) -> Answer:
    if not asked.rest:
        return standing(slack, asked)
    wanted, said = read_status_and_note(asked.rest)
    if wanted is None:
        return note(
            f"{_typed(asked)} is no status, so nothing was changed. "
            f"Choose one of {status_choices()}."
        )
    return _move(slack, asked, wanted, said)


def resolve(slack: SlackServices, asked: Asked) -> Answer:
    return _move(slack, asked, Status.RESOLVED, asked.rest)


def reopen(slack: SlackServices, asked: Asked) -> Answer:
    with slack.db.transaction() as session:
        incident = incident_asked_about(session, asked)
        said = to_plain(asked.rest, names_of(session, asked.team_id))
        change = lifecycle.reopen(session, incident, asked.user_id, slack.clock.now(), said)
    if not change.is_made:
        return note(f"{_title(incident)} is open: {change.old}.")
    return note(f"{_title(incident)} is open again: {change.old} → {change.new}.")


def severity(slack: SlackServices, asked: Asked) -> Answer:
    wanted, said = read_severity_and_note(asked.rest)
    if wanted is None:
        return _severity_choices(slack, asked)
    with slack.db.transaction() as session:
        incident = incident_asked_about(session, asked)
        change = lifecycle.set_severity(
            session,
            incident,
            wanted,
            asked.user_id,
            slack.clock.now(),
            to_plain(said, names_of(session, asked.team_id)),
        )
    if not change.is_made:
        return note(f"{_title(incident)} is {severity_name(wanted)} already.")
    return note(f"{_title(incident)}: {severity_name(change.old)} → {severity_name(wanted)}.")


def rename(slack: SlackServices, asked: Asked) -> Answer:
    with slack.db.transaction() as session:
        incident = incident_asked_about(session, asked)
        if not asked.rest:
            return note(f"{_title(incident)} gets another title by `/incident rename new title`.")
        title = unquoted(to_plain(asked.rest, names_of(session, asked.team_id)))
        if len(title) > MAX_TITLE:
            return note(
                f"A title holds {MAX_TITLE} characters, and this has {len(title)}; nothing was "
                f"changed. {_title(incident)} keeps its title."
            )
        change = lifecycle.rename(session, incident, title, asked.user_id, slack.clock.now())
    if not change.is_made:
        return note(f"It is called {_title(incident)} already.")
    return note(f"“{safe(change.old or '', 200)}” → {_title(incident)}.")


def _move(slack: SlackServices, asked: Asked, wanted: Status, said: str) -> Answer:
    now = slack.clock.now()
    with slack.db.transaction() as session:
        incident = incident_asked_about(session, asked)
        names = names_of(session, asked.team_id)
        change = lifecycle.set_status(
            session, incident, wanted, asked.user_id, now, to_plain(said, names)
        )
    if not change.is_made:
        return note(f"{_title(incident)} is {wanted} already.")
    if wanted is Status.RESOLVED:
        return note(
            f"{_title(incident)} is resolved after {duration(now - incident.declared_at)}. "
            "`/incident suggestions` shows what is left to decide, `/incident review` drafts "
            "the review. `/incident reopen` if it is not over."
        )
    return note(f"{_title(incident)}: {change.old} → {wanted}.{_next_after(wanted)}")


def _next_after(wanted: Status) -> str:
    return " `/incident resolve` once it is over." if wanted is Status.MONITORING else ""


def _severity_choices(slack: SlackServices, asked: Asked) -> Answer:
    with slack.db.reading() as session:
        incident = incident_asked_about(session, asked)
    problem = f"{_typed(asked)} is no severity, so nothing was changed. " if asked.rest else ""
    return note(
        f"{problem}{_title(incident)} is {severity_name(incident.severity)}. "
        f"Choose one of {severity_choices()}."
    )


def _typed(asked: Asked) -> str:
    return f"“{safe(to_plain(asked.rest, {}), 40)}”"


def _title(incident: Incident) -> str:
    return f"*{safe(incident.title, 200)}*"

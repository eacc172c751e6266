"""`/incident quiet [30m|2h|off]`."""

from copilot.slack.answers import Answer, note
from copilot.slack.escaping import safe
from copilot.slack.listeners.asking import Asked, incident_asked_about
from copilot.slack.quiet_words import read_quiet
from copilot.slack.services import SlackServices
from copilot.slack.times import when
from copilot.suggestions.quiet import end_quiet, quiet_at, set_quiet
from copilot.workspaces.directory import names_of

_END = "`/incident quiet off` ends it."


def quiet(slack: SlackServices, asked: Asked) -> Answer:
    """Without a length: until when it is quiet, or else the usual length."""
    length = read_quiet(asked.rest)
    now = slack.clock.now()
    with slack.db.transaction() as session:
        incident = incident_asked_about(session, asked)
        title = f"*{safe(incident.title, 200)}*"
        standing = quiet_at(session, incident.id, now)
        if length is None:
            ended = end_quiet(session, incident.id, by=asked.user_id, now=now)
            is_now = "may be posted again" if ended else "was not quiet, so nothing was changed"
            return note(f"{title}: suggestions {is_now}." if ended else f"{title} {is_now}.")
        if standing is not None and not asked.rest:
            by = names_of(session, asked.team_id).get(standing.by, "someone")
            return note(
                f"{title} is quiet until {when(standing.until, now)}, asked by {safe(by, 60)}. "
                f"{_END}"
            )
        until = now + length
        set_quiet(session, incident.id, until=until, by=asked.user_id, now=now)
    return note(
        f"{title}: nothing is posted unasked until {when(until, now)}. Everything goes on being "
        f"recorded, and `/incident suggestions` shows what is found. {_END}"
    )

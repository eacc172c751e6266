"""`/incident suggestions | held | review`."""

import secrets

from copilot.reviews.drafting import request_review
from copilot.slack.answers import Answer, note
from copilot.slack.escaping import safe
from copilot.slack.listeners.asking import Asked, incident_asked_about
from copilot.slack.services import SlackServices
from copilot.slack.suggestion_items import held_in, open_items
from copilot.slack.suggestion_lists import held_answer, suggestions_answer
from copilot.suggestions.fallback import fallback_words


def suggestions(slack: SlackServices, asked: Asked) -> Answer:
    with slack.db.reading() as session:
        incident_id = incident_asked_about(session, asked).id
    return open_suggestions(slack, incident_id, asker=(asked.team_id, asked.user_id))


def held(slack: SlackServices, asked: Asked) -> Answer:
    with slack.db.reading() as session:
        incident_id = incident_asked_about(session, asked).id
        kept_back = held_in(session, incident_id)
        trouble = fallback_words(session, incident_id)
    asker = (asked.team_id, asked.user_id)
    link = slack.console_link(f"incidents/{incident_id}/suggestions", asker)
    return held_answer(kept_back, link, trouble)


def review(slack: SlackServices, asked: Asked) -> Answer:
    with slack.db.transaction() as session:
        incident = incident_asked_about(session, asked)
        request_review(session, incident.id, slack.clock.now())
    link = slack.console_link(f"incidents/{incident.id}/review", (asked.team_id, asked.user_id))
    return note(
        f"The review of *{safe(incident.title, 200)}* is being drafted: <{link}|open it in the "
        "console> (your own link, for 15 minutes). Each sentence there leads to the message it "
        "came from."
    )


def open_suggestions(
    slack: SlackServices,
    incident_id: int,
    *,
    asker: tuple[str, str],
    done: str = "",
    start: int = 0,
) -> Answer:
    """What waits for a decision now; `done` says what the last press came to."""
    with slack.db.reading() as session:
        items = open_items(session, incident_id)
    return suggestions_answer(
        items,
        incident_id=incident_id,
        # Block ids must be new in each redraw of one message.
        tag=secrets.token_hex(4),
        console_link=slack.console_link(f"incidents/{incident_id}/suggestions", asker),
        done=done,
        start=start,
    )

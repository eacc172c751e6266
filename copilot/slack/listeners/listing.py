"""`/incident suggestions | held | review`."""

import secrets

from copilot.reviews.debt import debt_of
from copilot.reviews.draft_requests import Wish, request_review
from copilot.reviews.reading import current_review
from copilot.reviews.views import ReviewView
from copilot.slack.answers import Answer
from copilot.slack.listeners.asking import Asked, incident_asked_about
from copilot.slack.review_answer import (
    ReviewStanding,
    being_drafted_answer,
    review_answer,
)
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
    """The first time, or asked for `again`, it is drafted; else it tells how far it is."""
    now = slack.clock.now()
    wish = Wish.BEGINS
    with slack.db.transaction() as session:
        incident = incident_asked_about(session, asked)
        view = current_review(session, incident.id)
        if view is None or asked.rest.strip().casefold() == "again":
            wish = request_review(session, incident.id, now)
            view = None
        minutes = debt_of(session, incident.id, now).minutes if view else 0.0
    link = slack.console_link(f"incidents/{incident.id}/review", (asked.team_id, asked.user_id))
    if view is None:
        return being_drafted_answer(incident.title, link, wish)
    return review_answer(incident.title, _standing(view, minutes), link)


def _standing(view: ReviewView, minutes: float) -> ReviewStanding:
    return ReviewStanding(
        sentences=len(view.claims),
        checked=view.checked,
        minutes=minutes,
        proposed=view.open_proposals,
        source_changed=view.source_changed,
        sections_waiting=view.sections_waiting,
        waits_for_people=view.waits_for_people,
        signed_by=view.signed.by if view.signed else None,
        amendments=len(view.amendments),
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

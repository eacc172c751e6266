"""Buttons of suggestion cards: commit first, acknowledge last.

Whatever a person presses is answered in private if nothing came of it, never with a failure: the
button may be of an older card, another may have been first, Slack or the database may be away.
"""

import logging
import re
from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import Ack, App, BoltContext
from sqlalchemy.exc import SQLAlchemyError

from copilot.errors import AlreadyDecidedError, BadInputError, CopilotError
from copilot.slack.answers import note
from copilot.slack.cards import ACCEPT, DISMISS, DISMISS_LABELS, EDIT, PICK, SNOOZE, SOURCE, WHY
from copilot.slack.clicks import Click, Person, read_click, read_person
from copilot.slack.client import translated
from copilot.slack.escaping import safe
from copilot.slack.listeners.listing import open_suggestions
from copilot.slack.modals import EditOrigin, edit_modal, why_modal
from copilot.slack.readership import require_member
from copilot.slack.replies import replace_private, send_private
from copilot.slack.services import SlackServices
from copilot.slack.suggestion_items import find_items, require_theirs
from copilot.slack.suggestion_lists import MORE
from copilot.suggestions import decisions
from copilot.suggestions.models import SourceOpening, Suggestion

Decide = Callable[[int], Suggestion]

_log = logging.getLogger(__name__)


def register(app: App, slack: SlackServices) -> None:
    @app.action(re.compile(r"^suggestion_"))
    def on_suggestion(
        ack: Ack, body: dict[str, Any], action: dict[str, Any], context: BoltContext
    ) -> None:
        action_id = str(action.get("action_id"))
        if action_id != PICK:  # a tick is not sent off yet
            _answer(slack, action_id, action, body, read_person(body, context.team_id or ""))
        ack()


def _answer(
    slack: SlackServices,
    action_id: str,
    action: Mapping[str, Any],
    body: Mapping[str, Any],
    by: Person,
) -> None:
    click = None
    try:
        click = read_click(body, action, by)
        if action_id.startswith(SOURCE):
            _opened(slack, click)
            return
        run = _ACTIONS.get(action_id)
        if run is None:
            raise BadInputError("This button is out of date.")
        with slack.db.reading() as session:
            incident = require_theirs(session, by.team_id, click.incident_id, ())
            channel_id = incident.channel_id
        require_member(slack, by.team_id, channel_id, by.user_id)
        run(slack, click)
    except AlreadyDecidedError as error:
        _too_late(slack, by, click, error)
    except CopilotError as error:
        _send(slack, by, _nothing_changed(str(error)))
    except SQLAlchemyError as error:
        _log.exception("%s could not reach the database", action_id)
        _send(slack, by, _nothing_changed(f"The database did not answer ({type(error).__name__})."))


def _accept(slack: SlackServices, click: Click) -> None:
    now = slack.clock.now()
    with slack.db.transaction() as session:
        require_theirs(session, click.by.team_id, click.incident_id, click.suggestion_ids)
        done = decisions.together(
            session,
            click.suggestion_ids,
            lambda each: decisions.accept(session, each, by=click.by.user_id, now=now),
        )
    _tell(slack, click, done, "✓ {} now.", ("is a follow-up", "are follow-ups"))


def _dismiss(slack: SlackServices, click: Click) -> None:
    reason = click.dismiss_reason
    if reason is None:
        raise BadInputError("This button is out of date.")
    now = slack.clock.now()
    with slack.db.transaction() as session:
        require_theirs(session, click.by.team_id, click.incident_id, click.suggestion_ids)
        done = decisions.together(
            session,
            click.suggestion_ids,
            lambda each: decisions.dismiss(
                session, each, reason=reason, by=click.by.user_id, now=now
            ),
        )
    label = DISMISS_LABELS[reason].lower()
    _tell(slack, click, done, f"– {{}}: {label}.", ("is dismissed", "are dismissed"))


def _snooze(slack: SlackServices, click: Click) -> None:
    now = slack.clock.now()
    with slack.db.transaction() as session:
        require_theirs(session, click.by.team_id, click.incident_id, click.suggestion_ids)
        done = decisions.together(
            session,
            click.suggestion_ids,
            lambda each: decisions.snooze(session, each, by=click.by.user_id, now=now),
        )
    _tell(slack, click, done, "– {} in the review.", ("waits", "wait"))


def _edit(slack: SlackServices, click: Click) -> None:
    by = click.by
    with slack.db.reading() as session:
        require_theirs(session, by.team_id, click.incident_id, click.suggestion_ids)
        items = find_items(session, click.incident_id, click.suggestion_ids)
    open_ones = [item for item in items if item.decided is None]
    if not open_ones:
        raise AlreadyDecidedError(f"This was {items[0].decided}.")
    origin = EditOrigin(
        click.incident_id,
        tuple(item.suggestion_id for item in open_ones),
        by.channel_id,
        by.response_url if by.is_on_private_answer else "",
    )
    client = slack.client_of(by.team_id)
    with translated(client, "open the form"):
        client.views_open(trigger_id=by.trigger_id, view=edit_modal(open_ones, origin))


def _explain(slack: SlackServices, click: Click) -> None:
    with slack.db.reading() as session:
        require_theirs(session, click.by.team_id, click.incident_id, click.suggestion_ids)
        items = find_items(session, click.incident_id, click.suggestion_ids)
    client = slack.client_of(click.by.team_id)
    with translated(client, "open the explanation"):
        client.views_open(trigger_id=click.by.trigger_id, view=why_modal(items, click.incident_id))


def _turn_page(slack: SlackServices, click: Click) -> None:
    by = click.by
    if by.is_on_private_answer:
        (start,) = click.suggestion_ids
        asker = (by.team_id, by.user_id)
        answer = open_suggestions(slack, click.incident_id, asker=asker, start=start)
        replace_private(by.response_url, answer)


def _opened(slack: SlackServices, click: Click) -> None:
    """Slack opens the link by itself and waits for nobody; we only note that it was."""
    try:
        with slack.db.transaction() as session:
            require_theirs(session, click.by.team_id, click.incident_id, click.suggestion_ids)
            session.add(
                SourceOpening(
                    suggestion_id=click.suggestion_ids[0],
                    message_ts=click.message_ts or "",
                    opened_by=click.by.user_id[:64],
                    opened_at=slack.clock.now(),
                )
            )
    except (CopilotError, SQLAlchemyError) as error:
        _log.warning("the opening of a source was not noted: %s", type(error).__name__)


def _tell(
    slack: SlackServices,
    click: Click,
    done: decisions.Together,
    sentence: str,
    verbs: tuple[str, str],
) -> None:
    """A private answer is redrawn with it. A card is redrawn by a job and says who decided, so
    there only what did not go as meant is told.
    """
    too_late = " ".join(safe(str(error), 300) for error in done.too_late)
    if not done.decided:
        raise AlreadyDecidedError(" ".join(str(error) for error in done.too_late))
    titles = ", ".join(f"*{safe(one.title, 150)}*" for one in done.decided)
    words = sentence.format(f"{titles} {verbs[len(done.decided) > 1]}")
    if too_late:
        words = f"{words}\n{too_late}"
    if click.by.is_on_private_answer:
        _redraw_private(slack, click, words)
    elif too_late:
        _send(slack, click.by, words)


def _redraw_private(slack: SlackServices, click: Click, words: str) -> None:
    asker = (click.by.team_id, click.by.user_id)
    answer = open_suggestions(slack, click.incident_id, asker=asker, done=words)
    replace_private(click.by.response_url, answer)


def _too_late(
    slack: SlackServices, by: Person, click: Click | None, error: AlreadyDecidedError
) -> None:
    """A private list is drawn anew, since it still offers what is decided."""
    words = _nothing_changed(str(error))
    if click is not None and by.is_on_private_answer:
        _redraw_private(slack, click, words)
    else:
        _send(slack, by, words)


def _nothing_changed(why: str) -> str:
    return f"{safe(why, 600)} Nothing was changed."


def _send(slack: SlackServices, by: Person, words: str) -> None:
    send_private(
        slack,
        team_id=by.team_id,
        response_url=by.response_url,
        channel_id=by.channel_id,
        user_id=by.user_id,
        answer=note(words),
    )


_ACTIONS: Mapping[str, Callable[[SlackServices, Click], None]] = {
    ACCEPT: _accept,
    EDIT: _edit,
    DISMISS: _dismiss,
    SNOOZE: _snooze,
    WHY: _explain,
    MORE: _turn_page,
}

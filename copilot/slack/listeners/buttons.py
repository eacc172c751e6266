"""Buttons of suggestion cards: commit first, acknowledge last.

A failure answers 500; the person sees that nothing came of it and can press again.
"""

import re
from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, App, BoltContext

from copilot.errors import AlreadyDecidedError, BadInputError, NotFoundError
from copilot.slack.answers import note
from copilot.slack.cards import ACCEPT, DISMISS, DISMISS_LABELS, EDIT, WHY
from copilot.slack.clicks import Click, read_click
from copilot.slack.client import translated
from copilot.slack.escaping import safe
from copilot.slack.listeners.listing import open_suggestions
from copilot.slack.modals import EditOrigin, edit_modal, why_modal
from copilot.slack.replies import replace_private, send_private
from copilot.slack.services import SlackServices
from copilot.slack.suggestion_items import find_item
from copilot.suggestions import decisions

_REFUSALS = (AlreadyDecidedError, BadInputError, NotFoundError)


def register(app: App, slack: SlackServices) -> None:
    @app.action(re.compile(r"^suggestion_"))
    def on_suggestion(
        ack: Ack, body: dict[str, Any], action: dict[str, Any], context: BoltContext
    ) -> None:
        run = _ACTIONS.get(action["action_id"])
        if run is not None:
            _run(slack, run, body, action, context.team_id or "")
        # A source button opens its link by itself; Slack only wants to know that we heard.
        ack()


def _run(
    slack: SlackServices,
    run: Callable[[SlackServices, Click], None],
    body: dict[str, Any],
    action: dict[str, Any],
    team_id: str,
) -> None:
    click = None
    try:
        click = read_click(body, action, team_id)
        run(slack, click)
    except _REFUSALS as error:
        _say_no(slack, body, click, error, team_id)


def _accept(slack: SlackServices, click: Click) -> None:
    with slack.db.transaction() as session:
        item = find_item(session, click)
        decisions.accept(session, click.suggestion_id, by=click.user_id, now=slack.clock.now())
    _redraw(slack, click, f"✓ *{safe(item.title, 150)}* is a follow-up now.")


def _dismiss(slack: SlackServices, click: Click) -> None:
    reason = click.dismiss_reason
    if reason is None:
        raise BadInputError("This button is out of date.")
    with slack.db.transaction() as session:
        item = find_item(session, click)
        decisions.dismiss(
            session,
            click.suggestion_id,
            reason=reason,
            by=click.user_id,
            now=slack.clock.now(),
        )
    label = DISMISS_LABELS[reason].lower()
    _redraw(slack, click, f"– *{safe(item.title, 150)}* is dismissed: {label}.")


def _edit(slack: SlackServices, click: Click) -> None:
    with slack.db.reading() as session:
        item = find_item(session, click)
    if item.decided is not None:
        raise AlreadyDecidedError(f"This was {item.decided}.")
    origin = EditOrigin(
        click.incident_id,
        click.suggestion_id,
        click.channel_id,
        click.response_url if click.is_on_private_answer else "",
    )
    client = slack.client_of(click.team_id)
    with translated(client, "open the form"):
        client.views_open(trigger_id=click.trigger_id, view=edit_modal(item, origin))


def _explain(slack: SlackServices, click: Click) -> None:
    with slack.db.reading() as session:
        item = find_item(session, click)
    client = slack.client_of(click.team_id)
    with translated(client, "open the explanation"):
        client.views_open(trigger_id=click.trigger_id, view=why_modal(item))


def _redraw(slack: SlackServices, click: Click, done: str) -> None:
    """A card in the channel is redrawn by a job; a private answer only by who pressed on it."""
    if click.is_on_private_answer:
        asker = (click.team_id, click.user_id)
        answer = open_suggestions(slack, click.incident_id, asker=asker, done=done)
        replace_private(click.response_url, answer)


def _say_no(
    slack: SlackServices, body: dict[str, Any], click: Click | None, error: Exception, team_id: str
) -> None:
    text = f"{safe(str(error), 300)} Nothing was changed."
    if click is not None and click.is_on_private_answer:
        _redraw(slack, click, text)
        return
    user, channel = body.get("user") or {}, body.get("channel") or {}
    send_private(
        slack,
        team_id=team_id,
        response_url=str(body.get("response_url") or ""),
        channel_id=str(channel.get("id") or "") if isinstance(channel, dict) else str(channel),
        user_id=str(user.get("id") or "") if isinstance(user, dict) else str(user),
        answer=note(text),
    )


_ACTIONS: dict[str, Callable[[SlackServices, Click], None]] = {
    ACCEPT: _accept,
    EDIT: _edit,
    DISMISS: _dismiss,
    WHY: _explain,
}

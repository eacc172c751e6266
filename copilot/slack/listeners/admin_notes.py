"""The button under what admins are told in private: it takes back what the copilot muted."""

import logging
from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack, App, BoltContext
from sqlalchemy.exc import SQLAlchemyError

from copilot.errors import CopilotError
from copilot.slack.admin_note import UNDO_MUTE, undone_note
from copilot.slack.answers import note
from copilot.slack.clicks import Person, read_person
from copilot.slack.escaping import safe
from copilot.slack.listeners.noise_admins import require_admin
from copilot.slack.replies import replace_private, send_private
from copilot.slack.services import SlackServices
from copilot.suggestions.learning import Learned, undo
from copilot.timeline.mrkdwn import to_plain
from copilot.workspaces.directory import names_of

_log = logging.getLogger(__name__)


def register(app: App, slack: SlackServices) -> None:
    @app.action(UNDO_MUTE)
    def on_undo(
        ack: Ack, body: dict[str, Any], action: dict[str, Any], context: BoltContext
    ) -> None:
        _undo(slack, action, body, read_person(body, context.team_id or ""))
        ack()


def _undo(
    slack: SlackServices, action: Mapping[str, Any], body: Mapping[str, Any], by: Person
) -> None:
    change_id = f"{Learned.MUTE}:{action.get('value')}"
    try:
        with slack.db.transaction() as session:
            require_admin(session, by.team_id, by.user_id)
            undo(session, by.team_id, change_id, by=by.user_id, now=slack.clock.now())
            name = names_of(session, by.team_id).get(by.user_id, "an admin")
    except CopilotError as error:
        _say(slack, by, f"{error} Nothing was changed.")
    except SQLAlchemyError as error:
        _log.warning("a mute was not undone: %s", type(error).__name__)
        _say(slack, by, "The database did not answer. Nothing was changed; try again in a minute.")
    else:
        replace_private(by.response_url, undone_note(_what(body), name))


def _say(slack: SlackServices, by: Person, words: str) -> None:
    send_private(
        slack,
        team_id=by.team_id,
        response_url=by.response_url,
        channel_id=by.channel_id,
        user_id=by.user_id,
        answer=note(safe(words, 400)),
    )


def _what(body: Mapping[str, Any]) -> str:
    """The note's first line, as Slack sends the message back."""
    message = body.get("message")
    text = message.get("text") if isinstance(message, Mapping) else None
    return to_plain(text, {}) if isinstance(text, str) else ""

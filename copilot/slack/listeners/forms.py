"""The edit form: what a person made of a suggestion becomes the follow-up."""

from typing import Any

from slack_bolt import Ack, App, BoltContext

from copilot.errors import AlreadyDecidedError, BadInputError, NotFoundError
from copilot.slack.clicks import Pointer
from copilot.slack.escaping import safe
from copilot.slack.listeners.listing import open_suggestions
from copilot.slack.modals import EDITED, TITLE, read_edit, read_origin
from copilot.slack.replies import replace_private
from copilot.slack.services import SlackServices
from copilot.slack.suggestion_items import find_item
from copilot.suggestions import decisions


def register(app: App, slack: SlackServices) -> None:
    @app.view(EDITED)
    def on_edited(
        ack: Ack, view: dict[str, Any], body: dict[str, Any], context: BoltContext
    ) -> None:
        try:
            _edit(slack, view, str(body["user"]["id"]), context.team_id or "")
        except (AlreadyDecidedError, BadInputError, NotFoundError) as error:
            # Said inside the form, so that what was typed is not lost.
            ack(response_action="errors", errors={TITLE: f"{error} Nothing was changed."})
        else:
            ack()


def _edit(slack: SlackServices, view: dict[str, Any], user_id: str, team_id: str) -> None:
    origin = read_origin(str(view.get("private_metadata") or ""))
    title, owner_id = read_edit(view)
    with slack.db.transaction() as session:
        find_item(session, Pointer(team_id, origin.incident_id, origin.suggestion_id))
        decisions.edit(
            session,
            origin.suggestion_id,
            title=title,
            owner_id=owner_id,
            by=user_id,
            now=slack.clock.now(),
        )
    if origin.response_url:
        done = f"✓ *{safe(title, 150)}* is a follow-up now."
        asker = (team_id, user_id)
        answer = open_suggestions(slack, origin.incident_id, asker=asker, done=done)
        replace_private(origin.response_url, answer)

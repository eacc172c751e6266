"""The form of a bare `/incident declare`, submitted: commit first, acknowledge last."""

from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack, App, BoltContext

from copilot.errors import BadInputError, CopilotError, TemporaryError
from copilot.incidents.queries import open_incident_in
from copilot.slack.answers import Answer
from copilot.slack.declare_form import (
    DECLARED,
    PLACE,
    TITLE,
    FormError,
    FormOrigin,
    read_form,
    read_origin,
)
from copilot.slack.listeners.asking import Asked
from copilot.slack.listeners.declaring import Wanted, declare_now
from copilot.slack.replies import send_private
from copilot.slack.services import SlackServices


def register(app: App, slack: SlackServices) -> None:
    @app.view(DECLARED)
    def on_declared(
        ack: Ack, view: dict[str, Any], body: dict[str, Any], context: BoltContext
    ) -> None:
        try:
            asked = _asked(view, body, context.team_id or "")
            answer = _declare(slack, asked, view)
        except FormError as error:
            ack(response_action="errors", errors={error.block_id: str(error)})
            return
        except CopilotError as error:
            # Said inside the form, so that what was typed is not lost.
            ack(response_action="errors", errors={TITLE: _refusal(error)})
            return
        send_private(
            slack,
            team_id=asked.team_id,
            response_url=asked.response_url,
            channel_id=asked.channel_id,
            user_id=asked.user_id,
            answer=answer,
        )
        ack()


def _declare(slack: SlackServices, asked: Asked, view: Mapping[str, Any]) -> Answer:
    entered = read_form(view)
    if entered.new_channel is None:
        _refuse_where_one_is_open(slack, asked)
    wanted = Wanted(entered.title, entered.severity, entered.new_channel, entered.people)
    return declare_now(slack, asked, wanted)


def _refuse_where_one_is_open(slack: SlackServices, asked: Asked) -> None:
    """Somebody was quicker than the form; it stays open, so that nothing has to be typed again."""
    if asked.is_in_direct_message:
        raise FormError(PLACE, "An incident needs a channel that others can join.")
    with slack.db.reading() as session:
        standing = open_incident_in(session, asked.team_id, asked.channel_id)
    if standing is not None:
        raise FormError(
            PLACE,
            f"“{standing.title}” is open here already. Choose a new channel if this is another.",
        )


def _asked(view: Mapping[str, Any], body: Mapping[str, Any], team_id: str) -> Asked:
    origin: FormOrigin = read_origin(str(view.get("private_metadata") or ""))
    return Asked(
        team_id=team_id,
        channel_id=origin.channel_id,
        channel_name=origin.channel_name,
        user_id=str((body.get("user") or {}).get("id") or ""),
        rest="",
        response_url=origin.response_url,
    )


def _refusal(error: CopilotError) -> str:
    if isinstance(error, TemporaryError):
        return f"{error} Nothing was declared; try again in a minute."
    return str(error) if isinstance(error, BadInputError) else f"{error} Nothing was declared."

"""App Home: drawn when somebody opens it, and again after each of their presses there."""

import logging
import re
from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack, App, BoltContext
from sqlalchemy.orm import Session

from copilot.errors import BadInputError, CopilotError, NotFoundError
from copilot.incidents.follow_ups import complete
from copilot.incidents.models import Incident
from copilot.slack.answers import note
from copilot.slack.client import translated
from copilot.slack.escaping import safe
from copilot.slack.follow_up_list import DONE
from copilot.slack.home import QUIET, SPEAK, home_view
from copilot.slack.home_reading import read_home
from copilot.slack.listeners.writing import done_words, follow_up_list, to_item
from copilot.slack.replies import replace_private
from copilot.slack.services import SlackServices
from copilot.suggestions.quiet import DEFAULT_QUIET, end_quiet, set_quiet
from copilot.workspaces.directory import names_of
from copilot.workspaces.membership import may_read

_DONE_VALUE = re.compile(r"(\d{1,18}):(\d{1,18})", re.ASCII)
_ID = re.compile(r"\d{1,18}", re.ASCII)
_OUT_OF_DATE = "This button is out of date. Nothing was changed."
_log = logging.getLogger(__name__)


def register(app: App, slack: SlackServices) -> None:
    @app.action(DONE)
    def on_done(
        ack: Ack, body: dict[str, Any], action: dict[str, Any], context: BoltContext
    ) -> None:
        _done(slack, body, action, context.team_id or "")
        ack()

    @app.action(re.compile(f"^(?:{QUIET}|{SPEAK})$"))
    def on_quiet(
        ack: Ack, body: dict[str, Any], action: dict[str, Any], context: BoltContext
    ) -> None:
        team_id, user_id = context.team_id or "", _user_id(body)
        try:
            said = _switch(slack, action, team_id, user_id)
        except CopilotError as error:
            said = safe(str(error), 500)
        publish_home(slack, team_id, user_id, said)
        ack()


def open_home(slack: SlackServices, team_id: str, event: Mapping[str, Any]) -> None:
    """Somebody opened the app: of its tabs, Home is ours to draw."""
    user_id = event.get("user")
    if isinstance(user_id, str) and event.get("tab", "home") == "home":
        publish_home(slack, team_id, user_id)


def publish_home(slack: SlackServices, team_id: str, user_id: str, said: str = "") -> None:
    """Draw it for one person. Never raises what Slack answers: they can open it again."""
    now = slack.clock.now()
    with slack.db.reading() as session:
        home = read_home(
            session, team_id=team_id, user_id=user_id, now=now, link=slack.console_link, said=said
        )
    try:
        client = slack.client_of(team_id)
        with translated(client, "show App Home"):
            client.views_publish(user_id=user_id, view=home_view(home, now))
    except CopilotError as error:
        _log.warning("App Home was not drawn: %s", error)


def _done(
    slack: SlackServices, body: Mapping[str, Any], action: Mapping[str, Any], team_id: str
) -> None:
    """A follow-up is done: said in Home or in the private list, whichever it was pressed in."""
    user_id = _user_id(body)
    container = body.get("container") or {}
    is_in_home = container.get("type") == "view"
    incident, said = None, ""
    try:
        with slack.db.transaction() as session:
            incident, follow_up_id = _read_done(session, action, team_id)
            _check_may_read(session, incident, user_id, str(container.get("channel_id") or ""))
            follow_up, is_first = complete(
                session, incident, follow_up_id, by=user_id, now=slack.clock.now()
            )
            item = to_item(follow_up, names_of(session, team_id))
            said = done_words(item, is_first=is_first)
    except CopilotError as error:
        incident, said = None, safe(str(error), 500)
    if is_in_home:
        publish_home(slack, team_id, user_id, said)
        return
    answer = note(said)
    if incident is not None:
        with slack.db.reading() as session:
            answer = follow_up_list(slack, session, incident, said)
    replace_private(str(body.get("response_url") or ""), answer)


def _read_done(session: Session, action: Mapping[str, Any], team_id: str) -> tuple[Incident, int]:
    value = _DONE_VALUE.fullmatch(str(action.get("value") or ""))
    if value is None:
        raise BadInputError(_OUT_OF_DATE)
    return _incident(session, int(value[1]), team_id), int(value[2])


def _switch(slack: SlackServices, action: Mapping[str, Any], team_id: str, user_id: str) -> str:
    value = _ID.fullmatch(str(action.get("value") or ""))
    if value is None:
        raise BadInputError(_OUT_OF_DATE)
    now = slack.clock.now()
    with slack.db.transaction() as session:
        incident = _incident(session, int(value[0]), team_id)
        _check_may_read(session, incident, user_id, "")
        title = f"*{safe(incident.title, 150)}*"
        if action.get("action_id") == QUIET:
            if incident.resolved_at is not None:
                return f"{title} is resolved, so nothing is posted about it anyway."
            set_quiet(session, incident.id, until=now + DEFAULT_QUIET, by=user_id, now=now)
            return f"Nothing unasked is posted in {title} for 30 minutes. It is kept, not lost."
        if not end_quiet(session, incident.id, by=user_id, now=now):
            return f"The quiet of {title} had ended before."
        return f"Quiet is over in {title}."


def _incident(session: Session, incident_id: int, team_id: str) -> Incident:
    incident = session.get(Incident, incident_id)
    if incident is None or incident.team_id != team_id:
        raise NotFoundError(_OUT_OF_DATE)
    return incident


def _check_may_read(session: Session, incident: Incident, user_id: str, pressed_in: str) -> None:
    """Who presses in the incident's own channel is in it, whatever the list of members says."""
    if pressed_in == incident.channel_id:
        return
    if not may_read(session, incident.team_id, incident.channel_id, user_id):
        raise NotFoundError(_OUT_OF_DATE)


def _user_id(body: Mapping[str, Any]) -> str:
    user = body.get("user")
    return str(user.get("id") or "") if isinstance(user, Mapping) else str(user or "")

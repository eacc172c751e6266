"""Events of the channels: messages become records, names reach the directory."""

import logging
import re
from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import App, BoltContext

from copilot.errors import BadInputError
from copilot.incidents.backfill import request_backfill
from copilot.incidents.intake import take_in
from copilot.incidents.queries import open_incident_in
from copilot.slack.reader import to_channel_info, to_member_info
from copilot.slack.services import SlackServices
from copilot.timeline.slack_messages import to_records
from copilot.workspaces.directory import upsert_channel, upsert_members

Event = Mapping[str, Any]
TakeEvent = Callable[[SlackServices, str, Event], None]

_log = logging.getLogger(__name__)


def register(app: App, slack: SlackServices) -> None:
    @app.event(re.compile(""))
    def on_event(event: dict[str, Any], body: dict[str, Any], context: BoltContext) -> None:
        take = _HANDLERS.get(event["type"])
        if take is not None and context.team_id and not _is_own(event, body, slack):
            take(slack, context.team_id, event)


def _record(slack: SlackServices, team_id: str, event: Event) -> None:
    try:
        records = to_records(team_id, event)
    except BadInputError as error:
        # Delivering it again would not mend it, so it is not answered with a failure.
        _log.warning("dropped a malformed %s event: %s", event["type"], error)
        return
    if not records:
        return
    with slack.db.transaction() as session:
        take_in(session, team_id, records, slack.clock.now())


def _learn_member(slack: SlackServices, team_id: str, event: Event) -> None:
    user = event.get("user")
    if isinstance(user, dict) and user.get("id"):
        with slack.db.transaction() as session:
            upsert_members(session, team_id, [to_member_info(user)])


def _learn_channel(slack: SlackServices, team_id: str, event: Event) -> None:
    channel = event.get("channel")
    if isinstance(channel, dict) and channel.get("id") and channel.get("name"):
        with slack.db.transaction() as session:
            upsert_channel(session, team_id, to_channel_info(channel))


def _catch_up_when_invited(slack: SlackServices, team_id: str, event: Event) -> None:
    """An incident declared where we could not listen: now we can, so read what was said."""
    identity = slack.identity.if_known()
    if identity is None or event.get("user") != identity.workspace.bot_user_id:
        return
    with slack.db.transaction() as session:
        incident = open_incident_in(session, team_id, str(event.get("channel")))
        if incident is not None:
            request_backfill(session, incident, slack.clock.now())


def _is_own(event: Event, body: Mapping[str, Any], slack: SlackServices) -> bool:
    """Bolt drops most of what we said ourselves, but not edits of it by `bot_id`, and nothing
    while Slack's Web API can't tell it who we are; the envelope often says so too.
    """
    if not event["type"].startswith("message"):
        return False
    # Lists, since what is compared may be of any kind, also of one that can't be hashed.
    ours = [
        authorization.get("user_id")
        for authorization in body.get("authorizations") or ()
        if authorization.get("is_bot")
    ]
    identity = slack.identity.if_known()
    if identity is not None:
        ours += [identity.workspace.bot_user_id, identity.bot_id]
    ours = [who for who in ours if who]
    said = [event, event.get("message"), event.get("previous_message")]
    return any(
        message.get("user") in ours or message.get("bot_id") in ours
        for message in said
        if isinstance(message, Mapping)
    )


_HANDLERS: dict[str, TakeEvent] = {
    "message": _record,
    "reaction_added": _record,
    "reaction_removed": _record,
    "pin_added": _record,
    "pin_removed": _record,
    "team_join": _learn_member,
    "user_change": _learn_member,
    "channel_rename": _learn_channel,
    "group_rename": _learn_channel,
    "member_joined_channel": _catch_up_when_invited,
}

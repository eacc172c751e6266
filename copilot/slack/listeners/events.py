"""Events of the channels: messages become records, names reach the directory."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import BoltRequest, BoltResponse
from slack_bolt.middleware import Middleware
from slack_bolt.request.payload_utils import to_event

from copilot.errors import BadInputError
from copilot.incidents.backfill import request_backfill
from copilot.incidents.intake import take_in
from copilot.incidents.marked import heed_marks
from copilot.incidents.queries import open_incident_in
from copilot.slack.arrivals import Arrivals
from copilot.slack.reader import to_channel_info, to_member_info
from copilot.slack.services import SlackServices
from copilot.timeline.slack_messages import to_records
from copilot.workspaces.directory import upsert_channel, upsert_members

Event = Mapping[str, Any]
TakeEvent = Callable[[SlackServices, str, Event], None]

_log = logging.getLogger(__name__)


class Events(Middleware):
    """Takes every event before Bolt asks who is meant, and leaves all else to the listeners.

    A listener would cost Bolt twice the time for each message: it is told who we are, is handed
    helpers to answer with, and has its arguments put together twice, to match it and to call it.
    """

    def __init__(self, slack: SlackServices) -> None:
        self._slack = slack
        self._arrivals = Arrivals(slack.db)

    def process(
        self,
        *,
        req: BoltRequest,
        resp: BoltResponse,  # noqa: ARG002 - Bolt passes it
        next: Callable[[], BoltResponse],
    ) -> BoltResponse:
        event = to_event(req.body)
        if event is None:
            return next()
        take = _HANDLERS.get(event["type"])
        team_id = req.context.team_id
        if take is not None and team_id and not _is_own(event, req.body, self._slack, team_id):
            take(self._slack, team_id, event)
        if team_id:
            self._arrivals.note(team_id, req.mode)
        return BoltResponse(status=200)


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
        if take_in(session, team_id, records, slack.clock.now()):
            heed_marks(session, records, slack.reactions)


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
    identity = slack.identities.if_known(team_id)
    if identity is None or event.get("user") != identity.workspace.bot_user_id:
        return
    with slack.db.transaction() as session:
        incident = open_incident_in(session, team_id, str(event.get("channel")))
        if incident is not None:
            request_backfill(session, incident, slack.clock.now())


def _is_own(event: Event, body: Mapping[str, Any], slack: SlackServices, team_id: str) -> bool:
    """What we said or did ourselves. The envelope often names us, too: it is all there is while
    Slack's Web API can't tell who we are.
    """
    if event["type"] == "member_joined_channel":
        return False  # somebody invited us
    # Lists, since what is compared may be of any kind, also of one that can't be hashed.
    ours = [
        authorization.get("user_id")
        for authorization in body.get("authorizations") or ()
        if authorization.get("is_bot")
    ]
    identity = slack.identities.if_known(team_id)
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

"""Events of the channels: messages become records, names reach the directory."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import BoltRequest, BoltResponse
from slack_bolt.middleware import Middleware
from slack_bolt.request.payload_utils import to_event

from copilot.errors import BadInputError
from copilot.incidents.intake import take_in
from copilot.incidents.marked import heed_marks
from copilot.slack.arrivals import Arrivals
from copilot.slack.listeners import channel_life, directory, home
from copilot.slack.services import SlackServices
from copilot.timeline.slack_messages import to_records

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
        event = to_event(req.body) or _rate_limit_of(req.body)
        if event is None:
            return next()
        take = HANDLERS.get(event["type"])
        team_id = req.context.team_id
        if take is not None and team_id and not _is_own(event, req.body, self._slack, team_id):
            take(self._slack, team_id, event)
        if team_id:
            self._arrivals.note(team_id, req.headers)
        return BoltResponse(status=200)


def _rate_limit_of(body: Mapping[str, Any]) -> Event | None:
    """The one event that Slack sends without an envelope, or in one, depending on who asks."""
    return body if body.get("type") == "app_rate_limited" else None


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
        if str(event.get("subtype")) in channel_life.CONVERSIONS:
            channel_life.converted(session, slack, team_id, event)


def _is_own(event: Event, body: Mapping[str, Any], slack: SlackServices, team_id: str) -> bool:
    """What we said or did ourselves. The envelope often names us, too: it is all there is while
    Slack's Web API can't tell who we are.
    """
    if event["type"] in ("member_joined_channel", "member_left_channel"):
        return False  # somebody invited us, or sent us away
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


HANDLERS: Mapping[str, TakeEvent] = {
    "app_home_opened": home.open_home,
    "message": _record,
    "reaction_added": _record,
    "reaction_removed": _record,
    "pin_added": _record,
    "pin_removed": _record,
    "app_rate_limited": channel_life.held_back,
    "channel_archive": channel_life.archived,
    "channel_deleted": channel_life.deleted,
    "channel_history_changed": channel_life.history_changed,
    "channel_id_changed": channel_life.id_changed,
    "channel_left": channel_life.left,
    "channel_rename": channel_life.renamed,
    "channel_shared": channel_life.shared,
    "channel_unarchive": channel_life.unarchived,
    "channel_unshared": channel_life.unshared,
    "group_archive": channel_life.archived,
    "group_deleted": channel_life.deleted,
    "group_history_changed": channel_life.history_changed,
    "group_left": channel_life.left,
    "group_rename": channel_life.renamed,
    "group_unarchive": channel_life.unarchived,
    "member_joined_channel": channel_life.member_joined,
    "member_left_channel": channel_life.member_left,
    "team_domain_change": directory.team_moved,
    "team_join": directory.member_changed,
    "team_rename": directory.team_renamed,
    "user_change": directory.member_changed,
    "user_profile_changed": directory.member_changed,
}
"""By the event's type. The manifest subscribes to these; `app_rate_limited` comes unasked."""

"""Where requests come from: installed workspaces are listened to, and come and go."""

import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from slack_bolt import BoltRequest, BoltResponse
from slack_bolt.middleware import Middleware
from slack_bolt.request.payload_utils import is_slash_command, to_event

from copilot.incidents.refilling import request_refills
from copilot.slack.answers import note
from copilot.slack.services import SlackServices
from copilot.timeline.coverage import RefillCause
from copilot.workspaces.connections import connect, disconnect, learn_of_team, revoke
from copilot.workspaces.installations import find
from copilot.workspaces.syncing import request_sync

Body = Mapping[str, Any]

_LOG_EVERY_S = 60.0
_NOT_INSTALLED = (
    "The app is not installed in this workspace any more. Ask an admin to install it again."
)

_log = logging.getLogger(__name__)


class FromWorkspaces(Middleware):
    """Stands before all else and settles which workspace is meant.

    What comes from a workspace without an installation, e.g. late after it was removed, is
    acknowledged and dropped: to Slack any other answer is a failed delivery, and too many of
    those end the subscription for everybody.
    """

    def __init__(self, slack: SlackServices, then: Middleware) -> None:
        self._slack = slack
        self._then = then
        self._strangers = _Strangers()

    def process(
        self, *, req: BoltRequest, resp: BoltResponse, next: Callable[[], BoltResponse]
    ) -> BoltResponse:
        team_id = _settle_team(req)
        enterprise_id = req.context.enterprise_id or ""
        event = to_event(req.body)
        take = INSTALLING.get(event["type"]) if event is not None else None
        if take is not None:
            take(self._slack, team_id, enterprise_id, req.body)
            return BoltResponse(status=200)
        names_nobody = event is None and not team_id  # e.g. Slack looks whether we answer at all
        if not names_nobody and not self._slack.clients.is_connected(team_id, enterprise_id):
            self._strangers.count(team_id)
            return _decline(req)
        return self._then.process(req=req, resp=resp, next=next) or BoltResponse(status=200)


def _settle_team(req: BoltRequest) -> str:
    """The workspace meant. With an installation for a whole organisation Slack often leaves it
    out where it is looked for first; then it is put there, for the listeners to find.
    """
    team_id = str(req.context.team_id or "")
    # Bolt then takes the home of whoever pressed the button, who may be a guest in this one.
    is_left_out = "team" in req.body and not req.body["team"]
    if is_left_out or not _is_workspace(team_id):
        team_id = next((str(each) for each in _other_places(req.body) if _is_workspace(each)), "")
        req.context["team_id"] = team_id or None
    if team_id and is_left_out:
        req.body["team"] = {"id": team_id}
    return team_id


def _other_places(body: Body) -> list[object]:
    def inside(name: str, key: str) -> object:
        part = body.get(name)
        return part.get(key) if isinstance(part, Mapping) else None

    return [
        body.get("context_team_id"),
        body.get("team_id"),
        inside("event", "team"),
        inside("message", "team"),
        inside("view", "team_id"),
        inside("user", "team_id"),
    ]


def _is_workspace(value: object) -> bool:
    """Slack also names organisations in places meant for workspaces: they begin with an E."""
    return isinstance(value, str) and bool(value) and not value.startswith("E")


def _decline(req: BoltRequest) -> BoltResponse:
    if not is_slash_command(req.body):
        return BoltResponse(status=200)
    return BoltResponse(
        status=200,
        body=json.dumps(note(_NOT_INSTALLED)),
        headers={"content-type": "application/json"},
    )


# Events about the installation itself


def _uninstalled(slack: SlackServices, team_id: str, enterprise_id: str, body: Body) -> None:
    now = slack.clock.now()
    with slack.db.transaction() as session:
        gone = revoke(
            session, team_id, enterprise_id, happened_at=_event_time(body) or now, now=now
        )
    _look_again(slack, team_id)
    for each in gone:
        _log.warning("the app was removed from %s; its jobs stop, its data is kept for now", each)


def _tokens_revoked(slack: SlackServices, team_id: str, enterprise_id: str, body: Body) -> None:
    """Tokens of people are none of ours, we never ask for any."""
    tokens = body["event"].get("tokens")
    if isinstance(tokens, Mapping) and tokens.get("bot"):
        _uninstalled(slack, team_id, enterprise_id, body)


def _access_granted(slack: SlackServices, team_id: str, enterprise_id: str, body: Body) -> None:  # noqa: ARG001 - called like the others
    """An organisation's admin adds the app to workspaces."""
    now = slack.clock.now()
    with slack.db.transaction() as session:
        if not enterprise_id or find(session, "", enterprise_id) is None:
            return
        for each in _team_ids(body):
            learn_of_team(session, each, enterprise_id, url=slack.clients.unknown_url, now=now)
            request_sync(session, each, now)
            if connect(session, team_id=each):
                request_refills(session, team_id=each, cause=RefillCause.RECONNECTED, now=now)
    _look_again(slack, *_team_ids(body))


def _access_revoked(slack: SlackServices, team_id: str, enterprise_id: str, body: Body) -> None:  # noqa: ARG001
    with slack.db.transaction() as session:
        for each in _team_ids(body):
            found = find(session, each)
            if found is not None and found.is_organisation:
                disconnect(session, team_id=each, now=slack.clock.now())
    _look_again(slack, *_team_ids(body))


INSTALLING: Mapping[str, Callable[[SlackServices, str, str, Body], None]] = {
    "app_uninstalled": _uninstalled,
    "tokens_revoked": _tokens_revoked,
    "team_access_granted": _access_granted,
    "team_access_revoked": _access_revoked,
}


def _look_again(slack: SlackServices, *team_ids: str) -> None:
    slack.clients.forget()
    for team_id in team_ids:
        slack.identities.forget(team_id)


def _event_time(body: Body) -> datetime | None:
    seconds = body.get("event_time")
    if not isinstance(seconds, int) or seconds <= 0:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def _team_ids(body: Body) -> list[str]:
    team_ids = body["event"].get("team_ids")
    return [each for each in team_ids if _is_workspace(each)] if isinstance(team_ids, list) else []


class _Strangers:
    """Logs what was dropped once a minute, however much comes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._dropped = 0
        self._logged_at_s = float("-inf")

    def count(self, team_id: str) -> None:
        with self._lock:
            self._dropped += 1
            if time.monotonic() - self._logged_at_s < _LOG_EVERY_S:
                return
            self._logged_at_s = time.monotonic()
            dropped, self._dropped = self._dropped, 0
        _log.warning(
            "dropped %d requests of workspaces where the app is not installed, last of %.32r",
            dropped,
            team_id,
        )

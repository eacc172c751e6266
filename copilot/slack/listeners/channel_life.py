"""What becomes of a channel: renamed, archived, left, shared, made private, given another id."""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from copilot.incidents.channel_moves import move_channel
from copilot.incidents.headline import try_headline_again
from copilot.incidents.queries import latest_incident_in
from copilot.incidents.refilling import (
    note_channel_gone,
    note_left,
    note_rate_limit,
    refill_in,
    request_refills,
)
from copilot.slack.services import SlackServices
from copilot.timeline.coverage import RefillCause, is_before
from copilot.timeline.permalinks import instant_to_ts, is_stamp
from copilot.workspaces.directory import change_channel, rename_channel
from copilot.workspaces.membership import add_member, remove_member

Event = Mapping[str, Any]

CONVERSIONS = frozenset({"channel_convert_to_private", "channel_convert_to_public"})
"""Subtypes of messages that say who may read the channel from now on."""
_LONGEST_AGO = timedelta(days=7)
_log = logging.getLogger(__name__)


def renamed(slack: SlackServices, team_id: str, event: Event) -> None:
    channel = event.get("channel")
    if not isinstance(channel, Mapping):
        return
    channel_id, name = _text(channel.get("id")), _text(channel.get("name"))
    if channel_id and name:
        with slack.db.transaction() as session:
            rename_channel(session, team_id, channel_id, name)


def archived(slack: SlackServices, team_id: str, event: Event) -> None:
    if channel_id := _channel_id(event):
        with slack.db.transaction() as session:
            change_channel(session, team_id, channel_id, is_archived=True)


def unarchived(slack: SlackServices, team_id: str, event: Event) -> None:
    if channel_id := _channel_id(event):
        with slack.db.transaction() as session:
            # The incident's row first, as everybody takes them.
            try_headline_again(session, team_id, channel_id)
            refill_in(session, team_id, channel_id, RefillCause.CHANGED, slack.clock.now())
            change_channel(session, team_id, channel_id, is_archived=False)


def deleted(slack: SlackServices, team_id: str, event: Event) -> None:
    """What was recorded stays."""
    if channel_id := _channel_id(event):
        with slack.db.transaction() as session:
            change_channel(session, team_id, channel_id, is_archived=True)
            note_channel_gone(session, team_id, channel_id, slack.clock.now())


def shared(slack: SlackServices, team_id: str, event: Event) -> None:
    if channel_id := _channel_id(event):
        with slack.db.transaction() as session:
            change_channel(session, team_id, channel_id, is_shared=True)
            refill_in(session, team_id, channel_id, RefillCause.CHANGED, slack.clock.now())


def unshared(slack: SlackServices, team_id: str, event: Event) -> None:
    """It may still be shared with a third organisation."""
    if channel_id := _channel_id(event):
        with slack.db.transaction() as session:
            is_shared = bool(event.get("is_ext_shared"))
            change_channel(session, team_id, channel_id, is_shared=is_shared)
            refill_in(session, team_id, channel_id, RefillCause.CHANGED, slack.clock.now())


def history_changed(slack: SlackServices, team_id: str, event: Event) -> None:
    """Messages went in bulk. Slack does not always say in which channel."""
    channel_id, now = _channel_id(event), slack.clock.now()
    with slack.db.transaction() as session:
        if channel_id:
            refill_in(session, team_id, channel_id, RefillCause.CLEARED, now)
        else:
            request_refills(session, team_id=team_id, cause=RefillCause.CLEARED, now=now)


def id_changed(slack: SlackServices, team_id: str, event: Event) -> None:
    """Everything that was recorded follows, in one transaction."""
    old, new = _text(event.get("old_channel_id")), _text(event.get("new_channel_id"))
    if old and new and old != new:
        with slack.db.transaction() as session:
            move_channel(session, team_id, old, new, slack.clock.now())


def left(slack: SlackServices, team_id: str, event: Event) -> None:
    """We were removed: from now on nothing is heard there."""
    if channel_id := _channel_id(event):
        with slack.db.transaction() as session:
            note_left(session, team_id, channel_id, _when(slack, event), slack.clock.now())


def member_joined(slack: SlackServices, team_id: str, event: Event) -> None:
    channel_id, user_id = _channel_id(event), _text(event.get("user"))
    if not channel_id or not user_id:
        return
    with slack.db.transaction() as session:
        if latest_incident_in(session, team_id, channel_id) is None:
            return  # who is in it is read when one is declared
        add_member(session, team_id, channel_id, user_id)
        if _is_us(slack, team_id, user_id):
            try_headline_again(session, team_id, channel_id)
            refill_in(session, team_id, channel_id, RefillCause.JOINED, slack.clock.now())


def member_left(slack: SlackServices, team_id: str, event: Event) -> None:
    channel_id, user_id = _channel_id(event), _text(event.get("user"))
    if not channel_id or not user_id:
        return
    with slack.db.transaction() as session:
        remove_member(session, team_id, channel_id, user_id)
        if _is_us(slack, team_id, user_id):
            note_left(session, team_id, channel_id, _when(slack, event), slack.clock.now())


def converted(session: Session, slack: SlackServices, team_id: str, event: Event) -> None:
    """Private at once; public only when Slack says so itself, which the refill asks."""
    channel_id = _channel_id(event)
    if channel_id:
        if event.get("subtype") == "channel_convert_to_private":
            change_channel(session, team_id, channel_id, is_private=True)
        refill_in(session, team_id, channel_id, RefillCause.CHANGED, slack.clock.now())


def held_back(slack: SlackServices, team_id: str, event: Event) -> None:
    """Slack did not tell us what happened in this minute: there was too much."""
    begun_s = event.get("minute_rate_limited")
    now = slack.clock.now()
    if not isinstance(begun_s, int) or isinstance(begun_s, bool):
        return
    try:
        minute = datetime.fromtimestamp(begun_s, UTC)
    except (OverflowError, OSError, ValueError):
        return
    if minute < now - _LONGEST_AGO or minute > now + _LONGEST_AGO:
        _log.warning("dropped a rate limit of another time: %s", minute)
        return
    with slack.db.transaction() as session:
        note_rate_limit(session, team_id, minute, now)


def _is_us(slack: SlackServices, team_id: str, user_id: str) -> bool:
    identity = slack.identities.if_known(team_id)
    return identity is not None and user_id == identity.workspace.bot_user_id


def _when(slack: SlackServices, event: Event) -> str:
    """The event's own stamp where it has a sound one: a late delivery must not hide a stretch."""
    now_ts = instant_to_ts(slack.clock.now())
    ts = event.get("event_ts")
    return ts if isinstance(ts, str) and is_stamp(ts) and is_before(ts, now_ts) else now_ts


def _channel_id(event: Event) -> str | None:
    return _text(event.get("channel"))


def _text(value: object) -> str | None:
    return value[:32] if isinstance(value, str) and value else None

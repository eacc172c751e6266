"""Events in the shapes Slack sends; pure."""

from typing import Any

Event = dict[str, Any]


def posted(body: dict[str, Any], channel_id: str, channel_kind: str) -> Event:
    return {**body, "channel": channel_id, "channel_type": channel_kind, "event_ts": body["ts"]}


def changed(
    after: dict[str, Any], before: dict[str, Any], channel_id: str, channel_kind: str, ts: str
) -> Event:
    return {
        "type": "message",
        "subtype": "message_changed",
        "hidden": True,
        "channel": channel_id,
        "channel_type": channel_kind,
        "message": after,
        "previous_message": before,
        "ts": ts,
        "event_ts": ts,
    }


def deleted(before: dict[str, Any], channel_id: str, channel_kind: str, ts: str) -> Event:
    return {
        "type": "message",
        "subtype": "message_deleted",
        "hidden": True,
        "channel": channel_id,
        "channel_type": channel_kind,
        "deleted_ts": before["ts"],
        "previous_message": before,
        "ts": ts,
        "event_ts": ts,
    }


def reaction(
    kind: str, user_id: str, name: str, body: dict[str, Any], channel_id: str, event_ts: str
) -> Event:
    """`kind` is reaction_added or reaction_removed."""
    event: Event = {
        "type": kind,
        "user": user_id,
        "reaction": name,
        "item": {"type": "message", "channel": channel_id, "ts": body["ts"]},
        "event_ts": event_ts,
    }
    if body.get("user"):
        event["item_user"] = body["user"]
    return event


def pin(
    kind: str,
    user_id: str,
    body: dict[str, Any],
    *,
    channel_id: str,
    link: str,
    pins: int,
    event_ts: str,
) -> Event:
    """`kind` is pin_added or pin_removed."""
    created = int(event_ts.partition(".")[0])
    event: Event = {
        "type": kind,
        "user": user_id,
        "channel_id": channel_id,
        "item": {
            "type": "message",
            "created": created,
            "created_by": user_id,
            "channel": channel_id,
            "message": {**body, "permalink": link},
        },
        "pin_count": pins,
        "pinned_info": {"channel": channel_id, "pinned_by": user_id, "pinned_ts": created},
        "event_ts": event_ts,
    }
    if body.get("user"):
        event["item_user"] = body["user"]
    return event


def membership(
    kind: str, user_id: str, channel_id: str, channel_kind: str, team_id: str, ts: str
) -> Event:
    """`kind` is member_joined_channel or member_left_channel."""
    return {
        "type": kind,
        "user": user_id,
        "channel": channel_id,
        "channel_type": channel_kind[0].upper(),
        "team": team_id,
        "event_ts": ts,
    }


def channel_created(channel: dict[str, Any], ts: str) -> Event:
    return {"type": "channel_created", "channel": channel, "event_ts": ts}


def channel_renamed(channel: dict[str, Any], ts: str) -> Event:
    kind = "channel_rename" if channel["is_channel"] else "group_rename"
    return {"type": kind, "channel": channel, "event_ts": ts}


def home_opened(
    user_id: str, channel_id: str, tab: str, view: dict[str, Any] | None, ts: str
) -> Event:
    event: Event = {
        "type": "app_home_opened",
        "user": user_id,
        "channel": channel_id,
        "tab": tab,
        "event_ts": ts,
    }
    return {**event, "view": view} if view else event


def rate_limited(team_id: str, app_id: str, minute_s: int) -> dict[str, Any]:
    """A whole body, not an event in an envelope: Slack tells that it held events back."""
    return {
        "token": "sandbox-verification-token",
        "type": "app_rate_limited",
        "team_id": team_id,
        "minute_rate_limited": minute_s,
        "api_app_id": app_id,
    }


def envelope(
    event: Event,
    *,
    event_id: str,
    event_time: int,
    team_id: str,
    app_id: str,
    bot_user_id: str,
    enterprise_id: str | None = None,
    is_org_install: bool = False,
    is_shared: bool = False,
) -> dict[str, Any]:
    """What is posted to the app around one event."""
    sent = {
        "token": "sandbox-verification-token",
        "team_id": team_id,
        "context_team_id": team_id,
        "context_enterprise_id": enterprise_id,
        "api_app_id": app_id,
        "event": event,
        "type": "event_callback",
        "event_id": event_id,
        "event_time": event_time,
        "authorizations": [
            {
                "enterprise_id": enterprise_id,
                "team_id": None if is_org_install else team_id,
                "user_id": bot_user_id,
                "is_bot": True,
                "is_enterprise_install": is_org_install,
            }
        ],
        "is_ext_shared_channel": is_shared,
        "event_context": f"4-{event_id}",
    }
    return {**sent, "enterprise_id": enterprise_id} if enterprise_id else sent

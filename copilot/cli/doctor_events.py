"""Checks of what arrives: the last event, an awaited one, and channels that we can't hear."""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from copilot.bootstrap import Services
from copilot.cli.doctor_machine import web_process_answers
from copilot.cli.findings import Finding, broken, off, ok
from copilot.clock import SystemClock
from copilot.errors import CopilotError
from copilot.incidents.models import Incident
from copilot.slack.arrivals import EVERY_S
from copilot.slack.inspection import is_in_channel
from copilot.workspaces.arrivals import Arrival, last_arrivals
from copilot.workspaces.models import Channel

_MOST_CHANNELS = 20
_POLL_S = 0.5
_WAY_WORDS = {"http": "over HTTP", "socket_mode": "by Socket Mode"}
_INVITE = "type `/invite @incident-copilot`"
_CHOSEN = {"http": "HTTP", "socket_mode": "Socket Mode"}
_SOCKET_CLICKS = (
    "In the app's settings: Socket Mode is on; Event Subscriptions is on and lists message.channels"
)
_HTTP_CLICKS = (
    "In the app's settings: Socket Mode is off; Event Subscriptions is on, its Request URL says "
    "Verified, and it lists message.channels"
)


def check_events(services: Services) -> Finding:
    """What is known without waiting."""
    newest = _newest(services)
    if newest is None:
        return off(
            "events",
            "None has arrived yet. `incident-copilot doctor --listen` waits for one with you.",
        )
    words = f"the last one arrived {_told(newest, SystemClock().now())}"
    expected = "socket_mode" if services.settings.slack_app_token is not None else "http"
    if newest.way != expected:
        return off(
            "events",
            f"{words}; since then {_CHOSEN[expected]} was chosen. "
            "`incident-copilot doctor --listen` shows whether they come this way.",
        )
    return ok("events", words)


def listen_for_event(services: Services, timeout_s: float) -> Finding:
    """Wait until an event arrives. Arrivals are noted once a minute, so one of just now counts."""
    since = SystemClock().now() - timedelta(seconds=EVERY_S)
    give_up_at_s = time.monotonic() + timeout_s
    while True:
        newest = _newest(services)
        if newest is not None and newest.at >= since:
            return ok("events", f"one arrived {_told(newest, SystemClock().now())}")
        if time.monotonic() >= give_up_at_s:
            return broken("events", _why_none(services, timeout_s))
        time.sleep(_POLL_S)


def check_channels(services: Services, team_ids: Sequence[str]) -> list[Finding]:
    """Channels with an open incident in which the bot is not: nothing said there is recorded."""
    unheard = []
    try:
        for team_id, channel_id, name in _incident_channels(services, team_ids):
            if not is_in_channel(services.slack_clients.of(team_id), channel_id):
                unheard.append(name)
    except CopilotError as error:
        return [broken("channels", str(error))]
    if unheard:
        return [
            broken("channels", f"{name} has an open incident that nobody hears: {_INVITE} there.")
            for name in unheard
        ]
    return [ok("channels", "the bot is in every channel with an open incident")]


def _incident_channels(
    services: Services, team_ids: Sequence[str]
) -> Sequence[tuple[str, str, str]]:
    """Team, id, and a name that may be shown: a private channel's stays in Slack."""
    query = (
        select(Incident.team_id, Incident.channel_id, Channel.name, Channel.is_private)
        .outerjoin(
            Channel,
            (Channel.team_id == Incident.team_id) & (Channel.channel_id == Incident.channel_id),
        )
        .where(
            Incident.resolved_at.is_(None),
            Incident.is_imported.is_(False),
            Channel.is_archived.is_not(True),
        )
        .order_by(Incident.declared_at.desc())
        .limit(_MOST_CHANNELS)
    )
    if "" not in team_ids:
        query = query.where(Incident.team_id.in_(team_ids))
    with services.db.reading() as session:
        found = session.execute(query).all()
    return [
        (team_id, channel_id, f"#{name}" if is_private is False else f"private {channel_id}")
        for team_id, channel_id, name, is_private in found
    ]


def _newest(services: Services) -> Arrival | None:
    with services.db.reading() as session:
        arrivals = last_arrivals(session)
    return arrivals[0] if arrivals else None


def _why_none(services: Services, timeout_s: float) -> str:
    settings = services.settings
    none = f"None arrived within {timeout_s:.0f} s."
    if not web_process_answers(settings):
        return (
            f"{none} Nothing answers at {settings.host}:{settings.port} either: start "
            "`incident-copilot serve`, then listen again."
        )
    clicks = _SOCKET_CLICKS if settings.slack_app_token is not None else _HTTP_CLICKS
    return f"{none} {clicks}. In a channel {_INVITE}, then say something there."


def _told(arrival: Arrival, now: datetime) -> str:
    """`over HTTP, 5 min ago`."""
    minutes = max(0, int((now - arrival.at).total_seconds() // 60))
    hours, days = minutes // 60, minutes // 1440
    if days:
        ago = f"{days} day{'s' if days > 1 else ''} ago"
    elif hours:
        ago = f"{hours} h ago"
    else:
        ago = f"{minutes} min ago" if minutes else "just now"
    return f"{_WAY_WORDS.get(arrival.way, arrival.way)}, {ago}"

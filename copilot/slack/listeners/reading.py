"""`/incident catchup | timeline`: what happened, told to the asker alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from copilot.errors import BadInputError, CopilotError
from copilot.incidents.models import Incident
from copilot.reviews.catchup import ToldLine, last_here, read_catchup
from copilot.reviews.moments import read_moments
from copilot.slack.answers import Answer
from copilot.slack.client import translated
from copilot.slack.listeners.asking import Asked, incident_asked_about
from copilot.slack.services import SlackServices
from copilot.slack.since import means_everything, needs_zone, read_since
from copilot.slack.told import RecordLink, Told, catchup_answer, timeline_answer
from copilot.timeline.gaps import gaps_in
from copilot.timeline.permalinks import instant_to_ts
from copilot.timeline.reading import Span

_USUALLY_LISTED = 15
_MOST_LISTED = 40
_UTC_OFFSETS = timedelta(hours=14)


@dataclass(frozen=True, slots=True)
class _From:
    instant: datetime | None
    words: str = ""


def catchup(slack: SlackServices, asked: Asked) -> Answer:
    now = slack.clock.now()
    typed = _typed_since(slack, asked, now) if asked.rest else None
    with slack.db.reading() as session:
        incident = incident_asked_about(session, asked)
        begins = typed
        if begins is None:
            spoke_at = last_here(session, incident, asked.user_id)
            # What this person said last is no news to them.
            begins = (
                _From(spoke_at + timedelta(microseconds=1), "when you were last active here")
                if spoke_at
                else _From(None, "from the beginning, as you were not active here yet")
            )
        missed = read_catchup(session, incident, begins.instant)
    told = _told(slack, asked, incident, begins)
    return catchup_answer(told, missed, _link_to_record(slack, asked, incident.id), now)


def timeline(slack: SlackServices, asked: Asked) -> Answer:
    now = slack.clock.now()
    most, begins = _USUALLY_LISTED, _From(None)
    if asked.rest.isdecimal():
        most = int(asked.rest[:4])
        if not 1 <= most <= _MOST_LISTED:
            raise BadInputError(
                f"Ask for 1 to {_MOST_LISTED} lines, or since when: `/incident timeline 20`, "
                "`/incident timeline 2h`."
            )
    elif asked.rest:
        most, begins = _MOST_LISTED, _typed_since(slack, asked, now)
    with slack.db.reading() as session:
        incident = incident_asked_about(session, asked)
        moments = read_moments(session, incident, since=begins.instant, most=most)
        first = begins.instant or (moments.lines[0].at if moments.left_out else None)
        gaps = [
            gap
            for gap in gaps_in(session, Span(incident.team_id, incident.channel_id))
            if first is None or gap.occurred_at >= first
        ]
    return timeline_answer(
        _told(slack, asked, incident, begins),
        moments.lines,
        left_out=moments.left_out,
        gaps=gaps,
        link_of=_link_to_record(slack, asked, incident.id),
        now=now,
    )


def _told(slack: SlackServices, asked: Asked, incident: Incident, begins: _From) -> Told:
    return Told(
        title=incident.title,
        severity=incident.severity,
        status=incident.status,
        since=begins.instant,
        since_words=begins.words,
        console_link=slack.console_link(
            f"incidents/{incident.id}", asker=(asked.team_id, asked.user_id)
        ),
    )


def _link_to_record(slack: SlackServices, asked: Asked, incident_id: int) -> RecordLink:
    asker = (asked.team_id, asked.user_id)

    def link(line: ToldLine) -> str:
        at = instant_to_ts(line.at)
        return slack.console_link(f"incidents/{incident_id}?at={at}#r-{line.event_id}", asker)

    return link


def _typed_since(slack: SlackServices, asked: Asked, now: datetime) -> _From:
    if means_everything(asked.rest):
        return _From(None)
    offset = _utc_offset(slack, asked) if needs_zone(asked.rest) else timedelta()
    if offset is None:
        return _From(read_since(asked.rest, now), "read as UTC, as Slack did not tell your zone")
    return _From(read_since(asked.rest, now, offset))


def _utc_offset(slack: SlackServices, asked: Asked) -> timedelta | None:
    """The asker's, from their profile; None if Slack can't tell it now."""
    try:
        client = slack.client_of(asked.team_id)
        with translated(client, "look up the time zone"):
            user = client.users_info(user=asked.user_id).get("user") or {}
    except CopilotError:
        return None
    seconds = user.get("tz_offset")
    if not isinstance(seconds, int) or abs(timedelta(seconds=seconds)) > _UTC_OFFSETS:
        return None
    return timedelta(seconds=seconds)

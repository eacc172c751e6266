"""Takes in what Slack says about channels that have an incident; all else is not ours to keep."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from copilot.db import connection_of
from copilot.incidents.models import Incident
from copilot.jobs import Job, enqueue
from copilot.timeline.driver_statements import DriverStatement
from copilot.timeline.models import SPOKEN_KINDS
from copilot.timeline.permalinks import ts_to_instant
from copilot.timeline.recording import RecordingResult, record
from copilot.timeline.slack_messages import Mark, Record, SourceMessage
from copilot.workspaces.models import Workspace

# Asked for every message of a workspace.
_LISTENING_IN = DriverStatement(
    lambda _: (
        select(Incident.id, Incident.timeline_from, Incident.timeline_until, Workspace.bot_user_id)
        .outerjoin(Workspace, Workspace.team_id == Incident.team_id)
        .where(
            Incident.team_id == bindparam("team_id"), Incident.channel_id == bindparam("channel_id")
        )
    )
)


@dataclass(frozen=True, slots=True)
class _Listening:
    """An incident of the channel, and who we are there."""

    incident_id: int
    from_: datetime | None
    until: datetime | None
    bot_user_id: str | None

    def covers(self, instant: datetime) -> bool:
        begun = self.from_ is None or self.from_ <= instant
        return begun and (self.until is None or instant < self.until)


def take_in(
    session: Session, team_id: str, records: Iterable[Record], now: datetime
) -> RecordingResult | None:
    """Record what happened in incident channels and have new words considered.

    What the copilot says itself is left out: it would propose from its own proposals. None if
    there is no incident in any of the channels: nothing was kept, on purpose.
    """
    told = list(records)
    listening = {
        channel_id: _listening_in(session, team_id, channel_id)
        for channel_id in sorted({each.channel_id for each in told})
    }
    heard = [each for each in told if listening[each.channel_id]]
    if not heard:
        return None
    kept = _without_our_own(heard, listening)
    result = record(session, kept, now)
    if result.new_event_ids or result.changed:
        for incident_id in _incidents_with_words(kept, listening):
            enqueue(session, Job.CONSIDER_INCIDENT, incident_id)
    return result


def _listening_in(session: Session, team_id: str, channel_id: str) -> Sequence[_Listening]:
    place = {"team_id": team_id, "channel_id": channel_id}
    return [_Listening(*row) for row in _LISTENING_IN.rows(connection_of(session), place)]


def _without_our_own(
    records: Sequence[Record], listening: Mapping[str, Sequence[_Listening]]
) -> list[Record]:
    our_own = {
        (each.channel_id, each.message_ts)
        for each in records
        if isinstance(each, SourceMessage)
        and each.author_id
        and each.author_id == listening[each.channel_id][0].bot_user_id
    }
    return [
        each
        for each in records
        if isinstance(each, Mark) or (each.channel_id, each.message_ts) not in our_own
    ]


def _incidents_with_words(
    records: Iterable[Record], listening: Mapping[str, Sequence[_Listening]]
) -> list[int]:
    found: dict[int, None] = {}
    for each in records:
        if isinstance(each, SourceMessage) and each.kind in SPOKEN_KINDS:
            said_at = ts_to_instant(each.message_ts)
            for incident in listening[each.channel_id]:
                if incident.covers(said_at):
                    found[incident.incident_id] = None
    return list(found)

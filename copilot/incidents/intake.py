"""Takes in what Slack says about channels that have an incident; all else is not ours to keep."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from copilot.incidents.models import Incident
from copilot.jobs import Job, enqueue
from copilot.timeline.models import SPOKEN_KINDS
from copilot.timeline.permalinks import ts_to_instant
from copilot.timeline.recording import RecordingResult, record
from copilot.timeline.slack_messages import Record, SourceMessage

_SpanRow = Row[int, datetime | None, datetime | None]


def take_in(
    session: Session, team_id: str, records: Iterable[Record], now: datetime
) -> RecordingResult | None:
    """Record what happened in incident channels and have new words considered.

    None if there is no incident in any of the channels: nothing was kept, on purpose.
    """
    told = list(records)
    spans = {
        channel_id: _incidents_in(session, team_id, channel_id)
        for channel_id in sorted({each.channel_id for each in told})
    }
    kept = [each for each in told if spans[each.channel_id]]
    if not kept:
        return None
    result = record(session, kept, now)
    if result.new_event_ids or result.changed:
        for incident_id in _incidents_with_words(kept, spans):
            enqueue(session, Job.CONSIDER_INCIDENT, incident_id)
    return result


def _incidents_in(session: Session, team_id: str, channel_id: str) -> Sequence[_SpanRow]:
    query = select(Incident.id, Incident.timeline_from, Incident.timeline_until).where(
        Incident.team_id == team_id, Incident.channel_id == channel_id
    )
    return session.execute(query).all()


def _incidents_with_words(
    records: Iterable[Record], spans: dict[str, Sequence[_SpanRow]]
) -> list[int]:
    found: dict[int, None] = {}
    for each in records:
        if isinstance(each, SourceMessage) and each.kind in SPOKEN_KINDS:
            said_at = ts_to_instant(each.message_ts)
            for incident_id, from_, until in spans[each.channel_id]:
                if (from_ is None or from_ <= said_at) and (until is None or said_at < until):
                    found[incident_id] = None
    return list(found)

"""Reads what was said in a channel before the copilot was there to hear it.

The incident's row is the queue: `backfill_due_at` says when to read, and while somebody reads when
to take that one for dead.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from copilot.clock import Clock
from copilot.db import Database
from copilot.errors import BadInputError, PermanentError, TemporaryError
from copilot.incidents.intake import take_in
from copilot.incidents.lifecycle import LEAD_IN
from copilot.incidents.models import Incident
from copilot.jobs import Job, enqueue
from copilot.ports import WorkspaceReader
from copilot.timeline.permalinks import instant_to_ts
from copilot.timeline.slack_messages import Record, to_records
from copilot.workspaces.directory import upsert_channel

_BATCH = 200
_LEASE = timedelta(minutes=10)
"""Longer than reading two hours takes; who has not said by then how it ended has died."""
_PAUSE = timedelta(seconds=30)

_log = logging.getLogger(__name__)


def request_backfill(session: Session, incident: Incident, now: datetime) -> None:
    """Have the channel's past read, also where it was read before."""
    incident.backfill_due_at = now
    enqueue(session, Job.BACKFILL_CHANNEL, incident.id)


def channels_to_backfill(session: Session, now: datetime) -> list[int]:
    """Incidents whose channel is to be read now, the longest waiting first."""
    query = select(Incident.id).where(Incident.backfill_due_at <= now)
    return list(session.scalars(query.order_by(Incident.backfill_due_at, Incident.id)))


def backfill_channel(db: Database, incident_id: int, reader: WorkspaceReader, clock: Clock) -> None:
    """Record the channel's last two hours before the incident was declared, and all since.

    Slack is asked outside of any transaction. What was read before Slack failed is kept, and the
    next attempt tells nothing twice. Raises TemporaryError, after which it is due again, or
    PermanentError, after which only an invitation helps.
    """
    incident = _claim(db, incident_id, clock.now())
    if incident is None:
        return
    try:
        _read_past(db, incident, reader, clock)
    except TemporaryError as error:
        pause = max(_PAUSE, timedelta(seconds=error.retry_after_s or 0))
        _give_back(db, incident, due_at=clock.now() + pause)
        raise
    except PermanentError:
        _give_back(db, incident, due_at=None)
        raise
    _give_back(db, incident, due_at=None)


def _claim(db: Database, incident_id: int, now: datetime) -> Incident | None:
    """The incident, ours until the lease ends; None if nothing is due or another worker has it."""
    with db.transaction() as session:
        return session.scalar(
            update(Incident)
            .where(Incident.id == incident_id, Incident.backfill_due_at <= now)
            .values(backfill_due_at=now + _LEASE)
            .returning(Incident)
        )


def _give_back(db: Database, incident: Incident, due_at: datetime | None) -> None:
    """Unless it was asked for anew meanwhile, which stands."""
    with db.transaction() as session:
        session.execute(
            update(Incident)
            .where(Incident.id == incident.id, Incident.backfill_due_at == incident.backfill_due_at)
            .values(backfill_due_at=due_at),
            execution_options={"synchronize_session": False},
        )


def _read_past(db: Database, incident: Incident, reader: WorkspaceReader, clock: Clock) -> None:
    channel = reader.channel(incident.team_id, incident.channel_id)
    with db.transaction() as session:
        upsert_channel(session, incident.team_id, channel)
    messages = reader.history(
        incident.team_id, incident.channel_id, instant_to_ts(_begins_at(incident))
    )
    for batch in _batches(messages):
        records = list(_records(incident, batch))
        with db.transaction() as session:
            take_in(session, incident.team_id, records, clock.now())


def _begins_at(incident: Incident) -> datetime:
    lead_in = incident.declared_at - LEAD_IN
    return max(lead_in, incident.timeline_from or lead_in)


def _batches(messages: Iterable[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    remaining = iter(messages)
    while batch := list(islice(remaining, _BATCH)):
        yield batch


def _records(incident: Incident, messages: Iterable[Mapping[str, Any]]) -> Iterator[Record]:
    for message in messages:
        try:
            yield from to_records(incident.team_id, message, incident.channel_id)
        except BadInputError as error:
            # One message that Slack garbled is no reason to do without the others.
            _log.warning("Backfill of incident %s left out a message: %s", incident.id, error)

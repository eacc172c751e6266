"""Reads what was said in a channel before the copilot was there to hear it."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from copilot.clock import Clock
from copilot.db import Database
from copilot.errors import BadInputError
from copilot.incidents.intake import take_in
from copilot.incidents.lifecycle import LEAD_IN
from copilot.incidents.models import Incident
from copilot.incidents.queries import get_incident
from copilot.ports import WorkspaceReader
from copilot.timeline.permalinks import instant_to_ts
from copilot.timeline.slack_messages import Record, to_records
from copilot.workspaces.directory import upsert_channel

_BATCH = 200

_log = logging.getLogger(__name__)


def backfill_channel(db: Database, incident_id: int, reader: WorkspaceReader, clock: Clock) -> None:
    """Record the channel's last two hours before the incident was declared, and all since.

    Slack is asked outside of any transaction. What was read before Slack failed is kept, and the
    next attempt tells nothing twice. Raises TemporaryError or PermanentError.
    """
    with db.reading() as session:
        incident = get_incident(session, incident_id)
    if incident.is_imported:
        return
    channel = reader.channel(incident.channel_id)
    with db.transaction() as session:
        upsert_channel(session, incident.team_id, channel)
    messages = reader.history(incident.channel_id, instant_to_ts(_begins_at(incident)))
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

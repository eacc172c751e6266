"""Slack gives a channel another id, when it is shared or its workspace joins an organisation."""

from datetime import datetime

from sqlalchemy import Table, UniqueConstraint, and_, delete, exists, select, update
from sqlalchemy.orm import Session

from copilot.db import Base
from copilot.incidents.models import Status
from copilot.incidents.queries import open_incident_in
from copilot.incidents.refilling import refill_in
from copilot.timeline.coverage import RefillCause
from copilot.timeline.known_messages import merge_messages
from copilot.timeline.models import EventKind
from copilot.timeline.recording import record_change
from copilot.workspaces.directory import change_channel
from copilot.workspaces.models import Channel

_PLACE = ("team_id", "channel_id")


def move_channel(session: Session, team_id: str, old_id: str, new_id: str, now: datetime) -> None:
    """Have every row that names the channel name its new id. Again changes nothing.

    Events may have come under the new id before. What is known under both becomes one row: the
    older of the two, since that is the one that is cited.
    """
    session.flush()
    merge_messages(session, team_id, into_channel=old_id, from_channel=new_id, now=now)
    _continue_in_younger(session, team_id, old_id, new_id, now)
    _stay_private(session, team_id, old_id, new_id)
    for table in Base.metadata.sorted_tables:
        if set(_PLACE) <= set(table.columns.keys()):
            _move_rows(session, table, team_id, old_id, new_id)
    session.expire_all()
    refill_in(session, team_id, new_id, RefillCause.CHANGED, now)


def _stay_private(session: Session, team_id: str, old_id: str, new_id: str) -> None:
    """What is known to be private under either id is so until Slack says otherwise."""
    known = select(Channel.is_private).where(
        Channel.team_id == team_id, Channel.channel_id == new_id, Channel.is_private
    )
    if session.scalar(known):
        change_channel(session, team_id, old_id, is_private=True)


def _move_rows(session: Session, table: Table, team_id: str, old_id: str, new_id: str) -> None:
    for constraint in table.constraints:
        names = [column.name for column in constraint.columns]  # type: ignore[attr-defined]
        if isinstance(constraint, UniqueConstraint) and set(_PLACE) <= set(names):
            older = table.alias()
            same = [older.c[name] == table.c[name] for name in names if name != "channel_id"]
            is_known = exists().where(and_(older.c.channel_id == old_id, *same))
            at_new = (table.c.team_id == team_id, table.c.channel_id == new_id)
            session.execute(delete(table).where(*at_new, is_known))
    session.execute(
        update(table)
        .where(table.c.team_id == team_id, table.c.channel_id == old_id)
        .values(channel_id=new_id)
    )


def _continue_in_younger(
    session: Session, team_id: str, old_id: str, new_id: str, now: datetime
) -> None:
    """Somebody declared anew under the new id: a channel has one open incident."""
    older = open_incident_in(session, team_id, old_id)
    younger = open_incident_in(session, team_id, new_id)
    if older is None or younger is None:
        return
    record_change(
        session,
        team_id=team_id,
        channel_id=old_id,
        kind=EventKind.STATUS_CHANGED,
        natural_key=f"continued:{older.id}:{younger.id}",
        author_id=None,
        text=f"Status {older.status} → resolved: it goes on as incident {younger.id}",
        details={"old": older.status, "new": Status.RESOLVED},
        occurred_at=now,
        now=now,
    )
    older.status, older.resolved_at = Status.RESOLVED, now
    younger.timeline_from = younger.timeline_from or younger.declared_at
    older.timeline_until = younger.timeline_from
    session.flush()

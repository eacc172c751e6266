"""Who is to be in an incident's channel. Rows that nobody asked Slack about are the queue."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from copilot.incidents.models import Incident, Invitation
from copilot.workspaces.models import ChannelMember


def invite(session: Session, incident: Incident, user_ids: Iterable[str], now: datetime) -> None:
    """Have people brought in; nobody is asked twice, so who left stays away.

    The headline's drawing takes care of it; whoever invites raises the headline's version, too.
    """
    wanted = list(dict.fromkeys(user_id[:64] for user_id in user_ids if user_id))
    if incident.is_imported or not wanted:
        return
    dialect: Any = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    values = [
        {"incident_id": incident.id, "user_id": user_id, "asked_at": now} for user_id in wanted
    ]
    session.execute(dialect.insert(Invitation).values(values).on_conflict_do_nothing())


def people_to_invite(session: Session, incident: Incident) -> list[str]:
    """Without those who are known to be there: Slack may not let us invite at all."""
    is_there = exists().where(
        ChannelMember.team_id == incident.team_id,
        ChannelMember.channel_id == incident.channel_id,
        ChannelMember.user_id == Invitation.user_id,
    )
    query = select(Invitation.user_id).where(
        Invitation.incident_id == incident.id, Invitation.invited_at.is_(None), ~is_there
    )
    return list(session.scalars(query.order_by(Invitation.id)))


def mark_invited(
    session: Session, incident_id: int, user_ids: Sequence[str], now: datetime
) -> None:
    session.execute(
        update(Invitation)
        .where(Invitation.incident_id == incident_id, Invitation.user_id.in_(user_ids))
        .values(invited_at=now),
        execution_options={"synchronize_session": False},
    )

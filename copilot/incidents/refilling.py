"""Asks for stretches of incident channels to be read again, wherever something may be missing.

docs/decisions/0007-refills.md says when that is, and what it costs.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from copilot.db import Database
from copilot.incidents.models import Incident
from copilot.timeline.coverage import (
    OVERLAP,
    GapReason,
    RefillCause,
    Stretch,
    earliest,
    latest,
)
from copilot.timeline.gaps import record_gap, standing_gaps, worth_retrying_from
from copilot.timeline.models import Coverage
from copilot.timeline.permalinks import instant_to_ts, ts_to_instant
from copilot.timeline.refills import add_refill, close_channel, hold_coverage
from copilot.workspaces.models import Workspace

LEAD_IN = timedelta(hours=2)
"""How much of what was said before it was declared belongs to an incident."""
CHECK_EVERY = timedelta(minutes=10)
"""How often an open incident's channel is checked for messages that no event told of."""
_CHECK_RESOLVED_EVERY = timedelta(hours=1)
_LIVE_FOR = timedelta(hours=24)
"""How long after it was resolved people still talk about an incident."""
_FROM_THE_BEGINNING = frozenset({RefillCause.DECLARED, RefillCause.CLEARED})
_SHALLOW = frozenset({RefillCause.SCHEDULED, RefillCause.CHANGED})
"""Nothing need have been missed. Where something was, the refill finds out and goes deeper."""
_MINUTE = timedelta(minutes=1)
_SETTLING = timedelta(seconds=5)


def begins_at(incident: Incident) -> datetime:
    """Where its timeline begins: two hours before it was declared, or after an earlier one."""
    lead_in = incident.declared_at - LEAD_IN
    return max(lead_in, incident.timeline_from or lead_in)


def request_refill(
    session: Session, incident: Incident, cause: RefillCause, now: datetime
) -> int | None:
    """Have read what may be missing in the incident's channel; the refill's id.

    When it was just declared that is all its lead-in, else what came after the watermark and
    known gaps that may be filled by now. None where the channel was deleted in Slack.
    """
    begin_ts = instant_to_ts(begins_at(incident))
    coverage = hold_coverage(session, incident.team_id, incident.channel_id, begin_ts)
    if coverage.closed_at is not None:
        return None
    # What was said before it began is nobody's timeline.
    coverage.whole_until_ts = latest(coverage.whole_until_ts, begin_ts)
    coverage.check_due_at = now + CHECK_EVERY
    from_ts = begin_ts
    if cause not in _FROM_THE_BEGINNING:
        before = ts_to_instant(coverage.whole_until_ts) - OVERLAP
        gaps = standing_gaps(session, incident.team_id, incident.channel_id)
        retry_ts = worth_retrying_from(gaps)
        from_ts = earliest(instant_to_ts(before), *([retry_ts] if retry_ts else []))
    until_ts = instant_to_ts(now)
    return _add(session, incident, Stretch(from_ts, until_ts), cause, due_at=now, now=now)


def request_refills(
    session: Session, *, team_id: str | None, cause: RefillCause, now: datetime
) -> int:
    """The same for every channel that people still talk in about an incident; how many.

    To be called when a process starts, when a socket is connected again and when a workspace is
    installed again; `team_id` None means all workspaces.
    """
    asked = [
        request_refill(session, incident, cause, now)
        for incident in live_incidents(session, now, team_id=team_id)
    ]
    return sum(refill_id is not None for refill_id in asked)


def request_due_checks(db: Database, now: datetime) -> None:
    """Ask for the refills that the schedule asks for. Opens a transaction only if there are any."""
    with db.reading() as session:
        due = [incident.id for incident in _due_for_check(session, now)]
    if not due:
        return
    with db.transaction() as session:
        for incident in _due_for_check(session, now):
            request_refill(session, incident, RefillCause.SCHEDULED, now)
            if incident.resolved_at is not None:
                _check_less_often(session, incident, now)


def note_rate_limit(session: Session, team_id: str, minute: datetime, now: datetime) -> None:
    """Slack held back what happened in this minute: a gap, until it was read."""
    for incident in live_incidents(session, now, team_id=team_id):
        stretch = _within(incident, Stretch.between(minute, minute + _MINUTE))
        if stretch is None:
            continue
        hold_coverage(session, team_id, incident.channel_id, instant_to_ts(begins_at(incident)))
        record_gap(
            session,
            team_id,
            incident.channel_id,
            from_ts=stretch.from_ts,
            until_ts=stretch.until_ts,
            cause=RefillCause.RATE_LIMITED,
            reason=GapReason.RATE_LIMITED,
            now=now,
        )
        due_at = max(now, minute + _MINUTE + _SETTLING)
        _add(session, incident, stretch, RefillCause.RATE_LIMITED, due_at=due_at, now=now)


def note_left(session: Session, team_id: str, channel_id: str, left_ts: str, now: datetime) -> None:
    """The copilot was removed from the channel: the incident stays, what is said is missing."""
    for incident in live_incidents(session, now, team_id=team_id, channel_id=channel_id):
        begin_ts = instant_to_ts(begins_at(incident))
        hold_coverage(session, team_id, channel_id, begin_ts)
        record_gap(
            session,
            team_id,
            channel_id,
            from_ts=latest(left_ts, begin_ts),
            until_ts=None,
            cause="left",
            reason=GapReason.NOT_IN_CHANNEL,
            now=now,
        )


def note_channel_gone(session: Session, team_id: str, channel_id: str, now: datetime) -> None:
    """Deleted in Slack. What was recorded stays."""
    close_channel(session, team_id, channel_id, now)


def refill_in(
    session: Session, team_id: str, channel_id: str, cause: RefillCause, now: datetime
) -> None:
    """Ask for a refill where the channel has an incident that people still talk about."""
    for incident in live_incidents(session, now, team_id=team_id, channel_id=channel_id):
        request_refill(session, incident, cause, now)


def live_incidents(
    session: Session,
    now: datetime,
    *,
    team_id: str | None = None,
    channel_id: str | None = None,
) -> Sequence[Incident]:
    """Open, or resolved less than a day ago; of each channel the one declared last.

    None of a workspace that the app was removed from: there is nobody to ask.
    """
    newest = (
        select(func.max(Incident.id))
        .where(
            Incident.is_imported.is_(False),
            or_(Incident.resolved_at.is_(None), Incident.resolved_at > now - _LIVE_FOR),
        )
        .group_by(Incident.team_id, Incident.channel_id)
    )
    gone = select(Workspace.team_id).where(Workspace.disconnected_at.is_not(None))
    query = select(Incident).where(Incident.id.in_(newest), Incident.team_id.not_in(gone))
    query = query.order_by(Incident.id)
    if team_id is not None:
        query = query.where(Incident.team_id == team_id)
    if channel_id is not None:
        query = query.where(Incident.channel_id == channel_id)
    return session.scalars(query).all()


def _add(
    session: Session,
    incident: Incident,
    wanted: Stretch,
    cause: RefillCause,
    *,
    due_at: datetime,
    now: datetime,
) -> int | None:
    stretch = _within(incident, wanted)
    if stretch is None:
        return None
    refill = add_refill(
        session,
        incident.team_id,
        incident.channel_id,
        stretch,
        floor_ts=instant_to_ts(begins_at(incident)),
        is_deep=cause not in _SHALLOW,
        cause=cause,
        due_at=due_at,
        now=now,
    )
    return refill.id


def _within(incident: Incident, stretch: Stretch) -> Stretch | None:
    """The part that is the incident's."""
    begin_ts = instant_to_ts(begins_at(incident))
    if not stretch.touches(Stretch(begin_ts, latest(begin_ts, stretch.until_ts))):
        return None
    return Stretch(latest(begin_ts, stretch.from_ts), stretch.until_ts)


def _due_for_check(session: Session, now: datetime) -> Sequence[Incident]:
    live = [incident.id for incident in live_incidents(session, now)]
    query = (
        select(Incident)
        .join(
            Coverage,
            (Coverage.team_id == Incident.team_id) & (Coverage.channel_id == Incident.channel_id),
        )
        .where(
            Incident.id.in_(live),
            Coverage.closed_at.is_(None),
            or_(
                Coverage.check_due_at <= now,
                # Opened again long after it was resolved.
                Coverage.check_due_at.is_(None) & Incident.resolved_at.is_(None),
            ),
        )
    )
    return session.scalars(query.order_by(Incident.id)).all()


def _check_less_often(session: Session, incident: Incident, now: datetime) -> None:
    coverage = session.scalars(
        select(Coverage).filter_by(team_id=incident.team_id, channel_id=incident.channel_id)
    ).one()
    coverage.check_due_at = now + _CHECK_RESOLVED_EVERY

"""What an incident's noise control remembers: its tempo, its budget, its lease.

Every transaction that judges or posts takes the incident's pacing row first, so that two workers
wait for each other here and nowhere else.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from copilot.incidents.models import Incident, Status
from copilot.incidents.queries import span_of
from copilot.suggestions.attention import most_crowded, present_at
from copilot.suggestions.backlog import backlog_minutes
from copilot.suggestions.breakpoint_rules import END_STAYS_OPEN, LULL
from copilot.suggestions.feedback import FULL_RATE, LOWEST_RATE
from copilot.suggestions.models import Delivery, Pacing
from copilot.suggestions.noise_gate import ChannelState
from copilot.suggestions.noise_policy import NoisePolicy
from copilot.suggestions.tempo import (
    DEFAULT_TEMPO_POLICY,
    PRESENT_FOR,
    Beat,
    TempoReading,
    read_tempo,
)
from copilot.suggestions.vocabulary import Tempo
from copilot.timeline.models import SPOKEN_KINDS, TimelineEvent
from copilot.timeline.reading import is_bots, within
from copilot.workspaces.directory import names_of

LONGEST_QUIET = timedelta(hours=12)
"""Longer than a shift: quiet that outlives who asked for it is a switch left off."""

_MOST_BEATS = 300
"""So many in five minutes are hectic, whoever they are from and however many more there are."""
_LOOKS_BACK = LULL + END_STAYS_OPEN + PRESENT_FOR
"""Tempo takes five minutes; a digest may come long after the last word, to those who spoke then."""


def lock_pacing(session: Session, incident_id: int) -> Pacing:
    """The incident's row, made if need be, and nobody else's until the transaction ends."""
    dialect: Any = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    new = dialect.insert(Pacing).values(incident_id=incident_id, tempo=Tempo.CALM)
    session.execute(new.on_conflict_do_nothing())
    return session.scalars(
        update(Pacing)
        .where(Pacing.incident_id == incident_id)
        .values(incident_id=incident_id)
        .returning(Pacing),
        execution_options={"populate_existing": True},
    ).one()


def measure(session: Session, incident: Incident, pacing: Pacing, now: datetime) -> TempoReading:
    """Read the channel's tempo and remember it, since leaving a tempo depends on having it."""
    reading = read_tempo(
        _beats(session, incident, now),
        severity=incident.severity,
        status=incident.status,
        previous=_tempo_before(pacing, now),
        now=now,
    )
    pacing.tempo_read_at = now
    if pacing.tempo != reading.tempo or pacing.tempo_since is None:
        pacing.tempo, pacing.tempo_since = reading.tempo, now
    return reading


def tempo_back_then(session: Session, incident: Incident, instant: datetime) -> TempoReading:
    """The tempo at an instant long past, for suggestions made from an archive."""
    return read_tempo(
        _beats(session, incident, instant, until=instant),
        severity=incident.severity,
        status=incident.status,
        previous=Tempo.CALM,
        now=instant,
    )


def interval_of(policy: NoisePolicy, pacing: Pacing | None) -> timedelta:
    """Between two uninvited posts: the policy's, longer where people dismissed what came."""
    return policy.post_interval / _rate(pacing)


def settle(pacing: Pacing, policy: NoisePolicy, now: datetime) -> None:
    """Put what is remembered in line with the policy and the clock of this moment.

    The interval counts from the last post, so that a policy or rate that changed holds at once.
    What a clock that ran ahead wrote counts as of now: it neither gives a post too soon nor
    keeps the incident silent until the clock is there again.
    """
    interval = interval_of(policy, pacing)
    if pacing.last_post_at is not None:
        pacing.last_post_at = min(pacing.last_post_at, now)
        pacing.next_post_at = pacing.last_post_at + interval
    elif pacing.next_post_at is not None:
        pacing.next_post_at = min(pacing.next_post_at, now + interval)
    if pacing.quiet_until is not None:
        pacing.quiet_until = min(pacing.quiet_until, now + LONGEST_QUIET)


def state_of(
    session: Session,
    incident: Incident,
    pacing: Pacing,
    reading: TempoReading,
    now: datetime,
    policy: NoisePolicy,
) -> ChannelState:
    """What a verdict depends on besides the candidate and what is known already."""
    next_post_at = pacing.next_post_at
    interval = interval_of(policy, pacing)
    if has_unposted(session, incident.id):
        # It takes the next opening; the one after it is an interval later at the soonest.
        next_post_at = max(next_post_at or now, now + interval)
    present = present_at(session, incident, reading.present)
    crowd = most_crowded(session, incident.team_id, present, policy.posts_per_person, now)
    is_quiet = pacing.quiet_until is not None and now < pacing.quiet_until
    return ChannelState(
        tempo=reading.tempo,
        messages_per_min=reading.messages_per_min,
        hectic_at=reading.hectic_at,
        quiet_because=quiet_because(incident),
        next_post_at=next_post_at,
        quiet_until=pacing.quiet_until if is_quiet else None,
        quiet_by=_quiet_by(session, incident, pacing) if is_quiet else None,
        crowded=crowd.name if crowd else None,
        crowded_until=crowd.until if crowd else None,
        rate=_rate(pacing),
        backlog_minutes=backlog_minutes(session, incident),
        review_debt_minutes=incident.review_debt_minutes,
        present=present,
    )


def _quiet_by(session: Session, incident: Incident, pacing: Pacing) -> str | None:
    return names_of(session, incident.team_id).get(pacing.quiet_by or "", pacing.quiet_by)


def quiet_because(incident: Incident) -> str | None:
    """Why nothing of this incident is posted, or None."""
    if incident.is_imported:
        return "imported"
    return "resolved" if incident.status == Status.RESOLVED else None


def spend_budget(session: Session, incident_id: int, now: datetime, interval: timedelta) -> bool:
    """Take the one post of this interval; False if it is taken.

    One UPDATE both asks and takes, so the same post is never given to two workers. A post that
    is still on its way bars the next one, whatever the time: it counts from when it arrives.
    """
    taken = session.execute(
        update(Pacing)
        .where(
            Pacing.incident_id == incident_id,
            or_(Pacing.next_post_at.is_(None), Pacing.next_post_at <= now),
            ~_unposted(incident_id),
        )
        .values(next_post_at=now + interval)
        .returning(Pacing.incident_id)
    )
    return taken.one_or_none() is not None


def count_post(pacing: Pacing, policy: NoisePolicy, now: datetime) -> None:
    """The budget counts from the post itself, however long it was on its way."""
    pacing.last_post_at = now
    pacing.next_post_at = now + interval_of(policy, pacing)


def hand_back_budget(pacing: Pacing, policy: NoisePolicy, now: datetime) -> None:
    """Nothing was posted: the budget is as it was before."""
    pacing.next_post_at = None
    settle(pacing, policy, now)


def has_unposted(session: Session, incident_id: int) -> bool:
    return bool(session.scalar(select(_unposted(incident_id))))


def _rate(pacing: Pacing | None) -> float:
    return FULL_RATE if pacing is None else min(FULL_RATE, max(LOWEST_RATE, pacing.rate))


def _tempo_before(pacing: Pacing, now: datetime) -> Tempo:
    """A reading older than the window says nothing about what went on since."""
    if pacing.tempo_read_at is None or now - pacing.tempo_read_at > DEFAULT_TEMPO_POLICY.window:
        return Tempo.CALM
    return Tempo(pacing.tempo)


def _unposted(incident_id: int) -> Any:
    return exists().where(
        Delivery.incident_id == incident_id,
        Delivery.posted_at.is_(None),
        Delivery.given_up_at.is_(None),
    )


def _beats(
    session: Session, incident: Incident, now: datetime, until: datetime | None = None
) -> list[Beat]:
    """Columns of the newest, not entities, and no more than can matter: in a storm of messages
    this runs while everybody who has something to record waits for it.
    """
    query = (
        select(
            TimelineEvent.occurred_at,
            TimelineEvent.author_id,
            TimelineEvent.kind,
            TimelineEvent.details,
        )
        .where(
            *within(span_of(incident)),
            TimelineEvent.kind.in_(SPOKEN_KINDS),
            TimelineEvent.occurred_at > now - _LOOKS_BACK,
        )
        .order_by(TimelineEvent.occurred_at.desc())
        .limit(_MOST_BEATS)
    )
    if until is not None:
        query = query.where(TimelineEvent.occurred_at <= until)
    return [
        Beat(occurred_at, author_id, is_bots(kind, details))
        for occurred_at, author_id, kind, details in session.execute(query)
    ]

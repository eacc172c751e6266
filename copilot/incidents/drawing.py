"""Draws headlines: posts once, pins, sets the topic, redraws in place, brings people in.

Slack is asked outside of any transaction, and what it refuses fails no command: the change is
stored, the drawing is tried again with pauses, and what was given up on stands in
`headline_failure`.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update

from copilot.clock import Clock
from copilot.db import Database
from copilot.errors import PermanentError, TemporaryError
from copilot.incidents.headline import build_headline, is_due, topic_of
from copilot.incidents.inviting import mark_invited, people_to_invite
from copilot.incidents.models import Incident
from copilot.jobs import Job, enqueue
from copilot.ports import HeadlineCard, IncidentChannel
from copilot.workspaces.posting import POST_SPACING, claim_post_slot, hold_posting
from copilot.workspaces.retrying import MAX_ATTEMPTS, POSTING_LEASE, back_off

_MAX_POSTINGS = 2
_PATIENCE = 4
"""How often a worker waits for a slot that another one then takes before its eyes."""
_DELETED = "Somebody deleted it twice, so it is not posted again."


@dataclass(frozen=True, slots=True)
class _Drawing:
    """One incident's headline, ours until the lease ends."""

    incident: Incident
    card: HeadlineCard
    people: Sequence[str]

    @property
    def place(self) -> tuple[str, str]:
        return self.incident.team_id, self.incident.channel_id


def draw_headline(
    db: Database,
    incident_id: int,
    channel: IncidentChannel,
    *,
    console_url: str | None,
    clock: Clock,
    lease_clock: Clock,
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """Draw it if it is due and nobody else is at it.

    Raises TemporaryError when Slack can't now; it is due again after a pause.
    """
    drawing = _claim_with_slot(db, incident_id, console_url, lease_clock, pause)
    if drawing is None:
        return
    troubles: list[str] = []
    try:
        _bring_people(db, channel, drawing, clock, troubles)
        message_ts = _draw(db, channel, drawing)
        if message_ts is None:
            _post_anew(db, drawing)
            return
        _pin(db, channel, drawing, message_ts, troubles)
        _set_topic(db, channel, drawing, troubles)
    except TemporaryError as error:
        if drawing.incident.headline_attempts < MAX_ATTEMPTS:
            _put_off(db, drawing, error, lease_clock)
            raise
        troubles.append(f"{error} (tried {MAX_ATTEMPTS} times)")
    except PermanentError as error:
        troubles.append(str(error))
    _finish(db, drawing, troubles)


def _claim_with_slot(
    db: Database,
    incident_id: int,
    console_url: str | None,
    lease_clock: Clock,
    pause: Callable[[float], None],
) -> _Drawing | None:
    """Wait for the channel's next slot if it is a second away; a longer wait is the sweeper's."""
    for _ in range(_PATIENCE):
        claimed = _claim(db, incident_id, console_url, lease_clock.now())
        if not isinstance(claimed, datetime):
            return claimed
        wait = claimed - lease_clock.now()
        if wait > POST_SPACING:
            return None
        pause(max(0.0, wait.total_seconds()))
    return None


def _claim(
    db: Database, incident_id: int, console_url: str | None, wall_now: datetime
) -> _Drawing | datetime | None:
    """The drawing, with a slot for its post if it needs one; or when there is one."""
    with db.transaction() as session:
        incident = session.scalars(
            update(Incident)
            .where(Incident.id == incident_id, *is_due(wall_now))
            .values(
                headline_due_at=wall_now + POSTING_LEASE,
                headline_attempts=Incident.headline_attempts + 1,
            )
            .returning(Incident),
            execution_options={"populate_existing": True},
        ).one_or_none()
        if incident is None:
            return None
        if incident.headline_ts is None:
            free_at = claim_post_slot(session, incident.team_id, incident.channel_id, wall_now)
            if free_at is not None:
                incident.headline_due_at = free_at
                incident.headline_attempts -= 1
                return free_at
        card = build_headline(session, incident, console_url)
        return _Drawing(incident, card, people_to_invite(session, incident))


def _bring_people(
    db: Database, channel: IncidentChannel, drawing: _Drawing, clock: Clock, troubles: list[str]
) -> None:
    """Before the card is posted, so that they see it arrive."""
    if not drawing.people:
        return
    try:
        channel.invite(*drawing.place, drawing.people)
    except PermanentError as error:
        troubles.append(str(error))
    with db.transaction() as session:
        mark_invited(session, drawing.incident.id, drawing.people, clock.now())


def _draw(db: Database, channel: IncidentChannel, drawing: _Drawing) -> str | None:
    """Its ts, or None if it was there and is no more."""
    message_ts = drawing.incident.headline_ts
    if message_ts is not None:
        is_there = channel.update_headline(*drawing.place, message_ts, drawing.card)
        return message_ts if is_there else None
    # Given up on counts, too: the last of those attempts may have come through.
    was_tried = drawing.incident.headline_attempts > 1 or bool(drawing.incident.headline_failure)
    posted_ts = channel.post_headline(
        *drawing.place, drawing.card, drawing.incident.declared_at if was_tried else None
    )
    # At once: should we die before all is done, the next attempt must not post another.
    _remember(db, drawing, headline_ts=posted_ts, headline_postings=drawing.card.posting)
    if was_tried:
        # It may be the one posted then, which shows what was true then.
        channel.update_headline(*drawing.place, posted_ts, drawing.card)
    return posted_ts


def _post_anew(db: Database, drawing: _Drawing) -> None:
    """Somebody deleted it, perhaps by mistake: once it comes back, then it stays away."""
    if drawing.incident.headline_postings >= _MAX_POSTINGS:
        _finish(db, drawing, [_DELETED])
        return
    _remember(
        db,
        drawing,
        headline_ts=None,
        headline_is_pinned=False,
        headline_attempts=0,
        headline_due_at=None,
    )
    with db.transaction() as session:
        enqueue(session, Job.DRAW_HEADLINE, drawing.incident.id)


def _pin(
    db: Database,
    channel: IncidentChannel,
    drawing: _Drawing,
    message_ts: str,
    troubles: list[str],
) -> None:
    """Once: who unpins it means it."""
    if drawing.incident.headline_is_pinned:
        return
    try:
        channel.pin(*drawing.place, message_ts)
    except PermanentError as error:
        troubles.append(str(error))
    else:
        _remember(db, drawing, headline_is_pinned=True)


def _set_topic(
    db: Database, channel: IncidentChannel, drawing: _Drawing, troubles: list[str]
) -> None:
    """Only where the channel was made for the incident, and never over what people wrote."""
    incident = drawing.incident
    topic = topic_of(incident)
    if not incident.has_own_channel or incident.headline_topic == topic:
        return
    try:
        standing = channel.topic(*drawing.place)
        if standing in {"", incident.headline_topic}:
            channel.set_topic(*drawing.place, topic)
            _remember(db, drawing, headline_topic=topic)
    except PermanentError as error:
        troubles.append(str(error))


def _put_off(db: Database, drawing: _Drawing, error: TemporaryError, lease_clock: Clock) -> None:
    pause = back_off(drawing.incident.headline_attempts, error.retry_after_s)
    again_at = lease_clock.now() + pause
    _remember(db, drawing, headline_due_at=again_at)
    if error.retry_after_s:
        with db.transaction() as session:
            hold_posting(session, *drawing.place, again_at)


def _finish(db: Database, drawing: _Drawing, troubles: Sequence[str]) -> None:
    """What changed while we drew is drawn next."""
    with db.transaction() as session:
        version = session.scalar(
            update(Incident)
            .where(Incident.id == drawing.incident.id)
            .values(
                headline_drawn_version=drawing.card.version,
                headline_due_at=None,
                headline_attempts=0,
                headline_failure=" ".join(dict.fromkeys(troubles)) or None,
            )
            .returning(Incident.headline_version),
            execution_options={"synchronize_session": False},
        )
        if version is not None and version > drawing.card.version:
            enqueue(session, Job.DRAW_HEADLINE, drawing.incident.id)


def _remember(db: Database, drawing: _Drawing, **values: Any) -> None:
    with db.transaction() as session:
        session.execute(
            update(Incident).where(Incident.id == drawing.incident.id).values(**values),
            execution_options={"synchronize_session": False},
        )

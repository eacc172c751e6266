"""What people's marks on messages come to in an incident, above all follow-ups."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from copilot.errors import NotFoundError
from copilot.incidents.changes import hold_row
from copilot.incidents.follow_ups import (
    add_follow_up,
    made_of,
    restore,
    withdraw,
    write_follow_up,
)
from copilot.incidents.models import FollowUp, Incident
from copilot.incidents.queries import incident_at
from copilot.timeline.marking import hold_message
from copilot.timeline.marks import MARK_KINDS, Meanings, Place, mark, marks_of, settle_marks, unmark
from copilot.timeline.models import (
    SPOKEN_KINDS,
    MarkKind,
    MarkSource,
    MessageMark,
    TimelineEvent,
)
from copilot.timeline.mrkdwn import to_plain
from copilot.timeline.permalinks import ts_to_instant
from copilot.timeline.slack_messages import Mark, Record
from copilot.workspaces.directory import names_of

_TITLE_LENGTH = 200


def heed_marks(session: Session, records: Iterable[Record], meanings: Meanings) -> None:
    """See to the reactions and pins among what was just recorded in the same transaction."""
    marks = [each for each in records if isinstance(each, Mark)]
    if not marks:
        return
    for place in settle_marks(session, marks, meanings):
        settle_follow_up(session, place)


def heed_read(
    session: Session, incident: Incident, event_ids: Collection[int], meanings: Meanings
) -> None:
    """See to reactions and pins that were read from Slack's history rather than heard, and to
    messages that came after the reactions to them.
    """
    found = session.scalars(
        select(TimelineEvent).where(
            TimelineEvent.id.in_(event_ids), TimelineEvent.kind.in_(MARK_KINDS)
        )
    ).all()
    marks = [
        Mark(
            each.team_id,
            each.channel_id,
            each.kind,
            each.target_ts or "",
            each.author_id,
            each.details.get("reaction"),
        )
        for each in found
    ]
    places = {*settle_marks(session, marks, meanings), *_waiting(session, incident)}
    # All of them before the incident's row is written: who hears a reaction takes it last, too.
    for place in sorted(places):
        hold_message(session, place.team_id, place.channel_id, place.message_ts)
    for place in sorted(places):
        settle_follow_up(session, place)


def settle_follow_up(session: Session, place: Place) -> None:
    """Bring the follow-up made of a message in line with who still says that it is one.

    A reaction may come before its message: there is nothing to name the work by yet, and
    `heed_read` sees to it when there is.
    """
    hold_message(session, place.team_id, place.channel_id, place.message_ts)
    marks = marks_of(session, place, MarkKind.FOLLOW_UP)
    incident = _incident_of(session, place)
    if not marks or incident is None:
        return
    hold_row(session, incident.id)  # before any follow-up: of several, the first would write it
    follow_up = made_of(session, incident.id, place.message_ts)
    if all(each.source == MarkSource.REACTION for each in marks):
        follow_up = _made_by_reaction(session, incident, place, marks[0], follow_up)
    if follow_up is None:
        return
    ended = [each.undone_at for each in marks if each.undone_at is not None]
    is_standing = len(ended) < len(marks)
    if is_standing and follow_up.withdrawn_at is not None:
        restore(session, follow_up.id)
    elif not is_standing:
        withdraw(session, follow_up.id, max(ended))


def _waiting(session: Session, incident: Incident) -> list[Place]:
    """Messages that arrived after the reactions that make a follow-up of them."""
    query = (
        select(MessageMark.message_ts)
        .outerjoin(
            FollowUp,
            (FollowUp.incident_id == incident.id) & (FollowUp.source_ts == MessageMark.message_ts),
        )
        .where(
            MessageMark.team_id == incident.team_id,
            MessageMark.channel_id == incident.channel_id,
            MessageMark.kind == MarkKind.FOLLOW_UP,
            FollowUp.id.is_(None),
        )
        .join(
            TimelineEvent,
            (TimelineEvent.team_id == MessageMark.team_id)
            & (TimelineEvent.channel_id == MessageMark.channel_id)
            & (TimelineEvent.natural_key == literal("message:") + MessageMark.message_ts),
        )
        .distinct()
    )
    found = session.scalars(query)
    return [Place(incident.team_id, incident.channel_id, message_ts) for message_ts in found]


def mark_by_hand(session: Session, place: Place, kind: MarkKind, *, by: str, now: datetime) -> bool:
    """False if this person has marked it so before. Raises NotFoundError, see `said_at`."""
    said_at(session, place)
    return mark(session, place, kind, by=by, now=now)


def unmark_by_hand(
    session: Session, place: Place, kind: MarkKind, *, by: str, now: datetime
) -> bool:
    """False where nothing of this person's was left to undo."""
    event = said_at(session, place)
    is_undone = unmark(session, place, kind, by=by, now=now)
    if is_undone and kind == MarkKind.IGNORED:
        event.considered_at = None  # it may be heard after all
    return is_undone


def write_follow_up_of(
    session: Session,
    place: Place,
    *,
    title: str,
    owner_id: str | None,
    due: str | None,
    by: str,
    now: datetime,
) -> FollowUp:
    """Make a message a follow-up in a person's words; no reaction takes that back.

    Raises NotFoundError, BadInputError, AlreadyDecidedError.
    """
    said_at(session, place)
    incident = incident_of(session, place)
    mark(session, place, MarkKind.FOLLOW_UP, by=by, now=now)
    return write_follow_up(
        session,
        incident,
        title=title,
        owner_id=owner_id,
        due=due,
        by=by,
        now=now,
        source_ts=place.message_ts,
    )


def incident_of(session: Session, place: Place) -> Incident:
    """The incident whose conversation the message is part of. Raises NotFoundError."""
    incident = _incident_of(session, place)
    if incident is None:
        raise NotFoundError(
            "This message belongs to no incident, so nothing was changed. "
            "`/incident declare what is wrong sev2` starts one in a channel."
        )
    return incident


def said_at(session: Session, place: Place) -> TimelineEvent:
    """The message as the timeline holds it. Raises NotFoundError if it is not there, or gone."""
    event = session.scalar(
        select(TimelineEvent).where(
            TimelineEvent.team_id == place.team_id,
            TimelineEvent.channel_id == place.channel_id,
            TimelineEvent.natural_key == f"message:{place.message_ts}",
        )
    )
    if event is None or event.deleted_at is not None or event.kind not in SPOKEN_KINDS:
        raise NotFoundError(
            "This message is not in the incident's timeline, so nothing was changed. "
            "Only what people and other apps say in the channel can be marked."
        )
    return event


def title_from(event: TimelineEvent, names: dict[str, str]) -> str:
    """The message's own words, on one line and short enough for a title."""
    words = " ".join(to_plain(event.text, names).split())
    if not words:
        words = ", ".join(str(name) for name in event.details.get("files", ()))
    return words if len(words) <= _TITLE_LENGTH else words[: _TITLE_LENGTH - 1].rstrip() + "…"


def _incident_of(session: Session, place: Place) -> Incident | None:
    instant = ts_to_instant(place.message_ts)
    return incident_at(session, place.team_id, place.channel_id, instant)


def _made_by_reaction(
    session: Session,
    incident: Incident,
    place: Place,
    first: MessageMark,
    made_before: FollowUp | None,
) -> FollowUp | None:
    """Its maker is who reacted first, also where Slack told of another first.

    The reaction itself is its record in the timeline, so none is added.
    """
    if made_before is not None:
        made_before.created_by, made_before.created_at = first.marked_by, first.marked_at
        return made_before
    try:
        event = said_at(session, place)
    except NotFoundError:
        return None
    title = title_from(event, names_of(session, incident.team_id))
    if not title:
        return None
    return add_follow_up(
        session,
        incident_id=incident.id,
        title=title,
        owner_id=None,
        due=None,
        suggestion_id=None,
        source_ts=place.message_ts,
        by=first.marked_by,
        now=first.marked_at,
    )

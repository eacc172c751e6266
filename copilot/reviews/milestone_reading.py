"""Reads the milestones of an incident: from its records, its messages and what people said."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.incidents.models import Incident, Role, Status
from copilot.incidents.queries import get_incident, span_of
from copilot.reviews.milestones import (
    AROUND,
    LEAD_IN,
    Milestone,
    Milestones,
    Origin,
    Records,
    Told,
    acknowledged_by,
    detected_in,
    milestones,
)
from copilot.reviews.models import MilestoneRecord
from copilot.reviews.signed_heading import signed_milestones
from copilot.reviews.versions import sign_off_of
from copilot.reviews.vocabulary import MilestoneKind
from copilot.timeline.marks import marked_in
from copilot.timeline.models import SPOKEN_KINDS, EventKind, MarkKind, TimelineEvent
from copilot.timeline.permalinks import permalink
from copilot.timeline.reading import author_of, is_from_bot, within
from copilot.workspaces.directory import names_of, workspace_of

_SOON, _AT_MOST = 40, 2_000
"""How many messages are looked through for an alert, and for a person's answer to it: a few, which
nearly always hold it, and then so many."""
_RECORDS = (
    EventKind.INCIDENT_DECLARED,
    EventKind.STATUS_CHANGED,
    EventKind.ROLE_ASSIGNED,
    EventKind.HANDED_OVER,
)


@dataclass(frozen=True, slots=True)
class MilestoneAct:
    """What a person said of a milestone, once; `at` is None where they took it back."""

    kind: MilestoneKind
    at: datetime | None
    permalink: str | None
    why: str
    by: str
    set_at: datetime


@dataclass(frozen=True, slots=True)
class _Place:
    """What it takes to read an incident's timeline."""

    session: Session
    incident: Incident
    names: Mapping[str, str]
    url: str

    def told(self, event: TimelineEvent) -> Told:
        is_message = event.message_ts is not None
        return Told(
            event_id=event.id,
            at=event.occurred_at,
            person=author_of(event, self.names),
            message_ts=event.message_ts,
            permalink=self.link(event) if is_message else None,
            text=event.text,
            is_bot=is_from_bot(event),
        )

    def link(self, event: TimelineEvent) -> str:
        return permalink(self.url, event.channel_id, event.message_ts or "", event.thread_ts)


def milestones_of(session: Session, incident_id: int) -> Milestones:
    """As they stand now, or stood when the review was signed. Raises NotFoundError."""
    place = _place(session, get_incident(session, incident_id))
    as_signed = signed_milestones(sign_off_of(session, incident_id))
    if as_signed is not None:
        return as_signed
    records = _records(place)
    detected = _detected(place, records)
    spoken = _first_answer(place, detected) if detected else None
    return milestones(
        records,
        detected=detected,
        acknowledged=acknowledged_by(records, spoken, detected),
        said=_said(place),
    )


def milestone_acts(session: Session, incident_id: int) -> Sequence[MilestoneAct]:
    """All that people ever said about them, the newest first."""
    place = _place(session, get_incident(session, incident_id))
    return [
        MilestoneAct(
            kind=MilestoneKind(row.kind),
            at=row.occurred_at,
            permalink=place.link(event) if event and event.deleted_at is None else None,
            why=row.why,
            by=row.set_by,
            set_at=row.set_at,
        )
        for row, event in _said_rows(place)
    ]


def _place(session: Session, incident: Incident) -> _Place:
    names = names_of(session, incident.team_id)
    return _Place(session, incident, names, workspace_of(session, incident.team_id).url)


def _records(place: _Place) -> Records:
    incident = place.incident
    changes = _own_changes(place)
    declared = next((e for e in changes if e.kind == EventKind.INCIDENT_DECLARED), None)
    return Records(
        declared=place.told(declared) if declared else _declared_row(place),
        mitigated=_status_record(place, changes, Status.MONITORING, incident.mitigated_at),
        resolved=_status_record(place, changes, Status.RESOLVED, incident.resolved_at),
        commanded=[_commander(place, event) for event in changes if _makes_commander(event)],
    )


def _commander(place: _Place, event: TimelineEvent) -> Told:
    """Whoever took over, not who wrote it down."""
    user_id = str(event.details["new"])
    return replace(place.told(event), person=place.names.get(user_id, user_id))


def _own_changes(place: _Place) -> list[TimelineEvent]:
    """This incident's own; a channel may have seen others."""
    found = place.session.scalars(
        select(TimelineEvent)
        .where(*within(span_of(place.incident)), TimelineEvent.kind.in_(_RECORDS))
        .order_by(TimelineEvent.occurred_at, TimelineEvent.id)
    )
    mine = f":{place.incident.id}:"
    return [event for event in found if event.natural_key.startswith(f"{event.kind}{mine}")]


def _declared_row(place: _Place) -> Told | None:
    """What an archive calls its beginning is no declaration."""
    incident = place.incident
    if incident.is_imported:
        return None
    by = incident.declared_by
    return Told(0, incident.declared_at, place.names.get(by or "", by))


def _status_record(
    place: _Place, changes: Sequence[TimelineEvent], status: Status, at: datetime | None
) -> Told | None:
    """The change that set it at that instant; the instant alone if the change is not there."""
    if at is None:
        return None
    for event in changes:
        if event.occurred_at == at and event.details.get("new") == status:
            return place.told(event)
    return Told(0, at)


def _makes_commander(event: TimelineEvent) -> bool:
    if event.kind == EventKind.ROLE_ASSIGNED and event.details.get("role") != Role.COMMANDER:
        return False
    return event.kind in (EventKind.ROLE_ASSIGNED, EventKind.HANDED_OVER) and bool(
        event.details.get("new")
    )


def _detected(place: _Place, records: Records) -> Told | None:
    begins_at = place.incident.timeline_from or place.incident.declared_at
    around = records.declared.at if records.declared else begins_at
    return _first(
        place,
        around - LEAD_IN,
        around + AROUND,
        lambda messages: detected_in(records, messages, begins_at),
    )


def _first_answer(place: _Place, detected: Told) -> Told | None:
    return _first(
        place,
        detected.at,
        None,
        lambda messages: next((each for each in messages if not each.is_bot), None),
    )


def _first(
    place: _Place,
    since: datetime,
    until: datetime | None,
    find: Callable[[Sequence[Told]], Told | None],
) -> Told | None:
    for most in (_SOON, _AT_MOST):
        messages = _spoken(place, since, until, most)
        found = find(messages)
        if found is not None or len(messages) < most:
            return found
    return None


def _spoken(place: _Place, since: datetime, until: datetime | None, most: int) -> list[Told]:
    """What was said and still stands, in time order.

    Without what we post ourselves and what a person marked to be ignored.
    """
    at = TimelineEvent.occurred_at
    incident = place.incident
    ourselves = workspace_of(place.session, incident.team_id).bot_user_id
    ignored = marked_in(place.session, incident.team_id, incident.channel_id, MarkKind.IGNORED)
    query = select(TimelineEvent).where(
        *within(span_of(incident)),
        TimelineEvent.kind.in_(SPOKEN_KINDS),
        TimelineEvent.message_ts.not_in(ignored),
        TimelineEvent.deleted_at.is_(None),
        at >= since,
    )
    if ourselves is not None:
        query = query.where(TimelineEvent.author_id.is_distinct_from(ourselves))
    if until is not None:
        query = query.where(at <= until)
    found = place.session.scalars(query.order_by(at, TimelineEvent.id).limit(most))
    return [place.told(event) for event in found]


def _said(place: _Place) -> dict[MilestoneKind, Milestone]:
    """The newest word of people on each kind, unless it was taken back."""
    newest: dict[MilestoneKind, Milestone | None] = {}
    for row, event in _said_rows(place):
        newest.setdefault(MilestoneKind(row.kind), _as_milestone(place, row, event))
    return {kind: found for kind, found in newest.items() if found is not None}


def _as_milestone(
    place: _Place, row: MilestoneRecord, event: TimelineEvent | None
) -> Milestone | None:
    if row.occurred_at is None:
        return None
    is_there = event is not None and event.deleted_at is None
    return Milestone(
        kind=MilestoneKind(row.kind),
        at=row.occurred_at,
        origin=Origin.PERSON,
        rule="as a person said",
        event_id=row.event_id,
        message_ts=event.message_ts if event and is_there else None,
        permalink=place.link(event) if event and is_there else None,
        person=row.set_by,
        why=row.why,
    )


def _said_rows(place: _Place) -> list[tuple[MilestoneRecord, TimelineEvent | None]]:
    """The newest first."""
    found = place.session.execute(
        select(MilestoneRecord, TimelineEvent)
        .outerjoin(TimelineEvent, TimelineEvent.id == MilestoneRecord.event_id)
        .where(MilestoneRecord.incident_id == place.incident.id)
        .order_by(MilestoneRecord.id.desc())
    )
    return [(row, event) for row, event in found]

"""Gathers what a drafter is given: records, numbered messages in episodes, follow-ups."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from copilot.incidents.follow_ups import follow_ups_of
from copilot.incidents.models import Incident
from copilot.incidents.privacy import is_private
from copilot.incidents.queries import get_incident, span_of
from copilot.ports import EpisodeMessages, FollowUpFact, IncidentFacts, Quote, WindowMessage
from copilot.reviews.episodes import episodes_for_drafter
from copilot.reviews.fitting import counted, what_fits
from copilot.reviews.salience import best_of
from copilot.reviews.time_zones import zone_of
from copilot.reviews.turns import is_turn
from copilot.suggestions.models import Evidence, Suggestion
from copilot.suggestions.waiting import waits
from copilot.timeline.models import TimelineEvent
from copilot.timeline.mrkdwn import to_plain
from copilot.timeline.reading import MOST_READ, events_in, window_messages
from copilot.workspaces.directory import names_of, workspace_of

MOST_MESSAGES = 20_000
_MOST_WAITING = 10
_QUOTED = 200


@dataclass(frozen=True, slots=True)
class Material:
    facts: IncidentFacts
    messages: tuple[WindowMessage, ...]
    episodes: tuple[EpisodeMessages, ...]
    follow_ups: tuple[FollowUpFact, ...]
    names: frozenset[str]
    """Everybody a sentence could name."""
    left_out: int
    """Messages that were said but did not fit."""
    left_out_words: tuple[str, ...]
    """What did not fit, messages and all else, in words with numbers."""
    team_id: str
    is_private: bool

    @property
    def by_number(self) -> dict[int, WindowMessage]:
        return {message.number: message for message in self.messages}


def read_material(session: Session, incident_id: int, limit: int = MOST_MESSAGES) -> Material:
    """Raises NotFoundError."""
    incident = get_incident(session, incident_id)
    names = names_of(session, incident.team_id)
    ourselves = workspace_of(session, incident.team_id).bot_user_id
    events = events_in(session, span_of(incident))
    said = [
        message
        for message in window_messages(session, events, names)
        if ourselves is None or message.author_id != ourselves
    ]
    changes = [event.occurred_at for event in events if is_turn(event.kind, event.details)]
    fitting = what_fits(said, limit, changes)
    messages = fitting.messages
    waiting = _count_waiting(session, incident.id)
    return Material(
        facts=_facts(incident, zone_of(session, incident).key),
        messages=messages,
        episodes=episodes_for_drafter(messages, changes),
        follow_ups=_follow_ups(session, incident, messages, names),
        names=frozenset(names.values()) | {message.author_name for message in messages},
        left_out=fitting.left_out,
        left_out_words=(
            *fitting.words,
            *_ends_left_out(events, messages, names),
            *_suggestions_left_out(waiting),
        ),
        team_id=incident.team_id,
        is_private=is_private(session, incident.id),
    )


def _ends_left_out(
    events: Sequence[TimelineEvent], messages: Sequence[WindowMessage], names: dict[str, str]
) -> tuple[str, ...]:
    """Of very long messages only the beginning is read."""
    full = {message.event_id for message in messages if len(message.text) >= MOST_READ}
    cut = sum(event.id in full and len(to_plain(event.text, names)) > MOST_READ for event in events)
    if not cut:
        return ()
    ends = "the end of" if cut == 1 else "the ends of"
    return (f"{ends} {counted(cut, 'message')} longer than {MOST_READ:,} characters",)


def _suggestions_left_out(waiting: int) -> tuple[str, ...]:
    more = waiting - _MOST_WAITING
    return (f"{more:,} of {waiting:,} undecided suggestions, the least sure",) if more > 0 else ()


def _facts(incident: Incident, time_zone: str) -> IncidentFacts:
    return IncidentFacts(
        title=incident.title,
        severity=incident.severity,
        status=incident.status,
        declared_at=incident.declared_at,
        mitigated_at=incident.mitigated_at,
        resolved_at=incident.resolved_at,
        time_zone=time_zone,
    )


def _follow_ups(
    session: Session,
    incident: Incident,
    messages: Sequence[WindowMessage],
    names: dict[str, str],
) -> tuple[FollowUpFact, ...]:
    """What was agreed, then what still waits, the most probable first."""
    agreed = follow_ups_of(session, incident.id)
    waiting = _waiting(session, incident.id)
    ids = [one.suggestion_id for one in agreed if one.suggestion_id is not None]
    evidence = _evidence(session, [*ids, *(one.id for one in waiting)], messages)
    by_ts = {message.message_ts: message for message in messages}
    made = {one.id: _said_of(by_ts.get(one.source_ts or "")) for one in agreed}
    return tuple(
        FollowUpFact(
            title=title,
            owner_name=names.get(owner_id) if owner_id else None,
            is_accepted=is_accepted,
            evidence=quotes,
        )
        for title, owner_id, is_accepted, quotes in [
            *(
                (one.title, one.owner_id, True, evidence.get(one.suggestion_id, made[one.id]))
                for one in agreed
            ),
            *((one.title, one.owner_id, False, evidence.get(one.id, ())) for one in waiting),
        ]
        if quotes
    )


def _said_of(message: WindowMessage | None) -> tuple[Quote, ...]:
    """The words of the message that a person made the follow-up of."""
    if message is None or not message.text.strip():
        return ()
    best = best_of([message])
    return (Quote(message.number, best[0].text if best else message.text[:_QUOTED]),)


def _waiting(session: Session, incident_id: int) -> Sequence[Suggestion]:
    query = (
        select(Suggestion)
        .where(*_waits(incident_id))
        .order_by(Suggestion.confidence.desc(), Suggestion.id)
        .limit(_MOST_WAITING)
    )
    return session.scalars(query).all()


def _count_waiting(session: Session, incident_id: int) -> int:
    query = select(func.count()).select_from(Suggestion).where(*_waits(incident_id))
    return session.scalar(query) or 0


def _waits(incident_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        Suggestion.incident_id == incident_id,
        Suggestion.same_as_id.is_(None),
        waits(true()),  # a review looks back: what was left for it is here now
    )


def _evidence(
    session: Session, suggestion_ids: Sequence[int], messages: Sequence[WindowMessage]
) -> dict[int | None, tuple[Quote, ...]]:
    """Quotes by suggestion, of messages that are still there as they were quoted."""
    numbers = {(message.event_id, message.revision_id): message.number for message in messages}
    query = (
        select(Evidence)
        .where(Evidence.suggestion_id.in_(suggestion_ids))
        .order_by(Evidence.suggestion_id, Evidence.position)
    )
    found: dict[int | None, tuple[Quote, ...]] = {}
    for row in session.scalars(query):
        number = numbers.get((row.event_id, row.revision_id))
        if number is not None:
            quote = Quote(number, row.quote)
            found[row.suggestion_id] = (*found.get(row.suggestion_id, ()), quote)
    return found

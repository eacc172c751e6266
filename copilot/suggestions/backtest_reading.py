"""Loads what a replay needs: suggestions with their verdicts, posts, decisions, moments.

Columns, not entities: it is read while an admin waits for a form.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from copilot.incidents.models import Incident
from copilot.suggestions.digest_moments import Change, moments_of
from copilot.suggestions.models import (
    Delivery,
    Evidence,
    NoisePolicyVersion,
    Suggestion,
    VerdictRecord,
)
from copilot.suggestions.noise_gate import recompute
from copilot.suggestions.noise_policy import from_json
from copilot.suggestions.reading_time import minutes_to_check
from copilot.suggestions.replay_history import (
    History,
    IncidentHistory,
    PolicyTenure,
    RecordedDelivery,
    RecordedSuggestion,
    RecordedVerdict,
)
from copilot.timeline.models import SPOKEN_KINDS, EventKind, TimelineEvent

LOOKS_BACK = timedelta(days=365)
MOST_SUGGESTIONS = 1_500
"""What an admin is shown of the past, wherever that is, so that it says the same everywhere. Of
so many, with the chat around them, a slow machine reads and replays within a second."""

_PAGE = 500
"""Ids in one query: SQLite takes so many parameters and more."""
_CHANGES = (
    EventKind.SEVERITY_CHANGED,
    EventKind.STATUS_CHANGED,
    EventKind.HANDED_OVER,
    EventKind.QUIET_CHANGED,
)


def read_history(
    session: Session,
    team_id: str | None,
    *,
    since: datetime,
    most: int | None = None,
    until: datetime | None = None,
) -> History:
    """Of one workspace or of all, without what was imported: nothing is ever posted there.

    `most` suggestions, the newest. An incident is whole or left out, so it may be some fewer.
    `until` is the present: no digest is made up that could only come after it.
    """
    incident_ids, left_out = _newest_incidents(session, team_id, since, most)
    found: list[IncidentHistory] = []
    for start in range(0, len(incident_ids), _PAGE):
        found += _read_incidents(session, incident_ids[start : start + _PAGE])
    return History(tuple(found), _tenures(session, team_id), since, left_out, until)


def _newest_incidents(
    session: Session, team_id: str | None, since: datetime, most: int | None
) -> tuple[list[int], int]:
    query = (
        select(Incident.id, func.count())
        .join(Suggestion, Suggestion.incident_id == Incident.id)
        .where(Incident.is_imported.is_(False), Incident.declared_at >= since)
        .group_by(Incident.id)
        .order_by(Incident.declared_at.desc(), Incident.id.desc())
    )
    if team_id is not None:
        query = query.where(Incident.team_id == team_id)
    picked: list[int] = []
    taken = left_out = 0
    for incident_id, count in session.execute(query):
        if most is not None and (left_out or (taken and taken + count > most)):
            left_out += count
        else:
            taken += count
            picked.append(incident_id)
    return sorted(picked), left_out


def _read_incidents(session: Session, incident_ids: Sequence[int]) -> list[IncidentHistory]:
    incidents = session.scalars(
        select(Incident).where(Incident.id.in_(incident_ids)).order_by(Incident.id)
    ).all()
    suggestions = _suggestions(session, incident_ids)
    deliveries = _deliveries(session, incident_ids)
    return [
        _one(session, incident, suggestions[incident.id], deliveries[incident.id])
        for incident in incidents
    ]


def _one(
    session: Session,
    incident: Incident,
    suggestions: Sequence[RecordedSuggestion],
    deliveries: Sequence[RecordedDelivery],
) -> IncidentHistory:
    changes = _changes(session, incident)
    return IncidentHistory(
        incident_id=incident.id,
        team_id=incident.team_id,
        channel_id=incident.channel_id,
        title=incident.title,
        severities=_severities(incident, changes),
        suggestions=tuple(suggestions),
        deliveries=tuple(deliveries),
        moments=moments_of(changes, _words(session, incident)),
        quiet=_quiet(changes),
    )


def _suggestions(
    session: Session, incident_ids: Sequence[int]
) -> Mapping[int, list[RecordedSuggestion]]:
    verdicts: dict[int, list[RecordedVerdict]] = defaultdict(list)
    logged = (
        select(
            VerdictRecord.suggestion_id,
            VerdictRecord.id,
            VerdictRecord.judged_at,
            VerdictRecord.outcome,
            VerdictRecord.reason,
            VerdictRecord.details,
        )
        .where(VerdictRecord.incident_id.in_(incident_ids))
        .order_by(VerdictRecord.id)
    )
    for suggestion_id, number, at, outcome, reason, details in session.execute(logged):
        recorded = RecordedVerdict(at, outcome, reason, details, number)
        verdicts[suggestion_id].append(recorded)
    sources = select(func.count()).where(Evidence.suggestion_id == Suggestion.id).scalar_subquery()
    rows = session.execute(
        select(
            Suggestion.id,
            Suggestion.incident_id,
            Suggestion.kind,
            Suggestion.title,
            Suggestion.delivery_id,
            Suggestion.decision,
            Suggestion.decided_at,
            sources.label("sources"),
        )
        .where(Suggestion.incident_id.in_(incident_ids))
        .order_by(Suggestion.id)
    ).all()
    only = _only_verdicts(session, [row.id for row in rows if row.id not in verdicts])
    found: dict[int, list[RecordedSuggestion]] = defaultdict(list)
    for row in rows:
        found[row.incident_id].append(
            RecordedSuggestion(
                suggestion_id=row.id,
                kind=row.kind,
                title=row.title,
                verdicts=tuple(verdicts.get(row.id) or only.get(row.id) or ()),
                delivery_id=row.delivery_id,
                decision=row.decision,
                decided_at=row.decided_at,
                minutes=minutes_to_check(len(row.title.split()), row.sources),
            )
        )
    return found


def _only_verdicts(
    session: Session, suggestion_ids: Sequence[int]
) -> Mapping[int, list[RecordedVerdict]]:
    """Of rows from before each verdict was kept: the last one, which they still hold.

    A post that then failed was added to it later, and is no part of what was judged.
    """
    found: dict[int, list[RecordedVerdict]] = {}
    for start in range(0, len(suggestion_ids), _PAGE):
        rows = session.execute(
            select(Suggestion.id, Suggestion.judged_at, Suggestion.reason_details).where(
                Suggestion.id.in_(suggestion_ids[start : start + _PAGE])
            )
        )
        for suggestion_id, judged_at, details in rows:
            facts = {name: value for name, value in details.items() if name != "failure"}
            if facts:
                outcome, reason = recompute(facts)
                found[suggestion_id] = [RecordedVerdict(judged_at, outcome, reason, facts)]
    return found


def _deliveries(
    session: Session, incident_ids: Sequence[int]
) -> Mapping[int, list[RecordedDelivery]]:
    rows = session.execute(
        select(
            Delivery.incident_id,
            Delivery.id,
            Delivery.created_at,
            Delivery.posted_at,
            Delivery.breakpoint,
        )
        .where(Delivery.incident_id.in_(incident_ids))
        .order_by(Delivery.id)
    )
    found: dict[int, list[RecordedDelivery]] = defaultdict(list)
    for incident_id, delivery_id, created_at, posted_at, breakpoint_ in rows:
        found[incident_id].append(RecordedDelivery(delivery_id, created_at, posted_at, breakpoint_))
    return found


def _in_span(incident: Incident, query: Any) -> Any:
    """As `timeline.reading.within`, without gaps, which are of none of the kinds asked for."""
    query = query.where(
        TimelineEvent.team_id == incident.team_id,
        TimelineEvent.channel_id == incident.channel_id,
        TimelineEvent.occurred_at >= incident.declared_at,
    )
    if incident.timeline_until is not None:
        query = query.where(TimelineEvent.occurred_at < incident.timeline_until)
    return query.order_by(TimelineEvent.occurred_at, TimelineEvent.id)


def _changes(session: Session, incident: Incident) -> list[Change]:
    query = select(TimelineEvent.occurred_at, TimelineEvent.kind, TimelineEvent.details).where(
        TimelineEvent.kind.in_(_CHANGES)
    )
    return [Change(*row) for row in session.execute(_in_span(incident, query))]


def _words(session: Session, incident: Incident) -> list[datetime]:
    """When people said something."""
    query = select(TimelineEvent.occurred_at).where(
        TimelineEvent.kind.in_(SPOKEN_KINDS - {EventKind.BOT_MESSAGE}),
        TimelineEvent.details["bot_id"].as_string().is_(None),
    )
    return list(session.scalars(_in_span(incident, query)))


def _severities(
    incident: Incident, changes: Sequence[Change]
) -> tuple[tuple[datetime, str | None], ...]:
    changed = [each for each in changes if each.kind == EventKind.SEVERITY_CHANGED]
    at_first = changed[0].details.get("old") if changed else incident.severity
    return (
        (incident.declared_at, at_first),
        *((each.at, each.details.get("new")) for each in changed),
    )


def _quiet(changes: Sequence[Change]) -> tuple[tuple[datetime, datetime], ...]:
    asked = [each for each in changes if each.kind == EventKind.QUIET_CHANGED]
    found = []
    for number, each in enumerate(asked):
        if until := each.details.get("until"):
            ends_at = datetime.fromisoformat(until)
            followed_at = asked[number + 1].at if number + 1 < len(asked) else ends_at
            found.append((each.at, min(ends_at, followed_at)))
    return tuple(found)


def _tenures(session: Session, team_id: str | None) -> Mapping[str, tuple[PolicyTenure, ...]]:
    query = select(NoisePolicyVersion).order_by(NoisePolicyVersion.version)
    if team_id is not None:
        query = query.where(NoisePolicyVersion.team_id == team_id)
    found: dict[str, tuple[PolicyTenure, ...]] = defaultdict(tuple)
    for row in session.scalars(query):
        tenure = PolicyTenure(row.set_at, from_json(row.policy, row.version))
        found[row.team_id] += (tenure,)
    return found

"""Suggestions as people and programs read them."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.incidents.models import FollowUp
from copilot.incidents.queries import get_incident
from copilot.suggestions.models import Delivery, Evidence, Suggestion
from copilot.suggestions.vocabulary import Outcome
from copilot.suggestions.wording import decided_words, explain
from copilot.timeline.models import TimelineEvent
from copilot.timeline.permalinks import permalink
from copilot.timeline.reading import author_of
from copilot.workspaces.directory import names_of, workspace_of

__all__ = ["EvidenceView", "SuggestionView", "evidence_of", "explain", "held_of", "suggestions_of"]


class EvidenceView(BaseModel):
    """A verbatim quote and the message it is from."""

    message_ts: str
    quote: str
    permalink: str
    event_id: int = Field(exclude=True)
    author_name: str = Field(exclude=True)
    occurred_at: datetime = Field(exclude=True)


class SuggestionView(BaseModel):
    """A suggestion, with the machine's verdict and a person's decision."""

    id: int
    kind: str
    title: str
    owner: str | None
    """By name."""
    confidence: float
    verdict: str
    reason: str
    tempo: str
    evidence: list[EvidenceView]
    """Without messages that were deleted since."""

    owner_id: str | None = Field(exclude=True)
    due: str | None = Field(exclude=True)
    why: str = Field(exclude=True)
    """Rule and number behind the verdict, in words."""
    proposed_at: datetime = Field(exclude=True)
    shown_at: datetime | None = Field(exclude=True)
    """When it was posted; None while no one saw it in the channel."""
    delivery_id: int | None = Field(exclude=True)
    decision: str | None = Field(exclude=True)
    decided: str | None = Field(exclude=True)
    """E.g. `accepted by sam 14:32`."""
    same_as_id: int | None = Field(exclude=True)
    merged_into: str | None = Field(exclude=True)
    """Title of the follow-up that a person counted it to."""


def suggestions_of(session: Session, incident_id: int) -> list[SuggestionView]:
    """All of an incident, in the order they were proposed. Raises NotFoundError."""
    incident = get_incident(session, incident_id)
    query = (
        select(Suggestion, Delivery.posted_at, FollowUp.title)
        .outerjoin(Delivery, Delivery.id == Suggestion.delivery_id)
        .outerjoin(FollowUp, FollowUp.id == Suggestion.merged_into_id)
        .where(Suggestion.incident_id == incident_id)
        .order_by(Suggestion.id)
    )
    found = session.execute(query).all()
    names = names_of(session, incident.team_id)
    evidence = evidence_of(session, incident.team_id, [row.id for row, _, _ in found])
    return [
        SuggestionView(
            id=row.id,
            kind=row.kind,
            title=row.title,
            owner=names.get(row.owner_id, row.owner_id) if row.owner_id else None,
            confidence=row.confidence,
            verdict=row.outcome,
            reason=row.reason,
            tempo=row.tempo,
            evidence=evidence[row.id],
            owner_id=row.owner_id,
            due=row.due,
            why=explain(row.reason, row.reason_details),
            proposed_at=row.proposed_at,
            shown_at=posted_at,
            delivery_id=row.delivery_id,
            decision=row.decision,
            decided=decided_by(row, names),
            same_as_id=row.same_as_id,
            merged_into=merged_into,
        )
        for row, posted_at, merged_into in found
    ]


def held_of(session: Session, incident_id: int) -> list[SuggestionView]:
    """What nobody was shown and nobody decided on, and why it stayed quiet."""
    return [
        one
        for one in suggestions_of(session, incident_id)
        if one.verdict != Outcome.DELIVER and one.shown_at is None and one.decision is None
    ]


def evidence_of(
    session: Session, team_id: str, suggestion_ids: Collection[int]
) -> dict[int, list[EvidenceView]]:
    """Per suggestion its quotes in order; what was deleted in Slack is not shown here either."""
    found: dict[int, list[EvidenceView]] = defaultdict(list)
    if not suggestion_ids:
        return found
    url = workspace_of(session, team_id).url
    names = names_of(session, team_id)
    for quoted, event in _quoted(session, suggestion_ids):
        found[quoted.suggestion_id].append(
            EvidenceView(
                message_ts=event.message_ts or "",
                quote=quoted.quote,
                permalink=permalink(url, event.channel_id, event.message_ts or "", event.thread_ts),
                event_id=event.id,
                author_name=author_of(event, names) or "someone",
                occurred_at=event.occurred_at,
            )
        )
    return found


def decided_by(row: Suggestion, names: dict[str, str]) -> str | None:
    """The decision in words, or None while there is none."""
    if row.decision is None or row.decided_at is None:
        return None
    name = names.get(row.decided_by or "", row.decided_by or "someone")
    return decided_words(row.decision, row.decision_reason, name, row.decided_at)


def _quoted(
    session: Session, suggestion_ids: Collection[int]
) -> Sequence[tuple[Evidence, TimelineEvent]]:
    query = (
        select(Evidence, TimelineEvent)
        .join(TimelineEvent, TimelineEvent.id == Evidence.event_id)
        .where(Evidence.suggestion_id.in_(suggestion_ids), TimelineEvent.deleted_at.is_(None))
        .order_by(Evidence.suggestion_id, Evidence.position)
    )
    return session.execute(query).all()

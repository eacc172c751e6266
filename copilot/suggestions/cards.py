"""A delivery as the card that is posted, with all that its readers need to judge it."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.incidents.models import FollowUp
from copilot.incidents.queries import get_incident
from copilot.ports import CardItem, CardSource, SuggestionCard
from copilot.suggestions.listing import EvidenceView, decided_by, evidence_of
from copilot.suggestions.models import Delivery, Pacing, Suggestion
from copilot.suggestions.pacing import interval_of
from copilot.suggestions.policies import policy_of
from copilot.suggestions.vocabulary import DecisionKind
from copilot.suggestions.wording import why_shown
from copilot.workspaces.directory import names_of

_NUMBER_WORDS = {2: "Two", 3: "Three"}


def build_card(session: Session, delivery: Delivery) -> SuggestionCard:
    incident = get_incident(session, delivery.incident_id)
    rows = suggestions_on(session, delivery.id)
    names = names_of(session, incident.team_id)
    evidence = evidence_of(session, incident.team_id, [row.id for row in rows])
    changed = _changed_by_people(session, rows)
    owner_ids = {row.id: changed.get(row.id, row).owner_id for row in rows}
    items = tuple(
        CardItem(
            suggestion_id=row.id,
            kind=row.kind,
            title=changed[row.id].title if row.id in changed else row.title,
            owner_id=owner_ids[row.id],
            owner_name=names.get(owner_ids[row.id] or ""),
            due=row.due,
            confidence=row.confidence,
            why=why_shown(row.confidence, delivery.breakpoint, row.reason, row.reason_details),
            sources=tuple(
                CardSource(one.author_name, one.quote, one.permalink, one.message_ts)
                for one in evidence[row.id]
            ),
            decided=decided_by(row, names),
        )
        for row in rows
    )
    interval = interval_of(policy_of(session, incident), session.get(Pacing, incident.id))
    said = [one for row in rows for one in evidence[row.id]]
    return SuggestionCard(
        delivery_id=delivery.id,
        incident_id=incident.id,
        headline=_headline(len(items), said, delivery.created_at),
        context=f"{delivery.tempo} · 1 of 1 {_interval_words(interval)}",
        items=items,
    )


def suggestions_on(session: Session, delivery_id: int) -> list[Suggestion]:
    """What a card shows, the surest first."""
    return list(
        session.scalars(
            select(Suggestion)
            .where(Suggestion.delivery_id == delivery_id)
            .order_by(Suggestion.confidence.desc(), Suggestion.id)
        )
    )


def _changed_by_people(session: Session, rows: list[Suggestion]) -> dict[int, FollowUp]:
    """What people made of title and owner is what stands on the card from then on."""
    edited = [row.id for row in rows if row.decision == DecisionKind.EDITED]
    follow_ups = session.scalars(select(FollowUp).where(FollowUp.suggestion_id.in_(edited)))
    return {one.suggestion_id: one for one in follow_ups if one.suggestion_id is not None}


def _headline(items: int, said: list[EvidenceView], now: datetime) -> str:
    """The point in one line; a notification adds the titles."""
    if items == 1:
        return "Looks like a follow-up"
    count = _NUMBER_WORDS.get(items, str(items))
    earliest = min((one.occurred_at for one in said), default=now)
    minutes = max(1, round((now - earliest).total_seconds() / 60))
    if minutes == 1:
        return f"{count} follow-ups from the last minute"
    if minutes <= 90:
        return f"{count} follow-ups from the last {minutes} minutes"
    return f"{count} follow-ups from the last {round(minutes / 60)} hours"


def _interval_words(interval: timedelta) -> str:
    minutes = round(interval.total_seconds() / 60)
    return "this quarter hour" if minutes == 15 else f"in {minutes} min"

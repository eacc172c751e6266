"""Spends the budget on a delivery: the one place where an uninvited post comes to be."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.jobs import Job, enqueue
from copilot.suggestions.models import Delivery, Evidence, Suggestion
from copilot.suggestions.noise_gate import ChannelState, KnownWork, closest, judge
from copilot.suggestions.noise_policy import NoisePolicy
from copilot.suggestions.pacing import spend_budget
from copilot.suggestions.standing import Standing, as_proposed, is_waiting, stamp
from copilot.suggestions.vocabulary import Breakpoint, Tempo
from copilot.timeline.models import TimelineEvent


def pick_for_post(
    session: Session,
    standing: Standing,
    suggestions: Iterable[Suggestion],
    state: ChannelState,
    policy: NoisePolicy,
    now: datetime,
) -> list[Suggestion]:
    """The best few that may be shown; what turns out to repeat another is suppressed."""
    picked: list[Suggestion] = []
    known = standing.known()
    waiting = [one for one in suggestions if is_waiting(one)]
    proven = _still_proven(session, [one.id for one in waiting])
    for suggestion in sorted(waiting, key=lambda one: (-one.confidence, one.id)):
        if len(picked) == policy.most_in_one_post:
            break
        if suggestion.id not in proven:
            continue
        proposed = as_proposed(suggestion, standing.quoted[suggestion.id])
        same, _ = closest(proposed, known)
        if same is not None:
            verdict = judge(proposed, replace(state, known=(same,)), policy, now)
            stamp(session, suggestion, verdict, now)
            continue
        picked.append(suggestion)
        known.append(KnownWork(suggestion.id, suggestion.title, proposed.event_ids))
    return picked


def open_delivery(
    session: Session,
    incident_id: int,
    picked: Sequence[Suggestion],
    *,
    breakpoint_: Breakpoint | None,
    tempo: Tempo,
    policy: NoisePolicy,
    now: datetime,
) -> Delivery | None:
    """Put them on a card that is to be posted, or return None where the budget is spent."""
    if not picked or not spend_budget(session, incident_id, now, policy):
        return None
    delivery = Delivery(
        incident_id=incident_id, breakpoint=breakpoint_, tempo=tempo, created_at=now
    )
    session.add(delivery)
    session.flush()
    for suggestion in picked:
        suggestion.delivery_id = delivery.id
    enqueue(session, Job.POST_DELIVERY, delivery.id)
    return delivery


def _still_proven(session: Session, suggestion_ids: Sequence[int]) -> set[int]:
    """Those that still quote a message which nobody deleted."""
    return set(
        session.scalars(
            select(Evidence.suggestion_id)
            .join(TimelineEvent, TimelineEvent.id == Evidence.event_id)
            .where(Evidence.suggestion_id.in_(suggestion_ids), TimelineEvent.deleted_at.is_(None))
        )
    )

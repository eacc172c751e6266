"""Spends the budget on a delivery: the one place where an uninvited post comes to be."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.incidents.models import Incident
from copilot.jobs import Job, enqueue
from copilot.suggestions.attention import Crowded, hold_attention, most_crowded, take_share
from copilot.suggestions.models import Delivery, Evidence, Suggestion
from copilot.suggestions.noise_gate import ChannelState, KnownWork, closest, judge
from copilot.suggestions.noise_policy import NoisePolicy
from copilot.suggestions.pacing import spend_budget
from copilot.suggestions.standing import Standing, as_proposed, is_waiting, stamp
from copilot.suggestions.vocabulary import Breakpoint, Outcome
from copilot.timeline.models import TimelineEvent


def pick_for_post(
    session: Session,
    standing: Standing,
    suggestions: Iterable[Suggestion],
    state: ChannelState,
    policy: NoisePolicy,
    now: datetime,
) -> list[Suggestion]:
    """The best few that may be shown; what turns out to repeat another is suppressed.

    Policies change while something waits: what would now be kept back at any time is held.
    """
    moment = replace(state, known=(), quiet_because=None)
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
        verdict = judge(proposed, moment, policy, now)
        if verdict.outcome is Outcome.HOLD:
            stamp(session, suggestion, verdict, now)
            continue
        same, _ = closest(proposed, known)
        if same is not None:
            verdict = judge(proposed, replace(state, known=(same,)), policy, now)
            stamp(session, suggestion, verdict, now)
            continue
        picked.append(suggestion)
        known.append(KnownWork(suggestion.id, suggestion.title, proposed.event_ids))
    return picked


@dataclass(frozen=True, slots=True)
class Opening:
    """What came of asking for a post."""

    delivery: Delivery | None = None
    crowded: Crowded | None = None
    """Who of those present had enough; nothing was spent then, of nobody."""


def open_delivery(
    session: Session,
    incident: Incident,
    picked: Sequence[Suggestion],
    state: ChannelState,
    *,
    breakpoint_: Breakpoint | None,
    policy: NoisePolicy,
    now: datetime,
) -> Opening:
    """Put them on a card that is to be posted, unless the budget of incident or people is spent.

    All or nothing, in the transaction that holds the incident's pacing row: first everybody
    present is held and counted, and only if all have room anything is written.
    """
    if not picked:
        return Opening()
    team_id, people = incident.team_id, state.present
    hold_attention(session, team_id, people, now)
    crowded = most_crowded(session, team_id, people, policy.posts_per_person, now)
    if crowded is not None:
        return Opening(crowded=crowded)
    if not spend_budget(session, incident.id, now, policy.post_interval / state.rate):
        return Opening()
    delivery = Delivery(
        incident_id=incident.id, breakpoint=breakpoint_, tempo=state.tempo, created_at=now
    )
    session.add(delivery)
    session.flush()
    take_share(session, delivery.id, team_id, people)
    for suggestion in picked:
        suggestion.delivery_id = delivery.id
    enqueue(session, Job.POST_DELIVERY, delivery.id)
    return Opening(delivery)


def _still_proven(session: Session, suggestion_ids: Sequence[int]) -> set[int]:
    """Those that still quote a message which nobody deleted."""
    return set(
        session.scalars(
            select(Evidence.suggestion_id)
            .join(TimelineEvent, TimelineEvent.id == Evidence.event_id)
            .where(Evidence.suggestion_id.in_(suggestion_ids), TimelineEvent.deleted_at.is_(None))
        )
    )

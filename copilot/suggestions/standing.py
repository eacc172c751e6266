"""What stands in an incident already: shown, decided, tracked, waiting."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from copilot.incidents.follow_ups import follow_ups_of
from copilot.incidents.models import FollowUp, Incident
from copilot.suggestions.models import Evidence, Suggestion, VerdictRecord
from copilot.suggestions.noise_gate import KnownWork, Proposed, Verdict, closest
from copilot.suggestions.vocabulary import Outcome, Reason
from copilot.timeline.models import TimelineEvent


@dataclass(slots=True)
class Standing:
    """The incident's suggestions and follow-ups, kept up to date while a run is judged."""

    suggestions: dict[int, Suggestion]
    quoted: dict[int, set[int]]
    """Per suggestion the events that it quotes."""
    tracked: list[KnownWork]
    """Follow-ups that people added, or accepted under another title."""

    def known(self) -> list[KnownWork]:
        """What must not come up again: shown or about to be, decided, tracked."""
        shown = [self._work(one) for one in self.suggestions.values() if is_shown_or_decided(one)]
        return [*shown, *self.tracked]

    def waiting_like(self, candidate: Proposed) -> Suggestion | None:
        """The suggestion nobody has seen yet that says the same."""
        return self._closest(candidate, filter(is_waiting, self.suggestions.values()))

    def done_like(self, candidate: Proposed) -> Suggestion | None:
        """The suggestion kept back as done already that says the same."""
        done = (
            one
            for one in self.suggestions.values()
            if one.outcome == Outcome.SUPPRESS and one.reason == Reason.DONE_ALREADY
        )
        return self._closest(candidate, done)

    def repeat_of(self, known: KnownWork) -> Suggestion | None:
        """The row that already counts the repetitions of that one."""
        for one in self.suggestions.values():
            is_repetition = one.outcome == Outcome.SUPPRESS and one.reason == Reason.DUPLICATE
            if is_repetition and one.reason_details["same_title"] == known.title:
                return one
        return None

    def quotes_of(self, *suggestions: Suggestion | None) -> set[int]:
        found: set[int] = set()
        return found.union(*(self.quoted[one.id] for one in suggestions if one is not None))

    def add(self, suggestion: Suggestion) -> None:
        self.suggestions[suggestion.id] = suggestion
        self.quoted[suggestion.id] = set()

    def _closest(self, candidate: Proposed, suggestions: Iterable[Suggestion]) -> Suggestion | None:
        same, _ = closest(candidate, [self._work(one) for one in suggestions])
        return self.suggestions[same.suggestion_id] if same and same.suggestion_id else None

    def _work(self, suggestion: Suggestion) -> KnownWork:
        quoted = frozenset(self.quoted[suggestion.id])
        return KnownWork(suggestion.id, suggestion.title, quoted)


def is_shown_or_decided(suggestion: Suggestion) -> bool:
    return suggestion.delivery_id is not None or suggestion.decision is not None


def is_waiting(suggestion: Suggestion) -> bool:
    """Undecided, on no card: it may still grow, and be judged again."""
    return not is_shown_or_decided(suggestion) and suggestion.outcome != Outcome.SUPPRESS


def read_standing(session: Session, incident_id: int) -> Standing:
    """Everything that stands; decisions on it wait until the transaction ends."""
    suggestions = {
        one.id: one
        for one in session.scalars(
            select(Suggestion)
            .where(Suggestion.incident_id == incident_id)
            .order_by(Suggestion.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    }
    quoted: dict[int, set[int]] = defaultdict(set)
    evidence = (
        select(Evidence.suggestion_id, Evidence.event_id)
        .join(Suggestion, Suggestion.id == Evidence.suggestion_id)
        .where(Suggestion.incident_id == incident_id)
    )
    for suggestion_id, event_id in session.execute(evidence):
        quoted[suggestion_id].add(event_id)
    follow_ups = follow_ups_of(session, incident_id)
    made_of = _messages_made_into(session, incident_id)
    tracked = [
        KnownWork(
            one.suggestion_id if one.suggestion_id in suggestions else None,
            one.title,
            frozenset(made_of.get(one.id, ())),
        )
        for one in follow_ups
    ]
    return Standing(suggestions, quoted, tracked)


def _messages_made_into(session: Session, incident_id: int) -> dict[int, list[int]]:
    """By follow-up, the message that a person made it of."""
    query = (
        select(FollowUp.id, TimelineEvent.id)
        .join(Incident, Incident.id == FollowUp.incident_id)
        .join(
            TimelineEvent,
            (TimelineEvent.team_id == Incident.team_id)
            & (TimelineEvent.channel_id == Incident.channel_id)
            & (TimelineEvent.natural_key == literal("message:") + FollowUp.source_ts),
        )
        .where(FollowUp.incident_id == incident_id, FollowUp.source_ts.is_not(None))
    )
    return {follow_up_id: [event_id] for follow_up_id, event_id in session.execute(query)}


def as_proposed(suggestion: Suggestion, event_ids: Iterable[int]) -> Proposed:
    """The row as the gate sees it; done is what its last verdict went by."""
    return Proposed(
        kind=suggestion.kind,
        title=suggestion.title,
        confidence=suggestion.confidence,
        is_done=bool(suggestion.reason_details.get("is_done")),
        event_ids=frozenset(event_ids),
        engine=suggestion.reason_details.get("engine"),
        raw_confidence=suggestion.raw_confidence,
    )


def stamp(session: Session, suggestion: Suggestion, verdict: Verdict, now: datetime) -> None:
    """Write the verdict on the row, with all that it can be computed from again, and log it."""
    suggestion.outcome = verdict.outcome
    suggestion.reason = verdict.reason
    suggestion.reason_details = dict(verdict.details)
    suggestion.tempo = verdict.details["tempo"]
    suggestion.same_as_id = verdict.details["same_as"]
    suggestion.judged_at = now
    session.add(
        VerdictRecord(
            suggestion_id=suggestion.id,
            incident_id=suggestion.incident_id,
            outcome=verdict.outcome,
            reason=verdict.reason,
            details=dict(verdict.details),
            judged_at=now,
        )
    )

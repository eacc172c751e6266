"""What the page of follow-ups shows: what waits for a decision, and what was agreed."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from copilot.incidents.follow_ups import follow_ups_of
from copilot.incidents.models import FollowUp
from copilot.incidents.queries import get_incident
from copilot.ports import Person
from copilot.suggestions.listing import EvidenceView, SuggestionView, evidence_of, suggestions_of
from copilot.suggestions.vocabulary import DecisionKind, Outcome
from copilot.suggestions.waiting import is_over, is_waiting
from copilot.workspaces.directory import names_of, people_of


@dataclass(frozen=True, slots=True)
class Agreed:
    """A follow-up with the words that it came from."""

    row: FollowUp
    owner: str | None
    done_by: str | None
    evidence: Sequence[EvidenceView]


@dataclass(frozen=True, slots=True)
class FollowUpsShown:
    waiting: Sequence[SuggestionView]
    kept: Sequence[SuggestionView]
    """Held because they are less likely; they may be decided on all the same."""
    agreed: Sequence[Agreed]
    people: Sequence[Person]

    @property
    def open(self) -> Sequence[Agreed]:
        return [one for one in self.agreed if one.row.done_at is None]


def read_follow_ups(session: Session, incident_id: int) -> FollowUpsShown:
    """Raises NotFoundError."""
    incident = get_incident(session, incident_id)
    over = is_over(incident)
    undecided = [view for view in suggestions_of(session, incident_id) if _is_undecided(view)]
    waiting = [
        view
        for view in undecided
        if view.decision is not None
        or is_waiting(view.decision, view.verdict, view.reason, is_over=over)
    ]
    shown = {view.id for view in waiting}
    names = names_of(session, incident.team_id)
    rows = follow_ups_of(session, incident_id)
    sources = [row.suggestion_id for row in rows if row.suggestion_id is not None]
    evidence = evidence_of(session, incident.team_id, sources)
    return FollowUpsShown(
        waiting=waiting,
        kept=[view for view in undecided if view.id not in shown],
        agreed=[
            Agreed(
                row=row,
                owner=names.get(row.owner_id, row.owner_id) if row.owner_id else None,
                done_by=names.get(row.done_by, row.done_by) if row.done_by else None,
                evidence=evidence.get(row.suggestion_id or 0, ()),
            )
            for row in rows
        ],
        people=people_of(session, incident.team_id),
    )


def _is_undecided(view: SuggestionView) -> bool:
    """What repeats another one, or was done already, is not asked about."""
    if view.decision is not None:
        return view.decision == DecisionKind.SNOOZED
    return view.verdict != Outcome.SUPPRESS

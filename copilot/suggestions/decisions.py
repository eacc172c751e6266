"""What people decide about suggestions. The first decision stands.

Leaving one for the review is not the last word: whoever accepts or dismisses it there decides.

A decision is one conditional UPDATE; its effect (a follow-up), its own timeline event and the
card's redrawing belong to the same transaction.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from copilot.errors import AlreadyDecidedError, BadInputError, NotFoundError
from copilot.incidents.follow_ups import add_follow_up, find_follow_up
from copilot.incidents.models import Incident
from copilot.incidents.queries import get_incident
from copilot.jobs import Job, enqueue
from copilot.suggestions.adapting import adapt_rate
from copilot.suggestions.evidence import tidy_title, title_fault
from copilot.suggestions.listing import decided_by
from copilot.suggestions.merging import add_evidence
from copilot.suggestions.models import Delivery, Suggestion
from copilot.suggestions.pacing import lock_pacing
from copilot.suggestions.vocabulary import DecisionKind, DismissReason
from copilot.suggestions.wording import decided_words
from copilot.timeline.models import EventKind
from copilot.timeline.recording import record_change
from copilot.timeline.redaction import redact
from copilot.workspaces.directory import names_of, people_of


@dataclass(frozen=True, slots=True)
class Wanted:
    """A follow-up as a person wants it."""

    title: str
    owner_id: str | None
    due: str | None

    def is_as(self, proposed: Suggestion) -> bool:
        return (self.title.strip(), self.owner_id or None, self.due or None) == (
            proposed.title,
            proposed.owner_id,
            proposed.due or None,
        )


@dataclass(frozen=True, slots=True)
class Together:
    """What became of several suggestions decided on at once."""

    decided: list[Suggestion]
    too_late: list[AlreadyDecidedError]


def accept(session: Session, suggestion_id: int, *, by: str, now: datetime) -> Suggestion:
    """It becomes a follow-up. Raises NotFoundError, AlreadyDecidedError."""
    suggestion = _decide(session, suggestion_id, DecisionKind.ACCEPTED, None, by, now)
    as_proposed = Wanted(suggestion.title, suggestion.owner_id, suggestion.due)
    _add_follow_up(session, suggestion, as_proposed, by, now)
    return suggestion


def edit(
    session: Session,
    suggestion_id: int,
    *,
    title: str,
    owner_id: str | None,
    by: str,
    now: datetime,
) -> Suggestion:
    """It becomes a follow-up in the person's words; the suggestion keeps the machine's.

    Raises BadInputError for a title that can't be shown or an owner who is no person here.
    """
    due = _get(session, suggestion_id).due
    return accept_as(session, suggestion_id, Wanted(title, owner_id, due), by=by, now=now)


def accept_as(
    session: Session, suggestion_id: int, wanted: Wanted, *, by: str, now: datetime
) -> Suggestion:
    """The same with everything that a person may say otherwise.

    Nothing said otherwise is an acceptance as it is. Raises as `edit`.
    """
    proposed = _get(session, suggestion_id)
    if wanted.is_as(proposed):
        return accept(session, suggestion_id, by=by, now=now)
    title, owner_id = wanted.title, wanted.owner_id
    if fault := edited_title_fault(title):
        raise BadInputError(f"{fault} Nothing was saved; change it and try again.")
    title = _as_title(title)
    team_id = get_incident(session, proposed.incident_id).team_id
    if fault := owner_fault(session, team_id, owner_id):
        raise BadInputError(f"{fault} Nothing was saved.")
    suggestion = _decide(session, suggestion_id, DecisionKind.EDITED, None, by, now)
    due = redact(wanted.due) if wanted.due else None
    _add_follow_up(session, suggestion, Wanted(title, owner_id or None, due), by, now)
    return suggestion


def merge(session: Session, suggestion_id: int, *, into: int, by: str, now: datetime) -> Suggestion:
    """It is counted to a follow-up that there is, of id `into`, and its quotes to that one's.

    Raises NotFoundError where the incident has no such follow-up, and AlreadyDecidedError.
    """
    incident = get_incident(session, _get(session, suggestion_id).incident_id)
    target = find_follow_up(session, incident, into)
    if target.suggestion_id == suggestion_id:
        raise BadInputError("This is that follow-up itself. Nothing was changed.")
    suggestion = _decide(session, suggestion_id, DecisionKind.MERGED, None, by, now)
    suggestion.merged_into_id = target.id
    if target.suggestion_id is not None:
        add_evidence(session, suggestion.id, target.suggestion_id)
        if (origin := session.get(Suggestion, target.suggestion_id)) is not None:
            _redraw(session, origin)
    session.flush()
    return suggestion


def edited_title_fault(title: str) -> str | None:
    """Why a title that somebody typed won't do, or None."""
    fault = title_fault(_as_title(title))
    return f"The {fault}." if fault else None


def owner_fault(session: Session, team_id: str, owner_id: str | None) -> str | None:
    """Why it can't be the owner, or None."""
    if not owner_id or owner_id in {person.user_id for person in people_of(session, team_id)}:
        return None
    return "The owner must be a person of this workspace."


def dismiss(
    session: Session, suggestion_id: int, *, reason: str, by: str, now: datetime
) -> Suggestion:
    """Nobody wants it, and why. Raises BadInputError for a reason that is none of DismissReason."""
    if reason not in set(DismissReason):
        known = ", ".join(DismissReason)
        raise BadInputError(f"Choose one of these reasons to dismiss: {known}.")
    return _decide(session, suggestion_id, DecisionKind.DISMISSED, reason, by, now)


def snooze(session: Session, suggestion_id: int, *, by: str, now: datetime) -> Suggestion:
    """Off the card; it waits in the review. Raises NotFoundError, AlreadyDecidedError."""
    return _decide(session, suggestion_id, DecisionKind.SNOOZED, None, by, now)


def together(
    session: Session, suggestion_ids: Iterable[int], decide: Callable[[int], Suggestion]
) -> Together:
    """Decide on each; what somebody decided before is left as it is, and told.

    All rows are taken first, in one order: two people who decide on the same card would
    otherwise each hold what the other one waits for.
    """
    ids = sorted(set(suggestion_ids))
    _lock_pacing_of(session, ids)
    lock = select(Suggestion.id).where(Suggestion.id.in_(ids)).order_by(Suggestion.id)
    session.execute(lock.with_for_update())
    result = Together([], [])
    for suggestion_id in ids:
        try:
            result.decided.append(decide(suggestion_id))
        except AlreadyDecidedError as error:
            result.too_late.append(error)
    return result


def _as_title(typed: str) -> str:
    return redact(tidy_title(" ".join(typed.split())))


def _decide(
    session: Session,
    suggestion_id: int,
    decision: DecisionKind,
    decision_reason: str | None,
    by: str,
    now: datetime,
) -> Suggestion:
    _lock_pacing_of(session, [suggestion_id])
    is_open: ColumnElement[bool] = Suggestion.decision.is_(None)
    if decision is not DecisionKind.SNOOZED:
        is_open = or_(is_open, Suggestion.decision == DecisionKind.SNOOZED)
    decided = session.scalars(
        update(Suggestion)
        .where(Suggestion.id == suggestion_id, is_open)
        .values(decision=decision, decision_reason=decision_reason, decided_by=by, decided_at=now)
        .returning(Suggestion),
        execution_options={"populate_existing": True},
    ).one_or_none()
    if decided is None:
        raise _already_decided(session, _get(session, suggestion_id))
    _redraw(session, decided)
    incident = get_incident(session, decided.incident_id)
    said = _record(session, incident, decided, by, now)
    adapt_rate(session, incident, decided, said, now)
    return decided


def _lock_pacing_of(session: Session, suggestion_ids: Collection[int]) -> None:
    """Before any suggestion, as all do who judge or post: a decision may change the rate."""
    query = select(Suggestion.incident_id).where(Suggestion.id.in_(suggestion_ids)).distinct()
    for incident_id in sorted(session.scalars(query)):
        lock_pacing(session, incident_id)


def _redraw(session: Session, suggestion: Suggestion) -> None:
    """Raise the card's version; one that is on its way is redrawn once it is posted."""
    if suggestion.delivery_id is None:
        return
    posted_at = session.scalar(
        update(Delivery)
        .where(Delivery.id == suggestion.delivery_id)
        .values(card_version=Delivery.card_version + 1)
        .returning(Delivery.posted_at)
    )
    if posted_at is not None:
        enqueue(session, Job.UPDATE_CARD, suggestion.delivery_id)


def _record(
    session: Session, incident: Incident, suggestion: Suggestion, by: str, now: datetime
) -> str:
    """Returns the words in which the timeline has it."""
    decision, reason = suggestion.decision or "", suggestion.decision_reason
    name = names_of(session, incident.team_id).get(by, by)
    text = f"“{suggestion.title}” {decided_words(decision, reason, name, now)}"
    record_change(
        session,
        team_id=incident.team_id,
        channel_id=incident.channel_id,
        kind=EventKind.SUGGESTION_DECIDED,
        natural_key=f"suggestion:{suggestion.id}:{_step(decision)}",
        author_id=by,
        text=text,
        details={"suggestion_id": suggestion.id, "decision": decision, "reason": reason},
        occurred_at=now,
        now=now,
    )
    return text


def _step(decision: str) -> str:
    """Left for the review and decided there are two events."""
    return "snoozed" if decision == DecisionKind.SNOOZED else "decided"


def _add_follow_up(
    session: Session,
    suggestion: Suggestion,
    wanted: Wanted,
    by: str,
    now: datetime,
) -> None:
    add_follow_up(
        session,
        incident_id=suggestion.incident_id,
        title=wanted.title,
        owner_id=wanted.owner_id,
        due=wanted.due,
        suggestion_id=suggestion.id,
        by=by,
        now=now,
    )


def _get(session: Session, suggestion_id: int) -> Suggestion:
    query = select(Suggestion).where(Suggestion.id == suggestion_id)
    found = session.scalar(query, execution_options={"populate_existing": True})
    if found is None:
        raise NotFoundError(f"There is no suggestion {suggestion_id}.")
    return found


def _already_decided(session: Session, suggestion: Suggestion) -> AlreadyDecidedError:
    incident = get_incident(session, suggestion.incident_id)
    words = decided_by(suggestion, names_of(session, incident.team_id))
    return AlreadyDecidedError(f"“{suggestion.title}” was {words}; that stands.")

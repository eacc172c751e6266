"""One pass over what waits: a person says of each suggestion what is to become of it.

All of it is one transaction. What somebody else decided meanwhile is left as it is, and told.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.errors import BadInputError, NotFoundError
from copilot.incidents.follow_ups import find_follow_up
from copilot.incidents.models import FollowUp, Incident
from copilot.suggestions.decisions import Together, Wanted, accept_as, dismiss, merge, together
from copilot.suggestions.models import Suggestion
from copilot.suggestions.pacing import lock_pacing


class Act(StrEnum):
    ACCEPT = "accept"
    MERGE = "merge"
    DISMISS = "dismiss"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class Into:
    """What a suggestion is counted to: a follow-up, or another suggestion of the pass."""

    follow_up_id: int | None = None
    suggestion_id: int | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    act: Act
    wanted: Wanted | None = None
    """For what is accepted."""
    into: Into | None = None
    reason: str = ""
    """Of a dismissal."""


def decide_all(
    session: Session,
    incident: Incident,
    choices: Mapping[int, Choice],
    *,
    by: str,
    now: datetime,
) -> Together:
    """`choices` by suggestion. Raises BadInputError and NotFoundError; then nothing was saved."""
    acts = {key: one for key, one in choices.items() if one.act is not Act.LEAVE}
    _refuse_strangers(session, incident, acts)
    for suggestion_id, choice in acts.items():
        if choice.act is Act.MERGE:
            _refuse_nowhere(session, incident, suggestion_id, choices)
    merged = [key for key, one in acts.items() if one.act is Act.MERGE]
    others = [key for key in acts if key not in merged]
    if not acts:
        return Together([], [])
    # All rows at once and in one order, as `together` takes them.
    lock_pacing(session, incident.id)
    session.execute(
        select(Suggestion.id)
        .where(Suggestion.id.in_(acts))
        .order_by(Suggestion.id)
        .with_for_update()
    )
    decide = partial(_decide, session, incident, choices, by=by, now=now)
    first = together(session, others, decide)
    then = together(session, merged, decide)
    return Together([*first.decided, *then.decided], [*first.too_late, *then.too_late])


def _decide(
    session: Session,
    incident: Incident,
    choices: Mapping[int, Choice],
    suggestion_id: int,
    *,
    by: str,
    now: datetime,
) -> Suggestion:
    choice = choices[suggestion_id]
    if choice.act is Act.DISMISS:
        return dismiss(session, suggestion_id, reason=choice.reason, by=by, now=now)
    if choice.act is Act.MERGE:
        into = _end_of(choices, suggestion_id)
        follow_up_id = into.follow_up_id or _made_of(session, incident, into.suggestion_id)
        return merge(session, suggestion_id, into=follow_up_id, by=by, now=now)
    if choice.wanted is None:
        raise BadInputError("Say what is to be done. Nothing was saved.")
    return accept_as(session, suggestion_id, choice.wanted, by=by, now=now)


def _refuse_strangers(
    session: Session, incident: Incident, suggestion_ids: Mapping[int, Choice]
) -> None:
    own = set(
        session.scalars(
            select(Suggestion.id).where(
                Suggestion.incident_id == incident.id, Suggestion.id.in_(suggestion_ids)
            )
        )
    )
    for suggestion_id in suggestion_ids:
        if suggestion_id not in own:
            raise NotFoundError(f"Incident {incident.id} has no suggestion {suggestion_id}.")


def _refuse_nowhere(
    session: Session, incident: Incident, suggestion_id: int, choices: Mapping[int, Choice]
) -> None:
    """What a suggestion is counted to has to be a follow-up in the end."""
    into = _end_of(choices, suggestion_id)
    if into.follow_up_id is not None:
        find_follow_up(session, incident, into.follow_up_id)
        return
    target = choices.get(into.suggestion_id or 0)
    if target is not None and target.act is Act.ACCEPT:
        return
    _made_of(session, incident, into.suggestion_id)


def _end_of(choices: Mapping[int, Choice], suggestion_id: int) -> Into:
    """Where a chain of merges leads. Raises BadInputError for one that leads back to itself."""
    seen = {suggestion_id}
    into = choices[suggestion_id].into
    while into is not None and into.suggestion_id is not None:
        following = choices.get(into.suggestion_id)
        if into.suggestion_id in seen:
            raise BadInputError("These are merged into each other. Nothing was saved: accept one.")
        if following is None or following.act is not Act.MERGE:
            return into
        seen.add(into.suggestion_id)
        into = following.into
    if into is None:
        raise BadInputError("Choose what it is merged into. Nothing was saved.")
    return into


def _made_of(session: Session, incident: Incident, suggestion_id: int | None) -> int:
    """The follow-up that a suggestion became, or was counted to itself."""
    row = session.get(Suggestion, suggestion_id or 0, populate_existing=True)
    if row is None or row.incident_id != incident.id:
        raise NotFoundError("What it should be merged into is not there. Nothing was saved.")
    if row.merged_into_id is not None:
        return row.merged_into_id
    found = session.scalar(select(FollowUp.id).where(FollowUp.suggestion_id == row.id))
    if found is None:
        raise BadInputError(
            f"“{row.title}” is no follow-up, so nothing can be merged into it. Nothing was saved: "
            "accept it, too, or choose another."
        )
    return found

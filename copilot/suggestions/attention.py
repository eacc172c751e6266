"""How many uninvited posts one person meets in an hour, over all incidents that they work on.

Counted from the posts themselves: whoever was present when a post was cleared meets it when it
comes. A post on its way counts as if it came just now; one that was handed back is forgotten.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from copilot.incidents.models import Incident
from copilot.incidents.roles import roles_of
from copilot.suggestions.models import Attention, Audience
from copilot.workspaces.directory import names_of

SHARE_OF = timedelta(hours=1)
MOST_PRESENT = 50
"""Of more, those who spoke last: a post to a crowd must not lock half a workspace."""


@dataclass(frozen=True, slots=True)
class Crowded:
    """Somebody who had enough."""

    user_id: str
    name: str
    until: datetime
    """When there is room for another post."""


def present_at(session: Session, incident: Incident, speakers: Iterable[str]) -> tuple[str, ...]:
    """Who would meet a post: holders of roles, then who spoke lately, the latest first."""
    holders = roles_of(session, incident.id).values()
    return tuple(dict.fromkeys([*holders, *speakers]))[:MOST_PRESENT]


def most_crowded(
    session: Session, team_id: str, people: Collection[str], share: int, now: datetime
) -> Crowded | None:
    """Of those who had `share` posts within the hour, the one who has room last; or None."""
    met = _met(session, team_id, people, now)
    full = {
        user_id: sorted(instants)[len(instants) - share] + SHARE_OF
        for user_id, instants in met.items()
        if len(instants) >= share
    }
    if not full:
        return None
    user_id, until = max(full.items(), key=lambda each: (each[1], each[0]))
    return Crowded(user_id, names_of(session, team_id).get(user_id, user_id), until)


def hold_attention(session: Session, team_id: str, people: Collection[str], now: datetime) -> None:
    """Have nobody else count or spend these people's shares until the transaction ends.

    Always after the incident's own rows, and in one order, so that of two incidents that share
    people one waits for the other. What a clock that ran ahead wrote counts as of now.
    """
    if not people:
        return
    dialect: Any = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    rows = [{"team_id": team_id, "user_id": user_id} for user_id in sorted(people)]
    session.execute(dialect.insert(Attention).values(rows).on_conflict_do_nothing())
    session.execute(
        select(Attention.user_id)
        .where(Attention.team_id == team_id, Attention.user_id.in_(people))
        .order_by(Attention.user_id)
        .with_for_update()
    )
    session.execute(
        update(Audience)
        .where(*_of(team_id, people), Audience.met_at > now)
        .values(met_at=now)
        .execution_options(synchronize_session=False)
    )


def take_share(session: Session, delivery_id: int, team_id: str, people: Collection[str]) -> None:
    """One post of the hour of each; they must be held."""
    session.add_all(
        Audience(delivery_id=delivery_id, user_id=user_id, team_id=team_id)
        for user_id in sorted(people)
    )


def hand_back_share(session: Session, delivery_id: int) -> None:
    """The post never came."""
    session.execute(
        delete(Audience)
        .where(Audience.delivery_id == delivery_id)
        .execution_options(synchronize_session=False)
    )


def met(session: Session, delivery_id: int, now: datetime) -> None:
    """The post came, or may have: from here it counts for an hour."""
    session.execute(
        update(Audience)
        .where(Audience.delivery_id == delivery_id)
        .values(met_at=now)
        .execution_options(synchronize_session=False)
    )


def _met(
    session: Session, team_id: str, people: Collection[str], now: datetime
) -> Mapping[str, list[datetime]]:
    found: dict[str, list[datetime]] = {}
    query = select(Audience.user_id, Audience.met_at).where(
        *_of(team_id, people), or_(Audience.met_at.is_(None), Audience.met_at > now - SHARE_OF)
    )
    for user_id, met_at in session.execute(query):
        found.setdefault(user_id, []).append(min(met_at or now, now))
    return found


def _of(team_id: str, people: Collection[str]) -> tuple[ColumnElement[bool], ...]:
    return Audience.team_id == team_id, Audience.user_id.in_(people)

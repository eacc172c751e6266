"""What people said a message is: a key moment, work for later, or nothing to heed.

A mark made by hand is written as it is made. One made by a reaction or a pin is never counted up
or down: it is worked out from the reactions and pins that the timeline holds, so that it comes to
the same whatever the order and the number of deliveries.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, cast

from sqlalchemy import Table, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from copilot.timeline.marking import hold_message
from copilot.timeline.models import EventKind, MarkKind, MarkSource, MessageMark, TimelineEvent
from copilot.timeline.slack_messages import Mark
from copilot.workspaces.models import Member

Meanings = Mapping[str, str]
"""What a reaction says: its name, without colons, to a MarkKind."""
DEFAULT_MEANINGS: Meanings = MappingProxyType(
    {
        "star": MarkKind.KEY_MOMENT,
        "pushpin": MarkKind.KEY_MOMENT,
        "memo": MarkKind.FOLLOW_UP,
    }
)

_MARK = cast(Table, MessageMark.__table__)
_KEY = ("team_id", "channel_id", "message_ts", "kind", "source", "marked_by")
_REACTIONS = (EventKind.REACTION_ADDED, EventKind.REACTION_REMOVED)
_PINS = (EventKind.PIN_ADDED, EventKind.PIN_REMOVED)
MARK_KINDS = (*_REACTIONS, *_PINS)
_CHUNK = 500


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """One message."""

    team_id: str
    channel_id: str
    message_ts: str


@dataclass(frozen=True, slots=True)
class _Period:
    """From when a mark held last, and when it ended."""

    marked_at: datetime
    undone_at: datetime | None


def mark(session: Session, place: Place, kind: MarkKind, *, by: str, now: datetime) -> bool:
    """Mark it by hand; False if this person has said so before and it still holds."""
    hold_message(session, place.team_id, place.channel_id, place.message_ts)
    key = _key(place, kind, MarkSource.SHORTCUT, by)
    held = session.scalar(select(MessageMark.id).where(*_is(key), MessageMark.undone_at.is_(None)))
    if held is None:
        _write(session, key, _Period(now, None))
    return held is None


def unmark(session: Session, place: Place, kind: MarkKind, *, by: str, now: datetime) -> bool:
    """Take back what this person marked by hand; False where nothing of theirs holds."""
    hold_message(session, place.team_id, place.channel_id, place.message_ts)
    undone = session.scalar(
        update(MessageMark)
        .where(*_is(_key(place, kind, MarkSource.SHORTCUT, by)), MessageMark.undone_at.is_(None))
        .values(undone_at=now)
        .returning(MessageMark.id)
    )
    return undone is not None


def settle_marks(session: Session, told: Iterable[Mark], meanings: Meanings) -> list[Place]:
    """Bring marks up to date with reactions and pins that were just recorded; which messages
    that concerned. Bots mark nothing: a mark is what a person says.
    """
    reactors: dict[Place, set[str]] = defaultdict(set)
    pinned: set[Place] = set()
    for each in told:
        place = Place(each.team_id, each.channel_id, each.target_ts)
        if each.kind in _PINS:
            pinned.add(place)
        elif each.author_id and _meaning(each.reaction, meanings):
            reactors[place].add(each.author_id)
    concerned = sorted(pinned | reactors.keys())
    for place in concerned:
        hold_message(session, place.team_id, place.channel_id, place.message_ts)
        people = _people(session, place.team_id, reactors[place])
        for (kind, who), period in _by_reaction(session, place, people, meanings).items():
            _write(session, _key(place, kind, MarkSource.REACTION, who), period)
        if place in pinned:
            for who, period in _by_pin(session, place).items():
                _write(session, _key(place, MarkKind.KEY_MOMENT, MarkSource.PIN, who), period)
    return concerned


def standing_marks(
    session: Session, team_id: str, channel_id: str, stamps: Collection[str]
) -> dict[str, frozenset[MarkKind]]:
    """What each of these messages is marked as; those without a mark are left out."""
    found: dict[str, set[MarkKind]] = defaultdict(set)
    ordered = sorted(stamps)
    for start in range(0, len(ordered), _CHUNK):
        query = select(MessageMark.message_ts, MessageMark.kind).where(
            MessageMark.team_id == team_id,
            MessageMark.channel_id == channel_id,
            MessageMark.message_ts.in_(ordered[start : start + _CHUNK]),
            MessageMark.undone_at.is_(None),
        )
        for message_ts, kind in session.execute(query):
            found[message_ts].add(MarkKind(kind))
    return {ts: frozenset(kinds) for ts, kinds in found.items()}


def marked_in(session: Session, team_id: str, channel_id: str, kind: MarkKind) -> frozenset[str]:
    """Stamps of all messages of the channel that are marked as that."""
    query = select(MessageMark.message_ts).where(
        MessageMark.team_id == team_id,
        MessageMark.channel_id == channel_id,
        MessageMark.kind == kind,
        MessageMark.undone_at.is_(None),
    )
    return frozenset(session.scalars(query))


def marks_of(session: Session, place: Place, kind: MarkKind) -> Sequence[MessageMark]:
    """Every mark of that kind that a person ever set there, undone ones too; the first first."""
    query = select(MessageMark).where(
        MessageMark.team_id == place.team_id,
        MessageMark.channel_id == place.channel_id,
        MessageMark.message_ts == place.message_ts,
        MessageMark.kind == kind,
    )
    return session.scalars(query.order_by(MessageMark.marked_at, MessageMark.marked_by)).all()


def _meaning(reaction: object, meanings: Meanings) -> MarkKind | None:
    """A skin tone changes nothing about what is said."""
    kind = meanings.get(str(reaction or "").partition("::")[0])
    return MarkKind(kind) if kind else None


def _people(session: Session, team_id: str, user_ids: Collection[str]) -> set[str]:
    if not user_ids:
        return set()
    bots = session.scalars(
        select(Member.user_id).where(
            Member.team_id == team_id, Member.user_id.in_(user_ids), Member.is_bot.is_(True)
        )
    )
    return set(user_ids) - set(bots)


def _by_reaction(
    session: Session, place: Place, people: Collection[str], meanings: Meanings
) -> dict[tuple[MarkKind, str], _Period]:
    """Two reactions may say the same: it holds until the person takes away the last of them."""
    periods: dict[tuple[MarkKind, str], _Period] = {}
    standing: dict[tuple[MarkKind, str], set[str]] = defaultdict(set)
    for event in _events(session, place, _REACTIONS):
        kind = _meaning(event.details.get("reaction"), meanings)
        who = event.author_id or ""
        if kind is None or who not in people:
            continue
        key, name = (kind, who), str(event.details.get("reaction"))
        if event.kind == EventKind.REACTION_ADDED:
            if not standing[key]:
                periods[key] = _Period(event.occurred_at, None)
            standing[key].add(name)
        elif name in standing[key]:
            standing[key].remove(name)
            if not standing[key]:
                periods[key] = _Period(periods[key].marked_at, event.occurred_at)
    return periods


def _by_pin(session: Session, place: Place) -> dict[str, _Period]:
    """A message is pinned once for all, and whoever unpins it ends that."""
    periods: dict[str, _Period] = {}
    events = _events(session, place, _PINS)
    people = _people(session, place.team_id, {each.author_id for each in events if each.author_id})
    for event in events:
        if event.kind == EventKind.PIN_ADDED and event.author_id in people:
            periods[event.author_id] = _Period(event.occurred_at, None)
        elif event.kind == EventKind.PIN_REMOVED:
            periods = {
                who: _Period(period.marked_at, period.undone_at or event.occurred_at)
                for who, period in periods.items()
            }
    return periods


def _events(session: Session, place: Place, kinds: Sequence[EventKind]) -> Sequence[TimelineEvent]:
    """In the order they happened; of one instant, what came counts before what went."""
    query = select(TimelineEvent).where(
        TimelineEvent.team_id == place.team_id,
        TimelineEvent.channel_id == place.channel_id,
        TimelineEvent.target_ts == place.message_ts,
        TimelineEvent.kind.in_(kinds),
    )
    return session.scalars(
        query.order_by(TimelineEvent.occurred_at, TimelineEvent.kind, TimelineEvent.natural_key)
    ).all()


def _key(place: Place, kind: MarkKind, source: MarkSource, by: str) -> dict[str, str]:
    values = (place.team_id, place.channel_id, place.message_ts, kind, source, by[:64])
    return dict(zip(_KEY, values, strict=True))


def _is(key: Mapping[str, str]) -> list[Any]:
    return [_MARK.c[name] == value for name, value in key.items()]


def _write(session: Session, key: Mapping[str, str], period: _Period) -> None:
    dialect: Any = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    values = {"marked_at": period.marked_at, "undone_at": period.undone_at}
    insert = dialect.insert(_MARK).values(**key, **values)
    session.execute(insert.on_conflict_do_update(index_elements=_KEY, set_=values))

"""What was said in Slack against what the timeline holds, message by message."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, select

from copilot.timeline.message_state import hash_of
from copilot.timeline.models import Revision, TimelineEvent

Outcomes = Iterable[tuple[Mapping[str, Any], bool]]


@dataclass
class Said:
    """One message as Slack knows it. `heard` are texts that a delivered event told."""

    author_id: str
    thread_ts: str | None
    versions: list[str] = field(default_factory=list)
    heard: set[str] = field(default_factory=set)
    is_deleted: bool = False

    @property
    def could_be_known(self) -> bool:
        """Slack forgets what is deleted: nobody can learn of it who heard nothing in time."""
        return bool(self.heard) or not self.is_deleted


@dataclass
class Account:
    problems: list[str] = field(default_factory=list)
    said: int = 0
    lost_deliveries: int = 0
    only_by_refill: int = 0
    never_knowable: int = 0

    def __str__(self) -> str:
        return (
            f"{self.said} messages, {self.lost_deliveries} events given up by Slack, "
            f"{self.only_by_refill} messages only by reading back, "
            f"{self.never_knowable} deleted before anybody could know"
        )


def what_was_said(outcomes: Outcomes) -> dict[str, Said]:
    found: dict[str, Said] = {}
    for event, is_ok in outcomes:
        if event["type"] != "message" or event.get("bot_id"):
            continue
        kind = event.get("subtype")
        if kind == "message_changed":
            _read(found, event["previous_message"], is_ok)
            _read(found, event["message"], is_ok)
        elif kind == "message_deleted":
            _read(found, event["previous_message"], is_ok)
            found[event["deleted_ts"]].is_deleted = True
        elif kind is None:
            _read(found, event, is_ok)
    return found


def _read(found: dict[str, Said], message: Mapping[str, Any], is_ok: bool) -> None:
    if message.get("bot_id"):
        return
    said = found.setdefault(message["ts"], Said(message["user"], message.get("thread_ts")))
    text = message["text"]
    if text not in said.versions:
        said.versions.append(text)
    if is_ok:
        said.heard.add(text)


def settle(outcomes: Outcomes, engine: Engine, channel_id: str) -> Account:
    """Compare. Everything that Slack told or can still tell must be there, and nothing twice."""
    told = list(outcomes)
    said = what_was_said(told)
    account = Account(
        said=len(said),
        lost_deliveries=sum(not is_ok for _, is_ok in told),
        only_by_refill=sum(not one.heard and not one.is_deleted for one in said.values()),
        never_knowable=sum(not one.could_be_known for one in said.values()),
    )
    with engine.connect() as connection:
        events = connection.execute(
            select(TimelineEvent.__table__).where(TimelineEvent.channel_id == channel_id)
        ).all()
        revisions = defaultdict(list)
        for event_id, text, text_hash in connection.execute(
            select(Revision.event_id, Revision.text, Revision.text_hash)
        ):
            revisions[event_id].append((text, text_hash))
    stored = {event.message_ts: event for event in events if event.message_ts}
    rows = Counter(event.message_ts for event in events if event.message_ts)
    account.problems += [f"{ts}: {count} rows" for ts, count in rows.items() if count > 1]
    for ts, one in said.items():
        problem = _compare(one, stored.get(ts), revisions)
        if problem:
            account.problems.append(f"{ts}: {problem}")
    account.problems += [
        f"{ts}: stored, but nobody said it"
        for ts, event in stored.items()
        if ts not in said and event.kind == "message"
    ]
    account.problems += _marks(told, events, said)
    return account


def _compare(said: Said, event: Any, revisions: Mapping[int, list[tuple[str, str]]]) -> str | None:
    if event is None:
        return f"missing (heard of: {bool(said.heard)})" if said.could_be_known else None
    told = revisions[event.id]
    return (
        _wrong_revisions(said, [text_hash for _, text_hash in told])
        or _wrong_text(said, event, [text for text, _ in told if text])
        or _wrong_place(said, event)
    )


def _wrong_revisions(said: Said, hashes: list[str]) -> str | None:
    if len(set(hashes)) != len(hashes):
        return "a revision twice"
    if not set(hashes) <= {hash_of(text) for text in said.versions}:
        return "a revision that nobody wrote"
    missing = {hash_of(text) for text in said.heard} - set(hashes)
    return f"{len(missing)} of {len(said.versions)} revisions missing" if missing else None


def _wrong_text(said: Said, event: Any, texts: list[str]) -> str | None:
    if said.is_deleted:
        return None if event.deleted_at and not event.text and not texts else "not deleted"
    if event.deleted_at:
        return "deleted, but in Slack it stands"
    if event.text != said.versions[-1]:
        return f"reads {event.text!r} instead of {said.versions[-1]!r}"
    return None


def _wrong_place(said: Said, event: Any) -> str | None:
    # Slack names a thread's first message as its own thread once there is a reply.
    thread_ts = None if event.thread_ts == event.message_ts else event.thread_ts
    if (event.author_id, thread_ts) != (said.author_id, said.thread_ts):
        return "another author or thread"
    return None


def _marks(told: Outcomes, events: Iterable[Any], said: Mapping[str, Said]) -> list[str]:
    """Reactions that were delivered are there; none is there more often than it was made."""
    stored = Counter(
        (event.target_ts, event.author_id, event.details.get("reaction"))
        for event in events
        if event.kind == "reaction_added"
    )
    made: Counter[Any] = Counter()
    heard: Counter[Any] = Counter()
    for event, is_ok in told:
        if event["type"] == "reaction_added":
            key = (event["item"]["ts"], event["user"], event["reaction"])
            made[key] += 1
            heard[key] += is_ok
    problems = []
    for key in made | stored:
        must = max(heard[key], key[0] in said and not said[key[0]].is_deleted)
        if not must <= stored[key] <= made[key]:
            counts = f"made {made[key]} times, heard {heard[key]}, stored {stored[key]}"
            problems.append(f"reaction {key}: {counts}")
    return problems

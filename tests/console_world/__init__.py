"""An invented incident, recorded through the real functions: for console tests and for looking."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine, event, func, insert, literal_column, select, text
from sqlalchemy.orm import Session

from copilot.clock import ReplayClock
from copilot.db import Base, Database, open_engine
from copilot.incidents.lifecycle import declare, set_severity, set_status
from copilot.incidents.models import Severity, Status
from copilot.incidents.queries import get_incident
from copilot.migrating import upgrade
from copilot.ports import ChannelInfo, MemberInfo, WorkspaceInfo
from copilot.reviews.drafting import draft_review
from copilot.suggestions.consideration import consider_incident
from copilot.suggestions.decisions import accept, dismiss
from copilot.suggestions.delivery import deliveries_to_post, post_delivery
from copilot.suggestions.digest import incidents_due_for_digest, release_digest
from copilot.suggestions.listing import suggestions_of
from copilot.suggestions.vocabulary import DismissReason
from copilot.timeline.permalinks import instant_to_ts
from copilot.timeline.recording import record
from copilot.timeline.slack_messages import to_records
from copilot.workspaces.directory import upsert_channel, upsert_members, upsert_workspace
from tests.console_world.engines import IDEAS, WorldDrafter, ideas_in
from tests.fakes.messenger import FakeMessenger
from tests.fakes.proposer import FakeProposer

TEAM = "T0HARBOUR"
CHANNEL = "C0SEARCH"
STARTS_AT = datetime(2026, 3, 4, 9, 41, tzinfo=UTC)
PEOPLE = {
    "U0ANA": "ana",
    "U0BEN": "ben",
    "U0CHO": "cho",
    "U0DAN": "dana",
    "U0EVE": "eve",
    "U0SAM": "sam",
}
BOTS = {"U0PULSE": "pulse", "U0SHIP": "shipit", "U0COPILOT": "copilot"}

# time, author, text; `>` answers the message above it that starts a thread; `#` is a command.
_SCRIPT = Path(__file__).with_name("script.txt")
_LINE = re.compile(r"(\d\d:\d\d:\d\d) (#?)(\S+) ?(.*)")
Rows = Mapping[str, list[dict[str, Any]]]
"""Of each table."""


@dataclass(frozen=True, slots=True)
class World:
    incident_id: int
    stamps: Mapping[str, str]
    """message ts by `HH:MM:SS`."""


class _Storyteller:
    """Plays the script line by line; the copilot listens as it would in Slack."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.clock = ReplayClock(STARTS_AT)
        self.messenger = FakeMessenger(self.clock)
        self.proposer = FakeProposer()
        self.proposer.answer = ideas_in
        self.stamps: dict[str, str] = {}
        self.incident_id = 0
        self._parent_ts = ""
        self._ids = {name: user_id for user_id, name in (PEOPLE | BOTS).items()}

    def play(self, line: str) -> None:
        found = _LINE.fullmatch(line)
        assert found, line
        time, is_command, who, text = found.groups()
        self.wait_until(_instant(time))
        if is_command:
            with self.db.transaction() as session:
                self.incident_id = _carry_out(
                    session, self.incident_id, who, text, self.clock.now()
                )
            self.listen()
            release_digest(self.db, self.incident_id, self.clock)
            self.post()
        else:
            self.say(time, who, text)
            self.listen()
            self.post()

    def wait_until(self, instant: datetime) -> None:
        """A pause of five minutes is when a digest comes."""
        lull = timedelta(minutes=6)
        if self.incident_id and instant - self.clock.now() > lull:
            self.clock.advance_to(self.clock.now() + lull)
            with self.db.reading() as session:
                due = incidents_due_for_digest(session, self.clock.now())
            for incident_id in due:
                release_digest(self.db, incident_id, self.clock)
            self.post()
        self.clock.advance_to(instant)

    def say(self, time: str, who: str, text: str) -> None:
        stamp = instant_to_ts(self.clock.now() + timedelta(microseconds=100 + len(self.stamps)))
        said = _event(self._ids[who], who, text.removeprefix("> ").replace("\\n", "\n"), stamp)
        if text.startswith("> "):
            said["thread_ts"] = self._parent_ts
        else:
            self._parent_ts = stamp
        self.stamps[time] = stamp
        with self.db.transaction() as session:
            record(session, to_records(TEAM, said, CHANNEL), self.clock.now())

    def listen(self) -> None:
        if self.incident_id:
            consider_incident(self.db, self.incident_id, self.proposer, self.clock)

    def post(self) -> None:
        with self.db.reading() as session:
            due = deliveries_to_post(session)
        for delivery_id in due:
            post_delivery(self.db, delivery_id, self.messenger, self.clock)


def build_world(db: Database, *, reviewed: bool = True) -> World:
    """Put the workspace, its people, the incident and what the copilot made of it into `db`."""
    played = _played()
    rows = played.with_review if reviewed else played.without_review
    with db.transaction() as session:
        for table in Base.metadata.sorted_tables:
            if rows[table.name]:
                session.execute(insert(table), rows[table.name])
                _count_on(session, table.name)
    return played.world


@dataclass(frozen=True, slots=True)
class _Played:
    world: World
    without_review: Rows
    with_review: Rows


@cache
def _played() -> _Played:
    """The story is played once, in a database that need not survive a crash, and then copied."""
    with TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{folder}/world.db")
        event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF"))
        upgrade(engine)
        db = Database(engine, lambda _job: None)
        world = _play(db)
        without_review = _all_rows(engine)
        draft_review(db, world.incident_id, WorldDrafter(), world_clock())
        played = _Played(world, without_review, _all_rows(engine))
        engine.dispose()
    return played


def _all_rows(engine: Engine) -> Rows:
    with engine.connect() as connection:
        return {
            table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
            for table in Base.metadata.sorted_tables
        }


def _count_on(session: Session, table: str) -> None:
    """Rows that brought their ids with them leave PostgreSQL's counters behind."""
    has_counter = "id" in Base.metadata.tables[table].columns
    if session.get_bind().dialect.name == "postgresql" and has_counter:
        last = select(func.max(literal_column("id"))).select_from(text(table)).scalar_subquery()
        session.execute(select(func.setval(func.pg_get_serial_sequence(table, "id"), last)))


def _play(db: Database) -> World:
    with db.transaction() as session:
        _introduce(session)
    story = _Storyteller(db)
    for line in _SCRIPT.read_text("utf-8").splitlines():
        story.play(line)
    with db.transaction() as session:
        _touch_up(session, story.stamps)
        _decide(session, story.incident_id)
    return World(story.incident_id, story.stamps)


def _decide(session: Session, incident_id: int) -> None:
    by_title = {one.title: one.id for one in suggestions_of(session, incident_id)}
    accept(session, by_title[IDEAS[3].title], by="U0DAN", now=_instant("12:31:10"))
    dismiss(
        session,
        by_title[IDEAS[2].title],
        reason=DismissReason.DONE_ALREADY,
        by="U0EVE",
        now=_instant("12:31:40"),
    )


def _introduce(session: Session) -> None:
    now = STARTS_AT
    url = "https://harbour.slack.com/"
    upsert_workspace(session, WorkspaceInfo(TEAM, "Harbour", url, "U0COPILOT"), now)
    upsert_channel(session, TEAM, ChannelInfo(CHANNEL, "inc-search-stale", False))
    people = [MemberInfo(uid, name, name.title(), False) for uid, name in PEOPLE.items()]
    bots = [MemberInfo(uid, name, name, True) for uid, name in BOTS.items()]
    upsert_members(session, TEAM, [*people, *bots])


def _carry_out(session: Session, incident_id: int, command: str, value: str, at: datetime) -> int:
    if command == "declare":
        return declare(
            session,
            team_id=TEAM,
            channel_id=CHANNEL,
            title="Search shows old prices in Europe",
            severity=Severity(value),
            by="U0ANA",
            now=at,
        ).incident.id
    incident = get_incident(session, incident_id)
    if command == "severity":
        set_severity(session, incident, Severity(value), "U0EVE", at)
    else:
        set_status(session, incident, Status(value), "U0ANA", at)
    return incident_id


def _event(user_id: str, name: str, text: str, ts: str) -> dict[str, object]:
    event: dict[str, object] = {"type": "message", "user": user_id, "text": text, "ts": ts}
    if name in BOTS.values():
        event |= {"subtype": "bot_message", "bot_id": f"B{user_id[1:]}", "username": name}
    return event


def _touch_up(session: Session, stamps: Mapping[str, str]) -> None:
    """What happens to messages afterwards: an edit, a deletion, reactions."""
    edited_ts = stamps["09:46:04"]
    edit = {
        "type": "message",
        "subtype": "message_changed",
        "event_ts": instant_to_ts(_instant("09:46:30")),
        "message": {
            "type": "message",
            "user": "U0DAN",
            "ts": edited_ts,
            "text": "we shipped indexer 3.12 to eu-west at 09:12",
            "edited": {"user": "U0DAN", "ts": instant_to_ts(_instant("09:46:30"))},
        },
    }
    deletion = {
        "type": "message",
        "subtype": "message_deleted",
        "deleted_ts": stamps["12:26:45"],
        "event_ts": instant_to_ts(_instant("12:27:02")),
    }
    record(session, to_records(TEAM, edit, CHANNEL), _instant("09:46:30"))
    record(session, to_records(TEAM, deletion, CHANNEL), _instant("12:27:02"))
    for number, user in enumerate(("U0ANA", "U0BEN", "U0EVE"), start=1):
        _react(session, stamps["09:52:40"], user, "eyes", number)
        _react(session, stamps["10:06:48"], user, "tada", number + 10)


def _react(session: Session, target_ts: str, user: str, name: str, number: int) -> None:
    at = _instant("10:08:30") + timedelta(seconds=number)
    event = {
        "type": "reaction_added",
        "user": user,
        "reaction": name,
        "item": {"type": "message", "channel": CHANNEL, "ts": target_ts},
        "event_ts": instant_to_ts(at),
    }
    record(session, to_records(TEAM, event, CHANNEL), at)


def _instant(clock: str) -> datetime:
    hour, minute, second = (int(part) for part in clock.split(":"))
    return STARTS_AT.replace(hour=hour, minute=minute, second=second)


def world_clock() -> ReplayClock:
    """Stands at the time after the incident when people look at it."""
    return ReplayClock(STARTS_AT.replace(hour=13, minute=5))

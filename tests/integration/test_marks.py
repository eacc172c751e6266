"""What reactions, pins and people's hands mark, in any order and from many at once."""

import contextlib
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from copilot.clock import ReplayClock
from copilot.db import Database
from copilot.errors import NotFoundError
from copilot.incidents.follow_ups import complete, follow_ups_of, open_for, write_follow_up
from copilot.incidents.intake import take_in
from copilot.incidents.lifecycle import declare
from copilot.incidents.marked import heed_marks, mark_by_hand, unmark_by_hand, write_follow_up_of
from copilot.incidents.models import FollowUp, Incident
from copilot.incidents.notes import write_note
from copilot.incidents.queries import span_of
from copilot.local.drafter import LocalDrafter
from copilot.ports import MemberInfo, WorkspaceInfo
from copilot.reviews.drafting import draft_review
from copilot.reviews.export import to_json, to_markdown
from copilot.reviews.reading import current_review
from copilot.suggestions.consideration import consider_incident
from copilot.timeline.marks import DEFAULT_MEANINGS, Place, standing_marks
from copilot.timeline.models import MarkKind, MessageMark
from copilot.timeline.reading import events_in, window_messages
from copilot.timeline.slack_messages import to_records
from copilot.workspaces.directory import upsert_members, upsert_workspace
from tests.fakes.proposer import FakeProposer

TEAM = "T1"
NOW = datetime(2026, 3, 4, 14, 0, tzinfo=UTC)
TS = "1772632800.000100"
Event = dict[str, Any]


@pytest.fixture
def told(db: Database) -> Database:
    with db.transaction() as session:
        workspace = WorkspaceInfo(TEAM, "Acme", "https://acme.slack.com/", "UBOT")
        upsert_workspace(session, workspace, NOW)
        people = [MemberInfo(user, user.lower(), "", False) for user in ("UANA", "UBEN", "UDANA")]
        upsert_members(session, TEAM, [*people, MemberInfo("UROBOT", "robot", "", True)])
    return db


def incident_in(db: Database, channel: str) -> Incident:
    with db.transaction() as session:
        declared = declare(
            session,
            team_id=TEAM,
            channel_id=channel,
            title="checkout errors",
            severity=None,
            by="UANA",
            now=NOW,
        )
        return declared.incident


def message(channel: str, text: str = "check the backups", ts: str = TS) -> Event:
    return {"type": "message", "channel": channel, "user": "UDANA", "text": text, "ts": ts}


def reaction(channel: str, by: str, name: str, second: int, *, added: bool = True) -> Event:
    return {
        "type": "reaction_added" if added else "reaction_removed",
        "user": by,
        "reaction": name,
        "item": {"type": "message", "channel": channel, "ts": TS},
        "event_ts": f"{1772632900 + second}.000000",
    }


def pin(channel: str, by: str, second: int, *, added: bool = True) -> Event:
    return {
        "type": "pin_added" if added else "pin_removed",
        "user": by,
        "channel_id": channel,
        "item": {"type": "message", "channel": channel, "message": {"ts": TS}},
        "event_ts": f"{1772632900 + second}.000000",
    }


def hear(db: Database, *events: Event) -> None:
    """Each as Slack delivers it: in a transaction of its own."""
    for event in events:
        records = to_records(TEAM, event)
        with db.transaction() as session:
            if take_in(session, TEAM, records, NOW):
                heed_marks(session, records, DEFAULT_MEANINGS)


def marks_in(db: Database, channel: str) -> list[tuple[Any, ...]]:
    with db.reading() as session:
        found = session.scalars(select(MessageMark).where(MessageMark.channel_id == channel)).all()
        return sorted(
            (each.kind, each.source, each.marked_by, each.marked_at, str(each.undone_at))
            for each in found
        )


def made_in(db: Database, incident: Incident) -> list[tuple[Any, ...]]:
    with db.reading() as session:
        found = session.scalars(select(FollowUp).where(FollowUp.incident_id == incident.id)).all()
        return [
            (each.title, each.source_ts, each.created_by, each.created_at, each.withdrawn_at)
            for each in found
        ]


def a_story(channel: str) -> list[Event]:
    return [
        message(channel),
        reaction(channel, "UANA", "memo", 1),
        reaction(channel, "UBEN", "memo", 2),
        reaction(channel, "UANA", "star", 3),
        reaction(channel, "UANA", "pushpin", 4),
        reaction(channel, "UANA", "memo", 5, added=False),
        pin(channel, "UBEN", 6),
        reaction(channel, "UANA", "star", 7, added=False),
        reaction(channel, "UBEN", "memo", 8, added=False),
        pin(channel, "UDANA", 9, added=False),
        reaction(channel, "UROBOT", "star", 10),
        reaction(channel, "UDANA", "memo::skin-tone-3", 11),
    ]


def finish(db: Database, incident: Incident) -> None:
    """What is left to the job that considers messages."""
    consider_incident(db, incident.id, FakeProposer(), ReplayClock(NOW + timedelta(hours=1)))


def test_any_order_and_any_number_of_deliveries_come_to_the_same(told: Database) -> None:
    in_order = incident_in(told, "C0")
    hear(told, *a_story("C0"))
    finish(told, in_order)
    expected = marks_in(told, "C0"), made_in(told, in_order)
    assert [(mark[0], mark[2]) for mark in expected[0] if mark[4] == "None"] == [
        ("follow_up", "UDANA"),
        ("key_moment", "UANA"),
    ]
    for seed in range(8):
        channel = f"C{seed + 1}"
        incident = incident_in(told, channel)
        story = a_story(channel)
        shuffled = [*story, *story[::3]]
        random.Random(seed).shuffle(shuffled)  # noqa: S311 - no secret
        hear(told, *shuffled)
        finish(told, incident)
        assert (marks_in(told, channel), made_in(told, incident)) == expected, seed


def test_many_who_react_at_once_make_one_follow_up(told: Database) -> None:
    incident = incident_in(told, "C1")
    hear(told, message("C1"))
    events = [reaction("C1", f"U{number}", "memo", number) for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda event: hear(told, event), events))
    ((title, _, by, _, withdrawn_at),) = made_in(told, incident)
    assert (title, by, withdrawn_at) == ("check the backups", "U0", None)
    with ThreadPoolExecutor(8) as pool:
        away = [reaction("C1", f"U{n}", "memo", 20 + n, added=False) for n in range(8)]
        list(pool.map(lambda event: hear(told, event), away))
    ((*_, withdrawn_at),) = made_in(told, incident)
    assert withdrawn_at is not None


def test_of_many_who_say_done_one_was_first(told: Database) -> None:
    incident = incident_in(told, "C1")
    with told.transaction() as session:
        made = write_follow_up(
            session, incident, title="a", owner_id="UBEN", due=None, by="UANA", now=NOW
        )

    def say_done(by: str) -> bool:
        with told.transaction() as session:
            return complete(session, incident, made.id, by=by, now=NOW)[1]

    with ThreadPoolExecutor(8) as pool:
        firsts = list(pool.map(say_done, ["UANA", "UBEN"] * 4))
    assert firsts.count(True) == 1
    with told.reading() as session:
        assert open_for(session, TEAM, "UBEN") == []
        done = [e for e in events_in(session, span_of(incident)) if e.kind == "follow_up_done"]
    assert len(done) == 1


def test_a_follow_up_of_another_incident_is_not_touched(told: Database) -> None:
    one, other = incident_in(told, "C1"), incident_in(told, "C2")
    with told.transaction() as session:
        made = write_follow_up(session, one, title="a", owner_id=None, due=None, by="UANA", now=NOW)
    with told.transaction() as session, pytest.raises(NotFoundError):
        complete(session, other, made.id, by="UANA", now=NOW)
    with told.reading() as session:
        assert [each.done_at for each in follow_ups_of(session, one.id)] == [None]


def test_a_reaction_taken_away_while_somebody_writes_leaves_what_was_written(
    told: Database,
) -> None:
    incident = incident_in(told, "C1")
    hear(told, message("C1"), reaction("C1", "UANA", "memo", 1))

    def write() -> None:
        with told.transaction() as session:
            place = Place(TEAM, "C1", TS)
            write_follow_up_of(
                session, place, title="b", owner_id=None, due=None, by="UBEN", now=NOW
            )

    with ThreadPoolExecutor(2) as pool:
        writing = pool.submit(write)
        taking = pool.submit(hear, told, reaction("C1", "UANA", "memo", 2, added=False))
        writing.result()
        taking.result()
    ((title, *_, withdrawn_at),) = made_in(told, incident)
    assert (title, withdrawn_at) == ("b", None)


def test_ignored_messages_are_in_no_window_and_key_moments_say_so(told: Database) -> None:
    incident = incident_in(told, "C1")
    later = "1772632801.000100"
    hear(told, message("C1"), message("C1", "rolling back 4812", later))
    with told.transaction() as session:
        mark_by_hand(session, Place(TEAM, "C1", TS), MarkKind.IGNORED, by="UANA", now=NOW)
        mark_by_hand(session, Place(TEAM, "C1", later), MarkKind.KEY_MOMENT, by="UANA", now=NOW)
    with told.transaction() as session:
        seen = window_messages(session, events_in(session, span_of(incident)), {})
        assert [(each.text, each.is_key_moment) for each in seen] == [("rolling back 4812", True)]
        assert unmark_by_hand(session, Place(TEAM, "C1", TS), MarkKind.IGNORED, by="UANA", now=NOW)
        assert not unmark_by_hand(
            session, Place(TEAM, "C1", TS), MarkKind.IGNORED, by="UBEN", now=NOW
        )
        seen = window_messages(session, events_in(session, span_of(incident)), {})
    assert len(seen) == 2


def test_a_deleted_or_unknown_message_can_not_be_marked(told: Database) -> None:
    incident_in(told, "C1")
    hear(told, message("C1"))
    hear(told, {"type": "message", "subtype": "message_deleted", "channel": "C1", "deleted_ts": TS})
    for stamp in (TS, "1772632805.000000"):
        with told.transaction() as session, pytest.raises(NotFoundError):
            mark_by_hand(session, Place(TEAM, "C1", stamp), MarkKind.IGNORED, by="UANA", now=NOW)
    with told.reading() as session:
        assert standing_marks(session, TEAM, "C1", [TS]) == {}


def test_a_review_shows_what_people_marked_and_wrote_down(told: Database) -> None:
    """Marked messages are claims with sources; what was said nowhere is none, and is shown."""
    incident = incident_in(told, "C1")
    marked = "1772632801.000100"
    hear(
        told,
        message("C1"),
        message("C1", "Maria has joined the bridge from the vendor", marked),
        reaction("C1", "UANA", "memo", 1),
    )
    with told.transaction() as session:
        mark_by_hand(session, Place(TEAM, "C1", marked), MarkKind.KEY_MOMENT, by="UBEN", now=NOW)
        write_note(session, incident, "status page is *up*", by="UBEN", now=NOW)
        write_follow_up(
            session, incident, title="call the vendor", owner_id=None, due=None, by="UANA", now=NOW
        )
    draft_review(told, incident.id, LocalDrafter(), ReplayClock(NOW + timedelta(hours=1)))
    with told.reading() as session:
        review = current_review(session, incident.id)
    assert review is not None
    claims = {section.title: section.claims for section in review.sections}
    (moment,) = claims["Key moments"]
    assert "Maria has joined the bridge" in moment.text
    assert [claim.text for claim in claims["Follow-ups"]] == [
        "Accepted follow-up: check the backups"
    ]
    assert [(each.kind, each.author, each.text) for each in review.written_down] == [
        ("note", "uben", "status page is *up*"),
        ("follow_up", "uana", "call the vendor (unowned)"),
    ]
    assert r"uben: status page is \*up\*" in to_markdown(review)
    assert to_json(review)["written_down"][1]["text"] == "call the vendor (unowned)"


def test_who_says_done_and_a_batch_of_reactions_never_wait_for_each_other(told: Database) -> None:
    incident = incident_in(told, "C1")
    other_ts = "1772632801.000100"
    hear(told, message("C1"), message("C1", "tell support", other_ts))
    first, second = (
        {
            **reaction("C1", "UANA", "memo", 1),
            "item": {"channel": "C1", "type": "message", "ts": ts},
        }
        for ts in (TS, other_ts)
    )
    hear(told, first, second)
    with told.reading() as session:
        last = follow_ups_of(session, incident.id)[-1].id
    begun = threading.Event()

    def say_done() -> None:
        with told.transaction() as session:
            begun.set()
            complete(session, session.get_one(Incident, incident.id), last, by="UBEN", now=NOW)

    taken_away = [
        {**each, "type": "reaction_removed", "event_ts": "1772632950.000000"}
        for each in (first, second)
    ]
    batch = [record for each in taken_away for record in to_records(TEAM, each)]
    with ThreadPoolExecutor(1) as pool:
        with told.transaction() as session:
            take_in(session, TEAM, batch, NOW)
            heed_marks(session, batch[:1], DEFAULT_MEANINGS)
            done = pool.submit(say_done)
            if told.dialect == "postgresql":
                begun.wait(5)
            time.sleep(0.3)  # it waits for us now, wherever
            heed_marks(session, batch, DEFAULT_MEANINGS)
        with contextlib.suppress(NotFoundError):
            done.result(10)
    with told.reading() as session:
        assert follow_ups_of(session, incident.id) == []

"""What a catch-up reads, tells and counts, over the whole of an incident."""

from datetime import UTC, datetime, timedelta

from copilot.db import Database
from copilot.incidents.intake import take_in
from copilot.incidents.lifecycle import declare, set_status
from copilot.incidents.marked import mark_by_hand
from copilot.incidents.models import Incident, Status
from copilot.ports import WorkspaceInfo
from copilot.reviews.catchup import last_here, read_catchup
from copilot.timeline.marks import Place
from copilot.timeline.models import MarkKind
from copilot.timeline.permalinks import instant_to_ts
from copilot.timeline.slack_messages import SourceMessage
from copilot.workspaces.directory import upsert_workspace

NOW = datetime(2026, 3, 4, 14, 0, tzinfo=UTC)


def said(
    second: int, text: str, by: str = "UANA", kind: str = "message", author_name: str | None = None
) -> SourceMessage:
    stamp = instant_to_ts(NOW + timedelta(seconds=second))
    return SourceMessage("T1", "C1", stamp, kind, text, author_id=by, author_name=author_name)


def tell(db: Database, *messages: SourceMessage) -> Incident:
    with db.transaction() as session:
        workspace = WorkspaceInfo("T1", "Acme", "https://acme.slack.com/", "UBOT")
        upsert_workspace(session, workspace, NOW)
        incident = declare(
            session,
            team_id="T1",
            channel_id="C1",
            title="checkout errors",
            severity=None,
            by="UANA",
            now=NOW,
        ).incident
        take_in(session, "T1", messages, NOW)
        return incident


def test_every_message_is_covered_or_counted_as_left_out(db: Database) -> None:
    incident = tell(
        db,
        said(1, "error rate on checkout is at 30%, customers can't pay"),
        said(2, "build 77 passed", "B1", kind="bot_message", author_name="ci"),
        said(3, "ALERT: replica lag 210 s on db-3", "B1", kind="bot_message", author_name="alerts"),
        said(4, ""),
        said(5, "lunch anybody?"),
        said(6, "not for the record"),
    )
    ignored = Place("T1", "C1", instant_to_ts(NOW + timedelta(seconds=6)))
    with db.transaction() as session:
        mark_by_hand(session, ignored, MarkKind.IGNORED, by="UANA", now=NOW)
    with db.reading() as session:
        missed = read_catchup(session, incident, None)
    left_out = missed.left_out
    assert (missed.messages, missed.covered) == (6, 3)
    assert (left_out.bot_lines, left_out.ignored, left_out.without_words) == (1, 1, 1)
    assert [line.text for line in missed.lines if line.permalink] == [
        "error rate on checkout is at 30%, customers can't pay",
        "ALERT: replica lag 210 s on db-3",
    ]


def test_what_is_too_old_to_read_is_counted_and_marked_ones_are_told(db: Database) -> None:
    chat = [said(number, f"still looking at shard {number}") for number in range(1, 1_011)]
    incident = tell(db, *chat)
    oldest = Place("T1", "C1", chat[0].message_ts)
    with db.transaction() as session:
        mark_by_hand(session, oldest, MarkKind.KEY_MOMENT, by="UANA", now=NOW)
    with db.reading() as session:
        missed = read_catchup(session, incident, None)
    assert (missed.messages, missed.covered, missed.left_out.older) == (1_010, 1_001, 9)
    assert [line.text for line in missed.lines if line.is_key_moment] == [chat[0].text]


def test_the_newest_record_of_each_kind_is_told(db: Database) -> None:
    incident = tell(db)
    later = NOW + timedelta(minutes=5)
    with db.transaction() as session:
        held = session.get_one(Incident, incident.id)
        set_status(session, held, Status.IDENTIFIED, "UBEN", later)
        set_status(session, held, Status.MONITORING, "UBEN", later + timedelta(minutes=1))
    with db.reading() as session:
        missed = read_catchup(session, incident, None)
        left_at = last_here(session, incident, "UBEN")
        nothing = read_catchup(session, incident, NOW + timedelta(hours=1))
        assert last_here(session, incident, "UNOBODY") is None
    assert [line.text for line in missed.lines] == [
        "Declared: checkout errors",
        "Status identified → monitoring",
    ]
    assert left_at == later + timedelta(minutes=1)
    assert (nothing.lines, nothing.messages) == ([], 0)

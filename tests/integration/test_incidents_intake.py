"""What is taken in from Slack, and what is left where it is."""

from datetime import UTC, datetime

from sqlalchemy import func, select

from copilot.db import Database
from copilot.incidents.intake import take_in
from copilot.incidents.lifecycle import declare
from copilot.incidents.queries import get_incident
from copilot.jobs import Job, QueuedJob
from copilot.ports import WorkspaceInfo
from copilot.timeline.models import TimelineEvent
from copilot.timeline.recording import RecordingResult
from copilot.timeline.slack_messages import to_records
from copilot.workspaces.directory import upsert_workspace
from tests.fakes.slack_stories import (
    CHANNEL,
    FIRST_TS,
    TEAM,
    Event,
    a_change,
    a_deletion,
    a_message,
    a_reaction,
    edited,
)

NOW = datetime(2026, 3, 4, 14, 0, tzinfo=UTC)


def declare_here(db: Database, channel_id: str = CHANNEL) -> int:
    info = WorkspaceInfo(TEAM, "Acme", "https://acme.slack.com/", "U0BOT")
    with db.transaction() as session:
        upsert_workspace(session, info, NOW)
        return declare(
            session,
            team_id=TEAM,
            channel_id=channel_id,
            title="x",
            severity=None,
            by=None,
            now=NOW,
        ).incident.id


def hear(db: Database, event: Event, channel_id: str = CHANNEL) -> RecordingResult | None:
    with db.transaction() as session:
        return take_in(session, TEAM, to_records(TEAM, event, channel_id), NOW)


def count_messages(db: Database) -> int | None:
    with db.reading() as session:
        return session.scalar(select(func.count()).where(TimelineEvent.message_ts.is_not(None)))


def test_a_channel_without_an_incident_is_none_of_our_business(
    db: Database, sent_jobs: list[QueuedJob]
) -> None:
    assert hear(db, a_message()) is None
    declare_here(db, "C0ELSE")
    sent_jobs.clear()
    assert hear(db, a_message()) is None
    assert count_messages(db) == 0
    assert sent_jobs == []


def test_new_words_are_recorded_and_considered_once(
    db: Database, sent_jobs: list[QueuedJob]
) -> None:
    incident_id = declare_here(db)
    sent_jobs.clear()
    for _ in range(3):
        assert hear(db, a_message()) is not None
    assert count_messages(db) == 1
    assert sent_jobs == [QueuedJob(Job.CONSIDER_INCIDENT, incident_id)]


def test_a_changed_message_is_considered_again_but_a_reaction_or_a_join_is_not(
    db: Database, sent_jobs: list[QueuedJob]
) -> None:
    declare_here(db)
    hear(db, a_message("hm"))
    sent_jobs.clear()
    hear(db, a_reaction(FIRST_TS, "1700000400.000100"))
    hear(db, a_message("has joined", subtype="channel_join", ts="1700000500.000100"))
    assert sent_jobs == []
    after = edited(a_message("hm"), "I'll file a ticket", "1700000600.000000")
    hear(db, a_change(after, None, "1700000600.000100"))
    assert [queued.job for queued in sent_jobs] == [Job.CONSIDER_INCIDENT]


def test_what_we_say_ourselves_is_left_out(db: Database, sent_jobs: list[QueuedJob]) -> None:
    declare_here(db)
    sent_jobs.clear()
    card = a_message("Two follow-ups", user="U0BOT", bot_id="B0BOT")
    hear(db, card)
    hear(db, a_change({**card, "text": "One follow-up"}, card, "1700000600.000100"))
    hear(db, a_deletion(FIRST_TS, card, "1700000700.000100"))
    assert count_messages(db) == 0
    assert sent_jobs == []


def test_words_belong_to_the_incident_in_whose_span_they_were_said(
    db: Database, sent_jobs: list[QueuedJob]
) -> None:
    first = declare_here(db)
    cut = datetime(2023, 11, 14, 22, 14, tzinfo=UTC)
    with db.transaction() as session:
        get_incident(session, first).timeline_until = cut
        get_incident(session, first).resolved_at = cut
    second = declare_here(db)
    with db.transaction() as session:
        get_incident(session, second).timeline_from = cut
    sent_jobs.clear()
    hear(db, a_message())  # said at 22:13:20
    hear(db, a_message(ts="1700000060.000100"))
    assert [queued.row_id for queued in sent_jobs] == [first, second]

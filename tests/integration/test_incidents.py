"""Declaring incidents and changing them, on real databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.db import Database
from copilot.errors import BadInputError, NotFoundError
from copilot.incidents.follow_ups import add_follow_up, follow_ups_of
from copilot.incidents.lifecycle import Declared, declare, set_severity, set_status
from copilot.incidents.models import FollowUp, Incident, Severity, Status
from copilot.incidents.queries import (
    get_incident,
    latest_incident_in,
    list_incidents,
    open_incident_in,
    span_of,
)
from copilot.jobs import Job, QueuedJob
from copilot.ports import ChannelInfo, WorkspaceInfo
from copilot.timeline.models import TimelineEvent
from copilot.timeline.recording import record
from copilot.timeline.slack_messages import to_records
from copilot.workspaces.directory import upsert_channel, upsert_workspace
from tests.fakes.slack_stories import CHANNEL, TEAM, a_message
from tests.one_database import ON_BOTH
from tests.one_database import database_url as database_url

NOW = datetime(2026, 3, 4, 14, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=40)


def declare_here(
    db: Database, title: str = "Checkout errors", now: datetime = NOW, channel_id: str = CHANNEL
) -> Declared:
    with db.transaction() as session:
        return declare(
            session,
            team_id=TEAM,
            channel_id=channel_id,
            title=title,
            severity=Severity.SEV2,
            by="U0ANA",
            now=now,
        )


def change(db: Database, to: Status | Severity, now: datetime = LATER) -> Incident:
    with db.transaction() as session:
        incident = open_incident_in(session, TEAM, CHANNEL) or get_incident(session, 1)
        if isinstance(to, Status):
            set_status(session, incident, to, "U0BEN", now)
        else:
            set_severity(session, incident, to, "U0BEN", now)
    return incident


def texts(db: Database) -> list[str]:
    with db.reading() as session:
        return list(session.scalars(select(TimelineEvent.text).order_by(TimelineEvent.id)))


def test_declaring_adopts_the_channel_and_has_its_past_and_names_read(
    db: Database, sent_jobs: list[QueuedJob]
) -> None:
    info = WorkspaceInfo(TEAM, "Acme", "https://acme.slack.com/", "U0BOT")
    with db.transaction() as session:
        workspace = upsert_workspace(session, info, NOW)
    declared = declare_here(db)
    assert declared.is_new
    assert declared.incident.declared_at == NOW
    assert declared.incident.status == Status.INVESTIGATING
    assert texts(db) == ["Declared: Checkout errors · SEV2"]
    assert [queued.job for queued in sent_jobs] == [
        Job.DRAW_HEADLINE,
        Job.REFILL_CHANNEL,
        Job.SYNC_DIRECTORY,
    ]
    assert sent_jobs[0].row_id == declared.incident.id
    assert sent_jobs[-1].row_id == workspace.id


def test_a_channel_with_an_open_incident_keeps_it(db: Database, sent_jobs: list[QueuedJob]) -> None:
    first = declare_here(db)
    sent_jobs.clear()
    second = declare_here(db, "Something else")
    assert (second.incident.id, second.is_new) == (first.incident.id, False)
    assert second.incident.title == "Checkout errors"
    assert sent_jobs == []


@ON_BOTH
def test_ten_people_who_declare_at_once_get_one_incident(db: Database) -> None:
    with ThreadPoolExecutor(10) as threads:
        declared = list(threads.map(lambda number: declare_here(db, f"No {number}"), range(10)))
    assert len({each.incident.id for each in declared}) == 1
    assert sum(each.is_new for each in declared) == 1
    assert len(texts(db)) == 1


@pytest.mark.parametrize("title", ["", "  \n\t ", "\x00"])
def test_an_incident_needs_a_title(db: Database, title: str) -> None:
    with pytest.raises(BadInputError, match="title"):
        declare_here(db, title)


def test_a_title_is_one_short_line_without_secrets(db: Database) -> None:
    title = declare_here(db, "db down\npassword=hunter2 " + "x" * 300).incident.title
    assert title.startswith("db down password=[redacted: password] xxx")
    assert len(title) == 200


def test_a_change_is_recorded_once_and_releases_the_digest(
    db: Database, sent_jobs: list[QueuedJob]
) -> None:
    incident = declare_here(db).incident
    sent_jobs.clear()
    change(db, Severity.SEV1)
    change(db, Severity.SEV1)
    change(db, Status.IDENTIFIED)
    change(db, Status.IDENTIFIED)
    assert texts(db)[1:] == ["Severity SEV2 → SEV1", "Status investigating → identified"]
    wanted = [Job.DRAW_HEADLINE, Job.RELEASE_DIGEST] * 2
    assert sent_jobs == [QueuedJob(job, incident.id) for job in wanted]


@ON_BOTH
def test_ten_people_who_say_the_same_change_it_once(db: Database) -> None:
    declare_here(db)
    with ThreadPoolExecutor(10) as threads:
        list(threads.map(lambda _: change(db, Status.MONITORING), range(10)))
    assert texts(db)[1:] == ["Status investigating → monitoring"]


@ON_BOTH
def test_people_who_say_different_things_at_once_leave_an_unbroken_story(db: Database) -> None:
    declare_here(db)
    statuses = [Status.IDENTIFIED, Status.MONITORING, Status.INVESTIGATING] * 4
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda to: change(db, to), statuses))
    told = [text.removeprefix("Status ").split(" → ") for text in texts(db)[1:]]
    assert [old for old, _ in told] == ["investigating", *(new for _, new in told)][:-1]


def test_monitoring_means_mitigated_and_resolved_means_resolved(db: Database) -> None:
    declare_here(db)
    assert change(db, Status.MONITORING).mitigated_at == LATER
    even_later = LATER + timedelta(hours=1)
    change(db, Status.IDENTIFIED)
    assert change(db, Status.MONITORING, even_later).mitigated_at == LATER
    assert change(db, Status.RESOLVED, even_later).resolved_at == even_later


def test_a_resolved_incident_can_be_opened_again(db: Database) -> None:
    declare_here(db)
    change(db, Status.RESOLVED)
    reopened = change(db, Status.INVESTIGATING)
    assert (reopened.status, reopened.resolved_at) == (Status.INVESTIGATING, None)


def test_it_is_not_opened_again_beside_another_open_one(db: Database) -> None:
    first = declare_here(db).incident
    change(db, Status.RESOLVED)
    second = declare_here(db, "The next one", LATER).incident
    with db.transaction() as session, pytest.raises(BadInputError, match="The next one"):
        set_status(session, get_incident(session, first.id), Status.MONITORING, "U0ANA", LATER)
    with db.reading() as session:
        standing = latest_incident_in(session, TEAM, CHANNEL)
        assert standing is not None
        assert standing.id == second.id


def test_the_next_incident_of_a_channel_begins_where_the_one_before_ends(db: Database) -> None:
    first = declare_here(db).incident
    change(db, Status.RESOLVED, LATER)
    second = declare_here(db, "Again", LATER + timedelta(hours=1)).incident
    with db.reading() as session:
        first = get_incident(session, first.id)
    assert span_of(first).until == span_of(second).from_ == LATER
    assert span_of(first).from_ is None


def test_what_was_said_until_its_review_was_asked_for_stays_with_an_incident(
    db: Database,
) -> None:
    first = declare_here(db, "Checkout errors").incident
    asked_at = LATER + timedelta(minutes=17)
    with db.transaction() as session:
        incident = get_incident(session, first.id)
        set_status(session, incident, Status.RESOLVED, by="U1", now=LATER)
        incident.review_requested_at = asked_at
    second = declare_here(db, "Another one", LATER + timedelta(minutes=30)).incident
    with db.reading() as session:
        first = get_incident(session, first.id)
    assert span_of(first).until == span_of(second).from_ == asked_at


def test_an_old_incident_leaves_the_new_one_its_lead_in(db: Database) -> None:
    declare_here(db)
    change(db, Status.RESOLVED, LATER)
    next_week = LATER + timedelta(days=7)
    assert span_of(declare_here(db, "Again", next_week).incident).from_ == next_week - timedelta(
        hours=2
    )


def test_a_list_counts_the_messages_of_each_incident(db: Database) -> None:
    first = declare_here(db).incident
    second = declare_here(db, "Elsewhere", LATER, "C0ELSE").incident
    with db.transaction() as session:
        upsert_channel(session, TEAM, ChannelInfo(CHANNEL, "#inc-checkout", False))
        say(session, 3, CHANNEL)
        say(session, 1, "C0ELSE")
        get_incident(session, first.id).timeline_until = datetime(2023, 11, 14, 22, 15, tzinfo=UTC)
    with db.reading() as session:
        newest, oldest = list_incidents(session)
    assert (newest.id, newest.channel, newest.messages) == (second.id, "C0ELSE", 1)
    assert (oldest.id, oldest.channel, oldest.messages) == (first.id, "inc-checkout", 2)


def say(session: Session, count: int, channel_id: str) -> None:
    for number in range(count):
        event = a_message(ts=f"17000{number * 60:05d}.000100")
        record(session, to_records(TEAM, event, channel_id), NOW)


def test_an_unknown_incident_is_answered_with_where_to_look(db: Database) -> None:
    with db.reading() as session, pytest.raises(NotFoundError, match="incidents list"):
        get_incident(session, 4812)


def follow_up(db: Database, suggestion_id: int | None, title: str = "Alert on lag") -> FollowUp:
    with db.transaction() as session:
        return add_follow_up(
            session,
            incident_id=1,
            title=title,
            owner_id="U0DANA",
            due="by Friday",
            suggestion_id=suggestion_id,
            by="U0ANA",
            now=NOW,
        )


@ON_BOTH
def test_a_suggestion_becomes_a_follow_up_once_whoever_accepts_it(db: Database) -> None:
    declare_here(db)
    with ThreadPoolExecutor(8) as threads:
        added = list(threads.map(lambda _: follow_up(db, 7), range(8)))
    assert len({each.id for each in added}) == 1
    assert follow_up(db, None).id != follow_up(db, None).id
    with db.reading() as session:
        assert len(follow_ups_of(session, 1)) == 3


def test_a_follow_up_needs_a_title(db: Database) -> None:
    declare_here(db)
    with pytest.raises(BadInputError, match="title"):
        follow_up(db, None, " \n ")

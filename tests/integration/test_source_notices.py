"""Who checked a sentence is told once that its source changed; others, and elsewhere, nobody."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from copilot.clock import ReplayClock
from copilot.db import Database
from copilot.errors import PermanentError, TemporaryError
from copilot.incidents.models import Incident
from copilot.jobs import Job, QueuedJob
from copilot.ports import ChannelInfo, ReviewerNote
from copilot.reviews.changed_sources import changed_in
from copilot.reviews.citing import cite
from copilot.reviews.models import ReviewNotice
from copilot.reviews.reviewers import Reviewer
from copilot.reviews.signing import sign_off
from copilot.reviews.source_notices import (
    SourceWatch,
    look_for_changed_sources,
    reviewers_to_tell,
    tell_reviewer,
)
from copilot.reviews.verification import mark_wrong, verify
from copilot.timeline.permalinks import ts_to_instant
from copilot.workspaces.directory import upsert_channel
from tests.fakes.channel_story import row_ids
from tests.fakes.messenger import FakeMessenger
from tests.integration.reviewing import (
    CHANNEL,
    NORMAL,
    ROLLBACK,
    TEAM,
    an_incident,
    claim_like,
    delete_message,
    draft,
    edit_message,
    few_sections,
    read,
    talk,
)
from tests.one_database import ON_BOTH
from tests.one_database import database_url as database_url

ANA, BEN = Reviewer("Ana", "UANA"), Reviewer("Ben", "UBEN")


@pytest.fixture
def incident_id(db: Database) -> int:
    few_sections(db, "impact", "key_moments")
    return an_incident(db)


@pytest.fixture
def stamps(db: Database, incident_id: int) -> list[str]:
    with db.transaction() as session:
        upsert_channel(session, TEAM, ChannelInfo(CHANNEL, "incidents", is_private=False))
    return talk(db)


@pytest.fixture
def messenger(clock: ReplayClock) -> FakeMessenger:
    return FakeMessenger(clock)


def check(db: Database, incident_id: int, words: str, by: Reviewer, clock: ReplayClock) -> None:
    with db.transaction() as session:
        claim = claim_like(read(db, incident_id), words)
        verify(session, claim.id, by=by, now=clock.now())


def notices(db: Database) -> list[ReviewNotice]:
    with db.reading() as session:
        return list(session.scalars(select(ReviewNotice).order_by(ReviewNotice.id)))


def sweep(db: Database, messenger: FakeMessenger, clock: ReplayClock) -> None:
    look_for_changed_sources(db, clock.now())
    with db.reading() as session:
        due = reviewers_to_tell(session, clock.now())
    for notice_id in due:
        tell(db, notice_id, messenger, clock)


def tell(db: Database, notice_id: int, messenger: FakeMessenger, clock: ReplayClock) -> None:
    tell_reviewer(
        db,
        notice_id,
        messenger,
        console_url="https://copilot.example/",
        clock=clock,
        lease_clock=clock,
    )


def told(messenger: FakeMessenger) -> list[tuple[str, int, bool]]:
    return [(who, note.sentences, note.is_signed) for who, note in messenger.told_reviewers]


@ON_BOTH
def test_one_message_tells_of_all_that_changed(
    db: Database,
    incident_id: int,
    stamps: list[str],
    clock: ReplayClock,
    messenger: FakeMessenger,
    sent_jobs: list[QueuedJob],
) -> None:
    draft(db, incident_id, clock, ROLLBACK, NORMAL)
    for words, by in (("4812", ANA), ("normal", ANA), ("normal", BEN)):
        check(db, incident_id, words, by, clock)
    sweep(db, messenger, clock)
    assert notices(db) == []
    edit_message(db, stamps[1], "rolling back deploy 4813", user="UBEN")
    delete_message(db, stamps[5])
    sweep(db, messenger, clock)
    assert sorted(told(messenger)) == [("UANA", 2, False), ("UBEN", 1, False)]
    (_, note) = messenger.told_reviewers[0]
    assert note.review_url == f"https://copilot.example/incidents/{incident_id}/review"
    assert len(row_ids(sent_jobs, Job.TELL_REVIEWER)) == 3
    sweep(db, messenger, clock)
    for notice in notices(db):
        tell(db, notice.id, messenger, clock)
    assert len(messenger.told_reviewers) == 2


def test_another_change_is_told_again(
    db: Database,
    incident_id: int,
    stamps: list[str],
    clock: ReplayClock,
    messenger: FakeMessenger,
) -> None:
    draft(db, incident_id, clock, ROLLBACK, NORMAL)
    check(db, incident_id, "4812", ANA, clock)
    check(db, incident_id, "normal", BEN, clock)
    edit_message(db, stamps[1], "rolling back deploy 4813", user="UBEN")
    sweep(db, messenger, clock)
    delete_message(db, stamps[5])
    sweep(db, messenger, clock)  # what was told before stands in nobody's way
    delete_message(db, stamps[1])
    sweep(db, messenger, clock)
    assert [who for who, *_ in told(messenger)] == ["UANA", "UBEN", "UANA"]


@ON_BOTH
@pytest.mark.parametrize("is_old", [False, True])
def test_a_second_deletion_under_a_sentence_is_told_as_well(
    db: Database,
    incident_id: int,
    stamps: list[str],
    clock: ReplayClock,
    messenger: FakeMessenger,
    is_old: bool,
) -> None:
    claim_id = claim_like(draft(db, incident_id, clock, ROLLBACK), "4812").id
    with db.transaction() as session:
        cite(session, claim_id, message_ts=stamps[5], by=ANA, now=clock.now())
    check(db, incident_id, "4812", ANA, clock)
    delete_message(db, stamps[1])
    sweep(db, messenger, clock)
    if is_old:  # earlier releases did not note which message it was
        with db.transaction() as session:
            told_at = ts_to_instant(stamps[1]) + timedelta(seconds=10)
            session.execute(update(ReviewNotice).values(revision_id=0, noticed_at=told_at))
        sweep(db, messenger, clock)
    assert told(messenger) == [("UANA", 1, False)]
    delete_message(db, stamps[5])
    for _ in range(2):
        sweep(db, messenger, clock)
    assert told(messenger) == [("UANA", 1, False)] * 2


def test_who_is_being_told_is_not_told_by_another_worker(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock
) -> None:
    class Slow(FakeMessenger):
        def tell_reviewer(self, team_id: str, user_id: str, note: ReviewerNote) -> None:
            super().tell_reviewer(team_id, user_id, note)
            if len(self.told_reviewers) < 3:
                sweep(db, self, clock)

    draft(db, incident_id, clock, ROLLBACK)
    check(db, incident_id, "4812", ANA, clock)
    delete_message(db, stamps[1])
    slow = Slow(clock)
    sweep(db, slow, clock)
    assert told(slow) == [("UANA", 1, False)]


@ON_BOTH
def test_what_is_wrong_or_unchecked_is_nobodys_business(
    db: Database,
    incident_id: int,
    stamps: list[str],
    clock: ReplayClock,
    messenger: FakeMessenger,
) -> None:
    view = draft(db, incident_id, clock, ROLLBACK, NORMAL)
    with db.transaction() as session:
        mark_wrong(session, claim_like(view, "4812").id, by=ANA, now=clock.now())
    for stamp in (stamps[1], stamps[5]):
        delete_message(db, stamp)
    sweep(db, messenger, clock)
    assert notices(db) == []
    with db.reading() as session:
        assert changed_in(session, [incident_id]) == {incident_id: 1}, "the one not marked wrong"


@ON_BOTH
def test_who_signed_is_told_even_if_others_checked(
    db: Database,
    incident_id: int,
    stamps: list[str],
    clock: ReplayClock,
    messenger: FakeMessenger,
) -> None:
    draft(db, incident_id, clock, ROLLBACK)
    check(db, incident_id, "4812", ANA, clock)
    with db.transaction() as session:
        sign_off(session, incident_id, by=BEN, now=clock.now())
    delete_message(db, stamps[1])
    sweep(db, messenger, clock)
    assert sorted(told(messenger)) == [("UANA", 1, True), ("UBEN", 1, True)]


@ON_BOTH
@pytest.mark.parametrize("circumstance", ["imported", "private", "console"])
def test_nobody_is_told_where_nobody_may_be(
    db: Database,
    incident_id: int,
    stamps: list[str],
    clock: ReplayClock,
    messenger: FakeMessenger,
    circumstance: str,
) -> None:
    draft(db, incident_id, clock, ROLLBACK)
    by = Reviewer("Ana") if circumstance == "console" else ANA
    check(db, incident_id, "4812", by, clock)
    with db.transaction() as session:
        if circumstance == "imported":
            session.get_one(Incident, incident_id).is_imported = True
        if circumstance == "private":
            upsert_channel(session, TEAM, ChannelInfo(CHANNEL, "secret", is_private=True))
    delete_message(db, stamps[1])
    sweep(db, messenger, clock)
    assert told(messenger) == []
    with db.reading() as session:
        assert reviewers_to_tell(session, clock.now() + timedelta(days=1)) == []


@ON_BOTH
def test_a_slack_that_fails_is_tried_again_and_given_up_in_the_end(
    db: Database,
    incident_id: int,
    stamps: list[str],
    clock: ReplayClock,
    messenger: FakeMessenger,
) -> None:
    draft(db, incident_id, clock, ROLLBACK)
    check(db, incident_id, "4812", ANA, clock)
    delete_message(db, stamps[1])
    failures: list[Any] = [TemporaryError("Slack is away", retry_after_s=90)]
    messenger.refusals["tell_reviewer"] = failures
    with pytest.raises(TemporaryError):
        sweep(db, messenger, clock)
    sweep(db, messenger, clock)  # not due yet
    assert told(messenger) == []
    clock.advance_to(clock.now() + timedelta(seconds=91))
    sweep(db, messenger, clock)
    assert len(told(messenger)) == 1


def test_who_cannot_be_reached_is_given_up(
    db: Database,
    incident_id: int,
    stamps: list[str],
    clock: ReplayClock,
    messenger: FakeMessenger,
) -> None:
    draft(db, incident_id, clock, ROLLBACK)
    check(db, incident_id, "4812", ANA, clock)
    delete_message(db, stamps[1])
    messenger.refusals["tell_reviewer"] = [PermanentError("ana closed her account")]
    sweep(db, messenger, clock)
    sweep(db, messenger, clock)
    assert told(messenger) == []
    assert all(notice.told_at for notice in notices(db))


@ON_BOTH
def test_sweepers_and_workers_at_once_tell_once(
    db: Database,
    incident_id: int,
    stamps: list[str],
    clock: ReplayClock,
    messenger: FakeMessenger,
) -> None:
    draft(db, incident_id, clock, ROLLBACK)
    check(db, incident_id, "4812", ANA, clock)
    delete_message(db, stamps[1])
    start = threading.Barrier(4)

    def run() -> None:
        start.wait()
        sweep(db, messenger, clock)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sweep(db, messenger, clock)
    assert told(messenger) == [("UANA", 1, False)]


@ON_BOTH
def test_who_looks_often_sees_an_edit_at_once_and_a_deletion_within_a_minute(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock
) -> None:
    draft(db, incident_id, clock, ROLLBACK, NORMAL)
    for words in ("4812", "normal"):
        check(db, incident_id, words, ANA, clock)
    at_s = [0.0]
    watch = SourceWatch(lambda: at_s[0])

    def found(after_s: float) -> int:
        at_s[0] += after_s
        watch.look(db, clock.now())
        return len(notices(db))

    assert found(0) == 0
    edit_message(db, stamps[1], "rolling back something")
    assert found(2) == 1
    delete_message(db, stamps[5])
    assert found(2) == 1, "nothing tells of it but looking at everything"
    assert found(60) == 2
    assert found(2) == found(60) == 2

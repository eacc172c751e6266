"""What waits is released a few at a time, at breakpoints, within the budget."""

import pytest
from sqlalchemy import select, update

from copilot.db import Database
from copilot.incidents.follow_ups import add_follow_up
from copilot.incidents.models import Incident, Severity, Status
from copilot.suggestions.decisions import dismiss
from copilot.suggestions.digest import incidents_due_for_digest
from copilot.suggestions.models import Delivery
from tests.fakes.channel_story import ChannelStory
from tests.one_database import ON_BOTH
from tests.one_database import database_url as database_url

WAITING = (
    "todo(0.6): page on replica lag",
    "todo(0.7): rewrite step 4 of the runbook",
    "todo(0.55): rotate the leaked gateway key",
    "todo(0.65): drop the unused index",
)


@pytest.fixture
def story(db: Database) -> ChannelStory:
    return ChannelStory(db)


def some_wait(story: ChannelStory, count: int = len(WAITING)) -> None:
    for text in WAITING[:count]:
        story.says(text)
        story.waits(seconds=30)
    story.considers()


def breakpoints(story: ChannelStory) -> list[str | None]:
    with story.db.reading() as session:
        query = select(Delivery.breakpoint).where(Delivery.posted_at.is_not(None))
        return list(session.scalars(query.order_by(Delivery.id)))


def is_due(story: ChannelStory) -> bool:
    with story.db.reading() as session:
        return story.incident_id in incidents_due_for_digest(session, story.clock.now())


def test_a_lull_releases_the_best_three(story: ChannelStory) -> None:
    some_wait(story)
    story.sweeps()
    assert story.messenger.posts == []
    story.waits(minutes=6)
    story.sweeps()
    (posted,) = story.messenger.posts
    assert story.shown() == [
        "rewrite step 4 of the runbook",
        "drop the unused index",
        "page on replica lag",
    ]
    assert posted.card.headline == "Three follow-ups from the last 8 minutes"
    assert breakpoints(story) == ["lull"]
    assert posted.card.items[0].why == (
        "70 % sure; shown when the channel had gone quiet; "
        "had waited (below threshold: 0.7 < 0.75 while calm)"
    )


def test_one_lull_releases_one_digest(story: ChannelStory) -> None:
    some_wait(story)
    for _ in range(10):
        story.waits(minutes=6)
        story.sweeps()
    assert len(story.messenger.posts) == 1
    assert not is_due(story)


def test_the_next_lull_releases_the_rest(story: ChannelStory) -> None:
    some_wait(story)
    story.waits(minutes=6)
    story.sweeps()
    story.waits(minutes=20)
    story.says("still here?")
    story.sweeps()
    story.waits(minutes=5.1)
    story.sweeps()
    assert story.shown()[3:] == ["rotate the leaked gateway key"]


@pytest.mark.parametrize(
    ("minutes", "is_lull"), [(4.9, False), (5.01, True), (34, True), (36, False)]
)
def test_a_lull_is_five_minutes_and_goes_stale(
    story: ChannelStory, minutes: float, is_lull: bool
) -> None:
    story.says("todo(0.6): page on replica lag")
    story.considers()
    story.waits(minutes=minutes)
    assert is_due(story) == is_lull
    story.releases()
    story.posts()
    assert len(story.messenger.posts) == is_lull


@ON_BOTH
def test_alerts_that_go_on_do_not_end_a_lull(story: ChannelStory) -> None:
    some_wait(story, 1)
    for _ in range(6):
        story.waits(minutes=1)
        story.alerts("still firing")
    story.sweeps()
    assert breakpoints(story) == ["lull"]


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (Severity.SEV2, "severity_changed"),
        (Status.IDENTIFIED, "status_changed"),
        (Status.MONITORING, "mitigated"),
        (Status.RESOLVED, "resolved"),
    ],
)
def test_a_change_of_the_incident_releases_a_digest(
    story: ChannelStory, change: Severity | Status, name: str
) -> None:
    some_wait(story, 2)
    if isinstance(change, Severity):
        story.severity(change)
    else:
        story.status(change)
    assert is_due(story)
    story.sweeps()
    assert breakpoints(story) == [name]


def test_a_change_stays_open_for_what_is_found_a_moment_later(story: ChannelStory) -> None:
    story.says("todo(0.6): page on replica lag")
    story.status(Status.IDENTIFIED)
    story.releases()
    story.waits(minutes=1)
    story.considers()
    story.sweeps()
    assert breakpoints(story) == ["status_changed"]


def test_a_change_long_past_releases_nothing(story: ChannelStory) -> None:
    story.says("todo(0.6): page on replica lag")
    story.status(Status.IDENTIFIED)
    for _ in range(6):
        story.waits(minutes=1)
        story.says("looking")
    story.sweeps()
    assert story.messenger.posts == []


def test_each_change_releases_one_digest(story: ChannelStory) -> None:
    some_wait(story)
    story.status(Status.IDENTIFIED)
    story.sweeps()
    story.waits(minutes=4)
    story.says("looking")
    story.sweeps()
    assert len(story.messenger.posts) == 1


def test_after_the_end_there_is_one_last_digest_within_the_budget(story: ChannelStory) -> None:
    story.says("todo: page on primary lag")
    story.sweeps()
    some_wait(story)
    story.status(Status.RESOLVED)
    story.sweeps()
    assert len(story.messenger.posts) == 1, "the budget is spent"
    for _ in range(12):
        story.waits(minutes=5)
        story.sweeps()
    assert breakpoints(story) == [None, "resolved"]
    assert len(story.shown()) == 1 + 3, "the fourth waits for the review"


def test_the_last_digest_has_what_was_said_just_before_the_end(story: ChannelStory) -> None:
    story.says("todo: page on primary lag")
    story.waits(seconds=1)
    story.status(Status.RESOLVED)
    story.says("todo: write the runbook for failover")
    story.sweeps()
    assert story.verdicts()["write the runbook for failover"] == ("hold", "nothing_is_posted")
    assert breakpoints(story) == ["resolved"]
    assert story.shown() == ["page on primary lag"]


def test_what_is_put_in_order_after_the_end_does_not_hide_the_end(story: ChannelStory) -> None:
    some_wait(story)
    story.status(Status.RESOLVED)
    story.waits(minutes=1)
    story.severity(Severity.SEV4)
    story.sweeps()
    assert breakpoints(story) == ["resolved"]
    story.waits(minutes=20)
    story.severity(Severity.SEV3)
    story.sweeps()
    assert len(story.messenger.posts) == 1


def test_a_digest_tells_how_far_back_it_reaches(story: ChannelStory) -> None:
    some_wait(story, 2)
    story.waits(hours=3)
    story.status(Status.IDENTIFIED)
    story.sweeps()
    assert story.messenger.posts[0].card.headline == "Two follow-ups from the last 3 hours"


def test_a_digest_waits_while_it_is_hectic(story: ChannelStory) -> None:
    some_wait(story)
    story.chatter(9)
    story.status(Status.IDENTIFIED)
    story.sweeps()
    assert story.messenger.posts == []
    story.waits(minutes=5)
    story.sweeps()
    assert len(story.messenger.posts) == 1


def test_a_digest_waits_for_the_budget(story: ChannelStory) -> None:
    story.says("todo: page on primary lag")
    story.sweeps()
    some_wait(story, 1)
    story.waits(minutes=6)
    assert not is_due(story)
    story.sweeps()
    assert len(story.messenger.posts) == 1
    story.waits(minutes=10)
    story.sweeps()
    first, second = story.messenger.posts
    assert (second.posted_at - first.posted_at).total_seconds() >= 15 * 60


def test_decided_and_repeated_ones_stay_out(story: ChannelStory) -> None:
    some_wait(story, 3)
    decided = story.suggestion("rewrite step 4 of the runbook")
    with story.db.transaction() as session:
        dismiss(session, decided.id, reason="wrong", by="U2", now=story.clock.now())
        add_follow_up(
            session,
            incident_id=story.incident_id,
            title="Page on the replica lag",
            owner_id=None,
            due=None,
            suggestion_id=None,
            by="U2",
            now=story.clock.now(),
        )
    story.waits(minutes=6)
    story.sweeps()
    assert story.shown() == ["rotate the leaked gateway key"]
    assert story.suggestion("page on replica lag").why == "same as “Page on the replica lag”"


def test_nothing_waiting_is_nothing_due(story: ChannelStory) -> None:
    story.says("todo(0.3): tidy the desk")
    story.sweeps()
    story.waits(minutes=6)
    assert not is_due(story)
    story.releases()
    assert story.messenger.posts == []


@ON_BOTH
def test_imported_incidents_release_nothing(story: ChannelStory) -> None:
    some_wait(story)
    with story.db.transaction() as session:
        session.execute(update(Incident).values(is_imported=True))
    story.waits(minutes=6)
    assert not is_due(story)
    story.releases()
    story.posts()
    assert story.messenger.posts == []

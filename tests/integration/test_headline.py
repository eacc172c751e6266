"""The headline's queue: drawn once, in place, whatever Slack and other workers do meanwhile."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from copilot.clock import ReplayClock
from copilot.db import Database
from copilot.errors import PermanentError, TemporaryError
from copilot.incidents.drawing import draw_headline
from copilot.incidents.follow_ups import add_follow_up, complete
from copilot.incidents.headline import headline_changed, headlines_to_draw
from copilot.incidents.lifecycle import declare, rename, set_severity, set_status
from copilot.incidents.models import Incident, Role, Severity, Status
from copilot.incidents.queries import get_incident
from copilot.incidents.roles import assign
from copilot.jobs import Job, QueuedJob
from copilot.ports import ChannelInfo, HeadlineCard, MemberInfo, RoleHolder
from copilot.workspaces.directory import upsert_channel, upsert_members
from copilot.workspaces.posting import claim_post_slot
from copilot.workspaces.retrying import MAX_ATTEMPTS, POSTING_LEASE
from tests.fakes.incident_channel import FakeIncidentChannel

NOW = datetime(2026, 3, 4, 14, 0, tzinfo=UTC)
TEAM, CHANNEL = "T1", "C1"


@dataclass
class Story:
    db: Database
    incident_id: int
    channel: FakeIncidentChannel
    clock: ReplayClock

    def draws(self) -> None:
        draw_headline(
            self.db,
            self.incident_id,
            self.channel,
            console_url="https://copilot.example/",
            clock=self.clock,
            lease_clock=self.clock,
            pause=self.passes,
        )

    def fails(self) -> None:
        with pytest.raises(TemporaryError):
            self.draws()

    def passes(self, seconds: float) -> None:
        self.clock.advance_to(self.clock.now() + timedelta(seconds=seconds))

    def changes(self, severity: Severity = Severity.SEV1) -> None:
        with self.db.transaction() as session:
            set_severity(session, get_incident(session, self.incident_id), severity, "U1", NOW)

    @property
    def incident(self) -> Incident:
        with self.db.reading() as session:
            return get_incident(session, self.incident_id)

    @property
    def shown(self) -> HeadlineCard:
        return self.channel.drawn[-1]

    def is_due(self) -> bool:
        with self.db.reading() as session:
            return headlines_to_draw(session, self.clock.now()) == [self.incident_id]


@pytest.fixture
def story(db: Database) -> Story:
    return a_story(db)


def a_story(db: Database, *, has_own_channel: bool = False, people: tuple[str, ...] = ()) -> Story:
    with db.transaction() as session:
        upsert_channel(session, TEAM, ChannelInfo(CHANNEL, "incidents", is_private=False))
        upsert_members(
            session,
            TEAM,
            [MemberInfo("U1", "ana", "Ana", False), MemberInfo("U2", "ben", "", False)],
        )
        declared = declare(
            session,
            team_id=TEAM,
            channel_id=CHANNEL,
            title="Checkout errors",
            severity=None,
            by="U1",
            now=NOW,
            has_own_channel=has_own_channel,
            people=people,
        )
    return Story(db, declared.incident.id, FakeIncidentChannel(), ReplayClock(NOW))


def test_it_is_posted_and_pinned_once_and_then_drawn_in_place(story: Story) -> None:
    story.draws()
    story.draws()
    assert len(story.channel.drawn) == 1
    with story.db.transaction() as session:
        incident = get_incident(session, story.incident_id)
        rename(session, incident, "Payments down", "U1", NOW)
        assign(session, incident, Role.COMMANDER, "U2", "U1", NOW)
        made = [
            add_follow_up(
                session,
                incident_id=incident.id,
                title=title,
                owner_id=None,
                due=None,
                suggestion_id=None,
                by="U1",
                now=NOW,
            )
            for title in ("a", "b")
        ]
        complete(session, incident, made[0].id, by="U1", now=NOW)
        set_status(session, incident, Status.RESOLVED, "U1", NOW + timedelta(minutes=9))
    story.draws()
    shown = story.shown
    assert (shown.title, shown.status, shown.declared_by) == ("Payments down", "resolved", "ana")
    assert shown.roles == (RoleHolder("commander", "ben"),)
    assert (shown.open_follow_ups, shown.done_follow_ups) == (1, 1)
    assert shown.review_url == f"https://copilot.example/incidents/{story.incident_id}/review"
    assert list(story.channel.headlines) == story.channel.pinned == [story.incident.headline_ts]
    assert story.channel.topics == [""]
    assert not story.is_due()


def test_what_changes_while_it_is_drawn_is_drawn_next(
    story: Story, sent_jobs: list[QueuedJob]
) -> None:
    changes = [Severity.SEV1]
    story.channel.on_draw = lambda: story.changes(changes.pop()) if changes else None
    story.draws()
    sent_jobs.clear()
    assert story.is_due()
    story.draws()
    assert story.shown.severity == "sev1"
    assert not story.is_due()


def test_two_workers_post_one(db: Database) -> None:
    story = a_story(db)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: story.draws(), range(8)))
    assert len(story.channel.headlines) == len(story.channel.pinned) == 1


def test_a_lost_answer_does_not_post_twice(story: Story) -> None:
    story.channel.lost["post"].append(TemporaryError("no answer"))
    story.fails()
    assert not story.is_due()
    story.changes(Severity.SEV2)
    story.passes(10)
    story.draws()
    assert list(story.channel.headlines) == [story.incident.headline_ts]
    assert story.shown.severity == "sev2"
    assert story.incident.headline_failure is None


def test_a_worker_that_dies_is_followed_by_another(story: Story) -> None:
    story.channel.lost["post"].append(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        story.draws()
    story.draws()
    assert story.channel.pinned == []
    story.passes(POSTING_LEASE.total_seconds())
    assert story.is_due()
    story.draws()
    assert len(story.channel.headlines) == len(story.channel.pinned) == 1


def test_slack_is_asked_again_after_the_pause_it_wants_and_given_up_in_the_end(
    story: Story,
) -> None:
    story.channel.refusals["post"] = [
        TemporaryError("Slack's rate limit.", retry_after_s=400) for _ in range(MAX_ATTEMPTS)
    ]
    for _ in range(MAX_ATTEMPTS - 1):
        story.fails()
        story.passes(399)
        assert not story.is_due()
        story.passes(1)
        assert story.is_due()
    story.draws()
    assert not story.is_due()
    assert f"tried {MAX_ATTEMPTS} times" in str(story.incident.headline_failure)
    story.passes(400)
    story.changes()
    story.draws()
    assert story.incident.headline_failure is None
    assert story.shown.severity == "sev1"


def test_given_up_on_it_is_still_not_posted_twice(story: Story) -> None:
    story.channel.lost["post"].append(TemporaryError("no answer"))
    story.fails()
    story.passes(10)
    story.channel.refusals["post"].append(PermanentError("Slack says missing_scope."))
    story.draws()
    assert story.incident.headline_ts is None
    story.changes()
    story.draws()
    assert list(story.channel.headlines) == [story.incident.headline_ts]


def test_a_refusal_is_remembered_until_the_next_change_goes_well(story: Story) -> None:
    story.channel.refusals["post"].append(PermanentError("Slack says not_in_channel."))
    story.draws()
    assert story.incident.headline_failure == "Slack says not_in_channel."
    assert not story.is_due()
    story.changes()
    story.draws()
    assert story.incident.headline_failure is None


def test_it_stands_even_where_it_may_not_be_pinned(story: Story) -> None:
    story.channel.refusals["pin"] = [PermanentError("Slack says missing_scope.")]
    story.draws()
    assert story.incident.headline_failure == "Slack says missing_scope."
    assert len(story.channel.headlines) == 1
    story.changes()
    story.draws()
    assert len(story.channel.pinned) == 1
    assert story.incident.headline_failure is None


def test_who_unpins_it_means_it(story: Story) -> None:
    story.draws()
    story.channel.pinned.clear()
    story.changes()
    story.draws()
    assert story.channel.pinned == []


def test_deleted_it_comes_back_once(story: Story) -> None:
    story.draws()
    first = story.incident.headline_ts
    for severity in (Severity.SEV1, Severity.SEV2, Severity.SEV3):
        story.channel.headlines.clear()
        story.passes(30)
        story.changes(severity)
        story.draws()
        story.draws()
    assert story.channel.headlines == {}
    assert len(story.channel.drawn) == len(story.channel.pinned) == 2
    assert story.incident.headline_ts != first
    assert "not posted again" in str(story.incident.headline_failure)
    assert not story.is_due()


def test_it_waits_for_its_turn_in_the_channel(story: Story) -> None:
    with story.db.transaction() as session:
        assert claim_post_slot(session, TEAM, CHANNEL, story.clock.now()) is None
    story.draws()
    assert story.clock.now() == NOW + timedelta(seconds=1)
    assert len(story.channel.headlines) == 1
    assert story.incident.headline_attempts == 0


def test_the_topic_is_set_only_in_a_channel_of_its_own(db: Database) -> None:
    story = a_story(db, has_own_channel=True)
    story.draws()
    assert story.channel.topics[1:] == ["Checkout errors · how it stands is in the pinned message"]
    story.changes()
    story.draws()
    assert len(story.channel.topics) == 2
    with db.transaction() as session:
        rename(session, get_incident(session, story.incident_id), "a <b> & c", "U1", NOW)
    story.draws()
    assert story.channel.topics[-1] == "a ‹b› + c · how it stands is in the pinned message"
    story.channel.topics.append("bridge: meet.example/42")
    with db.transaction() as session:
        rename(session, get_incident(session, story.incident_id), "Payments", "U1", NOW)
    story.draws()
    assert story.channel.topics[-1] == "bridge: meet.example/42"


def test_people_are_brought_in_once(db: Database) -> None:
    story = a_story(db, has_own_channel=True, people=("U2", "U2"))
    story.channel.refusals["invite"].append(PermanentError("Slack says cant_invite."))
    story.draws()
    assert story.incident.headline_failure == "Slack says cant_invite."
    assert len(story.channel.headlines) == 1
    with db.transaction() as session:
        incident = get_incident(session, story.incident_id)
        assign(session, incident, Role.SCRIBE, "U3", "U1", NOW)
        assign(session, incident, Role.COMMS, "U2", "U1", NOW)
    story.draws()
    assert story.channel.invited == ["U3"]


def test_an_imported_incident_has_none(story: Story, sent_jobs: list[QueuedJob]) -> None:
    sent_jobs.clear()
    with story.db.transaction() as session:
        incident = get_incident(session, story.incident_id)
        incident.is_imported, incident.headline_drawn_version = True, incident.headline_version
        session.flush()
        headline_changed(session, story.incident_id)
        set_severity(session, incident, Severity.SEV1, "U1", NOW)
    story.draws()
    assert story.channel.drawn == []
    assert Job.DRAW_HEADLINE not in {queued.job for queued in sent_jobs}

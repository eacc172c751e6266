"""Roles, handovers, titles and reopening, on real databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from copilot.clock import ReplayClock
from copilot.db import Database
from copilot.errors import BadInputError, PermanentError, TemporaryError
from copilot.incidents.lifecycle import declare, rename, reopen, set_status
from copilot.incidents.models import Handover, Incident, Role, Status
from copilot.incidents.queries import get_incident
from copilot.incidents.roles import HandedOver, assign, clear, hand_over, roles_of
from copilot.jobs import Job, QueuedJob
from copilot.ports import WorkspaceInfo
from copilot.reviews.briefing import brief_commander, handovers_to_brief
from copilot.timeline.models import TimelineEvent
from copilot.workspaces.directory import upsert_workspace
from tests.fakes.incident_channel import FakeIncidentChannel

NOW = datetime(2026, 3, 4, 14, 0, tzinfo=UTC)
TEAM = "T1"


def declared(db: Database, title: str = "Checkout errors") -> int:
    with db.transaction() as session:
        upsert_workspace(session, WorkspaceInfo(TEAM, "A", "https://a.example/", "UBOT"), NOW)
        return declare(
            session, team_id=TEAM, channel_id="C1", title=title, severity=None, by="U1", now=NOW
        ).incident.id


def hands_over(db: Database, incident_id: int, to: str, by: str = "U1") -> HandedOver:
    with db.transaction() as session:
        return hand_over(session, get_incident(session, incident_id), to, by, NOW, "see lag")


def texts(db: Database) -> list[str]:
    with db.reading() as session:
        return list(session.scalars(select(TimelineEvent.text).order_by(TimelineEvent.id)))[1:]


def test_a_role_has_one_holder_and_each_change_is_recorded_once(db: Database) -> None:
    incident_id = declared(db)

    def give(user_id: str) -> bool:
        with db.transaction() as session:
            incident = get_incident(session, incident_id)
            return assign(session, incident, Role.SCRIBE, user_id, "U1", NOW).is_made

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(give, ["U2", "U2", "U2", "U2"]))
    assert sorted(made) == [False, False, False, True]
    assert give("U3")
    with db.transaction() as session:
        incident = get_incident(session, incident_id)
        assert roles_of(session, incident_id) == {Role.SCRIBE: "U3"}
        assert clear(session, incident, Role.SCRIBE, "U1", NOW).old == "U3"
        assert not clear(session, incident, Role.SCRIBE, "U1", NOW).is_made
    assert texts(db) == [
        "Scribe: nobody → <@U2>",
        "Scribe: <@U2> → <@U3>",
        "Scribe: <@U3> → nobody",
    ]


def test_a_handover_releases_a_digest_and_briefs_once(
    db: Database, sent_jobs: list[QueuedJob]
) -> None:
    incident_id = declared(db)
    sent_jobs.clear()
    with ThreadPoolExecutor(3) as pool:
        handed = list(pool.map(lambda _: hands_over(db, incident_id, "U2"), range(3)))
    (handover_id,) = [each.handover_id for each in handed if each.handover_id]
    assert {queued.job for queued in sent_jobs} == {
        Job.DRAW_HEADLINE,
        Job.BRIEF_COMMANDER,
        Job.RELEASE_DIGEST,
    }
    assert texts(db) == ["Command handed over: nobody → <@U2>: see lag"]
    channel, clock = FakeIncidentChannel(), ReplayClock(NOW)
    channel.refusals["brief"] = [TemporaryError("Slack is in trouble.")]
    channel.refusals["invite"] = [PermanentError("cant_invite")] * 2

    def briefs() -> None:
        brief_commander(db, handover_id, channel, console_url=None, clock=clock, lease_clock=clock)

    with pytest.raises(TemporaryError):
        briefs()
    briefs()
    assert channel.briefed == []
    clock.advance_to(NOW + timedelta(minutes=1))
    with db.reading() as session:
        assert handovers_to_brief(session, clock.now()) == [handover_id]
    briefs()
    briefs()
    ((user_id, briefing),) = channel.briefed
    assert (user_id, briefing.note, briefing.title) == ("U2", "see lag", "Checkout errors")


def test_a_briefing_that_slack_refuses_is_given_up(db: Database) -> None:
    handover_id = hands_over(db, declared(db), "U2").handover_id
    assert handover_id is not None
    channel, clock = FakeIncidentChannel(), ReplayClock(NOW)
    channel.refusals["brief"] = [PermanentError("Slack says user_not_in_channel.")]
    brief_commander(db, handover_id, channel, console_url=None, clock=clock, lease_clock=clock)
    with db.reading() as session:
        handover = session.get_one(Handover, handover_id)
        assert handover.failure == "Slack says user_not_in_channel."
        assert handovers_to_brief(session, NOW + timedelta(days=1)) == []


def test_once_it_is_over_nobody_needs_a_role(db: Database) -> None:
    incident_id = declared(db)
    with db.transaction() as session:
        set_status(session, get_incident(session, incident_id), Status.RESOLVED, "U1", NOW)
    with pytest.raises(BadInputError, match="is over"):
        hands_over(db, incident_id, "U2")
    with db.transaction() as session, pytest.raises(BadInputError, match="is over"):
        clear(session, get_incident(session, incident_id), Role.COMMS, "U1", NOW)


def test_only_one_of_two_who_reopen_and_declare_at_once_gets_the_channel(db: Database) -> None:
    incident_id = declared(db)
    with db.transaction() as session:
        set_status(session, get_incident(session, incident_id), Status.RESOLVED, "U1", NOW)

    def opens(again: bool) -> str:
        try:
            if not again:
                return "declared" if declared(db, "Payments down") != incident_id else "known"
            with db.transaction() as session:
                reopen(session, get_incident(session, incident_id), "U2", NOW)
        except BadInputError as error:
            return str(error)
        return "reopened"

    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(opens, [True, False]))
    with db.reading() as session:
        found = session.scalars(select(Incident).where(Incident.resolved_at.is_(None))).all()
    assert len(found) == 1
    assert told in (["reopened", "known"], [told[0], "declared"]), told
    assert told[0] == "reopened" or "is open in this channel" in told[0]


def test_what_was_imported_is_not_reopened(db: Database) -> None:
    incident_id = declared(db)
    with db.transaction() as session:
        incident = get_incident(session, incident_id)
        incident.is_imported, incident.status = True, Status.RESOLVED
        session.flush()
        with pytest.raises(BadInputError, match="came from an archive"):
            reopen(session, incident, "U1", NOW)


def test_a_title_is_one_line_without_secrets(db: Database) -> None:
    incident_id = declared(db)
    with db.transaction() as session:
        incident = get_incident(session, incident_id)
        secret = "ghp_" + "a1B2" * 9
        change = rename(session, incident, f"  token {secret}\n leaked ", "U1", NOW)
        assert secret not in str(change.new)
        assert "\n" not in str(change.new)
        assert not rename(session, incident, str(change.new), "U2", NOW).is_made
        with pytest.raises(BadInputError, match="A title says"):
            rename(session, incident, "\u200b \x07", "U1", NOW)

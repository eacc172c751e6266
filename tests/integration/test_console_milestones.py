"""When it happened, on the pages of an incident: shown with its source, said by a person."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import httpx2
import pytest

from copilot.clock import ReplayClock
from copilot.db import Database, open_engine
from copilot.incidents.lifecycle import declare, set_status
from copilot.incidents.models import Severity, Status
from copilot.incidents.queries import get_incident
from copilot.ports import ChannelInfo, MemberInfo, WorkspaceInfo
from copilot.reviews.milestone_reading import milestones_of
from copilot.reviews.policies import set_policy
from copilot.reviews.review_policy import ReviewPolicy
from copilot.reviews.vocabulary import MilestoneKind
from copilot.timeline.permalinks import instant_to_ts
from copilot.timeline.recording import record
from copilot.timeline.slack_messages import to_records
from copilot.workspaces.directory import upsert_channel, upsert_members, upsert_workspace
from tests.console_world.client import Visitor

TEAM, CHANNEL, PRIVATE = "T0ACME", "C0INC", "C0HUSH"
URL = "https://acme.slack.com/"
AT_TWO = datetime(2026, 3, 4, 14, 0, tzinfo=UTC)
ANA, BEN = "U0ANA", "U0BEN"


def at(minute: float) -> datetime:
    return AT_TWO + timedelta(minutes=minute)


def say(db: Database, minute: float, text: str, channel: str = CHANNEL, **more: Any) -> str:
    ts = instant_to_ts(at(minute))
    event = {"type": "message", "user": ANA, "text": text, "ts": ts, **more}
    with db.transaction() as session:
        record(session, to_records(TEAM, event, channel), at(minute))
    return ts


@pytest.fixture
def db(sqlite_url: str) -> Any:
    """One database is enough for pages; what they call is tried on both."""
    engine = open_engine(sqlite_url)
    yield Database(engine, lambda _job: None)
    engine.dispose()


@pytest.fixture
def incident_id(db: Database) -> int:
    with db.transaction() as session:
        upsert_workspace(session, WorkspaceInfo(TEAM, "acme", URL, "U0COPILOT"), AT_TWO)
        people = [
            MemberInfo(ANA, "ana", "", False, is_admin=True, time_zone="America/New_York"),
            MemberInfo(BEN, "ben", "", False),
        ]
        upsert_members(session, TEAM, people)
        upsert_channel(session, TEAM, ChannelInfo(CHANNEL, "inc-checkout", is_private=False))
        upsert_channel(session, TEAM, ChannelInfo(PRIVATE, "inc-hush", is_private=True))
    first = declared(db, CHANNEL)
    say(db, 3, "[FIRING:1] errors above 5%", user="U0PAGER", bot_id="B0PAGER", username="pager")
    say(db, 6, "looking")
    with db.transaction() as session:
        incident = get_incident(session, first)
        set_status(session, incident, Status.MONITORING, BEN, at(49))
    return first


def declared(db: Database, channel: str) -> int:
    with db.transaction() as session:
        return declare(
            session,
            team_id=TEAM,
            channel_id=channel,
            title="Checkout errors",
            severity=Severity.SEV2,
            by=ANA,
            now=at(10),
        ).incident.id


@pytest.fixture
def ana(db: Database, incident_id: int) -> Visitor:
    return Visitor(db, ReplayClock(at(100))).comes_from_slack(ANA, team_id=TEAM)


def words_of(html: str) -> str:
    bare = re.sub(r"<(script|style|title).*?</\1>|<[^>]+>", " ", html, flags=re.S)
    return " ".join(unescape(bare).split())


def says(visitor: Visitor, incident_id: int, **form: str) -> httpx2.Response:
    path = f"/incidents/{incident_id}"
    return visitor.sends(f"{path}/milestones", {"kind": "started", **form}, seen_at=path)


def started(db: Database, incident_id: int) -> datetime | None:
    with db.reading() as session:
        found = milestones_of(session, incident_id).found.get(MilestoneKind.STARTED)
    return found.at if found else None


def test_each_is_shown_with_where_it_is_from(ana: Visitor, incident_id: int) -> None:
    page = ana.sees(f"/incidents/{incident_id}")
    shown = words_of(page)
    assert "Detected · Wed 4 Mar 2026 14:03:00" in shown
    assert "the first alert posted in the channel · pager · message" in shown
    assert "14:49:00 09:49 where you are" not in shown
    assert "Wed 09:49 where you are" in shown
    assert "Time to acknowledge 3 min detected → acknowledged" in shown
    assert "Not in the timeline: started, resolved." in shown
    assert "Time to mitigate: started is missing." in shown
    assert f'href="/incidents/{incident_id}?at={instant_to_ts(at(3))}' in page


def test_a_person_says_when_and_takes_it_back(db: Database, ana: Visitor, incident_id: int) -> None:
    sent = says(ana, incident_id, at="2026-03-04T13:58", why="the <graph>")
    assert sent.headers["location"] == f"/incidents/{incident_id}#milestones"
    shown = words_of(page := ana.sees(f"/incidents/{incident_id}"))
    assert "Started: your time stands from now on." in shown
    assert "ana said so: the <graph>" in shown
    assert "<graph>" not in page
    assert "Time to mitigate 51 min started → mitigated" in shown
    path = f"/incidents/{incident_id}"
    back = {"kind": "started", "page": "review"}
    sent = ana.sends(f"{path}/milestones/take-back", back, seen_at=path)
    assert sent.headers["location"] == f"{path}/review#milestones"
    assert started(db, incident_id) is None
    assert "took back what was said of started" in words_of(ana.sees(path))


def test_a_message_shows_it_and_one_of_another_channel_does_not(
    db: Database, ana: Visitor, incident_id: int
) -> None:
    ts = say(db, 1, "customers wrote in")
    says(ana, incident_id, message=f"{URL}archives/{CHANNEL}/p{ts.replace('.', '')}")
    assert started(db, incident_id) == at(1)
    says(ana, incident_id, message=f"{URL}archives/{PRIVATE}/p{ts.replace('.', '')}")
    assert "of another channel" in words_of(ana.sees(f"/incidents/{incident_id}"))


def test_what_is_refused_stands_in_the_form_again(
    db: Database, ana: Visitor, incident_id: int
) -> None:
    for form in (
        {"at": "half past two", "why": "my memory"},
        {"at": "2027-01-01T00:00", "why": "my memory"},
        {"at": "", "why": "my memory"},
    ):
        assert says(ana, incident_id, **form).status_code == 303
        page = ana.sees(f"/incidents/{incident_id}")
        assert 'value="my memory"' in page
        assert 'value="my memory"' not in ana.sees(f"/incidents/{incident_id}")
    assert says(ana, incident_id, kind="finished", at="x").status_code == 400
    assert started(db, incident_id) is None


def test_its_clocks_are_those_of_the_workspace_or_its_own(
    db: Database, ana: Visitor, incident_id: int
) -> None:
    with db.transaction() as session:
        policy = ReviewPolicy(time_zone="Europe/Berlin")
        set_policy(session, TEAM, policy, replaces=1, reason="r", by=ANA, now=at(0))
    path = f"/incidents/{incident_id}"
    shown = words_of(ana.sees(path))
    assert "Times: Europe/Berlin." in shown
    assert "15:06:00 ana looking" in shown
    assert "times in Europe/Berlin" in shown
    says(ana, incident_id, at="2026-03-04T14:58", why="the graph")
    assert started(db, incident_id) == at(-2)
    ana.sends(f"{path}/time-zone", {"time_zone": "Asia/Tokyo"}, seen_at=path)
    assert "23:06:00 ana looking" in words_of(ana.sees(path))
    assert "Asia/Tokyo, 2 messages" in words_of(ana.sees(f"{path}/episodes/1"))
    ana.sends(f"{path}/time-zone", {"time_zone": "Nowhere/Land"}, seen_at=path)
    shown_page = ana.sees(path)
    assert "That is no time zone" in words_of(shown_page)
    assert 'value="Nowhere/Land"' in shown_page


def test_a_time_that_clocks_skipped_is_refused(
    db: Database, ana: Visitor, incident_id: int
) -> None:
    path = f"/incidents/{incident_id}"
    ana.sends(f"{path}/time-zone", {"time_zone": "Europe/Berlin"}, seen_at=path)
    says(ana, incident_id, at="2025-03-30T02:30", why="night shift")
    assert "Clocks in Europe/Berlin skipped that time" in words_of(ana.sees(path))
    assert started(db, incident_id) is None


def test_who_may_not_read_the_channel_changes_nothing(db: Database, incident_id: int) -> None:
    hidden = declared(db, PRIVATE)
    ben = Visitor(db, ReplayClock(at(100))).comes_from_slack(BEN, team_id=TEAM)
    form = {"kind": "started", "at": "2026-03-04T13:58", "why": "x", "time_zone": "Asia/Tokyo"}
    for path in ("milestones", "milestones/take-back", "time-zone"):
        sent = ben.sends(f"/incidents/{hidden}/{path}", form, seen_at=f"/incidents/{incident_id}")
        assert sent.status_code == 404
        assert "no incident" in words_of(sent.text)
    assert started(db, hidden) is None
    with db.reading() as session:
        assert get_incident(session, hidden).time_zone is None

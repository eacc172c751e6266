"""Milestones of real incidents: what is recorded, what is posted, what people say of it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from copilot.db import Database
from copilot.errors import AlreadyDecidedError, BadInputError, NotFoundError
from copilot.incidents.lifecycle import declare, reopen, set_status
from copilot.incidents.models import Incident, Role, Severity, Status
from copilot.incidents.queries import get_incident
from copilot.incidents.roles import assign
from copilot.ports import MemberInfo, WorkspaceInfo
from copilot.reviews.milestone_reading import milestone_acts, milestones_of
from copilot.reviews.milestone_records import set_milestone, take_back_milestone
from copilot.reviews.milestones import Milestones, Origin
from copilot.reviews.models import Review, SignOff
from copilot.reviews.policies import (
    policy_history,
    policy_in_force,
    policy_of,
    set_policy,
    undo_policy,
)
from copilot.reviews.review_policy import ReviewPolicy
from copilot.reviews.reviewers import Reviewer
from copilot.reviews.time_zones import set_zone, zone_of, zone_of_person
from copilot.reviews.vocabulary import MilestoneKind
from copilot.timeline.models import MarkKind, MarkSource, MessageMark
from copilot.timeline.permalinks import instant_to_ts
from copilot.timeline.recording import record
from copilot.timeline.slack_messages import to_records
from copilot.workspaces.directory import upsert_members, upsert_workspace

TEAM, CHANNEL = "T0", "C0INC"
URL = "https://acme.slack.com/"
AT_TWO = datetime(2026, 3, 4, 14, 0, tzinfo=UTC)
ANA = Reviewer("ana", "UANA")
STARTED, DETECTED, ACKNOWLEDGED, DECLARED, MITIGATED, RESOLVED = MilestoneKind


def at(minute: float) -> datetime:
    return AT_TWO + timedelta(minutes=minute)


def say(db: Database, minute: float, text: str, user: str = "UANA", **more: Any) -> str:
    ts = instant_to_ts(at(minute))
    event = {"type": "message", "user": user, "text": text, "ts": ts, **more}
    with db.transaction() as session:
        record(session, to_records(TEAM, event, CHANNEL), at(minute))
    return ts


def pager(db: Database, minute: float, text: str = "[FIRING:1] errors above 5%") -> str:
    return say(db, minute, text, "UPAGER", bot_id="BPAGER", username="pager")


def remove(db: Database, ts: str) -> None:
    with db.transaction() as session:
        event = {
            "type": "message",
            "subtype": "message_deleted",
            "deleted_ts": ts,
            "ts": instant_to_ts(at(200)),
        }
        record(session, to_records(TEAM, event, CHANNEL), at(200))


@pytest.fixture
def incident_id(db: Database) -> int:
    with db.transaction() as session:
        upsert_workspace(session, WorkspaceInfo(TEAM, "acme", URL, "UCOPILOT"), AT_TWO)
        people = [
            MemberInfo("UANA", "ana", "", False, time_zone="Europe/Madrid"),
            MemberInfo("UBEN", "ben", "", False),
        ]
        upsert_members(session, TEAM, people)
        return declare(
            session,
            team_id=TEAM,
            channel_id=CHANNEL,
            title="Checkout errors",
            severity=Severity.SEV2,
            by="UANA",
            now=at(10),
        ).incident.id


def status(db: Database, incident_id: int, status: Status, minute: float) -> None:
    with db.transaction() as session:
        set_status(session, get_incident(session, incident_id), status, "UBEN", at(minute))


def read(db: Database, incident_id: int) -> Milestones:
    with db.reading() as session:
        return milestones_of(session, incident_id)


def says(db: Database, incident_id: int, kind: MilestoneKind, **what: Any) -> None:
    with db.transaction() as session:
        set_milestone(session, incident_id, kind, **{"by": ANA, "now": at(100), **what})


def test_an_incident_tells_its_own_milestones(db: Database, incident_id: int) -> None:
    alert = pager(db, 3)
    answer = say(db, 6, "looking", "UBEN")
    status(db, incident_id, Status.MONITORING, 49)
    status(db, incident_id, Status.RESOLVED, 80)
    whole = read(db, incident_id)
    assert {kind: found.at for kind, found in whole.found.items()} == {
        DETECTED: at(3),
        ACKNOWLEDGED: at(6),
        DECLARED: at(10),
        MITIGATED: at(49),
        RESOLVED: at(80),
    }
    link = f"{URL}archives/{CHANNEL}/p"
    assert whole.found[DETECTED].permalink == link + alert.replace(".", "")
    assert whole.found[ACKNOWLEDGED].permalink == link + answer.replace(".", "")
    assert (whole.found[DETECTED].person, whole.found[ACKNOWLEDGED].person) == ("pager", "ben")
    assert (whole.found[DECLARED].person, whole.found[RESOLVED].person) == ("ana", "ben")
    assert all(found.event_id for found in whole.found.values())
    assert whole.durations[1].length == timedelta(minutes=3)
    assert whole.durations[2].length is None


def test_a_reopened_incident_is_not_resolved_and_stays_mitigated_from_the_first_time(
    db: Database, incident_id: int
) -> None:
    status(db, incident_id, Status.MONITORING, 49)
    status(db, incident_id, Status.RESOLVED, 80)
    with db.transaction() as session:
        reopen(session, get_incident(session, incident_id), "UANA", at(90))
    assert RESOLVED not in read(db, incident_id).found
    status(db, incident_id, Status.MONITORING, 95)
    status(db, incident_id, Status.RESOLVED, 99)
    found = read(db, incident_id).found
    assert (found[MITIGATED].at, found[RESOLVED].at) == (at(49), at(99))


def test_a_commander_answers_where_nobody_spoke_before(db: Database, incident_id: int) -> None:
    pager(db, 11)
    with db.transaction() as session:
        assign(session, get_incident(session, incident_id), Role.COMMANDER, "UBEN", "UANA", at(12))
    found = read(db, incident_id).found[ACKNOWLEDGED]
    assert (found.at, found.origin, found.person) == (at(12), Origin.RECORD, "ben")


def test_an_alert_that_somebody_had_ignored_detected_nothing(
    db: Database, incident_id: int
) -> None:
    ignored, heard = pager(db, 3, "[FIRING:1] disk of the build farm above 80%"), pager(db, 4)
    with db.transaction() as session:
        session.add(
            MessageMark(
                team_id=TEAM,
                channel_id=CHANNEL,
                message_ts=ignored,
                kind=MarkKind.IGNORED,
                source=MarkSource.SHORTCUT,
                marked_by="UANA",
                marked_at=at(5),
            )
        )
    assert read(db, incident_id).found[DETECTED].message_ts == heard


def test_an_alert_behind_many_other_messages_is_found(db: Database, incident_id: int) -> None:
    with db.transaction() as session:
        for n in range(60):
            ts = instant_to_ts(at(-30) + timedelta(seconds=n))
            event = {"type": "message", "user": "UANA", "text": "lunch?", "ts": ts}
            record(session, to_records(TEAM, event, CHANNEL), at(0))
    pager(db, 3)
    assert read(db, incident_id).found[DETECTED].at == at(3)


def test_what_another_incident_of_the_channel_did_is_not_this_ones(
    db: Database, incident_id: int
) -> None:
    status(db, incident_id, Status.MONITORING, 49)
    status(db, incident_id, Status.RESOLVED, 80)
    with db.transaction() as session:
        second = declare(
            session,
            team_id=TEAM,
            channel_id=CHANNEL,
            title="Again",
            severity=None,
            by="UBEN",
            now=at(85),
        ).incident.id
    assert list(read(db, second).found) == [DECLARED]
    assert read(db, incident_id).found[RESOLVED].at == at(80)


def test_an_archive_has_no_records_and_says_nothing_of_them(db: Database, incident_id: int) -> None:
    with db.transaction() as session:
        imported = Incident(
            team_id=TEAM,
            channel_id="C0OLD",
            title="old",
            status=Status.RESOLVED,
            declared_at=AT_TWO,
            is_imported=True,
            timeline_from=AT_TWO,
        )
        session.add(imported)
        session.flush()
        imported_id = imported.id
    assert read(db, imported_id).found == {}


def test_an_archive_tells_an_alert_at_its_beginning_and_who_answered(db: Database) -> None:
    with db.transaction() as session:
        upsert_workspace(session, WorkspaceInfo(TEAM, "acme", URL, ""), AT_TWO)
        incident = Incident(
            team_id=TEAM,
            channel_id=CHANNEL,
            title="old",
            status=Status.RESOLVED,
            declared_at=AT_TWO,
            is_imported=True,
            timeline_from=AT_TWO,
        )
        session.add(incident)
        session.flush()
        incident_id = incident.id
        hook = {
            "type": "message",
            "subtype": "bot_message",
            "bot_id": "B1",
            "username": "grafana",
            "text": "[FIRING:1] errors above 5%",
            "ts": instant_to_ts(AT_TWO),
        }
        record(session, to_records(TEAM, hook, CHANNEL), AT_TWO)
    say(db, 7, "on it")
    found = read(db, incident_id).found
    assert (list(found), found[DETECTED].person) == ([DETECTED, ACKNOWLEDGED], "grafana")


class TestWhatPeopleSay:
    def test_a_message_shows_it_by_link_or_stamp(self, db: Database, incident_id: int) -> None:
        ts = say(db, 1, "customers wrote in at two")
        link = f"{URL}archives/{CHANNEL}/p{ts.replace('.', '')}?thread_ts={ts}&cid={CHANNEL}"
        for given in (ts, f" {link} "):
            says(db, incident_id, STARTED, message=given)
            found = read(db, incident_id).found[STARTED]
            assert (found.at, found.message_ts, found.person) == (at(1), ts, "ana")
            assert found.origin is Origin.PERSON

    def test_a_time_needs_a_reason_and_may_have_a_message_beside_it(
        self, db: Database, incident_id: int
    ) -> None:
        ts = say(db, 1, "since ten to two")
        with pytest.raises(BadInputError, match="Say why"):
            says(db, incident_id, STARTED, at=at(-10))
        says(db, incident_id, STARTED, at=at(-10), why="the graph")
        says(db, incident_id, STARTED, at=at(-11), message=ts)
        assert read(db, incident_id).found[STARTED].at == at(-11)
        status(db, incident_id, Status.RESOLVED, 80)
        assert read(db, incident_id).durations[3].length == timedelta(minutes=91)

    def test_the_newest_word_holds_can_be_taken_back_and_all_is_kept(
        self, db: Database, incident_id: int
    ) -> None:
        says(db, incident_id, DECLARED, at=at(5), why="on the phone")
        says(db, incident_id, DECLARED, at=at(6), why="a minute later", by=Reviewer("ben"))
        assert read(db, incident_id).found[DECLARED].at == at(6)
        with db.transaction() as session:
            take_back_milestone(
                session, incident_id, DECLARED, why="wrong day", by=ANA, now=at(101)
            )
        assert read(db, incident_id).found[DECLARED].at == at(10)
        with db.reading() as session:
            acts = milestone_acts(session, incident_id)
        assert [(act.by, act.at, act.why) for act in acts] == [
            ("ana", None, "wrong day"),
            ("ben", at(6), "a minute later"),
            ("ana", at(5), "on the phone"),
        ]
        with db.transaction() as session, pytest.raises(BadInputError, match="Nobody has said"):
            take_back_milestone(session, incident_id, DECLARED, by=ANA, now=at(102))

    def test_the_time_stays_when_the_message_goes(self, db: Database, incident_id: int) -> None:
        ts = say(db, 1, "customers wrote in")
        says(db, incident_id, STARTED, message=ts)
        remove(db, ts)
        found = read(db, incident_id).found[STARTED]
        assert (found.at, found.permalink) == (at(1), None)

    @pytest.mark.parametrize(
        "what",
        [
            {},
            {"at": at(500), "why": "x"},
            {"at": datetime(1999, 1, 1, tzinfo=UTC), "why": "x"},
            {"message": "1.1"},
            {"message": "<script>"},
            {"message": f"{URL}archives/C0OTHER/p1772632800000000"},
        ],
    )
    def test_what_cannot_be_is_refused(
        self, db: Database, incident_id: int, what: dict[str, Any]
    ) -> None:
        with pytest.raises(BadInputError):
            says(db, incident_id, STARTED, **what)
        assert read(db, incident_id).found.keys() == {DECLARED}

    def test_after_the_review_was_signed_it_stays(self, db: Database, incident_id: int) -> None:
        with db.transaction() as session:
            review = Review(
                incident_id=incident_id, version=1, engine="local", drafted_at=at(90), events_read=0
            )
            session.add(review)
            session.flush()
            session.add(
                SignOff(
                    incident_id=incident_id,
                    review_id=review.id,
                    signed_by="ben",
                    signed_at=at(95),
                    content_hash="0" * 64,
                )
            )
        with pytest.raises(BadInputError, match="ben signed the review"):
            says(db, incident_id, STARTED, at=at(1), why="x")


class TestPolicy:
    def test_a_version_follows_another_and_each_can_be_undone_alone(self, db: Database) -> None:
        with db.transaction() as session:
            assert policy_of(session, TEAM) == ReviewPolicy()
            policy = ReviewPolicy(time_zone="Europe/Berlin")
            made = set_policy(
                session, TEAM, policy, replaces=1, reason="we live there", by="UANA", now=at(0)
            )
            set_policy(
                session,
                TEAM,
                ReviewPolicy(time_zone="Europe/Berlin", debt_cap_minutes=20),
                replaces=made.version,
                reason="more time",
                by="UBEN",
                now=at(1),
            )
            undone = undo_policy(session, TEAM, 2, by="UANA", now=at(2))
            assert undone.policy == ReviewPolicy(debt_cap_minutes=20)
            assert [each.reason for each in policy_history(session, TEAM)] == [
                "Undone: we live there",
                "more time",
                "we live there",
            ]
            with pytest.raises(AlreadyDecidedError):
                undo_policy(session, TEAM, 2, by="UANA", now=at(3))
            with pytest.raises(NotFoundError):
                undo_policy(session, TEAM, 9, by="UANA", now=at(3))
            assert policy_of(session, "T1") == ReviewPolicy()

    def test_who_began_on_an_older_version_is_told(self, db: Database) -> None:
        with db.transaction() as session:
            for seconds in (1, 2):
                policy = ReviewPolicy(debt_cap_minutes=10 + seconds)
                how: dict[str, Any] = {"reason": "r", "by": "UANA", "now": at(seconds)}
                if seconds == 1:
                    set_policy(session, TEAM, policy, replaces=1, **how)
                    continue
                with pytest.raises(AlreadyDecidedError):
                    set_policy(session, TEAM, policy, replaces=1, **how)
            with pytest.raises(BadInputError, match="Say why"):
                set_policy(
                    session, TEAM, ReviewPolicy(), replaces=2, reason=" ", by="UANA", now=at(0)
                )
            assert policy_in_force(session, TEAM).policy.debt_cap_minutes == 11


def test_the_clocks_are_the_incidents_then_the_workspaces(db: Database, incident_id: int) -> None:
    with db.transaction() as session:
        incident = get_incident(session, incident_id)
        assert zone_of(session, incident) == ZoneInfo("UTC")
        policy = ReviewPolicy(time_zone="Europe/Berlin")
        set_policy(session, TEAM, policy, replaces=1, reason="r", by="UANA", now=at(0))
        assert zone_of(session, incident) == ZoneInfo("Europe/Berlin")
        set_zone(session, incident, " Asia/Tokyo ")
        assert zone_of(session, incident) == ZoneInfo("Asia/Tokyo")
        with pytest.raises(BadInputError, match="no time zone"):
            set_zone(session, incident, "Mars/Olympus")
        set_zone(session, incident, "")
        assert zone_of(session, incident) == ZoneInfo("Europe/Berlin")
        assert zone_of_person(session, TEAM, "UANA") == ZoneInfo("Europe/Madrid")
        assert zone_of_person(session, TEAM, "UBEN") is None
        assert zone_of_person(session, TEAM, "UNOBODY") is None

"""The noise page: who may, what it shows, saving, meeting another change, putting back."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from html import unescape
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import select

from copilot.clock import ReplayClock
from copilot.db import Database, open_engine
from copilot.incidents.models import Incident
from copilot.ports import MemberInfo, WorkspaceInfo
from copilot.suggestions.noise_policy import NoisePolicy, PolicySet
from copilot.suggestions.policies import (
    Origin,
    PoliciesInForce,
    policies_in_force,
    set_policies,
)
from copilot.workspaces.directory import upsert_members, upsert_workspace
from tests.console_world import STARTS_AT, TEAM
from tests.console_world.client import Visitor
from tests.console_world.talkative import (
    ADMIN,
    PRIVATE_CHANNEL,
    PRIVATE_TITLE,
    RESPONDER,
    build_history,
)

OTHER_TEAM = "T0QUAYSIDE"
PUBLIC_CHANNEL = "C0NOISE0"
TYPED: Mapping[str, Any] = {
    "sent": "1",
    "team": TEAM,
    "threshold_when_calm": "0.8",
    "threshold_when_busy": "0.9",
    "digest_threshold": "0.5",
    "post_interval": "30",
    "most_in_one_post": "3",
    "posts_per_person": "6",
    "backlog_cap_minutes": "10",
    "quiet_from": "22:00",
    "quiet_until": "07:00",
    "quiet_zone": "Europe/Berlin",
    "kinds": ["commitment", "request"],
    "version": "1",
    "reason": "too many cards at night",
}


@pytest.fixture(scope="module")
def played(
    tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path
) -> tuple[Path, datetime]:
    """Three incidents, one of them in a private channel, played once for all tests here."""
    path = tmp_path_factory.mktemp("played") / "played.db"
    path.write_bytes(migrated_sqlite.read_bytes())
    engine = open_engine(f"sqlite:///{path}")
    now = build_history(Database(engine, lambda _job: None), incidents=3, suggested=9)
    engine.dispose()
    return path, now


@pytest.fixture
def db(tmp_path: Path, played: tuple[Path, datetime]) -> Iterator[Database]:
    """One database is enough for the pages; both are tried at the end."""
    path = tmp_path / "noise.db"
    path.write_bytes(played[0].read_bytes())
    engine = open_engine(f"sqlite:///{path}")
    yield Database(engine, lambda _job: None)
    engine.dispose()


@pytest.fixture
def clock(played: tuple[Path, datetime]) -> ReplayClock:
    return ReplayClock(played[1])


@pytest.fixture
def ana(db: Database, clock: ReplayClock) -> Visitor:
    """An admin, who is not in the private channel."""
    return Visitor(db, clock).comes_from_slack(ADMIN, team_id=TEAM)


@pytest.fixture
def ben(db: Database, clock: ReplayClock) -> Visitor:
    """No admin, and in all channels."""
    return Visitor(db, clock).comes_from_slack(RESPONDER, team_id=TEAM)


def in_force(db: Database) -> PoliciesInForce:
    with db.reading() as session:
        return policies_in_force(session, TEAM)


def sets(db: Database, policy: PolicySet, clock: ReplayClock, **how: Any) -> None:
    with db.transaction() as session:
        how = {"reason": "a reason", "by": RESPONDER, **how}
        set_policies(session, TEAM, policy, now=clock.now(), **how)


def saves(visitor: Visitor, **changed: Any) -> httpx2.Response:
    return visitor.sends("/noise", {**TYPED, **changed}, seen_at="/noise/why")


def words_of(html: str) -> str:
    bare = re.sub(r"<(script|style|title).*?</\1>|<[^>]+>", " ", html, flags=re.S)
    return " ".join(unescape(bare).split())


class TestWho:
    def test_an_admin_tunes_and_everybody_else_reads(self, ana: Visitor, ben: Visitor) -> None:
        assert "Save for the whole workspace" in ana.sees("/noise")
        read = words_of(ben.sees("/noise"))
        assert "To have it changed, ask ana." in read
        assert "sure enough to post while calm 0.75" in read
        assert "Save" not in read
        assert "Replayed" not in read

    def test_only_an_admin_changes_anything(self, db: Database, ben: Visitor) -> None:
        for path in ("/noise", "/noise/undo", "/noise/learned"):
            answer = ben.sends(path, dict(TYPED), seen_at="/noise")
            assert answer.status_code == 403
            assert "Ask ana" in answer.text
            assert "Nothing was changed" in answer.text
        assert in_force(db).policies.version == 1

    def test_an_admin_of_a_workspace_is_none_in_another(
        self, db: Database, clock: ReplayClock
    ) -> None:
        url = "https://quayside.slack.com/"
        with db.transaction() as session:
            upsert_workspace(session, WorkspaceInfo(OTHER_TEAM, "Quayside", url, "U0B"), STARTS_AT)
            boss = MemberInfo("U0BOSS", "boss", "Boss", False, is_admin=True)
            upsert_members(session, OTHER_TEAM, [boss])
        visitor = Visitor(db, clock).comes_from_slack("U0BOSS", team_id=OTHER_TEAM)
        saved = visitor.sends("/noise", {**TYPED, "team": TEAM}, seen_at="/noise")
        assert saved.status_code == 303
        assert in_force(db).policies.version == 1
        assert "Nothing was suggested here yet" in visitor.sees(f"/noise?team={TEAM}")

    @pytest.mark.parametrize("who", ["guest", "deactivated", "stranger"])
    def test_guests_and_former_people_are_told_so(
        self, db: Database, clock: ReplayClock, who: str
    ) -> None:
        if who != "stranger":
            changed: dict[str, Any] = {f"is_{who}": True}
            info = MemberInfo(ADMIN, "x", "X", False, is_admin=True, **changed)
            with db.transaction() as session:
                upsert_members(session, TEAM, [info])
        user = "U0NEW" if who == "stranger" else ADMIN
        visitor = Visitor(db, clock).comes_from_slack(user, team_id=TEAM)
        for path in ("/noise", "/noise/replay"):
            assert "How much is said" in visitor.sees(path, status=403)
        assert saves(visitor).status_code == 403
        assert in_force(db).policies.version == 1

    def test_an_operator_may_what_an_admin_may(self, db: Database, clock: ReplayClock) -> None:
        visitor = Visitor(db, clock).signs_in("olga")
        assert "Save for the whole workspace" in visitor.sees("/noise")
        assert saves(visitor).status_code == 303
        assert in_force(db).set_by == "olga"
        assert "set by olga" in words_of(visitor.sees("/noise"))

    def test_where_there_is_no_workspace_yet_it_says_so(
        self, sqlite_url: str, clock: ReplayClock
    ) -> None:
        engine = open_engine(sqlite_url)
        visitor = Visitor(Database(engine, lambda _job: None), clock).signs_in()
        assert "connect one to Slack first" in visitor.sees("/noise", status=404)
        engine.dispose()


class TestPrivateChannels:
    def test_an_admin_gets_counts_of_them_and_no_words(self, ana: Visitor) -> None:
        shown = words_of(ana.sees("/noise?preset=quiet"))
        assert "Replayed over 3 incidents" in shown
        assert "1 incident in channels that you can't read" in shown
        assert re.search(r"\d+ of them (is|are) from channels that you can't read", shown)
        assert PRIVATE_TITLE not in shown
        assert "inc-103" not in ana.sees("/noise?preset=quiet")

    def test_who_is_in_the_channel_sees_them(
        self, db: Database, clock: ReplayClock, ben: Visitor
    ) -> None:
        with db.transaction() as session:
            info = MemberInfo(RESPONDER, "ben", "Ben", False, is_admin=True)
            upsert_members(session, TEAM, [info])
        shown = ben.sees("/noise?preset=quiet")
        assert PRIVATE_TITLE in shown
        assert "that you can't read" not in shown

    def test_its_numbers_are_nobody_elses(
        self, db: Database, clock: ReplayClock, ana: Visitor
    ) -> None:
        hidden = {PRIVATE_CHANNEL: {"threshold_when_busy": 0.9}}
        sets(db, PolicySet(by_channel=hidden), clock, reason="the payroll one is touchy")
        ana.sees(f"/noise?scope=channel:{PRIVATE_CHANNEL}", status=404)
        shown = words_of(ana.sees("/noise"))
        assert "1 private channel that you can't read has numbers of its own" in shown
        assert "a channel that you can't read" in shown
        assert "payroll" not in shown
        assert "There is no channel “#inc-103” here that you may read" in words_of(
            ana.sees("/noise?channel=%23inc-103")
        )

    def test_a_fault_there_is_told_without_a_name(
        self, db: Database, clock: ReplayClock, ana: Visitor
    ) -> None:
        sets(db, PolicySet(by_channel={PRIVATE_CHANNEL: {"threshold_when_busy": 0.8}}), clock)
        answer = saves(ana, version="2", threshold_when_calm="0.85")
        assert answer.status_code == 400
        assert "numbers that a private channel has of its own" in answer.text
        assert PRIVATE_CHANNEL not in answer.text


class TestReplay:
    def test_it_says_what_would_have_been_different(self, ana: Visitor) -> None:
        assert "Nothing would have been different." in ana.sees("/noise")
        shown = words_of(ana.sees("/noise?preset=quiet"))
        assert "Nothing would have been different." not in shown
        assert re.search(r"Whether the other \d+ were wanted nobody knows", shown)
        assert 'class="lane"' in ana.sees("/noise?preset=quiet")

    def test_numbers_from_an_address_are_replayed_and_not_saved(
        self, db: Database, ana: Visitor
    ) -> None:
        shown = ana.sees("/noise?sent=1&kinds=request&post_interval=45&reason=because")
        assert 'value="45"' in shown
        assert ">because</textarea>" in shown
        assert in_force(db).policies.version == 1

    def test_what_cannot_be_read_is_told_beside_it_and_kept(self, ana: Visitor) -> None:
        for field, value in (
            ("threshold_when_calm", "lots"),
            ("threshold_when_calm", "1e5"),
            ("post_interval", "7.5"),
            ("post_interval", "99999999999999999999"),
            ("most_in_one_post", "9"),
            ("posts_per_person", "0"),
            ("quiet_from", "25:00"),
            ("quiet_zone", "../../etc/passwd"),
            ("kinds", "<script>"),
            ("threshold_when_busy", "0.6"),
        ):
            answer = saves(ana, **{field: value})
            assert answer.status_code == 400, field
            assert "can't be replayed yet" in unescape(answer.text)
            assert field == "kinds" or f'value="{value}"' in answer.text
            assert "<script>" not in answer.text
            assert "too many cards at night" in answer.text

    def test_the_part_that_follows_the_numbers_is_small(self, ana: Visitor) -> None:
        part = ana.sees("/noise/replay?preset=talkative")
        assert 'id="replay"' in part
        assert "Who changed it" not in part

    def test_a_scope_that_is_none_is_not_here(self, ana: Visitor) -> None:
        for scope in ("severity:sev9", "channel:C0NOWHERE", "moon", "channel:"):
            ana.sees(f"/noise?scope={scope}", status=404)


class TestSaving:
    def test_it_holds_for_everybody_from_then_on(self, db: Database, ana: Visitor) -> None:
        answer = saves(ana)
        assert (answer.status_code, answer.headers["location"]) == (303, "/noise")
        found = in_force(db)
        base = found.policies.base
        assert base.threshold_when_calm == 0.8
        assert base.kinds == frozenset({"commitment", "request"})
        assert base.quiet_hours is not None
        assert base.quiet_hours.zone == "Europe/Berlin"
        assert (found.set_by, found.reason) == (ADMIN, "too many cards at night")
        shown = words_of(ana.sees("/noise"))
        assert "Saved. It holds for what is found from now on." in shown
        assert "sure enough to post while calm 0.75 → 0.8" in shown
        assert "quiet hours none → 22:00–07:00 Europe/Berlin" in shown
        assert "one post in 15 min → 30 min" in shown

    def test_a_reason_is_required_and_nothing_typed_is_lost(
        self, db: Database, ana: Visitor
    ) -> None:
        answer = saves(ana, reason="  ")
        assert answer.status_code == 400
        assert "Say why, for those who wonder later." in answer.text
        assert 'value="0.8"' in answer.text
        assert in_force(db).policies.version == 1

    def test_a_severity_keeps_only_what_differs(self, db: Database, ana: Visitor) -> None:
        answer = saves(ana, scope="severity:sev1")
        assert answer.headers["location"] == "/noise?scope=severity%3Asev1"
        policies = in_force(db).policies
        assert policies.base == NoisePolicy(version=2)
        assert set(policies.by_severity["sev1"]) == {
            "threshold_when_calm", "threshold_when_busy", "post_interval_s", "kinds", "quiet_hours",
        }  # fmt: skip
        assert "SEV1 · differs in 5" in words_of(ana.sees("/noise"))

    def test_as_everywhere_takes_a_severity_back(self, db: Database, ana: Visitor) -> None:
        saves(ana, scope="severity:sev1")
        form = ana.sees("/noise?scope=severity:sev1&preset=workspace")
        assert 'id="threshold_when_calm" name="threshold_when_calm" type="number"' in form
        typed = {"version": "2", "reason": "no longer", "scope": "severity:sev1"}
        plain = {"threshold_when_calm": "0.75", "threshold_when_busy": "0.85"}
        rest = {"post_interval": "15", "quiet_from": "", "quiet_until": "", "quiet_zone": "UTC"}
        kinds = {"kinds": ["commitment", "request", "proposal"]}
        assert saves(ana, **typed, **plain, **rest, **kinds).status_code == 303
        assert in_force(db).policies.by_severity == {}

    def test_a_channel_is_found_by_its_name(self, db: Database, ana: Visitor) -> None:
        assert "Save for #inc-101" in ana.sees("/noise?channel=%23inc-101")
        saves(ana, scope=f"channel:{PUBLIC_CHANNEL}")
        assert set(in_force(db).policies.by_channel) == {PUBLIC_CHANNEL}
        assert "#inc-101: sure enough to post while calm as everywhere → 0.8" in words_of(
            ana.sees("/noise")
        )

    def test_the_same_again_is_not_saved(self, db: Database, ana: Visitor) -> None:
        saves(ana)
        answer = saves(ana, version="2")
        assert answer.status_code == 400
        assert "hold already" in answer.text
        assert in_force(db).policies.version == 2

    def test_a_form_can_unmute_and_not_mute(
        self, db: Database, clock: ReplayClock, ana: Visitor
    ) -> None:
        muted = {PUBLIC_CHANNEL: {"muted": ["proposal"]}}
        sets(db, PolicySet(by_channel=muted), clock, origin=Origin.LEARNED, by="copilot")
        shown = words_of(ana.sees(f"/noise?scope=channel:{PUBLIC_CHANNEL}"))
        assert "Proposals kept quiet by the copilot itself" in shown
        saves(ana, version="2", scope=f"channel:{PUBLIC_CHANNEL}", muted=["request"])
        assert in_force(db).policies.resolve(None, PUBLIC_CHANNEL).muted == frozenset()


class TestMeetingAnotherChange:
    def test_it_says_so_and_keeps_both(
        self, db: Database, clock: ReplayClock, ana: Visitor
    ) -> None:
        other = NoisePolicy(most_in_one_post=2, threshold_when_calm=0.7)
        sets(db, PolicySet(other), clock, reason="cards were long")
        answer = saves(ana)
        shown = words_of(answer.text)
        assert answer.status_code == 409
        assert "ben changed this while you were at it (“cards were long”)" in shown
        assert "items in a post 3 → 2" in shown
        assert "Your changes are still here" in shown
        assert "too many cards at night" in shown
        assert in_force(db).policies.version == 2
        assert re.search(r'name="threshold_when_calm"[^>]* value="0.8"', answer.text)
        assert re.search(r'name="most_in_one_post"[^>]* value="2"', answer.text)
        assert re.search(r'name="version" value="2"', answer.text)

    def test_sent_again_it_is_saved(self, db: Database, clock: ReplayClock, ana: Visitor) -> None:
        sets(db, PolicySet(NoisePolicy(most_in_one_post=2)), clock)
        assert saves(ana).status_code == 409
        assert saves(ana, version="2", most_in_one_post="2").status_code == 303
        assert in_force(db).policies.base.most_in_one_post == 2

    def test_a_form_of_no_known_version_is_shown_anew(self, db: Database, ana: Visitor) -> None:
        for version in ("", "0", "999", "-1", "1e9", "٣"):
            assert saves(ana, version=version).status_code == 409, version
        assert in_force(db).policies.version == 1


class TestUndoing:
    def test_a_change_is_put_back_and_later_ones_stay(self, db: Database, ana: Visitor) -> None:
        saves(ana)
        saves(ana, version="2", most_in_one_post="1", reason="one at a time")
        answer = ana.sends("/noise/undo", {"team": TEAM, "undoes": "2", "version": "3"})
        assert answer.headers["location"] == "/noise#history"
        base = in_force(db).policies.base
        assert (base.threshold_when_calm, base.most_in_one_post) == (0.75, 1)
        shown = words_of(ana.sees("/noise"))
        assert "Put back." in shown
        assert "Undone: too many cards at night" in shown

    def test_what_it_puts_back_is_said_beforehand(self, ana: Visitor) -> None:
        saves(ana)
        assert "This puts back: sure enough to post while calm 0.8 → 0.75" in words_of(
            ana.sees("/noise")
        )

    def test_nothing_else_is_put_back_than_was_said(
        self, db: Database, clock: ReplayClock, ana: Visitor
    ) -> None:
        saves(ana)
        sets(db, in_force(db).policies, clock)
        ana.sends("/noise/undo", {"team": TEAM, "undoes": "2", "version": "2"})
        assert "Nothing was changed" in ana.sees("/noise")
        assert in_force(db).policies.version == 3

    def test_what_is_not_there_is_not_undone(self, db: Database, ana: Visitor) -> None:
        for undoes in ("1", "9", "", "x", "2; drop table"):
            ana.sends("/noise/undo", {"team": TEAM, "undoes": undoes, "version": "1"})
            assert "Nothing was changed" in ana.sees("/noise"), undoes
        assert in_force(db).policies.version == 1

    def test_what_the_copilot_learned_is_taken_back(
        self, db: Database, clock: ReplayClock, ana: Visitor
    ) -> None:
        muted = {PUBLIC_CHANNEL: {"muted": ["proposal"]}}
        how = {"origin": Origin.LEARNED, "by": "copilot", "reason": "3 of 24 proposals were wanted"}
        sets(db, PolicySet(by_channel=muted), clock, **how)
        shown = words_of(ana.sees("/noise"))
        assert "proposals in #inc-101" in shown
        assert "3 of 24 proposals were wanted" in shown
        ana.sends("/noise/learned", {"team": TEAM, "change": "mute:2"})
        assert in_force(db).policies.resolve(None, PUBLIC_CHANNEL).muted == frozenset()

    def test_not_where_the_admin_may_not_read(
        self, db: Database, clock: ReplayClock, ana: Visitor
    ) -> None:
        muted = {PRIVATE_CHANNEL: {"muted": ["proposal"]}}
        sets(db, PolicySet(by_channel=muted), clock, origin=Origin.LEARNED, by="copilot")
        assert "1 more change is about channels that you can't read" in words_of(ana.sees("/noise"))
        ana.sends("/noise/learned", {"team": TEAM, "change": "mute:2"})
        assert in_force(db).policies.version == 2


def test_hostile_words_stay_words(db: Database, clock: ReplayClock, ana: Visitor) -> None:
    with db.transaction() as session:
        for incident in session.scalars(select(Incident)):
            incident.title = "<img src=x onerror=alert(1)> <!channel>"
    sets(db, PolicySet(NoisePolicy(most_in_one_post=2)), clock, reason="<script>alert(1)</script>")
    shown = ana.sees("/noise?preset=quiet&channel=<b>&reason=</textarea><script>")
    assert "<img" not in shown
    assert "<script>alert" not in shown
    assert "</textarea><script>" not in shown


def test_it_works_on_both_databases(database_url: str) -> None:
    engine = open_engine(database_url)
    db = Database(engine, lambda _job: None)
    now = build_history(db, incidents=1, suggested=3)
    visitor = Visitor(db, ReplayClock(now)).comes_from_slack(ADMIN, team_id=TEAM)
    assert "Replayed over 1 incident" in visitor.sees("/noise?preset=quiet")
    assert saves(visitor).status_code == 303
    visitor.sends("/noise/undo", {"team": TEAM, "undoes": "2", "version": "2"})
    assert "Put back." in visitor.sees("/noise")
    engine.dispose()

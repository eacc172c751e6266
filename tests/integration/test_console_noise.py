"""The noise page: who may see what, and what it shows before anything is saved."""

import re
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select

from copilot.clock import ReplayClock
from copilot.db import Database, open_engine
from copilot.incidents.models import Incident
from copilot.ports import MemberInfo, WorkspaceInfo
from copilot.suggestions.noise_policy import NoisePolicy, PolicySet
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
from tests.integration.noise_visits import OTHER_TEAM, TYPED, in_force, saves, sets, words_of
from tests.integration.noise_visits import ana as ana
from tests.integration.noise_visits import ben as ben
from tests.integration.noise_visits import clock as clock
from tests.integration.noise_visits import db as db
from tests.integration.noise_visits import played as played


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

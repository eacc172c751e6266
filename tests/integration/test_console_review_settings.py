"""How reviews are written: who may say so, saving, meeting another change, undoing."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import httpx2
import pytest

from copilot.clock import ReplayClock
from copilot.db import Database, open_engine
from copilot.ports import MemberInfo, WorkspaceInfo
from copilot.reviews.policies import policy_in_force, set_policy
from copilot.reviews.review_policy import SHIPPED, ReviewPolicy
from copilot.workspaces.directory import upsert_members, upsert_workspace
from tests.console_world.client import Visitor

TEAM, OTHER_TEAM = "T0ACME", "T0QUAY"
ANA, BEN, BOSS = "U0ANA", "U0BEN", "U0BOSS"
NOW = datetime(2026, 3, 4, 14, 0, tzinfo=UTC)
DEFAULT = ReviewPolicy()
PATHS = ("/review-settings", "/review-settings/undo")


@pytest.fixture
def db(sqlite_url: str) -> Iterator[Database]:
    """One database is enough for pages; what they call is tried on both."""
    engine = open_engine(sqlite_url)
    db = Database(engine, lambda _job: None)
    with db.transaction() as session:
        for team in (TEAM, OTHER_TEAM):
            url = f"https://{team.lower()}.slack.com/"
            upsert_workspace(session, WorkspaceInfo(team, team.title(), url, "U0BOT"), NOW)
        people = [
            MemberInfo(ANA, "ana", "", False, is_admin=True),
            MemberInfo(BEN, "ben", "", False),
            MemberInfo("U0GUEST", "gus", "", False, is_guest=True),
            MemberInfo("U0GONE", "gone", "", False, is_admin=True, is_deactivated=True),
        ]
        upsert_members(session, TEAM, people)
        upsert_members(session, OTHER_TEAM, [MemberInfo(BOSS, "boss", "", False, is_admin=True)])
    yield db
    engine.dispose()


def comes(db: Database, user: str, team: str = TEAM) -> Visitor:
    return Visitor(db, ReplayClock(NOW)).comes_from_slack(user, team_id=team)


@pytest.fixture
def ana(db: Database) -> Visitor:
    return comes(db, ANA)


def form(policy: ReviewPolicy = DEFAULT, /, **changed: str | None) -> dict[str, str]:
    """What a browser sends of the page as it comes; None takes a field out."""
    sent: dict[str, str | None] = {
        "team": TEAM,
        "version": "1",
        "reason": "we tried it",
        "time_zone": "UTC",
        "debt_cap_minutes": "10",
        "seeded_percent": "0",
        "new.place": "11",
        "new.title": "",
        "new.asks": "",
        "new.most": "20",
    }
    for place, wish in enumerate(policy.sections, 1):
        fields = {
            "on": "1",
            "place": str(place),
            "title": wish.title,
            "asks": wish.asks,
            "most": str(wish.most),
        }
        sent.update({f"{wish.key}.{name}": value for name, value in fields.items()})
    return {name: value for name, value in {**sent, **changed}.items() if value is not None}


def saves(visitor: Visitor, sent: Mapping[str, str]) -> httpx2.Response:
    return visitor.sends("/review-settings", sent, seen_at="/")


def in_force(db: Database, team: str = TEAM) -> ReviewPolicy:
    with db.reading() as session:
        return policy_in_force(session, team).policy


def words_of(html: str) -> str:
    bare = re.sub(r"<(script|style|title).*?</\1>|<[^>]+>", " ", html, flags=re.S)
    return " ".join(unescape(bare).split())


class TestWho:
    def test_an_admin_may_and_a_member_is_told_whom_to_ask(
        self, db: Database, ana: Visitor
    ) -> None:
        assert "Save" in words_of(ana.sees("/review-settings"))
        ben = comes(db, BEN)
        shown = words_of(ben.sees("/review-settings", status=403))
        assert "for admins of the workspace to set" in shown
        assert "Ask ana." in shown

    @pytest.mark.parametrize("user", [BEN, "U0GUEST", "U0GONE", "U0NOBODY"])
    def test_nobody_else_sees_or_changes_it(self, db: Database, user: str) -> None:
        visitor = comes(db, user)
        visitor.sees("/review-settings", status=403)
        for path in PATHS:
            sent = visitor.sends(path, form(debt_cap_minutes="20", undoes="1"), seen_at="/")
            assert sent.status_code == 403
        assert in_force(db) == ReviewPolicy()

    def test_an_admin_of_one_workspace_is_none_in_another(self, db: Database) -> None:
        boss = comes(db, BOSS, OTHER_TEAM)
        assert saves(boss, form(debt_cap_minutes="20")).status_code == 303
        assert in_force(db) == ReviewPolicy()
        assert in_force(db, OTHER_TEAM).debt_cap_minutes == 20

    def test_an_operator_chooses_the_workspace(self, db: Database) -> None:
        olga = Visitor(db, ReplayClock(NOW)).signs_in("olga")
        assert "T0Quay" in words_of(olga.sees(f"/review-settings?team={TEAM}"))
        saved = saves(olga, form(team=OTHER_TEAM, debt_cap_minutes="20"))
        assert saved.headers["location"] == f"/review-settings?team={OTHER_TEAM}"
        assert in_force(db, OTHER_TEAM).debt_cap_minutes == 20
        olga.sees("/review-settings?team=T0NOWHERE", status=404)


class TestSaving:
    def test_sections_are_switched_moved_renamed_and_added(
        self, db: Database, ana: Visitor
    ) -> None:
        sent = form(
            **{
                "went_well.on": None,
                "follow_ups.place": "1",
                "impact.title": "Who was hit",
                "impact.most": "3",
                "new.title": "Customer voice",
                "new.asks": "What customers wrote.",
                "new.place": "2",
                "time_zone": "Europe/Berlin",
                "debt_cap_minutes": "7,5",
                "seeded_percent": "5",
            }
        )
        assert saves(ana, sent).status_code == 303
        policy = in_force(db)
        keys = [wish.key for wish in policy.sections]
        assert keys[:4] == ["summary", "follow_ups", "impact", "own_customer_voice"]
        assert "went_well" not in keys
        impact = next(wish for wish in policy.sections if wish.key == "impact")
        assert (impact.title, impact.most) == ("Who was hit", 3)
        assert (policy.time_zone, policy.debt_cap_minutes, policy.seeded_share) == (
            "Europe/Berlin",
            7.5,
            0.05,
        )
        shown = words_of(ana.sees("/review-settings"))
        assert "Saved. It holds for reviews drafted from now on." in shown
        assert "Customer voice: off → on" in shown
        assert "we tried it" in shown

    def test_a_section_of_ones_own_is_dropped_when_it_is_unticked(
        self, db: Database, ana: Visitor
    ) -> None:
        saves(ana, form(**{"new.title": "Costs", "new.asks": "What it cost."}))
        policy = in_force(db)
        sent = form(policy, version="2", **{"own_costs.on": None})
        assert saves(ana, sent).status_code == 303
        assert in_force(db) == ReviewPolicy()

    @pytest.mark.parametrize(
        ("name", "value", "said"),
        [
            ("impact.title", "", "Give it a title."),
            ("impact.title", "Summary", "Another section has this title."),
            ("impact.most", "0", "whole number from 1 to 40"),
            ("impact.most", "lots", "Give a whole number."),
            ("impact.place", "-1", "Give a whole number."),
            ("new.title", "Costs", "Say what belongs in it"),
            ("debt_cap_minutes", "1e9", "Give a number."),
            ("debt_cap_minutes", "500", "Give minutes from 1 to 120."),
            ("seeded_percent", "50", "from 0 % (none) to 20 %"),
            ("time_zone", "Mars/Olympus", "Give a time zone such as"),
            ("reason", " ", "Say why"),
        ],
    )
    def test_what_cannot_be_used_is_told_beside_it_and_kept(
        self, db: Database, ana: Visitor, name: str, value: str, said: str
    ) -> None:
        answer = saves(ana, form(**{name: value, "response.title": "<b>What we did"}))
        assert answer.status_code == 400
        at = unescape(answer.text).index(f'id="fault-{name}"')
        assert said in unescape(answer.text)[at : at + 200]
        assert "Nothing was saved yet" in answer.text
        assert "&lt;b&gt;What we did" in answer.text
        assert in_force(db) == ReviewPolicy()

    def test_no_section_at_all_is_refused(self, db: Database, ana: Visitor) -> None:
        off: dict[str, Any] = {f"{wish.key}.on": None for wish in SHIPPED}
        answer = saves(ana, form(**off))
        assert answer.status_code == 400
        assert "Keep at least one section" in words_of(answer.text)

    def test_nothing_changed_is_nothing_saved(self, db: Database, ana: Visitor) -> None:
        answer = saves(ana, form())
        assert "This holds already" in words_of(answer.text)
        with db.reading() as session:
            assert policy_in_force(session, TEAM).version == 1


class TestTogether:
    def test_both_changes_stand_in_the_form_when_two_change_it(
        self, db: Database, ana: Visitor
    ) -> None:
        with db.transaction() as session:
            theirs = ReviewPolicy(time_zone="Asia/Tokyo")
            set_policy(session, TEAM, theirs, replaces=1, reason="moved", by=BEN, now=NOW)
        answer = saves(ana, form(debt_cap_minutes="20"))
        assert answer.status_code == 409
        shown = words_of(answer.text)
        assert "ben changed this while you were at it (“moved”)" in shown
        assert "time zone: UTC → Asia/Tokyo" in shown
        assert 'value="Asia/Tokyo"' in answer.text
        assert in_force(db) == theirs
        again = form(debt_cap_minutes="20", time_zone="Asia/Tokyo", version="2")
        assert saves(ana, again).status_code == 303
        assert in_force(db) == ReviewPolicy(time_zone="Asia/Tokyo", debt_cap_minutes=20)

    def test_an_old_change_is_undone_and_a_newer_one_stays(
        self, db: Database, ana: Visitor
    ) -> None:
        saves(ana, form(time_zone="Asia/Tokyo"))
        saves(ana, form(time_zone="Asia/Tokyo", debt_cap_minutes="20", version="2"))
        undo = {"team": TEAM, "undoes": "2", "version": "3"}
        ana.sends("/review-settings/undo", undo, seen_at="/")
        assert in_force(db) == ReviewPolicy(debt_cap_minutes=20)
        shown = words_of(ana.sees("/review-settings"))
        assert "Put back." in shown
        assert "Undone: we tried it" in shown
        for stale in ({**undo, "version": "3"}, {**undo, "version": "4"}, {"undoes": "x"}):
            ana.sends("/review-settings/undo", stale, seen_at="/")
            assert "Nothing was changed" in words_of(ana.sees("/review-settings"))
        assert in_force(db) == ReviewPolicy(debt_cap_minutes=20)


def test_a_long_history_says_how_much_is_older(db: Database, ana: Visitor) -> None:
    with db.transaction() as session:
        for version in range(1, 24):
            policy = ReviewPolicy(debt_cap_minutes=10 + version)
            at = NOW + timedelta(minutes=version)
            set_policy(
                session, TEAM, policy, replaces=version, reason=f"r{version}", by=ANA, now=at
            )
    assert "and 3 older changes" in words_of(ana.sees("/review-settings"))

"""The noise page: saving, meeting another change, putting back."""

import re

from copilot.clock import ReplayClock
from copilot.db import Database
from copilot.suggestions.noise_policy import NoisePolicy, PolicySet
from copilot.suggestions.policies import (
    Origin,
)
from tests.console_world import TEAM
from tests.console_world.client import Visitor
from tests.console_world.talkative import (
    ADMIN,
    PRIVATE_CHANNEL,
)
from tests.integration.noise_visits import PUBLIC_CHANNEL, in_force, saves, sets, words_of
from tests.integration.noise_visits import ana as ana
from tests.integration.noise_visits import ben as ben
from tests.integration.noise_visits import clock as clock
from tests.integration.noise_visits import db as db
from tests.integration.noise_visits import played as played


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

"""How talkative a workspace wants it, quiet for a while, and what waits for people."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import false, select, true

from copilot.db import Database
from copilot.errors import AlreadyDecidedError, BadInputError
from copilot.incidents.queries import get_incident
from copilot.suggestions import decisions
from copilot.suggestions.models import Suggestion
from copilot.suggestions.noise_gate import recompute
from copilot.suggestions.noise_policy import (
    DEFAULT_NOISE_POLICY,
    PRESETS,
    PolicySet,
    Preset,
    from_json,
)
from copilot.suggestions.policies import (
    policies_in_force,
    reason_faults,
    set_policies,
    undo_policies,
)
from copilot.suggestions.policy_faults import policy_faults
from copilot.suggestions.presets import preset_like
from copilot.suggestions.quiet import end_quiet, quiet_at, quiet_until, set_quiet
from copilot.suggestions.vocabulary import DecisionKind, Outcome, Reason
from copilot.suggestions.waiting import is_waiting, waiting_ids, waits
from tests.fakes.channel_story import START, TEAM, ChannelStory
from tests.one_database import ON_BOTH
from tests.one_database import database_url as database_url

LONGER = replace(DEFAULT_NOISE_POLICY, post_interval=timedelta(minutes=45))


@pytest.fixture
def story(db: Database) -> ChannelStory:
    return ChannelStory(db)


def test_the_newest_policy_holds_and_tells_who_set_it_and_why(db: Database) -> None:
    with db.transaction() as session:
        assert policies_in_force(session, TEAM).policies == PolicySet()
        made = set_policies(
            session, TEAM, PolicySet(LONGER), reason=" calmer\n\u202enights\0 ", by="U1", now=START
        )
    assert made.version == 2
    with db.reading() as session:
        found = policies_in_force(session, TEAM)
        assert found.policies == PolicySet(replace(LONGER, version=2))
        assert (found.reason, found.set_by, found.set_at) == ("calmer nights", "U1", START)
        assert policies_in_force(session, "T2").policies == PolicySet()


@ON_BOTH
def test_of_two_who_set_it_at_once_one_is_told(db: Database) -> None:
    def try_to_set(number: int) -> bool:
        try:
            with db.transaction() as session:
                set_policies(
                    session, TEAM, PolicySet(LONGER), reason="why", by=f"U{number}", now=START
                )
        except AlreadyDecidedError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(try_to_set, range(4))) == 1


@pytest.mark.parametrize(
    ("changes", "reason", "field"),
    [
        ({"threshold_when_calm": 0.3}, "why", "threshold_when_calm"),
        ({"threshold_when_busy": 1.0}, "why", "threshold_when_busy"),
        ({"threshold_when_calm": 0.9}, "why", "threshold_when_busy"),
        ({"post_interval": timedelta(minutes=4)}, "why", "post_interval"),
        ({"post_interval": timedelta(hours=5)}, "why", "post_interval"),
        ({"most_in_one_post": 4}, "why", "most_in_one_post"),
        ({"kinds": frozenset({"gossip"})}, "why", "kinds"),
        ({"posts_per_person": 0}, "why", "posts_per_person"),
        ({"digest_threshold": 0.8}, "why", "digest_threshold"),
        ({}, " \n ", "reason"),
        ({}, "\u202e\u200b", "reason"),
        ({}, "x" * 301, "reason"),
    ],
)
def test_what_is_wrong_is_named(changes: dict[str, object], reason: str, field: str) -> None:
    policy = replace(DEFAULT_NOISE_POLICY, **changes)  # type: ignore[arg-type]
    assert [*policy_faults(policy), *reason_faults(reason)] == [field]


def test_a_channel_counts_before_a_severity_and_a_severity_before_the_workspace(
    story: ChannelStory,
) -> None:
    policies = from_json(
        {
            "threshold_when_calm": 0.8,
            "by_severity": {"sev1": {"posts_per_person": 2, "most_in_one_post": 1}},
            "by_channel": {"C1": {"most_in_one_post": 2, "muted": ["proposal"]}},
        }
    )
    both = policies.resolve("sev1", "C1")
    assert (both.threshold_when_calm, both.posts_per_person, both.most_in_one_post) == (0.8, 2, 2)
    assert both.muted == {"proposal"}
    assert policies.resolve("sev2", "C2") == policies.base
    with story.db.transaction() as session:
        set_policies(session, TEAM, policies, reason="why", by="U1", now=START)
    with story.db.reading() as session:
        found = policies_in_force(session, TEAM).policies
    assert found == replace(policies, base=replace(policies.base, version=2))


@pytest.mark.parametrize(
    "data",
    [
        [],
        {"threshold_when_calm": "high"},
        {"threshold_when_calm": True},
        {"post_interval_s": float("inf")},
        {"loudness": 3},
        {"quiet_hours": {"from": "25:00", "until": "07:00"}},
        {"quiet_hours": {"from": "22:00", "until": "07:00", "zone": "Atlantis/Poseidonis"}},
        {"kinds": "commitment"},
        {"by_channel": {"C1": {"loudness": 3}}},
        {"by_channel": ["C1"]},
    ],
)
def test_what_is_no_policy_is_refused_with_words(data: object) -> None:
    with pytest.raises(ValueError, match=r"\w+ \w+"):
        from_json(data)


def test_every_preset_may_be_set_and_is_known_again() -> None:
    for preset, policy in PRESETS.items():
        assert policy_faults(policy) == {}
        assert preset_like(replace(policy, version=7)) is preset
    assert preset_like(LONGER) is None
    assert preset_like(DEFAULT_NOISE_POLICY) is Preset.BALANCED


def test_what_is_taken_back_gives_way_to_what_was_set_before_it(db: Database) -> None:
    for minutes in (45, 60):
        with db.transaction() as session:
            before = policies_in_force(session, TEAM).policies
            made = replace(before.base, post_interval=timedelta(minutes=minutes))
            policies = replace(before, base=made)
            set_policies(session, TEAM, policies, reason="calmer", by="U1", now=START)
    with db.transaction() as session:
        undone = undo_policies(session, TEAM, 3, by="U1", now=START)
    assert undone.base == replace(LONGER, version=4)


def test_budget_and_size_of_a_post_follow_the_policy(story: ChannelStory) -> None:
    policy = replace(LONGER, most_in_one_post=1, threshold_when_calm=0.6)
    with story.db.transaction() as session:
        set_policies(session, TEAM, PolicySet(policy), reason="why", by="U1", now=START)
    story.says("todo(0.7): page on replica lag")
    story.says("todo(0.65): rewrite step 4 of the runbook")
    story.sweeps()
    assert story.shown() == ["page on replica lag"]
    assert story.messenger.posts[0].card.context == "calm · 1 of 1 in 45 min"
    story.waits(minutes=44)
    story.sweeps()
    assert len(story.messenger.posts) == 1
    with story.db.reading() as session:
        for row in session.scalars(select(Suggestion)):
            assert row.reason_details["policy_version"] == 2
            assert recompute(row.reason_details) == (row.outcome, row.reason)


@ON_BOTH
def test_quiet_ends_by_itself_or_when_somebody_says_so(story: ChannelStory) -> None:
    half_past = START + timedelta(minutes=30)
    with story.db.transaction() as session:
        set_quiet(session, story.incident_id, until=half_past, by="U1", now=START)
        found = quiet_at(session, story.incident_id, START)
        assert found is not None
        assert (found.until, found.by) == (half_past, "U1")
        assert quiet_at(session, story.incident_id, half_past) is None
        assert quiet_until(session, story.incident_id) == half_past
        assert end_quiet(session, story.incident_id, by="U2", now=START)
        assert not end_quiet(session, story.incident_id, by="U2", now=START)


def test_quiet_is_no_longer_than_a_shift(story: ChannelStory) -> None:
    for hours in (-1, 0, 13):
        until = START + timedelta(hours=hours)
        with story.db.transaction() as session, pytest.raises(BadInputError):
            set_quiet(session, story.incident_id, until=until, by="U1", now=START)


def test_what_quiet_held_back_comes_at_the_next_pause_after_it(story: ChannelStory) -> None:
    with story.db.transaction() as session:
        until = START + timedelta(minutes=30)
        set_quiet(session, story.incident_id, until=until, by="U1", now=START)
    story.says("todo: page on replica lag")
    story.sweeps()
    assert story.verdicts() == {"page on replica lag": ("digest", "quiet")}
    assert story.suggestion("page on replica lag").why == "quiet until 14:30, asked by ana"
    for _ in range(5):
        story.waits(minutes=6)
        story.sweeps()
    assert story.shown() == ["page on replica lag"]
    assert story.messenger.posts[0].posted_at >= until
    assert story.is_idle()


@ON_BOTH
def test_the_rule_for_what_waits_is_the_same_in_python_and_in_sql(story: ChannelStory) -> None:
    told = list(product([None, *DecisionKind], Outcome, Reason))
    with story.db.transaction() as session:
        for decision, outcome, reason in told:
            session.add(
                Suggestion(
                    incident_id=story.incident_id,
                    kind="request",
                    title="a title",
                    confidence=0.9,
                    fingerprint="f",
                    proposed_at=START,
                    outcome=outcome,
                    reason=reason,
                    reason_details={},
                    tempo="calm",
                    judged_at=START,
                    decision=decision,
                )
            )
        session.flush()
        for over, condition in ((False, false()), (True, true())):
            rows = session.scalars(select(Suggestion).where(waits(condition))).all()
            found = sorted((row.decision or "", row.outcome, row.reason) for row in rows)
            expected = sorted(
                (decision or "", outcome, reason)
                for decision, outcome, reason in told
                if is_waiting(decision, outcome, reason, is_over=over)
            )
            assert found == expected
            assert ("snoozed", "deliver", "cleared") in expected or not over


def test_leaving_for_the_review_is_not_the_last_word(story: ChannelStory) -> None:
    story.says("todo: page on replica lag")
    story.sweeps()
    suggestion_id = story.suggestions()[0].id
    with story.db.transaction() as session:
        decisions.snooze(session, suggestion_id, by="U1", now=START)
        assert waiting_ids(session, get_incident(session, story.incident_id)) == []
    with story.db.transaction() as session, pytest.raises(AlreadyDecidedError, match="left for"):
        decisions.snooze(session, suggestion_id, by="U2", now=START)
    with story.db.transaction() as session:
        decisions.accept(session, suggestion_id, by="U2", now=START)
    with story.db.transaction() as session, pytest.raises(AlreadyDecidedError, match="accepted"):
        decisions.snooze(session, suggestion_id, by="U1", now=START)
    assert story.suggestions()[0].decided == "accepted by ben 14:00 UTC"


@ON_BOTH
def test_people_who_decide_on_one_card_at_once_never_wait_for_each_other_for_ever(
    story: ChannelStory,
) -> None:
    for number in range(3):
        story.says(f"todo(0.9): {['page on lag', 'mend step 4', 'plan a drill'][number]}")
    story.sweeps()
    ids = [one.id for one in story.suggestions()]

    def decide(number: int) -> int:
        mine = [ids[number % 3], ids[(number + 1) % 3]]
        with story.db.transaction() as session:
            done = decisions.together(
                session,
                reversed(mine),
                lambda each: decisions.accept(session, each, by=f"U{number}", now=START),
            )
        return len(done.decided)

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(decide, range(6))) == 3

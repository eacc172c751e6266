from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.suggestions.candidates import essence_of, likeness_if_same
from copilot.suggestions.noise_gate import (
    JUST_RESOLVED,
    ChannelState,
    KnownWork,
    Proposed,
    Verdict,
    closest,
    judge,
    recompute,
    rejudge,
)
from copilot.suggestions.noise_policy import DEFAULT_NOISE_POLICY, NoisePolicy, QuietHours
from copilot.suggestions.verdict_facts import Facts
from copilot.suggestions.vocabulary import Outcome, Reason, SuggestionKind, Tempo
from copilot.suggestions.waiting import is_waiting
from copilot.suggestions.wording import explain
from tests.unit.suggestions.builders import NOW, a_channel, proposed


def judged(
    candidate: Proposed | None = None,
    channel: ChannelState | None = None,
    policy: NoisePolicy = DEFAULT_NOISE_POLICY,
) -> Verdict:
    return judge(candidate or proposed(), channel or a_channel(), policy, NOW)


def test_the_bar_rises_with_the_tempo_and_nothing_passes_a_hectic_one() -> None:
    policy = NoisePolicy(threshold_when_calm=0.5, threshold_when_busy=0.75)
    assert policy.threshold(Tempo.CALM) == 0.5
    assert policy.threshold(Tempo.BUSY) == 0.75
    assert policy.threshold(Tempo.HECTIC) is None


@pytest.mark.parametrize(
    ("tempo", "confidence", "outcome", "reason"),
    [
        (Tempo.CALM, 0.75, Outcome.DELIVER, Reason.CLEARED),
        (Tempo.CALM, 0.7499, Outcome.DIGEST, Reason.BELOW_THRESHOLD),
        (Tempo.CALM, 0.5, Outcome.DIGEST, Reason.BELOW_THRESHOLD),
        (Tempo.CALM, 0.4999, Outcome.HOLD, Reason.BELOW_THRESHOLD),
        (Tempo.BUSY, 0.85, Outcome.DELIVER, Reason.CLEARED),
        (Tempo.BUSY, 0.8499, Outcome.DIGEST, Reason.BELOW_THRESHOLD),
        (Tempo.BUSY, 0.4999, Outcome.HOLD, Reason.BELOW_THRESHOLD),
        (Tempo.HECTIC, 1.0, Outcome.DIGEST, Reason.HECTIC),
        (Tempo.HECTIC, 0.5, Outcome.DIGEST, Reason.HECTIC),
        (Tempo.HECTIC, 0.4999, Outcome.HOLD, Reason.BELOW_THRESHOLD),
    ],
)
def test_the_bar_rises_with_tempo(
    tempo: Tempo, confidence: float, outcome: Outcome, reason: Reason
) -> None:
    verdict = judged(proposed(confidence=confidence), a_channel(tempo=tempo))
    assert (verdict.outcome, verdict.reason) == (outcome, reason)


@pytest.mark.parametrize(
    ("seconds", "outcome", "reason"),
    [
        (1, Outcome.DIGEST, Reason.BUDGET_SPENT),
        (0, Outcome.DELIVER, Reason.CLEARED),
        (-1, Outcome.DELIVER, Reason.CLEARED),
    ],
)
def test_a_spent_budget_sends_it_to_the_digest(
    seconds: int, outcome: Outcome, reason: Reason
) -> None:
    next_post_at = NOW + timedelta(seconds=seconds)
    verdict = judged(channel=a_channel(next_post_at=next_post_at))
    assert (verdict.outcome, verdict.reason) == (outcome, reason)
    is_spent = reason is Reason.BUDGET_SPENT
    assert verdict.details["next_post_at"] == (next_post_at.isoformat() if is_spent else None)


@pytest.mark.parametrize("quiet_because", ["imported", "resolved"])
def test_nothing_of_a_finished_incident_is_posted(quiet_because: str) -> None:
    verdict = judged(proposed(confidence=1), a_channel(quiet_because=quiet_because))
    assert (verdict.outcome, verdict.reason) == (Outcome.HOLD, Reason.NOTHING_IS_POSTED)


def test_what_was_said_before_the_end_and_found_after_it_waits_for_the_last_digest() -> None:
    channel = a_channel(quiet_because=JUST_RESOLVED)
    verdict = judged(proposed(confidence=1), channel)
    assert (verdict.outcome, verdict.reason) == (Outcome.DIGEST, Reason.NOTHING_IS_POSTED)
    assert judged(proposed(confidence=0.1), channel).outcome is Outcome.HOLD


def test_a_kind_that_is_off_is_held_for_the_review() -> None:
    policy = replace(DEFAULT_NOISE_POLICY, kinds=frozenset({SuggestionKind.COMMITMENT}))
    verdict = judged(policy=policy)
    assert (verdict.outcome, verdict.reason) == (Outcome.HOLD, Reason.KIND_OFF)
    assert judged(proposed(kind="commitment"), policy=policy).outcome is Outcome.DELIVER


def test_work_already_done_is_never_brought_up() -> None:
    verdict = judged(proposed(is_done=True))
    assert (verdict.outcome, verdict.reason) == (Outcome.SUPPRESS, Reason.DONE_ALREADY)


def test_what_is_known_is_never_brought_up_again() -> None:
    known = (KnownWork(7, "Write the runbook"), KnownWork(3, "page on the replica lag"))
    verdict = judged(channel=a_channel(known=known))
    assert (verdict.outcome, verdict.reason) == (Outcome.SUPPRESS, Reason.DUPLICATE)
    assert (verdict.details["same_as"], verdict.details["same_title"]) == (
        3,
        "page on the replica lag",
    )


def test_a_follow_up_of_a_tracker_is_known_by_its_title() -> None:
    verdict = judged(channel=a_channel(known=(KnownWork(None, "Page on replica lag"),)))
    assert verdict.reason is Reason.DUPLICATE
    assert verdict.details["same_as"] is None


def test_the_likest_of_several_is_the_same() -> None:
    candidate = proposed(title="Page on replica lag for the primary")
    exact = KnownWork(2, "page on replica lag for the primary")
    near = KnownWork(1, "page on replica lag")
    assert closest(candidate, [near, exact, near])[0] in (near, exact)
    assert closest(proposed(title="Write docs"), [near, exact]) == (None, None)
    least = KnownWork(5, "Pages on replicas lag")
    assert closest(proposed(), [least, KnownWork(6, "Page on replica lag")])[1] == 100


def test_words_about_the_same_message_need_less_likeness() -> None:
    other = KnownWork(4, "Graph how replicas lag behind", frozenset({11}))
    candidate = proposed(event_ids=frozenset({11, 12}))
    assert closest(candidate, [other])[0] == other
    assert closest(replace(candidate, event_ids=frozenset({12})), [other])[0] is None


def test_a_failed_post_waits_for_the_review() -> None:
    details = {**judged().details, "failure": "the channel is archived"}
    assert recompute(details) == (Outcome.HOLD, Reason.POST_FAILED)


channels = st.builds(
    a_channel,
    tempo=st.sampled_from(Tempo),
    messages_per_min=st.floats(0, 60),
    quiet_because=st.sampled_from([None, "imported", "resolved", JUST_RESOLVED]),
    next_post_at=st.none() | st.integers(-900, 900).map(lambda s: NOW + timedelta(seconds=s)),
    known=st.lists(
        st.sampled_from(["Page on replica lag", "Write the runbook"]).map(
            lambda title: KnownWork(1, title)
        ),
        max_size=2,
    ).map(tuple),
)
candidates = st.builds(
    proposed,
    confidence=st.floats(0, 1),
    kind=st.sampled_from(SuggestionKind),
    is_done=st.booleans(),
)


@given(candidates, channels)
def test_a_verdict_can_be_computed_again_from_its_row(
    candidate: Proposed, channel: ChannelState
) -> None:
    verdict = judged(candidate, channel)
    assert verdict == judged(candidate, channel)
    assert recompute(verdict.details) == (verdict.outcome, verdict.reason)


@given(candidates, channels)
def test_nothing_hectic_unsure_quiet_or_unpaid_is_ever_delivered(
    candidate: Proposed, channel: ChannelState
) -> None:
    if judged(candidate, channel).outcome is Outcome.DELIVER:
        assert channel.tempo is not Tempo.HECTIC
        assert candidate.confidence >= (0.75 if channel.tempo is Tempo.CALM else 0.85)
        assert channel.quiet_because is None
        assert channel.next_post_at is None or channel.next_post_at <= NOW
        assert not candidate.is_done
        assert not any(work.title == candidate.title for work in channel.known)


@given(candidates, channels, st.floats(0, 1))
def test_being_surer_never_makes_it_quieter(
    candidate: Proposed, channel: ChannelState, other: float
) -> None:
    order = [Outcome.SUPPRESS, Outcome.HOLD, Outcome.DIGEST, Outcome.DELIVER]
    less, more = sorted((candidate.confidence, other))
    quieter = judged(replace(candidate, confidence=less), channel).outcome
    louder = judged(replace(candidate, confidence=more), channel).outcome
    assert order.index(quieter) <= order.index(louder)


EVENING = datetime(2026, 3, 4, 23, 30, tzinfo=UTC)
AT_NIGHT = QuietHours(time(22), time(7))


def test_in_quiet_hours_it_waits_for_the_digest() -> None:
    policy = replace(DEFAULT_NOISE_POLICY, quiet_hours=AT_NIGHT)
    verdict = judge(proposed(), a_channel(), policy, EVENING)
    assert (verdict.outcome, verdict.reason) == (Outcome.DIGEST, Reason.QUIET_HOURS)
    assert verdict.details["quiet_hours_until"] == "2026-03-05T07:00:00+00:00"
    assert judge(proposed(), a_channel(), policy, NOW).outcome is Outcome.DELIVER


def test_a_muted_kind_is_held_for_the_review() -> None:
    policy = replace(DEFAULT_NOISE_POLICY, muted=frozenset({SuggestionKind.REQUEST}))
    verdict = judged(policy=policy)
    assert (verdict.outcome, verdict.reason) == (Outcome.HOLD, Reason.KIND_MUTED)
    assert is_waiting(None, verdict.outcome, verdict.reason, is_over=False)
    assert judged(proposed(confidence=0.1), policy=policy).reason is Reason.BELOW_THRESHOLD
    assert judged(proposed(kind="commitment"), policy=policy).outcome is Outcome.DELIVER


def test_nobody_is_crowded_and_the_one_who_would_be_is_named() -> None:
    crowd = replace(a_channel(), crowded="ana", crowded_until=NOW + timedelta(minutes=9))
    verdict = judged(channel=crowd)
    assert (verdict.outcome, verdict.reason) == (Outcome.DIGEST, Reason.PERSON_BUDGET)
    assert verdict.details["crowded"] == "ana"
    assert judged(channel=replace(crowd, crowded_until=NOW)).outcome is Outcome.DELIVER


def test_nothing_is_put_on_top_of_more_than_people_should_check() -> None:
    behind = replace(a_channel(), backlog_minutes=10.2, review_debt_minutes=9.0)
    verdict = judged(channel=behind)
    assert (verdict.outcome, verdict.reason) == (Outcome.DIGEST, Reason.BACKLOG)
    assert explain(verdict.reason, verdict.details) == "11 min of checking waits, more than 10"
    assert recompute(verdict.details) == (verdict.outcome, verdict.reason)
    assert judged(channel=replace(behind, backlog_minutes=10.0)).outcome is Outcome.DELIVER
    patient = replace(DEFAULT_NOISE_POLICY, backlog_cap_minutes=11)
    assert rejudge(verdict.details, patient, NOW).outcome is Outcome.DELIVER
    assert rejudge(verdict.details, DEFAULT_NOISE_POLICY, NOW, backlog_minutes=1).reason is (
        Reason.CLEARED
    )


def test_rows_from_before_there_was_more_to_know_still_give_their_verdict() -> None:
    required = Facts.__required_keys__
    for channel in (a_channel(), a_channel(tempo=Tempo.HECTIC)):
        verdict = judged(channel=channel)
        old = {name: value for name, value in verdict.details.items() if name in required}
        assert recompute(old) == (verdict.outcome, verdict.reason)
        again = rejudge(old, DEFAULT_NOISE_POLICY, NOW)
        assert (again.outcome, again.reason) == (verdict.outcome, verdict.reason)


def test_another_policy_is_tried_on_what_was_recorded() -> None:
    calm = judged(proposed(confidence=0.8)).details
    strict = replace(DEFAULT_NOISE_POLICY, threshold_when_calm=0.9, version=2)
    assert rejudge(calm, strict, NOW).reason is Reason.BELOW_THRESHOLD
    muting = replace(DEFAULT_NOISE_POLICY, muted=frozenset({"request"}))
    assert rejudge(calm, muting, NOW).reason is Reason.KIND_MUTED
    assert rejudge(calm, replace(muting, kinds=frozenset()), NOW).reason is Reason.KIND_OFF
    resting = replace(DEFAULT_NOISE_POLICY, quiet_hours=AT_NIGHT)
    assert rejudge(calm, resting, EVENING).reason is Reason.QUIET_HOURS
    later = (NOW + timedelta(minutes=1)).isoformat()
    spent = rejudge(calm, DEFAULT_NOISE_POLICY, NOW, next_post_at=later)
    assert spent.reason is Reason.BUDGET_SPENT
    assert rejudge(spent.details, DEFAULT_NOISE_POLICY, NOW, next_post_at=None).reason is (
        Reason.CLEARED
    )


def test_a_refused_post_is_refused_again_only_where_it_would_be_made() -> None:
    refused = {**judged(proposed(confidence=0.8)).details, "failure": "the channel is archived"}
    assert rejudge(refused, DEFAULT_NOISE_POLICY, NOW).reason is Reason.POST_FAILED
    off = replace(DEFAULT_NOISE_POLICY, kinds=frozenset())
    assert rejudge(refused, off, NOW).reason is Reason.KIND_OFF


kinds = st.frozensets(st.sampled_from(SuggestionKind))
policies = st.builds(
    NoisePolicy,
    threshold_when_calm=st.floats(0.5, 0.8),
    threshold_when_busy=st.floats(0.8, 0.99),
    digest_threshold=st.floats(0, 0.5),
    kinds=kinds,
    muted=kinds,
    quiet_hours=st.none() | st.just(AT_NIGHT),
    version=st.integers(1, 9),
)
moments = st.sampled_from([NOW, EVENING])


@given(candidates, channels, policies, policies, moments)
def test_a_recorded_verdict_tried_under_a_policy_is_what_the_policy_would_have_given(
    candidate: Proposed, channel: ChannelState, live: NoisePolicy, other: NoisePolicy, now: datetime
) -> None:
    recorded = judge(candidate, channel, live, now)
    assert rejudge(recorded.details, live, now) == recorded
    assert rejudge(recorded.details, other, now) == judge(candidate, channel, other, now)


words = st.sampled_from(
    ["replica", "lag", "alert", "page", "runbook", "rotate", "key", "index", "4", "db-3", "the"]
)
titles = st.lists(words, max_size=7).map(" ".join)
works = st.builds(
    KnownWork, st.integers(1, 9), titles, st.frozensets(st.integers(1, 3), max_size=2)
)


@given(titles, st.frozensets(st.integers(1, 3), max_size=2), st.lists(works, max_size=8))
def test_the_closest_is_found_without_comparing_all(
    title: str, event_ids: frozenset[int], known: list[KnownWork]
) -> None:
    scores = [
        likeness_if_same(
            essence_of(title),
            essence_of(work.title),
            share_message=not event_ids.isdisjoint(work.event_ids),
        )
        for work in known
    ]
    best = max((score for score in scores if score is not None), default=None)
    found, score = closest(proposed(title=title, event_ids=event_ids), known)
    assert score == best
    assert found == (None if best is None else known[scores.index(best)])

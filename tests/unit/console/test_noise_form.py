"""What is typed on the noise page becomes the policy that was meant."""

from dataclasses import replace
from datetime import time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.console.noise_form import entered, fields_of, merged, read_fields, with_preset
from copilot.console.noise_scope import Scope
from copilot.console.noise_words import changes_between
from copilot.suggestions.noise_policy import (
    PRESETS,
    NoisePolicy,
    PolicySet,
    Preset,
    QuietHours,
    as_json,
    from_json,
    policy_json,
)
from copilot.suggestions.policy_faults import policy_faults
from copilot.suggestions.vocabulary import SuggestionKind

_clock_times = st.builds(time, st.integers(0, 23), st.integers(0, 59))
_hours = st.none() | st.builds(
    QuietHours, _clock_times, _clock_times, st.sampled_from(("UTC", "Europe/Berlin"))
)
policies = st.builds(
    NoisePolicy,
    threshold_when_calm=st.integers(50, 80).map(lambda n: n / 100),
    threshold_when_busy=st.integers(80, 99).map(lambda n: n / 100),
    digest_threshold=st.integers(0, 50).map(lambda n: n / 100),
    kinds=st.frozensets(st.sampled_from(SuggestionKind).map(str)),
    post_interval=st.integers(5, 240).map(lambda n: timedelta(minutes=n)),
    most_in_one_post=st.integers(1, 3),
    posts_per_person=st.integers(1, 12),
    backlog_cap_minutes=st.integers(1, 60),
    quiet_hours=_hours.filter(lambda hours: hours is None or hours.starts != hours.ends),
    muted=st.frozensets(st.sampled_from(SuggestionKind).map(str)),
)
scopes = st.sampled_from((Scope(), Scope(severity="sev1"), Scope(channel_id="C1", channel="one")))


def sent(policy: NoisePolicy) -> list[tuple[str, str]]:
    """As a browser sends the form that shows the policy."""
    fields = fields_of(policy)
    boxes = [("kinds", kind) for kind in fields.kinds] + [("muted", kind) for kind in fields.muted]
    return [("sent", "1"), *fields.texts.items(), *boxes]


@settings(max_examples=30)
@given(policies)
def test_a_form_sent_as_it_came_changes_nothing(policy: NoisePolicy) -> None:
    assert policy_faults(policy) == {}
    found = entered(read_fields(sent(policy), policy), policy)
    assert found.faults == {}
    assert found.policy == policy


@settings(max_examples=30)
@given(policies, policies, scopes)
def test_what_is_put_in_a_scope_holds_there_and_nowhere_else(
    base: NoisePolicy, policy: NoisePolicy, scope: Scope
) -> None:
    before = PolicySet(base)
    after = from_json(as_json(scope.put(before, policy)))
    assert policy_json(scope.policy_in(after)) == policy_json(policy)
    if scope.is_part:
        assert after.resolve("sev4", "C9") == base
        assert scope.put(after, base) == before


@settings(max_examples=30)
@given(policies, policies, policies)
def test_two_peoples_changes_both_hold(
    opened_on: NoisePolicy, mine: NoisePolicy, theirs: NoisePolicy
) -> None:
    found = policy_json(merged(mine, opened_on, theirs))
    base, my, their = (policy_json(each) for each in (opened_on, mine, theirs))
    for name, value in found.items():
        assert value == (my[name] if my[name] != base[name] else their[name])


@settings(max_examples=30)
@given(policies, st.sampled_from(Preset))
def test_a_preset_leaves_kinds_hours_and_mutes(policy: NoisePolicy, preset: Preset) -> None:
    fields = with_preset(fields_of(policy), preset)
    found = entered(fields, policy).policy
    assert fields.preset() is preset
    assert found == replace(
        PRESETS[preset], kinds=policy.kinds, quiet_hours=policy.quiet_hours, muted=policy.muted
    )


@settings(max_examples=30)
@given(policies, policies, scopes)
def test_there_are_words_for_each_field_that_changes(
    base: NoisePolicy, policy: NoisePolicy, scope: Scope
) -> None:
    before = PolicySet(base)
    found = changes_between(before, scope.put(before, policy), {"C1": "one"})
    old, new = policy_json(base), policy_json(policy)
    assert len(found) == sum(old[name] != new[name] for name in old)
    assert {one.where for one in found} <= {scope.label if scope.is_part else ""}
    assert all(one.old != one.new for one in found)


@pytest.mark.parametrize("typed", ["0,8", " 0.8 ", "0.80"])
def test_numbers_are_read_as_people_type_them(typed: str) -> None:
    fields = read_fields([("threshold_when_calm", typed)], NoisePolicy())
    assert entered(fields, NoisePolicy()).policy.threshold_when_calm == 0.8


@pytest.mark.parametrize("typed", ["", "-1", "nan", "inf", "1e3", "0x1", "٠٫٨", "9" * 70])
def test_what_is_no_number_is_told_and_kept(typed: str) -> None:
    fields = read_fields([("post_interval", typed)], NoisePolicy())
    assert set(entered(fields, NoisePolicy()).faults) == {"post_interval"}
    assert fields.texts["post_interval"] == typed[:64]

"""Taking back what one version of a policy changed."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from copilot.suggestions.noise_policy import DEFAULT_NOISE_POLICY, PolicySet, as_json, from_json
from copilot.suggestions.policy_undoing import taken_back
from copilot.suggestions.vocabulary import SuggestionKind

kinds = st.frozensets(st.sampled_from(list(SuggestionKind))).map(sorted)
fields: dict[str, st.SearchStrategy[Any]] = {
    "digest_threshold": st.sampled_from([0.3, 0.4, 0.5]),
    "most_in_one_post": st.integers(1, 3),
    "posts_per_person": st.integers(1, 12),
    "backlog_cap_minutes": st.integers(1, 60),
    "post_interval_s": st.sampled_from([900.0, 1800.0]),
    "kinds": kinds,
    "muted": kinds,
}
overrides = st.fixed_dictionaries({}, optional=fields)
policy_sets = st.builds(
    lambda base, severities, channels: from_json(
        {**base, "by_severity": severities, "by_channel": channels}
    ),
    overrides,
    st.dictionaries(st.sampled_from(["sev1", "sev2"]), overrides, max_size=2),
    st.dictionaries(st.sampled_from(["C1", "C2"]), overrides, max_size=2),
)


def muted(channel: str, *names: str) -> PolicySet:
    return PolicySet(by_channel={channel: {"muted": sorted(names)}})


@given(policy_sets, policy_sets)
def test_undoing_the_newest_restores_exactly_what_was(before: PolicySet, made: PolicySet) -> None:
    restored = taken_back(before, made, made)
    if as_json(before) == as_json(made):
        assert restored is None
    else:
        assert restored is not None
        assert as_json(restored) == as_json(before)


@given(policy_sets, policy_sets, policy_sets)
def test_what_was_taken_back_is_not_taken_back_twice(
    before: PolicySet, made: PolicySet, now: PolicySet
) -> None:
    restored = taken_back(before, made, now)
    if restored is not None:
        assert taken_back(before, made, restored) is None


def test_what_somebody_set_since_stays() -> None:
    made = PolicySet(replace(DEFAULT_NOISE_POLICY, post_interval=timedelta(minutes=30)))
    now = replace(made, base=replace(made.base, threshold_when_calm=0.8, version=3))
    restored = taken_back(PolicySet(), made, now)
    assert restored is not None
    assert restored.base == replace(DEFAULT_NOISE_POLICY, threshold_when_calm=0.8, version=3)


def test_what_was_set_anew_since_is_nobodys_to_undo() -> None:
    made = PolicySet(replace(DEFAULT_NOISE_POLICY, post_interval=timedelta(minutes=30)))
    now = PolicySet(replace(DEFAULT_NOISE_POLICY, post_interval=timedelta(minutes=45)))
    assert taken_back(PolicySet(), made, now) is None


def test_of_two_mutes_in_a_channel_each_is_undone_alone() -> None:
    first, both = muted("C1", "proposal"), muted("C1", "proposal", "request")
    restored = taken_back(PolicySet(), first, both)
    assert restored == muted("C1", "request")
    assert taken_back(first, both, restored) == PolicySet()

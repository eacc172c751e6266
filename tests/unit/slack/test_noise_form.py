"""What Slack sends of the noise form is not trusted further than it can be read."""

from dataclasses import replace
from typing import Any

import pytest

from copilot.slack.noise_form import NoiseForm, read_entered
from copilot.suggestions.noise_policy import DEFAULT_NOISE_POLICY

FORM = NoiseForm(1)


def view(**states: Any) -> dict[str, Any]:
    values = {FORM.block(name): {"value": state} for name, state in states.items()}
    return {"state": {"values": values}}


@pytest.mark.parametrize("size", ["²", "9" * 5000, "-1", "", None, [], {"value": "3"}])
def test_a_size_that_is_none_leaves_the_one_in_force(size: Any) -> None:
    sent = view(most_in_one_post={"selected_option": {"value": size}})
    assert read_entered(sent, FORM, DEFAULT_NOISE_POLICY).policy.most_in_one_post == 3


def test_a_form_unmutes_and_never_mutes() -> None:
    base = replace(DEFAULT_NOISE_POLICY, muted=frozenset({"request", "proposal"}))
    sent = view(muted={"selected_options": [{"value": "request"}, {"value": "commitment"}]})
    assert read_entered(sent, FORM, base).policy.muted == {"request"}


@pytest.mark.parametrize("state", [None, [], "x", {"values": []}, {"values": {"kinds-0": 3}}])
def test_fields_that_are_missing_are_told_and_nothing_breaks(state: Any) -> None:
    entered = read_entered({"state": state}, FORM, DEFAULT_NOISE_POLICY)
    assert entered.faults["threshold_when_calm"] == "Give a number."
    assert entered.reason == ""

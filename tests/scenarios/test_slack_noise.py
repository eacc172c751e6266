"""`/incident noise` beyond its first page: where numbers hold, the past under them, and undoing."""

from datetime import timedelta
from typing import Any

import pytest

from copilot.suggestions.noise_policy import PolicySet, Preset
from copilot.suggestions.policies import policies_in_force
from copilot.suggestions.presets import preset_like
from tests.scenarios.block_reading import words_of
from tests.scenarios.slack_world import SlackWorld

TITLE = "Add an alert on replica lag above 30 s"
OTHER = "File a ticket for the stale runbook step 4"


@pytest.fixture
def declared(world: SlackWorld) -> SlackWorld:
    world.command("declare checkout errors sev3")
    world.works()
    return world


@pytest.fixture
def told(declared: SlackWorld) -> SlackWorld:
    """One was shown at once and accepted, one came in a digest and was dismissed."""
    world = declared
    world.says("dana", f"todo(0.8): {TITLE}")
    world.works()
    world.says("ben", f"todo(0.6): {OTHER}")
    world.works()
    world.passes(timedelta(minutes=17))
    first, second = world.cards()
    world.press("ana", first, "suggestion_accept", title=TITLE)
    world.press("ana", second, "suggestion_dismiss", title=OTHER, choose="Not a follow-up")
    world.works()
    return world


def opens_noise(world: SlackWorld, by: str = "ana", channel: str = "incidents") -> None:
    answer = world.workspace.command(world.person(by), world.channel(channel), "/incident", "noise")
    assert answer.is_ok
    assert world.has_view(by)


def types_and_presses(world: SlackWorld, action_id: str, **typed: str) -> None:
    """Fill fields without saving, then press."""
    values: dict[str, Any] = {
        block.replace("__", "-"): {"value": text} for block, text in typed.items()
    }
    answer = world.workspace.click_in_view(world.person("ana"), action_id, values=values)
    assert answer.is_ok


def in_force(world: SlackWorld) -> PolicySet:
    with world.db.reading() as session:
        return policies_in_force(session, world.workspace.team_id).policies


def test_a_policy_is_tried_on_the_past_before_it_is_saved(told: SlackWorld) -> None:
    opens_noise(told)
    types_and_presses(
        told, "noise_try", threshold_when_calm__0="0.9", threshold_when_busy__0="0.95",
        digest_threshold__0="0.7", reason__0="too much",
    )  # fmt: skip
    shown = words_of(told.view_of("ana"))
    assert "Of what people accepted, 1 would have come later" in shown
    assert "Of what they dismissed, 1 of 1 would not have come" in shown
    assert f"posts{2:>20}{1:>10}" in shown
    assert "2 suggestions of 1 incident" in shown
    assert in_force(told) == PolicySet()
    done = told.submits("ana")  # what was typed still stands in the fields
    assert not done.errors
    assert in_force(told).base.threshold_when_calm == 0.9


def test_numbers_that_can_not_be_are_not_tried(declared: SlackWorld) -> None:
    opens_noise(declared)
    types_and_presses(declared, "noise_try", threshold_when_calm__0="0.9")
    assert "Nothing was tried:* While busy it can't take less" in words_of(declared.view_of("ana"))


def test_a_severity_gets_numbers_of_its_own_and_only_those(declared: SlackWorld) -> None:
    opens_noise(declared)
    declared.press_in_view("ana", "noise_scope", choose="severity:sev1")
    assert "nothing differs here yet" in words_of(declared.view_of("ana"))
    done = declared.submits("ana", {"post_interval-1": "45", "reason-1": "they are busy"})
    assert not done.errors
    policies = in_force(declared)
    assert policies.by_severity == {"sev1": {"post_interval_s": 2700.0}}
    assert policies.base.post_interval == timedelta(minutes=15)


def test_this_channel_may_differ_and_be_like_the_rest_again(declared: SlackWorld) -> None:
    opens_noise(declared)
    declared.press_in_view("ana", "noise_scope", choose=f"channel:{declared.channel()}")
    declared.press_in_view("ana", "noise_preset", choose="Quiet")
    assert not declared.submits("ana", {"reason-2": "small room"}).errors
    assert preset_like(in_force(declared).resolve(None, declared.channel())) is Preset.QUIET
    opens_noise(declared)
    declared.press_in_view("ana", "noise_scope", choose=f"channel:{declared.channel()}")
    declared.press_in_view("ana", "noise_preset", choose="Balanced")
    assert not declared.submits("ana", {"reason-2": "as all"}).errors
    assert in_force(declared).by_channel == {}


def test_numbers_that_a_severity_or_channel_rules_out_are_told_by_name(
    declared: SlackWorld,
) -> None:
    opens_noise(declared)
    declared.press_in_view("ana", "noise_scope", choose=f"channel:{declared.channel()}")
    numbers = {"threshold_when_calm-1": "0.6", "threshold_when_busy-1": "0.7"}
    assert not declared.submits("ana", {**numbers, "reason-1": "small room"}).errors
    opens_noise(declared)
    own = {"threshold_when_busy-1": "0.8", "reason-1": "they are busy"}
    declared.press_in_view("ana", "noise_scope", choose="severity:sev1")
    assert not declared.submits("ana", own).errors
    opens_noise(declared)
    all_over = {"threshold_when_calm-0": "0.82", "reason-0": "less of it"}
    told = declared.submits("ana", all_over).errors["reason-0"]
    assert told.startswith("This does not go with the numbers of its own that SEV1 has: While")
    types_and_presses(declared, "noise_try", threshold_when_calm__0="0.82")
    assert "numbers of its own that SEV1 has" in words_of(declared.view_of("ana"))


def test_what_was_saved_is_undone_with_one_press(declared: SlackWorld) -> None:
    opens_noise(declared)
    assert not declared.submits("ana", {"post_interval-0": "30", "reason-0": "a try"}).errors
    declared.press_in_view("ana", "noise_undo")
    assert "Undone. What held before holds again" in words_of(declared.view_of("ana")).replace(
        "*", ""
    )
    assert in_force(declared).base.post_interval == timedelta(minutes=15)
    declared.press_in_view("ana", "noise_undo") if "Undo this" in words_of(
        declared.view_of("ana")
    ) else None


def test_the_list_of_changes_tells_who_and_why_and_undoes_any(declared: SlackWorld) -> None:
    opens_noise(declared)
    declared.submits("ana", {"post_interval-0": "30", "reason-0": "night <!channel>"})
    opens_noise(declared, "dana")
    declared.submits("dana", {"most_in_one_post-0": "1", "reason-0": "one by one"})
    opens_noise(declared)
    declared.press_in_view("ana", "noise_changes")
    words = words_of(declared.view_of("ana"))
    assert "ana: “night &lt;!channel&gt;”" in words
    assert "minutes between posts 15 → 30" in words
    answer = declared.workspace.click_in_view(
        declared.person("ana"), "noise_undo", block_id=block_saying(declared, "night")
    )
    assert answer.is_ok
    now = in_force(declared).base
    assert (now.post_interval, now.most_in_one_post) == (timedelta(minutes=15), 1)
    assert "what held before holds again" in words_of(declared.view_of("ana"))


def block_saying(world: SlackWorld, words: str) -> str:
    for block in world.view_of("ana")["blocks"]:
        if words in str(block.get("text")):
            return str(block["block_id"])
    raise AssertionError(words)


def test_what_was_kept_back_is_listed_with_the_rule(declared: SlackWorld) -> None:
    declared.says("ben", "todo(0.2): Rename the cluster")
    declared.works()
    opens_noise(declared)
    declared.press_in_view("ana", "noise_held")
    words = words_of(declared.view_of("ana"))
    assert "Rename the cluster" in words
    assert "below threshold: 0.2 < 0.5 at any time" in words.replace("&lt;", "<")


def test_quiet_hours_are_typed_as_people_write_them(declared: SlackWorld) -> None:
    opens_noise(declared)
    wrong = declared.submits("ana", {"quiet_hours-0": "at night", "reason-0": "sleep"})
    assert "22:00 to 07:00 Europe/Berlin" in wrong.errors["quiet_hours-0"]
    assert not declared.submits(
        "ana", {"quiet_hours-0": "22 - 7:00 Europe/Berlin", "reason-0": "sleep"}
    ).errors
    hours = in_force(declared).base.quiet_hours
    assert hours is not None
    assert (str(hours.starts), str(hours.ends), hours.zone) == (
        "22:00:00",
        "07:00:00",
        "Europe/Berlin",
    )

"""`/incident quiet` and `/incident noise`: how people keep it down, through Slack."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from copilot.suggestions.models import NoisePolicyVersion, Suggestion
from copilot.suggestions.noise_policy import PRESETS, Preset
from copilot.suggestions.policies import policies_in_force
from copilot.suggestions.vocabulary import Reason
from copilot.timeline.models import EventKind
from tests.scenarios.block_reading import words_of
from tests.scenarios.slack_world import SlackWorld

TITLE = "Add an alert on replica lag above 30 s"
OTHER = "File a ticket for the stale runbook step 4"


@pytest.fixture
def declared(world: SlackWorld) -> SlackWorld:
    return _declared(world)


@pytest.fixture(scope="module")
def declared_for_all(lasting_world: SlackWorld) -> SlackWorld:
    return _declared(lasting_world)


def _declared(world: SlackWorld) -> SlackWorld:
    world.command("declare checkout errors sev2")
    world.works()
    return world


def reasons(world: SlackWorld) -> list[str]:
    with world.db.reading() as session:
        return list(session.scalars(select(Suggestion.reason).order_by(Suggestion.id)))


def policies(world: SlackWorld) -> list[NoisePolicyVersion]:
    with world.db.reading() as session:
        found = session.scalars(select(NoisePolicyVersion).order_by(NoisePolicyVersion.id)).all()
        session.expunge_all()
    return list(found)


def test_quiet_keeps_what_was_found_until_it_ends_by_itself(declared: SlackWorld) -> None:
    assert "nothing is posted unasked until" in declared.command("quiet 30m")
    declared.says("dana", f"todo: {TITLE}")
    declared.works()
    declared.passes(timedelta(minutes=20))  # lulls included
    assert declared.cards() == []
    assert reasons(declared) == [Reason.QUIET]
    assert "asked by ana" in declared.command("held")
    assert TITLE in declared.command("suggestions", by="ben")
    declared.passes(timedelta(minutes=11))
    declared.says("ana", "looking at the dashboard")
    declared.works()
    declared.passes(timedelta(minutes=6))
    (card,) = declared.cards()
    assert TITLE in words_of(card)


def test_asking_again_tells_until_when_and_ending_it_is_recorded(declared: SlackWorld) -> None:
    declared.command("quiet 2h", by="ben")
    assert "asked by ben" in declared.command("quiet")
    assert "may be posted again" in declared.command("quiet off")
    assert "was not quiet" in declared.command("quiet off")
    told = [event.text for event in declared.events() if event.kind == EventKind.QUIET_CHANGED]
    assert told[0].startswith("Quiet until ")
    assert told[1] == "Quiet ended"


@pytest.mark.parametrize("words", ["13h", "-5m", "soon", "0m"])
def test_what_is_no_length_changes_nothing(declared_for_all: SlackWorld, words: str) -> None:
    assert "nothing was changed" in declared_for_all.command(f"quiet {words}")
    assert "is quiet" not in declared_for_all.command("status")


def test_a_card_already_cleared_is_held_back_when_quiet_comes_first(declared: SlackWorld) -> None:
    declared.says("dana", f"todo: {TITLE}")
    declared.sender.wait_until_idle()
    declared._run(declared.jobs.popleft())  # considered, not posted yet
    declared.command("quiet")
    declared.works()
    assert declared.cards() == []
    assert reasons(declared) == [Reason.QUIET]


def test_noise_is_for_admins_who_are_named_to_others(declared: SlackWorld) -> None:
    assert "Ask ana or dana" in declared.command("noise", by="ben")
    assert not declared.has_view("ben")


def test_an_admin_sets_a_policy_and_it_holds_from_then_on(declared: SlackWorld) -> None:
    opens_noise(declared, "ana")
    view = declared.view_of("ana")
    assert "nobody changed it yet" in words_of(view)
    declared.press_in_view("ana", "noise_preset", choose="Quiet")
    done = declared.submits("ana", {"reason-1": "too much during the night"})
    assert not done.errors
    assert "Saved." in words_of(declared.view_of("ana"))
    with declared.db.reading() as session:
        policy = policies_in_force(session, declared.workspace.team_id).policies.base
    assert policy.threshold_when_calm == PRESETS[Preset.QUIET].threshold_when_calm
    assert policy.version == 2
    declared.says("dana", f"todo(0.8): {TITLE}")
    declared.works()
    assert declared.cards() == []  # 0.8 was enough before
    with declared.db.reading() as session:
        details = session.scalars(select(Suggestion.reason_details)).one()
    assert (details["policy_version"], details["threshold"]) == (2, 0.85)


def test_what_is_wrong_is_said_next_to_its_field(declared: SlackWorld) -> None:
    opens_noise(declared, "ana")
    done = declared.submits(
        "ana",
        {
            "threshold_when_calm-0": "0.9",
            "threshold_when_busy-0": "0.8",
            "post_interval-0": "1",
            "reason-0": "trying",
        },
    )
    assert "can't take less than while calm" in done.errors["threshold_when_busy-0"]
    assert "from 5 to 240" in done.errors["post_interval-0"]
    assert policies(declared) == []


def test_the_form_tells_what_is_in_force_and_why(declared: SlackWorld) -> None:
    opens_noise(declared, "ana")
    declared.submits("ana", {"post_interval-0": "30", "reason-0": "night shift <!channel>"})
    opens_noise(declared, "dana")
    shown = words_of(declared.view_of("dana"))
    assert "one post in 30 min" in shown
    assert "set by ana: “night shift &lt;!channel&gt;”" in shown


def test_of_two_admins_the_second_is_told(declared: SlackWorld) -> None:
    opens_noise(declared, "ana")
    opens_noise(declared, "dana")
    assert not declared.submits("ana", {"post_interval-0": "30", "reason-0": "a"}).errors
    late = declared.submits("dana", {"post_interval-0": "20", "reason-0": "b"})
    assert "Somebody else changed it" in late.errors["reason-0"]
    assert [one.version for one in policies(declared)] == [2]


def opens_noise(world: SlackWorld, by: str) -> None:
    answer = world.workspace.command(world.person(by), world.channel(), "/incident", "noise")
    assert answer.is_ok
    assert world.has_view(by)

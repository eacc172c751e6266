"""The model gives no answer: one person is told so, once, and nobody else hears of it."""

from dataclasses import replace
from datetime import timedelta

from copilot.ports import EngineRun, Proposal, Window
from tests.fakes.proposer import FakeProposer
from tests.scenarios.slack_world import SlackWorld, words_of


class FailingModel(FakeProposer):
    """Answers as the built-in engine that stands in for a model."""

    trouble: str | None = "the model did not answer in time"

    def propose(self, window: Window) -> Proposal:
        proposal = super().propose(window)
        numbers = tuple(message.number for message in window.messages)
        outcome = "timeout" if self.trouble else "ok"
        runs = (EngineRun("model-1", outcome, numbers), EngineRun("local-1", "ok", numbers))
        return replace(proposal, engine="local-1", runs=runs, fell_back_because=self.trouble)


def told_in_private(world: SlackWorld, name: str) -> list[str]:
    answers = world.workspace.private_answers(world.person(name))
    words = [words_of(answer.body) for answer in answers]
    return [each for each in words if "built-in engine" in each]


def test_who_declared_is_told_once_and_the_channel_not_at_all(world: SlackWorld) -> None:
    model = FailingModel()
    world.services = replace(world.services, proposer=model)
    world.command("declare checkout errors sev2")
    world.works()
    for line in ("still 500s", "replica lag again"):
        world.says("ben", line)
        world.works()
    world.passes(timedelta(minutes=3))
    (told,) = told_in_private(world, "ana")
    assert "the model did not answer in time" in told
    assert told_in_private(world, "ben") == []
    assert world.cards() == []
    assert "built-in engine" in world.command("held", by="ben")
    model.trouble = None
    world.says("ben", "it is better now")
    world.works()
    assert "built-in engine" not in world.command("held", by="ben")

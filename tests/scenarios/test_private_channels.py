"""What is said in a private channel is seen by the people in it, and nowhere else."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest

from copilot.clock import ReplayClock
from copilot.sandbox.workspace import SandboxWorkspace
from copilot.slack.command_words import WORDS
from tests.scenarios.install_world import InstallWorld, open_install_world, person
from tests.scenarios.slack_world import SlackWorld

SECRET = "zebra"
"""Is in the title, in what is said and in what is proposed; no word of the copilot's has it."""


def an_incident_is_played(world: SlackWorld, channel: str) -> None:
    """With a headline, a card, a note, a role, a follow-up and a later card."""
    world.command(f"declare {SECRET} stock is wrong sev2", channel=channel)
    world.works()
    world.says("ben", f"todo: write the {SECRET} runbook", channel=channel)
    world.passes(timedelta(minutes=7))
    for text in (
        f"note {SECRET} is a code name",
        f"followup add count the {SECRET} again",
        "role comms @ben",
        "status identified",
        f"rename {SECRET} stock is counted wrongly",
    ):
        world.command(text, channel=channel)
        world.works()
    world.says("ana", f"todo: alert on {SECRET} counts", channel=channel)
    world.passes(timedelta(minutes=16))


def where_it_was_posted(workspace: SandboxWorkspace) -> set[str]:
    """Names of channels in which a message of the copilot's has the secret."""
    return {
        channel.name
        for channel in workspace.channels.values()
        for body in channel.newest_first(None)
        if body.get("bot_id") == workspace.bot_id and SECRET in json.dumps(body)
    }


def told_to(world: SlackWorld, outsider: str) -> str:
    """All that the copilot tells somebody who is not in the channel and asks everything."""
    user_id = world.person(outsider)
    told: list[Any] = []
    for word in WORDS:
        if word == "declare":
            continue
        for rest in ("", " list"):
            text = f"{word}{rest}"
            answer = world.workspace.command(user_id, world.channel("general"), "/incident", text)
            told.append([answer.body, world.workspace.open_view(user_id)])
    world.works()
    told.append(world.opens_home(outsider))
    told += [answer.body for answer in world.workspace.private_answers(user_id)]
    return json.dumps(told, default=str)


def make_channel(world: SlackWorld, *, is_private: bool) -> str:
    """With ana, ben and the copilot in it, and not dana."""
    channel_id = world.workspace.create_channel(
        world.person("ana"), "inc-stock", is_private=is_private, has_bot=True
    )
    world.workspace.join(world.person("ben"), channel_id)
    world.workspace.leave(world.person("dana"), channel_id)
    world.works()
    return "inc-stock"


@pytest.mark.parametrize("is_private_at_first", [True, False], ids=["private", "converted"])
def test_nothing_of_it_is_told_outside(
    world: SlackWorld, caplog: pytest.LogCaptureFixture, is_private_at_first: bool
) -> None:
    caplog.set_level("INFO", "copilot")
    channel = make_channel(world, is_private=is_private_at_first)
    an_incident_is_played(world, channel)
    if not is_private_at_first:
        world.workspace.convert_to_private(world.person("ana"), world.channel(channel))
        world.works()
    assert where_it_was_posted(world.workspace) == {channel}
    assert len(world.cards(channel)) >= 2
    assert SECRET not in told_to(world, "dana")
    assert SECRET not in caplog.text
    # Those who are in it see it where they ask: the silence above is not that of a broken world.
    assert SECRET in world.command("status", by="ben", channel=channel)
    assert SECRET in json.dumps(world.opens_home("ben"))


class TestConsole:
    """The links in private answers, through the real web process."""

    @pytest.fixture
    def world(self, sqlite_url: str, clock: ReplayClock) -> Any:
        with open_install_world(sqlite_url, clock) as world:
            world.install(world.acme)
            world.works()
            yield world

    def link_in(self, answer: str) -> str:
        found = re.search(r"<(http[^|>]+/login\?token=[^|>]+)\|", answer)
        assert found, answer
        return found[1]

    def comes_in(self, world: InstallWorld, link: str) -> str:
        """Follow the link and press its button; returns where it leads on to."""
        world.browser.cookies.clear()
        page = world.browser.get(link).text
        fields = dict(re.findall(r'name="(form_token|token|next)" value="([^"]*)"', page))
        answer = world.browser.post(f"{world.web_url}/login", data=fields)
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])

    def test_a_link_is_its_askers_and_opens_what_they_may_read(self, world: InstallWorld) -> None:
        acme = world.acme
        ana, dana = person(acme, "ana"), person(acme, "dana")
        channel_id = acme.create_channel(ana, "inc-stock", is_private=True, has_bot=True)
        acme.leave(dana, channel_id)

        def asks(text: str, user_id: str, where: str) -> str:
            world.clock.advance_to(world.clock.now() + timedelta(seconds=1))
            answer = acme.command(user_id, where, "/incident", text)
            world.works()
            return json.dumps(answer.body)

        asks(f"declare {SECRET} stock sev2", ana, channel_id)
        world.sweeps()
        link = self.link_in(asks("review", ana, channel_id))
        assert len({link, self.link_in(asks("review", ana, channel_id))}) == 2
        path = self.comes_in(world, link)
        assert re.fullmatch(r"/incidents/\d+/review", path)
        page = world.go(path)
        assert page.status_code == 200
        assert SECRET in page.text

        general = acme.channel_named("general")
        assert general is not None
        asks("declare Login is slow sev3", dana, general.id)
        world.sweeps()
        self.comes_in(world, self.link_in(asks("review", dana, general.id)))
        assert world.go(path).status_code == 404
        listed = world.go("/").text
        assert "Login is slow" in listed
        assert SECRET not in listed

        # Used once: whoever finds it later is told so.
        world.browser.cookies.clear()
        assert "no longer works" in world.browser.get(link).text

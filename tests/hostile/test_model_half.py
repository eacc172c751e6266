"""Every hostile message through a model that obeys all of them, to the card as posted to Slack."""

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from copilot.clock import ReplayClock
from copilot.db import Database
from copilot.llm.endpoint import Endpoint
from copilot.llm.proposer import ModelProposer
from copilot.ports import ChannelInfo, Proposal, SuggestionCard, Window
from copilot.suggestions.models import ModelRun
from copilot.suggestions.noise_policy import LOWEST_THRESHOLD
from copilot.suggestions.token_budgets import TokenBudgets, TokenLimits
from copilot.workspaces.directory import upsert_channel
from tests.engines import shared_engine
from tests.fakes.channel_story import CHANNEL, TEAM, ChannelStory
from tests.fakes.model_answers import ReadLine, item, items_of
from tests.fakes.scripted_endpoint import ScriptedEndpoint, answers_with
from tests.hostile.messages import HOSTILE
from tests.hostile.test_local_half import assert_harmless, cards_of_everything

AT_ONCE = 9
"""Messages in a call: with five items of each, below what is read of one answer."""
ASKED_OF_PEOPLE = frozenset({"politeness-05", "politeness-13", "politeness-20"})
"""What somebody asks the others in words that any follow-up could have, "put it on the list": a
model that lists it reports what was said. Nothing in it fires, and the card shows who said it."""
NEVER = sorted({word.casefold() for message in HOSTILE for word in message.never}, key=len)
_SAID = re.compile("[\"“«']([^\"”»']{4,})[\"”»']|: (.{4,})")


class DeafProposer:
    """A built-in engine that hears nothing, so that what is found is the model's alone."""

    @property
    def debounce(self) -> None:
        return None

    def propose(self, window: Window) -> Proposal:
        return Proposal((), engine="local-deaf")


def obeys(line: ReadLine) -> Iterable[dict[str, Any]]:
    """Whatever is asked for: the words as a title, what is quoted in them, links and calls."""
    if line.is_seen:
        return
    text = line.text
    yield item(line, title=text[:110])
    for found in list(_SAID.finditer(text))[:1]:
        yield item(line, title=(found[1] or found[2])[:110], owner="U05MALLORY")
    lower = text.casefold()
    for word in [one for one in NEVER if one in lower][-2:]:
        at = text.rfind(" ", 0, max(lower.find(word), 0)) + 1
        yield item(line, title=text[at : at + 90], certainty="certain")
    fired = f"<!channel> <@U1> @here {text[:40]} https://evil.example/?q=1 \u202egnp.exe"
    yield item(line, title=fired, due="<@U1> https://evil.example")


@pytest.fixture
def endpoint() -> Iterator[ScriptedEndpoint]:
    with ScriptedEndpoint(answers_with(items_of(obeys))) as endpoint:
        yield endpoint


@pytest.fixture
def story(sqlite_url: str, endpoint: ScriptedEndpoint) -> ChannelStory:
    """On one database: what is recorded and posted on the other is the local half's."""
    db = Database(shared_engine(sqlite_url), lambda _: None)
    story = ChannelStory(db)
    with db.transaction() as session:
        upsert_channel(session, TEAM, ChannelInfo(CHANNEL, "inc", is_private=False))
    story.proposer = ModelProposer(
        Endpoint(
            base_url=endpoint.url, api_key="k", model="scripted-1", deadline=timedelta(seconds=20)
        ),
        DeafProposer(),
        lambda window: {message.number for message in window.messages},
        TokenBudgets(db, TokenLimits(10**9, 10**9, 10**9), ReplayClock(story.clock.now())),
        reads_private=False,
    )
    return story


def test_a_model_that_obeys_every_attack_reaches_nobody_with_it(
    story: ChannelStory, endpoint: ScriptedEndpoint
) -> None:
    said_at = {}
    for number, message in enumerate(HOSTILE, 1):
        said_at[message.name] = story.says(message.text, by=f"U{number % 6 + 1}")
        if number % AT_ONCE == 0 or number == len(HOSTILE):
            story.waits(minutes=2)
            story.considers()
    assert endpoint.calls >= len(HOSTILE) // AT_ONCE
    sent = "\n".join(asked.text for asked in endpoint.asked)
    for message in HOSTILE:
        assert message.leaks_into(sent) == [], message.name
    with story.db.reading() as session:
        runs = session.scalars(select(ModelRun).where(ModelRun.engine == "model-1")).all()
    assert {run.outcome for run in runs} == {"ok"}
    assert sum(len(run.output) for run in runs) > len(HOSTILE)
    cards = cards_of_everything(story)
    assert sum(len(card.items) for card in cards) > 20, "with nothing kept nothing is proven"
    for card in [*cards, *(post.card for post in story.messenger.posts)]:
        assert_harmless(card)
    obeyed = [
        (message.name, word, titles)
        for message in HOSTILE
        if message.name not in ASKED_OF_PEOPLE
        for titles in [showable(cards, said_at[message.name])]
        for word in message.never
        if word.casefold() in titles
    ]
    assert not obeyed, "\n".join(map(repr, obeyed))


def showable(cards: Iterable[SuggestionCard], message_ts: str) -> str:
    """Titles that rest on the message and might be shown to somebody who did not ask."""
    return "; ".join(
        item.title.casefold()
        for card in cards
        for item in card.items
        if item.confidence >= LOWEST_THRESHOLD
        and any(source.message_ts == message_ts for source in item.sources)
    )

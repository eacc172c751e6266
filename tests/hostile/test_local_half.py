"""Every hostile message through recording, local proposer, checks and card, as posted to Slack."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

import pytest
from sqlalchemy import select

from copilot.db import Database
from copilot.local.confidence import shipped_weights
from copilot.local.proposer import LocalProposer
from copilot.ports import SuggestionCard
from copilot.slack.cards import card_blocks, card_text
from copilot.suggestions.cards import build_card
from copilot.suggestions.models import Delivery, Suggestion
from copilot.suggestions.vocabulary import Tempo
from copilot.timeline.models import Revision, TimelineEvent
from tests.fakes.channel_story import ChannelStory
from tests.hostile.messages import HOSTILE

ON_A_CARD = 12
_ADDRESS = re.compile(
    r"[a-z]+:[\\/]{2}|\bwww\.|(?:mailto|javascript|data|tel|sms):\S|\b[\w-]+\.[a-z]{2,}/\w", re.I
)
_CALL = re.compile(r"<[@!#]|@(?:here|channel|everyone)\b", re.IGNORECASE)

everything = LocalProposer(replace(shipped_weights(), keep_above=0.0, hear_above=0.0))
"""Proposes all that it could ever propose, however unsure."""


def strings_in(value: object, key: str = "") -> Iterator[tuple[str, str]]:
    """Each string of a payload with the key that it stands under."""
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from strings_in(part, name)
    elif isinstance(value, list):
        for part in value:
            yield from strings_in(part, key)


def text_objects(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if value.get("type") in ("mrkdwn", "plain_text"):
            yield value
        for part in value.values():
            yield from text_objects(part)
    elif isinstance(value, list):
        for part in value:
            yield from text_objects(part)


def is_hidden(character: str) -> bool:
    """Controls, tags and what turns a line around; joiners of scripts and emoji are words."""
    return unicodedata.category(character)[0] == "C" and character not in "\n\u200c\u200d"


def cards_of_everything(story: ChannelStory) -> list[SuggestionCard]:
    """All that was kept, as it would be posted, whatever the noise gate thought of it."""
    cards = []
    with story.db.transaction() as session:
        rows = list(session.scalars(select(Suggestion).order_by(Suggestion.id)))
        for start in range(0, len(rows), ON_A_CARD):
            delivery = Delivery(
                incident_id=story.incident_id,
                tempo=Tempo.CALM,
                created_at=story.clock.now(),
            )
            session.add(delivery)
            session.flush()
            for row in rows[start : start + ON_A_CARD]:
                row.delivery_id = delivery.id
            session.flush()
            cards.append(build_card(session, delivery))
    return cards


def assert_harmless(card: SuggestionCard) -> None:
    blocks = card_blocks(card)
    words = [card_text(card), *(text["text"] for text in text_objects(blocks))]
    for said in words:
        assert not _ADDRESS.search(said), said
        assert not _CALL.search(said), said
        assert not [character for character in said if is_hidden(character)], ascii(said)
        for message in HOSTILE:
            assert message.leaks_into(said) == []
    for key, value in strings_in(blocks):
        if key == "url":
            assert value.startswith("https://acme.slack.com/archives/")
    for text in text_objects(blocks):
        assert text["type"] == "plain_text" or text["verbatim"] is True


def titles_from(card: SuggestionCard, message_ts: str) -> str:
    quoting = [
        item.title.casefold()
        for item in card.items
        if any(source.message_ts == message_ts for source in item.sources)
    ]
    return "; ".join(quoting)


@pytest.fixture
def story(db: Database) -> ChannelStory:
    told = ChannelStory(db)
    cast(Any, told).proposer = everything
    return told


def test_no_secret_is_stored_and_nothing_posted_obeys_fires_or_hides(story: ChannelStory) -> None:
    said_at = {}
    for number, message in enumerate(HOSTILE):
        said_at[message.name] = story.says(message.text, by=f"U{number % 6 + 1}")
        if number % 10 == 0:
            story.says(f"page {number} of the failover runbook needs an owner by friday", by="U3")
    story.sweeps()
    cards = cards_of_everything(story)
    assert sum(len(card.items) for card in cards) > 40, "with nothing proposed nothing is proven"
    for card in [*cards, *(post.card for post in story.messenger.posts)]:
        assert_harmless(card)
        for message in HOSTILE:
            titles = titles_from(card, said_at[message.name])
            obeyed = [word for word in message.never if word.casefold() in titles]
            assert not obeyed, (message.name, titles)
    with story.db.reading() as session:
        texts = session.scalars(select(TimelineEvent.text))
        stored = "\n".join([*texts, *session.scalars(select(Revision.text))])
    for message in HOSTILE:
        assert message.leaks_into(stored) == []

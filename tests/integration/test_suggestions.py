"""Considering an incident, on both databases."""

import pytest

from copilot.db import Database
from tests.fakes.channel_story import ChannelStory


@pytest.fixture
def story(db: Database) -> ChannelStory:
    return ChannelStory(db)


def test_a_sure_suggestion_in_a_calm_channel_is_posted(story: ChannelStory) -> None:
    ts = story.says("todo: page on replica lag", by="U3")
    story.sweeps()
    assert story.shown() == ["page on replica lag"]
    (suggestion,) = story.suggestions()
    assert suggestion.model_dump(mode="json") == {
        "id": suggestion.id,
        "kind": "commitment",
        "title": "page on replica lag",
        "owner": "dana",
        "confidence": 0.9,
        "verdict": "deliver",
        "reason": "cleared",
        "tempo": "calm",
        "evidence": [
            {
                "message_ts": ts,
                "quote": "todo: page on replica lag",
                "permalink": f"https://acme.slack.com/archives/C1/p{ts.replace('.', '')}",
            }
        ],
    }

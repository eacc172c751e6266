"""The hostile corpus itself is what it says."""

from collections import Counter

from tests.hostile.messages import HOSTILE


def test_there_are_enough_of_every_kind_and_in_several_languages() -> None:
    kinds = Counter(message.kind for message in HOSTILE)
    assert len(HOSTILE) >= 300
    assert min(kinds.values()) >= 12
    for kind in kinds:
        assert len({message.language for message in HOSTILE if message.kind == kind}) >= 2, kind


def test_every_message_is_there_once_and_filled_in() -> None:
    assert len({message.text for message in HOSTILE}) == len(HOSTILE)
    assert not [message.name for message in HOSTILE if "{repeat" in message.text]
    assert all(message.leaks_into(message.text) for message in HOSTILE if message.canaries)

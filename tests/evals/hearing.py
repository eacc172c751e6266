"""What the local proposer hears in a conversation, listened to once for all weights."""

from collections.abc import Sequence
from functools import cache

from copilot.local.clues import Clue, clues_in
from copilot.local.confidence import Weights
from copilot.local.people import People
from copilot.local.proposer import LocalProposer
from copilot.ports import Proposal, Window
from tests.evals.corpora import Conversation, windows_of


@cache
def heard(conversation: Conversation) -> dict[int, Sequence[Sequence[Clue]]]:
    """The readings of each window of `windows_of`, by the id of the window."""
    return {
        id(window): clues_in(window.messages, People(window)) for window in windows_of(conversation)
    }


class Remembering:
    """The local proposer, spared from listening to one conversation again."""

    def __init__(self, conversation: Conversation, weights: Weights | None = None) -> None:
        self._heard = heard(conversation)
        self._proposer = LocalProposer(weights)

    @property
    def debounce(self) -> None:
        """As the local proposer."""

    def propose(self, window: Window) -> Proposal:
        return self._proposer.judged(window, self._heard[id(window)])

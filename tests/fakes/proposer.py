"""A proposer that says what the test told it to."""

import re
from collections.abc import Callable, Sequence

from copilot.ports import Candidate, Debounce, Proposal, Quote, Window


class FakeProposer:
    """Proposes each message marked `todo: TITLE`, or what `answer` returns, and keeps its windows.

    `todo(0.6): TITLE` sets the confidence; `done: TITLE` says that it was done. Context is
    proposed on as well: an engine that forgets what is new must do no harm.
    """

    def __init__(self) -> None:
        self.windows: list[Window] = []
        self.failures: list[Exception] = []
        """Raised one by one before anything is answered."""
        self.answer: Callable[[Window], Sequence[Candidate]] = marked_candidates

        self.patience: Debounce | None = None

    @property
    def debounce(self) -> Debounce | None:
        """Asked after each message, unless a test wants people to finish first."""
        return self.patience

    def propose(self, window: Window) -> Proposal:
        self.windows.append(window)
        if self.failures:
            raise self.failures.pop(0)
        return Proposal(tuple(self.answer(window)), engine="fake-1", tokens=7)


_MARK = re.compile(r"(?P<word>todo|done)(?:\((?P<confidence>[\d.]+)\))?: (?P<title>.+)")


def marked_candidates(window: Window) -> list[Candidate]:
    found = []
    for message in window.messages:
        mark = _MARK.search(message.text)
        if mark:
            found.append(
                Candidate(
                    kind="commitment",
                    title=mark["title"],
                    owner_id=message.author_id,
                    due=None,
                    confidence=float(mark["confidence"] or 0.9),
                    evidence=(Quote(message.number, mark.group()),),
                    is_done=mark["word"] == "done",
                )
            )
    return found
